// modules: LibBio LibFmt
//
// Prints COUNT lines to /dev/null.
//
// usage: fmt mixed|integers|exact COUNT

import LibBio
import LibFmt

let words = ["one", "twenty-two", "three hundred and thirty-three", "4"]

func mixed(_ output: inout Bio, _ count: Int) {
  for index in 0..<count {
    output.print("%d %s %g\n", index &* 7919, words[index & 3], Double(index) * 0.37)
  }
}

func integers(_ output: inout Bio, _ count: Int) {
  for index in 0..<count {
    output.print("%d %x %ud\n", index &* -7919, index, UInt32(truncatingIfNeeded: index &* 31))
  }
}

func exact(_ output: inout Bio, _ count: Int) {
  for index in 0..<count {
    output.print("%.3f %.10e\n", Double(index) * 0.37, 1.0 / Double(index + 1))
  }
}

func run(_ work: String, _ count: Int) throws {
  var output = try Bio.open("/dev/null", .write)
  switch work {
  case "mixed": mixed(&output, count)
  case "integers": integers(&output, count)
  default: exact(&output, count)
  }
  try output.close()
}

try run(CommandLine.arguments[1], Int(CommandLine.arguments[2]) ?? 0)

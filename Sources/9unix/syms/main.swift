// syms: addresses in a program become functions and source lines.
//
//     syms server 0x5d3a10 0x5d3b22        these
//     perf script | syms server            every 0x... of a text, in its place
//     syms -b 0x55d0c0000000 server <trace a position-independent program, loaded there
//
// Symbols are read from the program by LibObj.  Lines need its debugging information, which
// addr2line reads: it is asked once for all addresses of a batch, and for none twice.

import Glibc
import LibObj
import Sys9
import SystemPackage

let help = """
  usage: syms [-b BASE] [-s] PROGRAM [ADDRESS ...]

  Prints the function and the source line of each ADDRESS in PROGRAM.  Without an ADDRESS it copies
  the standard input and puts them behind each 0x... that lies in a function of PROGRAM.

    -b BASE     where PROGRAM was loaded, for a position-independent one: is subtracted
    -s          functions only, no source lines
    -h, --help  print this

  EXAMPLE
    syms -s ./server 0x401234
    0x401234 main+0x14

  """

struct UsageError: Error {
  let text: String
}

/// What the user asked for.
struct Options {
  var program = ""
  var base: UInt64 = 0
  var wantsLines = true
  var addresses: [String] = []

  static func parse(_ arguments: [String]) throws(UsageError) -> Options? {
    var options = Options()
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-h", "--help": return nil
      case "-s": options.wantsLines = false
      case "-b":
        guard let base = rest.popFirst().flatMap(address) else {
          throw UsageError(text: "-b wants an address, such as 0x55d0c0000000")
        }
        options.base = base
      case _ where word.hasPrefix("-"): throw UsageError(text: "unknown option '\(word)'")
      case _ where options.program.isEmpty: options.program = word
      default:
        if address(word) == nil { throw UsageError(text: "'\(word)' is no address") }
        options.addresses.append(word)
      }
    }
    if options.program.isEmpty { throw UsageError(text: "there is no program") }
    return options
  }

  /// The number that `text` is in hexadecimal, with `0x` or without.
  static func address(_ text: String) -> UInt64? {
    UInt64(
      text.hasPrefix("0x") || text.hasPrefix("0X") ? String(text.dropFirst(2)) : text, radix: 16)
  }
}

/// A program's symbols and lines, each asked for once.
struct Names {
  let program: String
  let map: AddressMap
  private var lines: [UInt64: String] = [:]

  /// Addresses that one addr2line is given: a command line holds that many easily.
  private static let batchMax = 1000

  init(_ program: String) throws {
    self.program = program
    let bytes = try Files.read(FilePath(program))
    do {
      // Of a universal file the first part: addresses do not say which they mean.
      guard let object = try ObjectFile.slices(bytes[...]).first else {
        throw SystemError(call: "syms", text: "a universal file of nothing", subject: program)
      }
      map = AddressMap(object)
    } catch let error as ObjectError {
      throw SystemError(call: "syms", text: "\(error)", subject: program)
    }
  }

  /// Asks for the lines of those of `addresses` that lie in a function and were not asked before.
  mutating func learn(_ addresses: [UInt64]) {
    var seen: Set<UInt64> = []
    var missing = addresses.filter {
      lines[$0] == nil && map.location(of: $0) != nil && seen.insert($0).inserted
    }[...]
    while !missing.isEmpty {
      let batch = missing.prefix(Self.batchMax)
      missing = missing.dropFirst(batch.count)
      let words = batch.map { "0x\(String($0, radix: 16))" }
      // Without addr2line, or without debugging information, there are functions all the same.
      let outcome = try? Command.run(["addr2line", "-e", program] + words, quiet: true)
      let text = String(decoding: outcome?.output ?? [], as: UTF8.self)
      let answers = text.split(separator: "\n", omittingEmptySubsequences: false)
      for (address, answer) in zip(batch, answers) where !answer.hasPrefix("??") {
        lines[address] = String(answer)
      }
    }
  }

  /// `function+0x10 file:12`; nil if the address lies in no function.
  func text(_ address: UInt64) -> String? {
    guard let location = map.location(of: address) else { return nil }
    let name = Symbol.demangled(location.symbol)
    let line = lines[address].map { " \($0)" } ?? ""
    return "\(name)+0x\(String(location.offset, radix: 16))\(line)"
  }
}

/// The addresses of a line, and where they end in it.
func addresses(in line: [UInt8]) -> [(value: UInt64, end: Int)] {
  var found: [(value: UInt64, end: Int)] = []
  var index = 0
  while index + 2 < line.count {
    guard line[index] == UInt8(ascii: "0"), line[index + 1] == UInt8(ascii: "x") else {
      index += 1
      continue
    }
    let digits = line[(index + 2)...].prefix { byte in
      UnicodeScalar(byte).properties.isASCIIHexDigit
    }
    index += 2 + digits.count
    if let value = UInt64(String(decoding: digits, as: UTF8.self), radix: 16) {
      found.append((value, index))
    }
  }
  return found
}

/// Copies the standard input with names behind its addresses.
func filter(_ names: inout Names, _ options: Options, _ output: inout BufferedWriter) throws {
  let text = try Files.read(all: 0)
  let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
  if options.wantsLines {
    names.learn(lines.flatMap { addresses(in: $0).map { $0.value &- options.base } })
  }
  for (number, line) in lines.enumerated() {
    if number > 0 { try output.write([0x0A]) }
    var start = 0
    for (value, end) in addresses(in: line) {
      guard let name = names.text(value &- options.base) else { continue }
      try output.write(Array(line[start..<end]) + Array(" (\(name))".utf8))
      start = end
    }
    try output.write(Array(line[start...]))
  }
}

func run(_ options: Options) throws {
  var names = try Names(options.program)
  var output = BufferedWriter(1)
  if options.addresses.isEmpty {
    try filter(&names, options, &output)
  } else {
    let values = options.addresses.compactMap(Options.address)
    if options.wantsLines { names.learn(values.map { $0 &- options.base }) }
    for (word, value) in zip(options.addresses, values) {
      try output.write(Array("\(word) \(names.text(value &- options.base) ?? "?")\n".utf8))
    }
  }
  try output.flush()
}

func complain(_ text: String) {
  // Nobody may be listening, and there is nobody else to tell.
  var writer = BufferedWriter(2)
  try? writer.write(Array("syms: \(text)\n".utf8))
  try? writer.flush()
}

do {
  if let options = try Options.parse(Array(CommandLine.arguments.dropFirst())) {
    try run(options)
  } else {
    var output = BufferedWriter(1)
    try output.write(Array(help.utf8))
    try output.flush()
  }
} catch let error as UsageError {
  complain("\(error.text)\nTry: syms --help")
  exit(2)
} catch {
  complain("\(error)")
  exit(1)
}

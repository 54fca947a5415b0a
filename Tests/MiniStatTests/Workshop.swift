// What the tests of this module share: seeded randomness, files, and running programs.

import Glibc
import Support
import Sys9
import SystemPackage

/// A generator whose numbers depend on its seed alone, so that a failure can be repeated.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  // SplitMix64 (Steele, Lea and Flood 2014): any seed is good.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func one<Element>(of choices: [Element]) -> Element { choices[below(choices.count)] }

  /// A normal deviate, by Box and Muller.
  mutating func normal() -> Double {
    let radius = (-2 * log(Double.random(in: .leastNormalMagnitude..<1, using: &self))).squareRoot()
    return radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &self))
  }
}

extension Workshop {
  /// Runs a shell's command line in the directory; `$ministat` is our program.
  func shell(_ line: String) throws -> Ended {
    let script =
      "cd \(Self.quoted(directory.description)) && ministat=\(Self.quoted(try Self.program()))\n"
    let outcome = try Command.run(["sh", "-c", script + "{ " + line + "\n} 2>.errors"])
    return Ended(status: outcome.status, output: outcome.output, errors: try read(".errors"))
  }

  /// Runs `program` with `arguments` in the directory, the file `input` as standard input.
  func run(
    _ program: String, _ arguments: [String], input: String = "/dev/null"
  ) throws -> Ended {
    let words = ([program] + arguments).map(Self.quoted).joined(separator: " ")
    return try shell("exec \(words) <\(Self.quoted(input))")
  }

  /// How a command ended.
  struct Ended {
    let status: Int
    let output: [UInt8]
    let errors: String
    var text: String { String(decoding: output, as: UTF8.self) }
  }

  static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }

  /// Our program, which is built beside the tests.
  static func program() throws -> String {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    return tests.removingLastComponent().appending("ministat").description
  }
}

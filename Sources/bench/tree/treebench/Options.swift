// The command line of treebench.

/// What the user asked for.
struct Options: Equatable {
  /// Keys in the tree: enough to leave the first-level cache, and a run takes a moment.
  static let defaultSize = 100_000
  /// The largest tree: its keys and lookups still fit into the memory of a small machine.
  static let sizeMax = 50_000_000
  /// More lines than this nobody reads, and a mistyped number is more likely.
  static let repetitionsMax = 1_000_000

  var size = Options.defaultSize
  var repetitions = 1
  var workload = Workload.Kind.random
  var seed: UInt64 = 1
  var usesC = false
  var measuresWall = false
  var wantsHelp = false

  static let usage = """
    usage: treebench [-chx] [-n size] [-r repetitions] [-s seed] [-w workload]
      -n size         keys in the tree (\(defaultSize))
      -r repetitions  measurements, one line each (1)
      -s seed         what the keys are drawn from (1)
      -w workload     \(Workload.Kind.allCases.map(\.rawValue).joined(separator: ", ")) (random)
      -c              measure the C tree instead of the Swift one
      -x              measure elapsed time instead of this process's CPU time
      -h              print this
    Prints nanoseconds per operation, one number a line, for ministat(1).

    """

  /// Reads the arguments that follow the program's name.
  init(_ arguments: some Sequence<String>) throws(UsageError) {
    var rest = Array(arguments)[...]
    while let word = rest.popFirst() {
      guard word.first == "-", word.count > 1, word != "--" else {
        throw UsageError(text: "unexpected argument '\(word)'")
      }
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        if try set(letter) { continue }
        guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
          throw UsageError(text: "option -\(letter) needs a value")
        }
        try set(letter, to: value)
        break
      }
    }
  }

  /// Sets an option that has no value; false if `letter` is none.
  private mutating func set(_ letter: Character) throws(UsageError) -> Bool {
    switch letter {
    case "c": usesC = true
    case "x": measuresWall = true
    case "h": wantsHelp = true
    case "n", "r", "s", "w": return false
    default: throw UsageError(text: "unknown option -\(letter)")
    }
    return true
  }

  private mutating func set(_ letter: Character, to value: String) throws(UsageError) {
    switch letter {
    case "n": size = try Self.number(value, for: letter, max: Self.sizeMax)
    case "r": repetitions = try Self.number(value, for: letter, max: Self.repetitionsMax)
    case "s":
      guard let seed = UInt64(value) else { throw UsageError(text: "-s: '\(value)' is no seed") }
      self.seed = seed
    default:
      guard let kind = Workload.Kind(rawValue: value) else {
        let known = Workload.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError(text: "unknown workload '\(value)' (there are: \(known))")
      }
      workload = kind
    }
  }

  private static func number(
    _ text: String, for letter: Character, max: Int
  ) throws(UsageError) -> Int {
    guard let number = Int(text), number >= 1, number <= max else {
      throw UsageError(text: "-\(letter): '\(text)' is not a number from 1 to \(max)")
    }
    return number
  }
}

/// What is wrong with a command line.
struct UsageError: Error, Equatable {
  let text: String
}

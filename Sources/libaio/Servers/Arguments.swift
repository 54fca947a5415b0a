// The command lines of the runtime's programs, word by word.

public import LibAIO

/// What is wrong with a command line: the exit status is 2.
public struct UsageError: Error, Equatable {
  /// One sentence for the user.
  public let text: String

  /// - Parameter text: one sentence, without a full stop.
  public init(_ text: String) { self.text = text }
}

/// The words of a command line, from left to right: `--name VALUE`, `--name=VALUE`, or a word.
public struct Arguments {
  private var rest: ArraySlice<String>
  /// The value of an option that came in one word with it.
  private var attached: String?
  /// The word that `next` gave last, without a value.
  private var option = ""

  /// - Parameter words: without the program's name.
  public init(_ words: [String]) { rest = words[...] }

  /// The next option or word; nil behind the last one.
  ///
  /// - Throws: where the option before it has a value that nobody took.
  public mutating func next() throws(UsageError) -> String? {
    if let attached { throw UsageError("\(option) takes no value, and has '\(attached)'") }
    guard let word = rest.popFirst() else { return nil }
    option = word
    if word.hasPrefix("--"), let sign = word.firstIndex(of: "=") {
      option = String(word[..<sign])
      attached = String(word[word.index(after: sign)...])
    }
    return option
  }

  /// The value of the option that `next` gave; `what` is said to be wanted where there is none.
  public mutating func value(_ what: String) throws(UsageError) -> String {
    let value = attached ?? rest.popFirst()
    attached = nil
    guard let value, !value.isEmpty else { throw wrong(what) }
    return value
  }

  /// A number that `range` has, of `what`, as the value of the option.
  public mutating func number(
    _ what: String, _ range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    let wanted = "a number of \(what), \(range.lowerBound) to \(range.upperBound)"
    guard let number = Int(try value(wanted)), range.contains(number) else { throw wrong(wanted) }
    return number
  }

  /// The word that `next` gave, as the number COUNT that a program takes once.
  ///
  /// - Parameter previous: the one that it has been given already, if any.
  public func count(
    after previous: Int?, _ range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    if option.hasPrefix("-") || previous != nil { throw unexpected() }
    guard let number = Int(option), range.contains(number) else {
      throw UsageError(
        "COUNT is a number from \(range.lowerBound) to \(range.upperBound), not '\(option)'")
    }
    return number
  }

  /// A time of whole seconds, a day at most, as the value of the option.
  public mutating func seconds(atLeast least: Int) throws(UsageError) -> Duration {
    .seconds(try number("seconds", least...86_400))
  }

  /// The back ends that this build has, beside auto.
  #if AIO_KQUEUE
    static let backends = ["epoll", "uring", "kqueue"]
  #else
    static let backends = ["epoll", "uring"]
  #endif

  /// What loops stand on, as the value of the option.
  public mutating func backend() throws(UsageError) -> Aio.World {
    let wanted = Self.backends.joined(separator: ", ") + " or auto"
    switch try value(wanted) {
    case "epoll": return .epoll
    case "uring": return .uring
    #if AIO_KQUEUE
      case "kqueue": return .kqueue
    #endif
    case "auto": return .machine
    default: throw wrong(wanted)
    }
  }

  /// That the option wants something else than it has.
  public func wrong(_ wanted: String) -> UsageError { UsageError("\(option) wants \(wanted)") }

  /// That nobody knows the word that `next` gave.
  public func unexpected() -> UsageError { UsageError("unexpected argument '\(option)'") }
}

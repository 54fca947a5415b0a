// Tables of installed verbs.

public import LibUTF
import Synchronization
import Sys9

/// Verbs beside those that are built in, and the rule of quoting, for a printer.
///
///     var verbs = Verbs.standard
///     verbs.install("T") { f, argument in
///       guard let degrees = argument.value(as: Celsius.self) else { return f.printBadArgument() }
///       f.print("%.1f°C", degrees.degrees)
///     }
///
/// A value: what is installed in a copy is not in the original.  Flags cannot be verbs; a verb that
/// is built in can be replaced.
public struct Verbs: Sendable {
  /// Formats an argument: reads flags, width and precision from the `Fmt`, and prints into it.
  public typealias Handler = @Sendable (inout Fmt, FmtArg) -> Void

  private(set) var table: VerbTable?

  /// Nothing beside what is built in and what `fmtinstall` added.
  public static let standard = Verbs()

  /// No verbs.
  public init() { table = nil }

  /// Installs `handler` for `verb`, in place of what was there.
  ///
  /// - Parameter takesArgument: false for a verb that prints without one, as `%r` does.
  /// - Returns: false if `verb` is a flag, a digit, a point or a star, which cannot be verbs.
  @discardableResult
  public mutating func install(
    _ verb: Unicode.Scalar, takesArgument: Bool = true, _ handler: @escaping Handler
  ) -> Bool {
    guard VerbTable.canBeVerb(verb) else { return false }
    let entry = VerbTable.Entry(takesArgument: takesArgument, handler: handler)
    table = (table ?? VerbTable()).adding(entry, for: verb.value)
    return true
  }

  /// What `%q` and `%Q` quote beside blanks, controls, quotes and the empty string.
  ///
  /// Corresponds to `doquote` of `quote(3)`.
  public var needsQuotes: (@Sendable (Rune) -> Bool)? {
    get { table?.needsQuotes }
    set { table = VerbTable(table?.entries ?? [:], needsQuotes: newValue) }
  }
}

/// An immutable table of verbs.
final class VerbTable: Sendable {
  struct Entry: Sendable {
    let takesArgument: Bool
    let handler: Verbs.Handler
  }

  let entries: [Rune: Entry]
  let needsQuotes: (@Sendable (Rune) -> Bool)?

  init(_ entries: [Rune: Entry] = [:], needsQuotes: (@Sendable (Rune) -> Bool)? = nil) {
    self.entries = entries
    self.needsQuotes = needsQuotes
  }

  subscript(rune: Rune) -> Entry? { entries[rune] }

  func adding(_ entry: Entry, for rune: Rune) -> VerbTable {
    var entries = entries
    entries[rune] = entry
    return VerbTable(entries, needsQuotes: needsQuotes)
  }

  static func canBeVerb(_ verb: Unicode.Scalar) -> Bool {
    if verb.value == 0 || verb == "." || verb == "*" { return false }
    return !("0"..."9").contains(verb) && Verb.flag(verb.value, after: []) == nil
  }

  /// The process's table, which `fmtinstall` replaces: an address, or 0.
  private static let current = Atomic<UInt>(0)
  /// That table, the last one, and those before it: somebody may still be reading them.
  private static let kept = Guarded<[VerbTable]>([])

  static var shared: Unmanaged<VerbTable>? {
    let word = current.load(ordering: .acquiring)
    return unsafe UnsafeRawPointer(bitPattern: word).map { unsafe Unmanaged.fromOpaque($0) }
  }

  static func install(_ rune: Rune, _ entry: Entry?) {
    kept.withLock { kept in
      let old = kept.last ?? VerbTable()
      var entries = old.entries
      entries[rune] = entry
      let new = VerbTable(entries, needsQuotes: old.needsQuotes)
      kept.append(new)
      let address = unsafe Unmanaged.passUnretained(new).toOpaque()
      current.store(UInt(bitPattern: address), ordering: .releasing)
    }
  }
}

/// Installs `handler` for `verb` in the whole process; nil takes an installed verb away.
///
/// A printer's own `Verbs` come first, then these, then those built in.  Each call keeps a table
/// for ever: install at the start of a program, not in its loops.  Thread-safe; printers that have
/// begun keep the old table.
/// - Returns: 0, or -1 if `verb` is a flag, a digit, a point or a star.
///
/// Corresponds to `fmtinstall(3)`.
@discardableResult
public func fmtinstall(_ verb: Unicode.Scalar, _ handler: Verbs.Handler?) -> Int {
  guard VerbTable.canBeVerb(verb) else { return -1 }
  VerbTable.install(
    verb.value, handler.map { VerbTable.Entry(takesArgument: true, handler: $0) })
  return 0
}

extension Fmt {
  /// For installed verbs: the argument is none of this verb's.  Prints the verb between percent
  /// signs, as a verb that is not there does.
  public mutating func printBadArgument() { printBad() }

  /// True if `%q` quotes `rune`.
  func needsQuotes(_ rune: Rune) -> Bool {
    if rune <= 0x20 || rune == 0x27 { return true }
    guard let own = unsafe ownVerbs else { return false }
    return unsafe own._withUnsafeGuaranteedRef { $0.needsQuotes?(rune) ?? false }
  }
}

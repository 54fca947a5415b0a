// Formatted printing: theory of operation.
//
// Problem.  Programs print lines of numbers and words by the million.  Plan 9's verbs are short,
// can be extended, and print straight into the buffer that is written; C's varargs believe the
// format, Swift's interpolation builds strings and knows neither width nor precision.
//
// Shape.  A `Format` is parsed once into directives.  Printing pushes the arguments through them:
//
//     format   "x = %5d, %s\n"   ->  [text "x = ", %5d] [text ", ", %s] [text "\n", end]
//     begin                          prints "x = " and stops at %5d
//     feed(7)                        prints "    7", then ", ", and stops at %s
//     feed("seven")                  prints "seven", then "\n", and is at the end
//
// So an argument needs no box, no array and no common type: each type feeds itself (`Formattable`)
// and the compiler sees which.  A `Fmt` is where the printing stands: the room to print into
// (`to` ..< `stop`), the sink that makes room when it is full, and the directive that waits for an
// argument.  A bio buffer lends its own free room, so that nothing is copied.
//
// Invariants.
//   F1  start <= to <= stop; what lies before `to` is printed and not yet the sink's.
//   F2  After a failure `to == stop` and nothing is printed any more.
//   F3  Every format prints something for every sequence of arguments: what fits no verb prints as
//       `%verb%`, too few arguments are such, too many are ignored.  Nothing traps.
//   F4  Printing allocates nothing, but for installed verbs that do and sinks that grow.
//
// Verbs.  `Verb.table` is the one list of what is built in.  Others are installed in a `Verbs` that
// a printer is given, or by `fmtinstall` for the whole process: that table, and the cache of
// literals in Format+Cache.swift, are all the state there is.
//
// Threads.  A Fmt belongs to one thread.  Formats, tables and the cache may be shared.
//
// Rejected.  An array of `CVarArg` or of an enum with payloads: an allocation and a copy for each
// argument, against none.  Foundation's `String(format:)`: 12 times slower than C.

public import LibUTF

/// What a directive asks for beside its verb: the flags of `print(3)`.
public struct FmtFlags: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt16
  /// Makes flags of their bits.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// A width is given.  Corresponds to `FmtWidth`.
  public static let width = FmtFlags(rawValue: 1)
  /// `-`: fill on the right.  Corresponds to `FmtLeft`.
  public static let left = FmtFlags(rawValue: 2)
  /// A precision is given.  Corresponds to `FmtPrec`.
  public static let precision = FmtFlags(rawValue: 4)
  /// `#`: the alternative form.  Corresponds to `FmtSharp`.
  public static let sharp = FmtFlags(rawValue: 8)
  /// Blank: a blank where a sign might be.  Corresponds to `FmtSpace`.
  public static let space = FmtFlags(rawValue: 16)
  /// `+`: always a sign.  Corresponds to `FmtSign`.
  public static let sign = FmtFlags(rawValue: 32)
  /// `'`: digits in groups.  Corresponds to `FmtApost`.
  public static let apostrophe = FmtFlags(rawValue: 64)
  /// `0`: fill with zeros behind the sign.  Corresponds to `FmtZero`.
  public static let zero = FmtFlags(rawValue: 128)
  /// `u`: unsigned.  Corresponds to `FmtUnsigned`.
  public static let unsigned = FmtFlags(rawValue: 256)
  /// `h`: of 16 bits.  Corresponds to `FmtShort`.
  public static let short = FmtFlags(rawValue: 512)
  /// `hh`: of 8 bits.  Corresponds to `FmtByte`.
  public static let byte = FmtFlags(rawValue: 1024)
  /// `l`: long; Swift's types know how long they are.  Corresponds to `FmtLong`.
  public static let long = FmtFlags(rawValue: 2048)
  /// `ll`: very long.  Corresponds to `FmtVLong`.
  public static let veryLong = FmtFlags(rawValue: 4096)
  /// `,`: a comma after each three digits.  Corresponds to `FmtComma`.
  public static let comma = FmtFlags(rawValue: 8192)

  /// What makes the value or the place of an integer's digits other than plain.
  static let integerLayout = layout.subtracting(.unsigned)

  /// What the plain forms of the verbs do without.
  static let layout: FmtFlags = [
    .width, .left, .precision, .sharp, .space, .sign, .apostrophe, .zero, .unsigned, .short, .byte,
    .comma,
  ]
}

/// Printing under way: where to, and the directive at hand.
///
/// Verbs get one, with the flags, width and precision of their directive, and print into it.
/// Corresponds to `Fmt` of `fmtinstall(3)`.
@safe public struct Fmt: ~Copyable {
  @usableFromInline var to: UnsafeMutablePointer<UInt8>
  @usableFromInline var stop: UnsafeMutablePointer<UInt8>
  @usableFromInline var start: UnsafeMutablePointer<UInt8>
  /// The sink that `sink` knows how to handle; nil if the room is all there is.
  let context: UnsafeMutableRawPointer?
  let sink: (any (Sink & ~Copyable).Type)?
  /// Bytes that the sink has taken.
  var taken = 0
  /// True once the sink failed or the room was too small.
  public private(set) var failed = false

  /// The tables of installed verbs: this printer's, and the process's.
  let ownVerbs: Unmanaged<VerbTable>?
  let sharedVerbs: Unmanaged<VerbTable>?

  var position = Position()

  /// Where a format stands: the directive that waits for its argument.
  @safe struct Position {
    var directive: UnsafePointer<Directive>?
    var text: UnsafePointer<UInt8>?
    var flags: FmtFlags = []
    var kind = Verb.Kind.end
    /// Arguments that will be a width or a precision before the verb gets its own.
    var stars: UInt8 = 0
    /// True if an installed verb takes the argument.
    var isInstalled = false
    var width = 0
    var precision = 0
    var verb: Rune = 0
  }

  /// Prints into `room`, which `context`, handled by `sink`, exchanges when it is full.
  ///
  /// For sinks that lend their own memory; all others take `Sink.print`.
  /// - Parameters:
  ///   - context: what `Sink.refill` of `sink` gets; alive as long as this value.
  ///   - verbs: verbs beside those built in.
  public init(
    room: UnsafeMutableBufferPointer<UInt8>, context: UnsafeMutableRawPointer?,
    sink: (any (Sink & ~Copyable).Type)?, verbs: Verbs = .standard
  ) {
    let base =
      unsafe room.baseAddress
      ?? UnsafeMutablePointer(bitPattern: MemoryLayout<Int>.size).unsafelyUnwrapped
    unsafe start = base
    unsafe to = base
    unsafe stop = base + room.count
    unsafe self.context = context
    self.sink = sink
    unsafe ownVerbs = verbs.table.map { unsafe Unmanaged.passUnretained($0) }
    unsafe sharedVerbs = VerbTable.shared
  }

  /// The flags of the directive at hand.
  public var flags: FmtFlags {
    get { position.flags }
    set { position.flags = newValue }
  }
  /// The width in runes; counts if `flags` has `.width`.
  public var width: Int {
    get { position.width }
    set { position.width = newValue }
  }
  /// The precision; counts if `flags` has `.precision`.
  public var precision: Int {
    get { position.precision }
    set { position.precision = newValue }
  }
  /// The verb of the directive at hand.
  public var verb: Unicode.Scalar { Unicode.Scalar(position.verb) ?? "\u{FFFD}" }

  /// The bytes printed so far.
  public var count: Int { taken + (unsafe to - start) }

  /// Where the next byte goes, for a sink that lends its own memory.
  public var cursor: UnsafeMutablePointer<UInt8> { unsafe to }

  /// Exchanges the room, all of which the sink has taken.  For `Sink.refill`.
  public mutating func exchange(_ room: UnsafeMutableBufferPointer<UInt8>) {
    guard let base = room.baseAddress else { return }
    taken += unsafe to - start
    unsafe start = base
    unsafe to = base
    unsafe stop = base + room.count
  }

  /// What has been printed and the sink has not taken yet.
  public var pending: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: start, count: to - start)
  }

  mutating func fail() {
    failed = true
    unsafe stop = to  // F2
  }

  /// Makes room for at least one byte; false if there is none to be had.
  mutating func makeRoom() -> Bool {
    if failed { return false }
    guard let sink, let context = unsafe context, unsafe sink.refill(context, &self) else {
      fail()
      return false
    }
    assert(unsafe to < stop, "F1: a sink that took bytes has room for more")
    return true
  }
}

extension Fmt {
  /// What is copied without a call.
  private static let shortCopyMax = 8

  /// Prints one byte.
  @inline(__always)
  mutating func put(byte: UInt8) {
    if unsafe to == stop && !makeRoom() { return }
    unsafe to.pointee = byte
    unsafe to += 1
  }

  /// Prints `count` bytes from `bytes`, of which runes are cut in two only where a sink takes both.
  @inline(__always)
  mutating func put(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    if unsafe count <= Self.shortCopyMax && stop - to >= Self.shortCopyMax {
      // Most pieces are short, and a call costs more than a loop.
      for index in 0..<count { unsafe to[index] = bytes[index] }
      unsafe to += count
    } else if unsafe count <= stop - to {
      unsafe to.update(from: bytes, count: count)
      unsafe to += count
    } else {
      unsafe putInPieces(bytes, count)
    }
  }

  private mutating func putInPieces(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    var done = 0
    while done < count {
      var piece = unsafe min(count - done, stop - to)
      if sink == nil {
        // There will be no other room: end with a whole rune.
        piece = unsafe Self.wholeRunes(bytes + done, count - done, room: piece)
      }
      unsafe to.update(from: bytes + done, count: piece)
      unsafe to += piece
      done += piece
      if done < count && !makeRoom() { return }
    }
  }

  /// How many of `count` bytes fit into `room` without cutting a rune; bytes that are none of one
  /// may be divided anywhere.
  private static func wholeRunes(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, room: Int
  ) -> Int {
    if room >= count { return count }
    var cut = room
    while cut > 0, room - cut < UTFmax - 1, unsafe bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
    return unsafe bytes[cut] & 0xC0 == 0x80 ? room : cut
  }

  /// Prints a rune; `Runeerror` for what is above `Runemax`.  Corresponds to `fmtrune(3)`.
  public mutating func put(rune: Rune) {
    if rune < 0x80 { return put(byte: UInt8(truncatingIfNeeded: rune)) }
    var sequence: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
    unsafe withUnsafeMutableBytes(of: &sequence) { room in
      guard let start = unsafe room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
      let count = unsafe UTF.encode(rune, to: start)
      unsafe put(start, count)
    }
  }

  /// Prints `byte` `count` times; nothing if `count` is not positive.
  mutating func fill(_ byte: UInt8, _ count: Int) {
    var rest = count
    while rest > 0 {
      let piece = unsafe min(rest, stop - to)
      unsafe to.update(repeating: byte, count: piece)
      unsafe to += piece
      rest -= piece
      if rest > 0 && !makeRoom() { return }
    }
  }

  /// Prints `bytes` as they are, without regard to width and precision.
  public mutating func put(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      if let start = buffer.baseAddress { unsafe put(start, buffer.count) }
    }
  }

  /// Prints `text` as it is, without regard to width and precision.
  public mutating func put(_ text: String) {
    unsafe text.withUTF8Pointer { bytes in
      if let start = bytes.baseAddress { unsafe put(start, bytes.count) }
    }
  }

  /// Blanks before what takes `count` runes, as the directive asks.
  mutating func padLeft(_ count: Int) {
    if flags.contains(.width) && !flags.contains(.left) { fill(0x20, width - count) }
  }

  /// Blanks behind what takes `count` runes, as the directive asks.
  mutating func padRight(_ count: Int) {
    if flags.contains(.width) && flags.contains(.left) { fill(0x20, width - count) }
  }
}

extension String {
  /// Calls `body` with the UTF-8, without a copy where the string holds it in one piece.
  @inline(__always)
  func withUTF8Pointer<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = unsafe utf8.withContiguousStorageIfAvailable({ unsafe body($0) }) {
      return result
    }
    var copy = self
    return copy.withUTF8 { unsafe body($0) }
  }
}

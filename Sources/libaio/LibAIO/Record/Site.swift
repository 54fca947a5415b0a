// Places in the program: theory of operation.
//
// Problem.  "Who registered this?" is the first question about an event program, and a callback's
// address does not answer it.  Every registration therefore carries its place: `#fileID`, `#line`
// and `#function`, which the compiler knows.  A record has four bytes for it, and a task that
// costs five nanoseconds has one.
//
// Shape.  A place is interned: an open-addressed table from (address of the file's name, line) to
// a slot, whose number is the place's.  The name of a file is a constant of the program, so its
// address stands for it.  The look-up that finds its slot at once, which is all but the first of
// each place, is a multiplication, a load and a comparison.
//
// Invariants.
//   P1  A slot's key is stored once, after what it describes: who sees the key may read the rest.
//   P2  The table never moves and never shrinks: a number means the same place for ever.
//
// Cost.  1 ns inlined; the table takes memory for the places that there are.
//
// Rejected.  A dictionary (5 ns and a lock), the address of the code (needs debugging data to
// read), a macro that makes a static variable at each call (macros cost minutes of build).

public import Synchronization
import Sys9

extension Aio {
  /// A place in the program's source, as a number: where something was registered.
  public struct Site: Hashable, Sendable {
    /// The number, which records carry; 0 for none.
    public let id: UInt32

    /// No place.
    public static var none: Site { Site(id: 0) }

    /// The place with a number that ``id`` gave.
    public init(id: UInt32) { self.id = id }

    /// The place of this call, or the one that is passed on.
    ///
    /// Cost: 1 to 3 ns, and more for the first time of each place.  Any thread.
    public init(
      _ file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
    ) {
      id = SiteTable.shared.number(of: file, line, function)
    }
  }
}

extension Aio.Site: CustomStringConvertible {
  /// The file as `Module/File.swift`; empty for no place.
  public var file: String { SiteTable.shared.entry(id)?.file.description ?? "" }

  /// The line, from 1; 0 for no place.
  public var line: Int { SiteTable.shared.entry(id).map { Int($0.line) } ?? 0 }

  /// The function, such as `accept(_:)`.
  public var function: String { SiteTable.shared.entry(id)?.function.description ?? "" }

  /// `Module/File.swift:12 in run()`, or `?` for no place.
  public var description: String {
    guard let entry = SiteTable.shared.entry(id) else { return "?" }
    return "\(entry.file):\(entry.line) in \(entry.function)"
  }
}

extension Aio.Loop {
  /// The place of a call; one that has been seen before and stands where it should takes 1 ns.
  @inline(__always)
  final func place(
    _ file: StaticString, _ line: UInt32, _ function: StaticString
  ) -> Aio.Site {
    let quick = unsafe SiteTable.quickly(siteKeys, SiteTable.key(file, line))
    return quick != 0 ? Aio.Site(id: quick) : Aio.Site(file, line: line, function: function)
  }
}

/// The places of the program, by number.
@safe
@usableFromInline final class SiteTable: @unchecked Sendable {
  /// What a number stands for.
  struct Entry: Sendable {
    let file: StaticString
    let line: UInt32
    let function: StaticString
  }

  /// Places at most: a program of ten million lines registers at fewer.
  @usableFromInline static let slotsLog2: UInt64 = 14

  static let shared = SiteTable()

  /// Keys by slot, 0 where there is none.  Never given back: places are for ever (P2).
  @usableFromInline typealias Key = Atomic<UInt64>
  @usableFromInline let keys: UnsafeMutablePointer<Key>
  private let entries = Mutex<[UInt32: Entry]>([:])

  private init() {
    let count = 1 << Int(Self.slotsLog2)
    unsafe keys = .allocate(capacity: count)
    for slot in 0..<count { unsafe (keys + slot).initialize(to: Atomic(0)) }
  }

  /// What the table finds a place by.
  @inlinable @inline(__always)
  static func key(_ file: StaticString, _ line: UInt32) -> UInt64 {
    // A program's addresses leave the upper 16 bits alone.
    unsafe (UInt64(UInt(bitPattern: file.utf8Start)) << 16) ^ UInt64(line)
  }

  /// Where a key is looked for first: multiplicative hashing (Knuth, 6.4).
  @inlinable @inline(__always)
  static func slot(_ key: UInt64) -> Int { Int((key &* 0x9E37_79B9_7F4A_7C15) >> (64 - slotsLog2)) }

  /// The number of a place that stands where it is looked for first; 0 if it does not.
  @inlinable @inline(__always)
  static func quickly(_ keys: UnsafeMutablePointer<Key>, _ key: UInt64) -> UInt32 {
    let slot = Self.slot(key)
    return unsafe keys[slot].load(ordering: .relaxed) == key ? UInt32(slot + 1) : 0
  }

  /// The number of a place.
  @usableFromInline
  func number(of file: StaticString, _ line: UInt32, _ function: StaticString) -> UInt32 {
    let key = Self.key(file, line)
    let quick = unsafe Self.quickly(keys, key)
    return quick != 0 ? quick : add(key, Entry(file: file, line: line, function: function))
  }

  /// The number of a place that does not stand where it is looked for first.
  private func add(_ key: UInt64, _ entry: Entry) -> UInt32 {
    let count = 1 << Int(Self.slotsLog2)
    let first = Self.slot(key)
    return entries.withLock { entries in
      // The table is kept half empty: probing ends soon.
      for step in 0..<count {
        let slot = (first + step) & (count - 1)
        let found = unsafe keys[slot].load(ordering: .relaxed)
        if found == key { return UInt32(slot + 1) }
        if found != 0 { continue }
        if entries.count >= count / 2 { return 0 }
        entries[UInt32(slot + 1)] = entry
        DebugSection.nameSite(UInt32(slot + 1), entry.file, entry.line, entry.function)
        unsafe keys[slot].store(key, ordering: .releasing)  // P1
        return UInt32(slot + 1)
      }
      return 0
    }
  }

  /// What a number stands for; nil if that is nothing.
  func entry(_ id: UInt32) -> Entry? { entries.withLock { $0[id] } }
}

// The cache of literal formats.
//
// A literal lies at one address for the life of the program, so its address finds its directives.
// The table is read without a lock and only ever gains entries; what finds no place in it is
// parsed each time, which costs time and nothing else.

import Glibc
import LibUTF
import Synchronization

/// A parsed literal.  Never freed.
@unsafe private struct CachedFormat {
  let address: UnsafePointer<UInt8>
  let program: Format.Program
}

/// Where literals are found by their addresses.
@safe private struct LiteralTable: ~Copyable, @unchecked Sendable {
  /// More literals than large programs have; a page of pointers costs 4 KiB.
  static let slotCount = 4096
  /// Looked at before giving up.
  static let probeCountMax = 16

  /// Each slot is the address of a `CachedFormat`, or 0.
  let slots: UnsafeMutablePointer<Atomic<UInt>>

  init() {
    unsafe slots = .allocate(capacity: Self.slotCount)
    for index in 0..<Self.slotCount { unsafe (slots + index).initialize(to: Atomic(0)) }
  }
}

private let literals = LiteralTable()

extension Format {
  /// The format of the literal at `address`.
  static func cached(_ address: UnsafePointer<UInt8>, _ count: Int) -> Format {
    let hash = UInt(bitPattern: address) &* 0x9E37_79B9_7F4A_7C15
    let first = Int(truncatingIfNeeded: hash >> 40)
    for probe in 0..<LiteralTable.probeCountMax {
      let index = (first &+ probe) & (LiteralTable.slotCount - 1)
      let word = unsafe literals.slots[index].load(ordering: .acquiring)
      if word == 0 { return unsafe insert(address, count, at: index) }
      let entry = unsafe UnsafePointer<CachedFormat>(bitPattern: word).unsafelyUnwrapped
      if unsafe matches(entry, address, count) {
        return unsafe Format(immortal: entry.pointee.program)
      }
    }
    return unsafe Format(Span(_unsafeStart: address, count: count))
  }

  /// True if `entry` is of this literal: another may come to lie there when a library is unloaded.
  private static func matches(
    _ entry: UnsafePointer<CachedFormat>, _ address: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool {
    guard unsafe entry.pointee.address == address, unsafe entry.pointee.program.textCount == count
    else { return false }
    return unsafe memcmp(entry.pointee.program.text, address, count) == 0
  }

  private static func insert(
    _ address: UnsafePointer<UInt8>, _ count: Int, at index: Int
  ) -> Format {
    let program = unsafe parse(Span(_unsafeStart: address, count: count))
    let entry = UnsafeMutablePointer<CachedFormat>.allocate(capacity: 1)
    unsafe entry.initialize(to: CachedFormat(address: address, program: program))
    let (isOurs, _) = unsafe literals.slots[index].compareExchange(
      expected: 0, desired: UInt(bitPattern: entry), ordering: .acquiringAndReleasing)
    if isOurs { return unsafe Format(immortal: program) }
    // Another thread took the slot: this time the format is its user's own.
    unsafe entry.deallocate()
    return unsafe Format(owning: program)
  }
}

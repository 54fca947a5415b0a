// atomic(9): what each does alone, and that no addition is lost between threads.

import Lib9c
import Testing

@Suite("atomic(9)") struct AtomicsTests {
  @Test func words32() {
    let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    defer { unsafe word.deallocate() }
    unsafe word.initialize(to: 5)
    unsafe atomic_add_32(word, 3)
    #expect(unsafe atomic_load_32(word) == 8)
    unsafe atomic_add_acq_32(word, .max)
    #expect(unsafe atomic_load_acq_32(word) == 7, "sums wrap")
    unsafe atomic_add_rel_32(word, 1)
    unsafe atomic_subtract_32(word, 2)
    unsafe atomic_subtract_acq_32(word, 2)
    unsafe atomic_subtract_rel_32(word, 4)
    #expect(unsafe word.pointee == 0)
    unsafe atomic_set_32(word, 0b0001)
    unsafe atomic_set_acq_32(word, 0b0110)
    unsafe atomic_set_rel_32(word, 0b1000)
    #expect(unsafe word.pointee == 0b1111)
    unsafe atomic_clear_32(word, 0b0001)
    unsafe atomic_clear_acq_32(word, 0b0010)
    unsafe atomic_clear_rel_32(word, 0b0100)
    #expect(unsafe word.pointee == 0b1000)
    #expect(unsafe !atomic_cmpset_32(word, 7, 1))
    #expect(unsafe atomic_cmpset_32(word, 8, 1))
    #expect(unsafe atomic_cmpset_acq_32(word, 1, 2))
    #expect(unsafe atomic_cmpset_rel_32(word, 2, 3))
    var expected: UInt32 = 9
    #expect(unsafe !atomic_fcmpset_32(word, &expected, 4))
    #expect(expected == 3, "what was found is given back")
    while unsafe !atomic_fcmpset_32(word, &expected, 4) {}
    while unsafe !atomic_fcmpset_acq_32(word, &expected, 5) {}
    while unsafe !atomic_fcmpset_rel_32(word, &expected, 6) {}
    #expect(unsafe atomic_fetchadd_32(word, 4) == 6)
    #expect(unsafe atomic_swap_32(word, 1) == 10)
    #expect(unsafe atomic_readandclear_32(word) == 1)
    #expect(unsafe atomic_readandclear_32(word) == 0)
    unsafe atomic_store_32(word, 1)
    #expect(unsafe atomic_testandset_32(word, 0))
    #expect(unsafe !atomic_testandset_32(word, 31))
    #expect(unsafe atomic_testandset_32(word, 63), "bits are counted modulo 32")
    #expect(unsafe atomic_testandclear_32(word, 0))
    #expect(unsafe !atomic_testandclear_32(word, 0))
    #expect(unsafe word.pointee == 1 << 31)
    unsafe atomic_store_rel_32(word, 0)
    #expect(unsafe word.pointee == 0)
  }

  @Test func words64() {
    let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    defer { unsafe word.deallocate() }
    unsafe word.initialize(to: 5)
    unsafe atomic_add_64(word, 3)
    #expect(unsafe atomic_load_64(word) == 8)
    unsafe atomic_add_acq_64(word, .max)
    #expect(unsafe atomic_load_acq_64(word) == 7, "sums wrap")
    unsafe atomic_add_rel_64(word, 1)
    unsafe atomic_subtract_64(word, 2)
    unsafe atomic_subtract_acq_64(word, 2)
    unsafe atomic_subtract_rel_64(word, 4)
    #expect(unsafe word.pointee == 0)
    unsafe atomic_set_64(word, 0b0001)
    unsafe atomic_set_acq_64(word, 0b0110)
    unsafe atomic_set_rel_64(word, 0b1000)
    #expect(unsafe word.pointee == 0b1111)
    unsafe atomic_clear_64(word, 0b0001)
    unsafe atomic_clear_acq_64(word, 0b0010)
    unsafe atomic_clear_rel_64(word, 0b0100)
    #expect(unsafe word.pointee == 0b1000)
    #expect(unsafe !atomic_cmpset_64(word, 7, 1))
    #expect(unsafe atomic_cmpset_64(word, 8, 1))
    #expect(unsafe atomic_cmpset_acq_64(word, 1, 2))
    #expect(unsafe atomic_cmpset_rel_64(word, 2, 3))
    var expected: UInt64 = 9
    #expect(unsafe !atomic_fcmpset_64(word, &expected, 4))
    #expect(expected == 3, "what was found is given back")
    while unsafe !atomic_fcmpset_64(word, &expected, 4) {}
    while unsafe !atomic_fcmpset_acq_64(word, &expected, 5) {}
    while unsafe !atomic_fcmpset_rel_64(word, &expected, 6) {}
    #expect(unsafe atomic_fetchadd_64(word, 4) == 6)
    #expect(unsafe atomic_swap_64(word, 1) == 10)
    #expect(unsafe atomic_readandclear_64(word) == 1)
    #expect(unsafe atomic_readandclear_64(word) == 0)
    unsafe atomic_store_64(word, 1)
    #expect(unsafe atomic_testandset_64(word, 0))
    #expect(unsafe !atomic_testandset_64(word, 63))
    #expect(unsafe atomic_testandset_64(word, 127), "bits are counted modulo 64")
    #expect(unsafe atomic_testandclear_64(word, 0))
    #expect(unsafe !atomic_testandclear_64(word, 0))
    #expect(unsafe word.pointee == 1 << 63)
    unsafe atomic_store_rel_64(word, 0)
    #expect(unsafe word.pointee == 0)
  }

  @Test func noAdditionIsLost() async {
    let words = Words()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<20_000 { words.step() }
        }
      }
    }
    #expect(words.sums == [80_000, 80_000, 80_000])
  }
}

/// Three words: added to, compared and set, and guarded by one of them as a lock.
@safe private final class Words: @unchecked Sendable {
  private let narrow = UnsafeMutablePointer<UInt32>.allocate(capacity: 2)
  private let wide = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
  private var plain = 0

  init() {
    unsafe narrow.initialize(repeating: 0, count: 2)
    unsafe wide.initialize(to: 0)
  }

  deinit {
    unsafe narrow.deallocate()
    unsafe wide.deallocate()
  }

  func step() {
    unsafe atomic_add_32(narrow, 1)
    var old = unsafe atomic_load_64(wide)
    while unsafe !atomic_fcmpset_64(wide, &old, old + 1) {}
    while unsafe !atomic_cmpset_acq_32(narrow + 1, 0, 1) { spinWait() }
    plain += 1
    unsafe atomic_store_rel_32(narrow + 1, 0)
  }

  var sums: [Int] { unsafe [Int(narrow.pointee), Int(wide.pointee), plain] }
}

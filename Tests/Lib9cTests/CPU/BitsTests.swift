// Bits of words beside the loop that looks at each of them.

import Lib9c
import Testing

@Suite("Bits") struct BitsTests {
  /// The positions, from 1, of the bits of a word that are `wanted`, lowest first.
  private func positions(_ word: UInt64, width: Int, _ wanted: UInt64) -> [Int] {
    (0..<width).filter { (word >> UInt64($0)) & 1 == wanted }.map { $0 + 1 }
  }

  private func check(_ word: UInt64) {
    let set = positions(word, width: 64, 1)
    let clear = positions(word, width: 64, 0)
    #expect(ffs64(word) == set.first ?? 0)
    #expect(fls64(word) == set.last ?? 0)
    #expect(ffc64(word) == clear.first ?? 0)
    #expect(flc64(word) == clear.last ?? 0)
    #expect(ilog2(word) == (set.last ?? 0) - 1)
    let half = UInt32(truncatingIfNeeded: word)
    let setHalf = positions(UInt64(half), width: 32, 1)
    let clearHalf = positions(UInt64(half), width: 32, 0)
    #expect(ffs32(half) == setHalf.first ?? 0)
    #expect(fls32(half) == setHalf.last ?? 0)
    #expect(ffc32(half) == clearHalf.first ?? 0)
    #expect(flc32(half) == clearHalf.last ?? 0)
    #expect(ilog2(half) == (setHalf.last ?? 0) - 1)
  }

  /// Every word that is one run of equal bits in the others, which is where these can be wrong.
  @Test func agreeOnEveryRunOfBits() {
    for low in 0...64 {
      for high in low...64 {
        let below = low == 64 ? UInt64.max : (1 << UInt64(low)) - 1
        let upTo = high == 64 ? UInt64.max : (1 << UInt64(high)) - 1
        check(upTo & ~below)
        check(~(upTo & ~below))
      }
    }
  }

  @Test func agreeOnRandomWords() {
    var random = TestRandom("bits")
    for _ in 0..<500 { check(random.next() & random.next() & random.next()) }
    for _ in 0..<500 { check(random.next() | random.next() | random.next()) }
  }

  @Test func bytesAreSwapped() {
    for word in UInt16.min ... .max where bswap16(word) != word << 8 | word >> 8 {
      Issue.record("bswap16(\(word))")
    }
    #expect(bswap32(0x0102_0304) == 0x0403_0201)
    #expect(bswap64(0x0102_0304_0506_0708) == 0x0807_0605_0403_0201)
  }

  @Test func hammingDistanceCountsDifferentBits() {
    var random = TestRandom("hamming distance")
    for count in 0..<70 {
      let left = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let right = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      var bits = 0
      for (here, there) in zip(left, right) {
        for bit in 0..<8 where (here ^ there) >> UInt8(bit) & 1 == 1 { bits += 1 }
      }
      #expect(hammingDistance(left, right) == bits)
      #expect(hammingDistance(left, left) == 0)
    }
  }

  @Test func lengthsThatDifferAreRefused() async {
    await #expect(processExitsWith: .failure) { _ = hammingDistance([1], [1, 2]) }
  }

  @Test func theCounterGoesOn() {
    let first = rdtsc()
    var last = first
    // Far more turns than the slowest counter needs to move.
    var turns = 100_000_000
    while last == first && turns > 0 {
      spinWait()
      last = rdtsc()
      turns -= 1
    }
    #expect(last > first)
  }
}

import Glibc
import Testing

@testable import MiniStatRun

@Suite("Decimal parser") struct DecimalParserTests {
  /// What the fast way makes of `text` and where it stops; nil if it leaves it to strtod.
  private func fast(_ text: String) -> (value: Double, length: Int)? {
    let bytes = Array(text.utf8) + [0x0A] + [UInt8](repeating: 0, count: 8)
    let powers = DecimalParser.Powers()
    return unsafe bytes.withUnsafeBufferPointer { all -> (value: Double, length: Int)? in
      guard let start = all.baseAddress else { return nil }
      var cursor = unsafe start
      guard let value = unsafe DecimalParser.fast(&cursor, powers) else { return nil }
      return (value, unsafe cursor - start)
    }
  }

  private func check(_ text: String, mustBeFast: Bool = false, _ note: Comment = "") {
    let expected = unsafe strtod(text, nil)
    if let (value, length) = fast(text) {
      #expect(length == text.utf8.count, "\(text)")
      #expect(value.bitPattern == expected.bitPattern, "\(text) \(note)")
    } else if mustBeFast {
      Issue.record("\(text) is left to strtod")
    }
    #expect(NumberInput.double(Array(text.utf8))?.bitPattern == expected.bitPattern, "\(text)")
  }

  @Test(
    "common numbers are read the fast way, as strtod reads them",
    arguments: [
      "0", "-0", "+7", "1.", ".5", "0.1", "123456.789012", "-99.999999", "1e3", "1E-3", "1e+22",
      "9007199254740993", "9007199254740993e1", "1234567890123456789", "0.123456789012345678e1",
      "9999999999999999999", "18014398509481985e-1", "1e22", "8.5e19", "3.0e-19", "0e999", "0e-999",
      "0.000001", "1000000000000000000e-2", "7205759403792794e-3",
    ])
  func common(_ text: String) { check(text, mustBeFast: true) }

  @Test(
    "hard numbers are strtod's",
    arguments: [
      "2.2250738585072011e-308", "4.9406564584124654e-324", "2.4703282292062327e-324",
      "1.7976931348623158e308", "9007199254740992.99999999999999999999", "1e-400",
      "123456789012345678901234567890", "6.631236871469758276785396630275967e-4", "1e23", "8.41e21",
      "9.5367431640625e-7", "0.500000000000000166533453693773481063544750213623046875",
    ])
  func hard(_ text: String) { check(text) }

  @Test(
    "what is no decimal number is left alone",
    arguments: [
      "", "-", ".", "e5", "1e", "1e+", "abc", "inf", "nan", "--1", "+-1", "1e1234",
    ])
  func notFast(_ text: String) { #expect(fast(text) == nil) }

  @Test("stops at the first byte that is no part of a number")
  func stops() {
    #expect(fast("1.5.2")?.length == 3)
    #expect(fast("0x10")?.length == 1)
    #expect(fast("12abc")?.length == 2)
  }

  @Test("agrees with strtod on random decimals of all shapes")
  func model() {
    let seed: UInt64 = 31337
    var random = SeededRandom(seed: seed)
    for _ in 0..<40_000 {
      var text = random.one(of: ["", "", "-", "+"])
      for _ in 0..<random.below(12) { text += String(random.below(10)) }
      if Bool.random(using: &random) {
        text += "."
        for _ in 0..<random.below(12) { text += String(random.below(10)) }
      }
      if !text.contains(where: \.isNumber) { text += "7" }
      if random.below(3) == 0 {
        text += random.one(of: ["e", "E", "e-", "e+"]) + String(random.below(40))
      }
      check(text, "seed \(seed)")
    }
  }

  @Test("agrees with strtod on the shortest text of random Doubles, and halfway between two")
  func roundTrip() {
    var random = SeededRandom(seed: 4711)
    for _ in 0..<20_000 {
      let exponent = random.below(120) - 60
      let value = Double(
        sign: .plus, exponent: exponent, significand: .random(in: 1..<2, using: &random))
      check("\(value)")
      // Integers between two Doubles are exact ties, and their neighbours near misses.
      let tie = (1 << 54) + UInt64(random.below(1 << 40)) * 4 + 2
      for near in [tie - 1, tie, tie + 1] {
        check("\(near)", mustBeFast: true)
        check("\(near)e\(random.below(20))")
        check("\(near)e-\(random.below(20))", mustBeFast: true)
      }
    }
  }

  @Test("arguments are read as strtol reads them")
  func integers() {
    let cases: [(String, Int?)] = [
      ("12", 12), (" 12", 12), ("+3", 3), ("-3", -3), ("", nil), ("3x", nil), ("0x10", nil),
      ("12 ", nil), ("99999999999999999999", nil), ("-", nil), ("\u{661}", nil),
    ]
    for (text, value) in cases { #expect(NumberInput.integer(Array(text.utf8)) == value) }
  }
}

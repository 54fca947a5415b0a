// Floating-point numbers beside the C library, which rounds correctly.

import Glibc
import LibFmt
import Support
import Sys9
import SystemPackage
import Testing

/// What C's printf makes of `value`, with Plan 9's spelling of what is not finite.
private func c(_ format: String, _ value: Double) -> String {
  unsafe withVaList([value]) { list in
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 2000) { room in
      let count = unsafe vsnprintf(room.baseAddress.unsafelyUnwrapped, room.count, format, list)
      return unsafe String(
        decoding: UnsafeRawBufferPointer(room).prefix(Int(count)), as: UTF8.self)
    }
  }
}

@Suite("Floating point") struct FloatTests {
  /// Numbers of all sizes, and decimal ones as people write them.
  private func number(_ random: inout SplitMix) -> Double {
    switch UInt8.random(in: 0...3, using: &random) {
    case 0:
      let value = Double(bitPattern: random.next())
      return value.isFinite ? value : 0.1
    case 1: return Double(Int.random(in: -99_999_999...99_999_999, using: &random)) / 1000
    case 2: return Double(Int.random(in: -9_999...9_999, using: &random)) * 0.125
    default: return Double(random.next()) * 1e-12
    }
  }

  @Test("a million random values print as in C") func random() {
    var (random, _) = SplitMix.printed("floats", environment: Environment["TEST_SEED"])
    let formats = ["%g", "%e", "%f", "%.3f", "%.17g", "%.0f", "%.2e", "%.15g", "%#.3e", "%+012.4f"]
    let compiled = formats.map { Format($0) }
    var bytes: [UInt8] = []
    for index in 0..<1_000_000 {
      let value = number(&random)
      let which = index % formats.count
      bytes.removeAll(keepingCapacity: true)
      bytes.print(compiled[which], value)
      let isSame = isPrintedByC(formats[which], value, bytes)
      if !isSame {
        let ours = String(decoding: bytes, as: UTF8.self)
        Issue.record("\(formats[which]) of \(value): \(ours), C: \(c(formats[which], value))")
      }
    }
  }

  private func isPrintedByC(_ format: String, _ value: Double, _ bytes: [UInt8]) -> Bool {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { room in
      let count = unsafe withVaList([value]) { list in
        unsafe Int(vsnprintf(room.baseAddress.unsafelyUnwrapped, room.count, format, list))
      }
      if count != bytes.count { return false }
      return unsafe memcmp(room.baseAddress.unsafelyUnwrapped, bytes, count) == 0
    }
  }

  @Test("every precision is exact") func precisions() {
    let values = [
      0.1, 0.35, 2.5, 0.5, 1.5, 1e23, .leastNonzeroMagnitude, 2.2250738585072014e-308,
      1.7976931348623157e308,
      9.5, 0.95, 99.5, 999999.5, 0.00001, 123456789.125, 1 / 3.0, 4.35, 1e15, 1e16, 1e17, 1e22,
    ]
    for value in values {
      for precision in [0, 1, 2, 3, 6, 15, 16, 17, 18, 20, 40, 340, 800, 1100] {
        for verb in ["e", "f", "g"] {
          let format = "%.\(precision)\(verb)"
          #expect(smprint(Format(format), value) == c(format, value), "\(format) \(value)")
          #expect(smprint(Format(format), -value) == c(format, -value))
        }
      }
    }
  }

  @Test("powers of ten and their neighbours") func powers() {
    for power in -323...308 {
      guard let value = Double("1e\(power)") else { continue }
      for near in [value, value.nextUp, value.nextDown] {
        for format in ["%g", "%.0e", "%.16e", "%.17g", "%.25e"] {
          #expect(smprint(Format(format), near) == c(format, near), "\(format) \(near)")
        }
      }
    }
  }

  @Test(
    "flags",
    arguments: [
      "%+g", "% g", "%#g", "%010g|", "%-12.3e|", "%12.3f|", "%-012f|", "%#.0f", "%#.0e", "%G", "%E",
    ])
  func flags(format: String) {
    for value in [0.0, -0.0, 1, -1.5, 1e100, 1e-100, 123456, 1234567] {
      #expect(smprint(Format(format), value) == c(format, value), "\(format) \(value)")
    }
  }

  @Test func whatIsNotFiniteIsSpeltAsInPlan9() {
    #expect(smprint("%g %e %f", Double.nan, Double.infinity, -Double.infinity) == "NaN +Inf -Inf")
    #expect(
      smprint(
        "%+g|% g|%010g|%-6g|%E", -Double.nan, Double.nan, Double.infinity, Double.nan,
        Double.infinity)
        == "NaN|NaN|      +Inf|NaN   |+Inf")
  }

  @Test("where plan9port rounds twice, prints subnormals as 0 and loses signs, ours are right")
  func knownBugs() {
    #expect(smprint("%g", -0.0) == "-0")
    #expect(smprint("%.1f", 0.35) == "0.3")
    #expect(smprint("%.0e", 2.5) == "2e+00")
    #expect(smprint("%.20e", 0.1) == "1.00000000000000005551e-01")
    #expect(smprint("%e", Double.leastNonzeroMagnitude) == "4.940656e-324")
    #expect(smprint("%g", Float(0.1)) == "0.1")
  }

  @Test func theFewestDigitsAreForThoseWhoAsk() {
    #expect(smprint("%s|%8s|%g", Shortest(0.1), Shortest(1e23), 0.1 + 0.2) == "0.1|   1e+23|0.3")
    #expect(smprint("%s", Shortest(0.1 + 0.2)) == "0.30000000000000004")
  }

  @Test func aCarryKeepsTheZerosThatAreAskedFor() {
    // The C library of Debian 12 prints 1.e+03.
    #expect(smprint("%#.3g|%#.3g|%.3g", 999.5, -999.875, 999.5) == "1.00e+03|-1.00e+03|1e+03")
  }

  @Test func theTableOfOthers() throws {
    guard let folder = Environment["CONFORMANCE_DATA"] else {
      print("testfp: CONFORMANCE_DATA is not set, it is not compared")
      return
    }
    let file = try Files.read(FilePath("\(folder)/conformance/testfp.txt"))
    var count = 0
    for line in String(decoding: file, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      guard fields.count == 4, fields[0] == "float64", !fields[1].hasSuffix("b") else { continue }
      guard let value = number(fields[2]) else {
        Issue.record("\(line)")
        continue
      }
      #expect(smprint(Format(fields[1]), value) == fields[3], "\(line)")
      count += 1
    }
    #expect(count > 20)
  }

  /// A decimal number, or MpE for M x 2^E.
  private func number(_ text: String) -> Double? {
    let parts = text.split(separator: "p")
    guard parts.count == 2, let significand = Double(parts[0]), let exponent = Int(parts[1]) else {
      return Double(text)
    }
    return scalbn(significand, CInt(exponent))
  }
}

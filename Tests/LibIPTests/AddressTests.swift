import Glibc
import Lib9c
import LibIP
import Support
import Testing

@Suite("Addresses") struct AddressTests {
  @Test(
    "are written as Plan 9 writes them",
    arguments: [
      ("::", "::"), ("0:0:0:1:0:0:0:1", "::1:0:0:0:1"), ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
      ("1:2:3:0:5:6:7:8", "1:2:3::5:6:7:8"), ("::ffff:7f00:1", "127.0.0.1"),
      ("::1.2.3.4", "::102:304"), ("ABCD::", "abcd::"), ("0:2:3:4:5:6:7:8", "::2:3:4:5:6:7:8"),
    ])
  func text(_ input: String, _ expected: String) throws {
    #expect(try IPAddress.parse(input).text == expected)
  }

  @Test func canonicalKeepsASingleZero() throws {
    #expect(try IPAddress.parse("1:2:3::5:6:7:8").canonical == "1:2:3:0:5:6:7:8")
    #expect(try IPAddress.parse("2001:db8:0:0:1:0:0:1").canonical == "2001:db8::1:0:0:1")
  }

  @Test(
    "what is no address is refused, with its place",
    arguments: [
      ("", 0), ("1.2.3", 5), ("1.2.3.4.5", 8), ("1.2.3.256", 6), ("010.0.0.1", 0), ("1.2.3.4 ", 7),
      (" 1.2.3.4", 0), ("1.2.3.0x4", 7), ("1..2.3", 2), ("1.2.3.", 6), (":", 1), (":::", 2),
      ("1::2::3", 5), ("12345::", 4), ("1:2:3:4:5:6:7", 13), ("1:2:3:4:5:6:7:8:9", 16),
      ("1:2:3:4:5:6:7::8", 16), ("1:2:3:4:5:6:7:1.2.3.4", 14), ("g::", 0), ("1:2:3:4:5:6:7:", 14),
      ("::1%eth0", 3), ("[::1]", 0), ("1.2.3.4%lo", 7), ("::1.2.3", 7), ("-1.2.3.4", 0),
      ("1.2.3.99999999999999999999", 9), ("::fffff", 6), ("1.2.3.é", 6),
    ])
  func refused(_ input: String, _ offset: Int) {
    #expect(throws: IPError.self) { try IPAddress.parse(input) }
    do throws(IPError) {
      _ = try IPAddress.parse(input)
    } catch {
      #expect(error.offset == offset, "\(error)")
    }
  }

  /// I1, and that inet_pton(3) agrees on what is an address and on which.
  @Test func randomAddressesComeBack() {
    var random = Dice("addresses")
    for _ in 0..<4000 {
      var bytes = (0..<16).map { _ in random.byte() & random.byte() }
      for index in bytes.indices where random.below(3) > 0 { bytes[index] = 0 }
      if random.below(5) == 0 { bytes.replaceSubrange(0..<12, with: IPAddress.v4None.bytes[..<12]) }
      let address = IPAddress(bytes)
      #expect(address?.bytes == bytes)
      guard let address else { continue }
      for text in [address.text, address.canonical, address.text.uppercased()] {
        #expect(IPAddress(text) == address, "\(text)")
        #expect(ofSystem(text) == address)
      }
    }
  }

  @Test func theSystemAgreesOnWhatIsAnAddress() {
    var random = Dice("texts of addresses")
    let pieces = ["1", "0", "ff", "10", "255", "256", ":", "::", ".", "1.2.3.4", "ffff", "g", "00"]
    for _ in 0..<20_000 {
      let text = (0..<random.below(9)).map { _ in pieces[random.below(pieces.count)] }.joined()
      #expect(IPAddress(text) == ofSystem(text), "\(text)")
    }
  }

  private func ofSystem(_ text: String) -> IPAddress? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let isV4 = !text.contains(":")
    let read = unsafe bytes.withUnsafeMutableBytes {
      unsafe inet_pton(isV4 ? AF_INET : AF_INET6, text, $0.baseAddress)
    }
    return read == 1 ? IPAddress(isV4 ? Array(bytes[..<4]) : bytes) : nil
  }

  @Test(
    "with fewer parts are read on request, by their class",
    arguments: [
      ("1", "1.0.0.0"), ("10.1", "10.0.0.1"), ("1.2.3", "1.0.2.3"), ("128.1", "128.1.0.0"),
      ("128.1.5", "128.1.0.5"), ("192.1.2", "192.1.2.0"), ("1.2.3.4", "1.2.3.4"), ("::1", "::1"),
    ])
  func legacy(_ input: String, _ expected: String) throws {
    #expect(try IPAddress.parseLegacy(input).text == expected)
    #expect(Plan9.parseip(input).text == expected)
  }

  @Test("even so they must be addresses", arguments: ["010.0.0.1", "1.2.3.", "256", "", "0x7f.1"])
  func legacyRefused(_ input: String) {
    #expect(throws: IPError.self) { try IPAddress.parseLegacy(input) }
  }

  @Test(
    "Plan 9 makes something of everything",
    arguments: [
      ("010.0.0.1", "8.0.0.1"), ("1.2.3.4.5", "1.2.3.4"), ("1..2.3", "1.0.2.3"),
      ("1::2::3", "1:2::3"), ("fe80::1%eth0", "fe80:1::"), ("g::", "0.0.0.0"), (":", "::"),
      ("12345::", "2345::"), ("+1.2.3.4", "1.2.3.4"), ("1.2.3.4/24", "1.2.3.4"),
      ("1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8"), ("", "0.0.0.0"), ("1.2.3.", "1.0.2.3"),
    ])
  func plan9(_ input: String, _ expected: String) {
    #expect(Plan9.parseip(input).text == expected)
  }

  @Test func zonesAreRead() throws {
    let address = try ZonedAddress.parse("fe80::1%eth0")
    #expect(address.address.text == "fe80::1")
    #expect(address.zone == "eth0")
    #expect(address.description == "fe80::1%eth0")
    #expect(try ZonedAddress.parse("10.0.0.1") == ZonedAddress(IPAddress(10, 0, 0, 1)))
    for bad in ["fe80::1%", "1.2.3.4%eth0", "fe80::1%a b", "fe80::1%a%b", "::ffff:ff:f%lo"] {
      #expect(throws: IPError.self) { try ZonedAddress.parse(bad) }
    }
  }

  @Test(
    "masks are read and written",
    arguments: [
      ("/0", "/0"), ("/24", "/24"), ("/64", "/64"), ("/65", "/65"), ("/128", "/128"),
      ("/129", "/128"), ("255.255.0.0", "/112"), ("0.0.0.0", "/96"), ("ffff:ffff::", "/32"),
      ("255.0.255.0", "ffff:ffff:ffff:ffff:ffff:ffff:ff00:ff00"),
    ])
  func masks(_ input: String, _ expected: String) throws {
    #expect(try IPAddress.parseMask(input).maskText == expected)
    #expect(Plan9.parseipmask(input).maskText == expected)
  }

  @Test func everyPrefixLengthComesBack() {
    for length in 0...128 {
      let mask = IPAddress(prefixLength: length)
      #expect(mask.prefixLength == length)
      #expect(
        (0..<128).allSatisfy { (mask[$0 / 8] >> UInt8(7 - $0 % 8)) & 1 == ($0 < length ? 1 : 0) })
      #expect((~mask | mask) == .allBits)
    }
    #expect(IPAddress(10, 0, 0, 1).prefixLength == nil)
    for bad in ["/", "/x", "/-1", "/1/2", ""] {
      #expect(throws: IPError.self) { try IPAddress.parseMask(bad) }
    }
  }

  @Test func classesAndNetworks() throws {
    let host = IPAddress(192, 168, 7, 9)
    #expect(maskip(host, IPAddress(prefixLength: 96 + 20)).text == "192.168.0.0")
    #expect(defmask(host).maskText == "/120")
    #expect(defmask(IPAddress(10, 0, 0, 1)).maskText == "/104")
    #expect(defmask(IPAddress(172, 16, 0, 1)).maskText == "/112")
    #expect(defmask(try parseip("fe80::1")).maskText == "/64")
    #expect(host.isPrivate && !host.isLoopback && host.isV4)
    #expect(try parseip("fe80::1").isLinkLocal && parseip("ff02::1").isMulticast)
    #expect(IPAddress.v4Loopback.isLoopback && IPAddress.loopback.isLoopback)
    #expect(!equivip(try parseip("1::2"), try parseip("1::3")), "all sixteen bytes count")
    #expect(v6tov4(v4tov6(0x0102_0304)) == 0x0102_0304 && v6tov4(.loopback) == nil)
    #expect(IPAddress(1, 2, 3, 4) < IPAddress(1, 2, 4, 0))
    #expect(IPAddress(1, 2, 3, 4).words == "00000000 00000000 0000ffff 01020304")
  }

  @Test func cardsAreReadAndWritten() throws {
    let card = try parseether("00:1a:2B:33:44:55")
    #expect(card.text == "001a2b334455" && card.withColons == "00:1a:2b:33:44:55")
    #expect(try parseether("001a2b334455") == card)
    #expect(EtherAddress(card.bytes) == card)
    for bad in [
      "", "0", "zz:zz:zz:zz:zz:zz", "00:11:22:33:44", "0011:22:33:44:55", "001a2b3344556",
    ] {
      #expect(throws: IPError.self) { try parseether(bad) }
    }
    #expect(Plan9.parseether("zz:zz:zz:zz:zz:zz").0.text == "000000000000")
    #expect(!Plan9.parseether("00:11").1)
  }

  @Test func wordsAndChecksums() {
    var bytes = [UInt8](repeating: 0, count: 16)
    var span = bytes.mutableSpan
    hnputs(&span, 0, 0x0102)
    hnputl(&span, 2, 0x0304_0506)
    hnputv(&span, 6, 0x0708_090A_0B0C_0D0E)
    #expect(bytes == Array(1...14) + [0, 0])
    #expect(nhgets(bytes.span, 0) == 0x0102)
    #expect(nhgetl(bytes.span, 2) == 0x0304_0506)
    #expect(nhgetv(bytes.span, 6) == 0x0708_090A_0B0C_0D0E)
    // A header with its checksum, 0xB861, in place.
    let header: [UInt8] = [
      0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0xB8, 0x61, 0xC0, 0xA8, 0, 1, 0xC0, 0xA8, 0,
      0xC7,
    ]
    #expect(ptclbsum(header.span) == 0xFFFF)
    var open = header
    open[10] = 0
    open[11] = 0
    #expect(~ptclbsum(open.span) == 0xB861)
    #expect(ptclbsum([UInt8](arrayLiteral: 1).span) == 0x0100, "an odd byte is the high one")
    #expect(ptclbsum([UInt8]().span) == 0)
  }
}

/// Random numbers whose seed is printed.
struct Dice {
  private var state: UInt64

  init(_ name: String, seed: UInt64 = UInt64.random(in: 0 ... .max)) {
    state = seed
    print("\(name): seed \(seed)")
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    if state == 0 { state = 1 }
    return state
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 20) }
}

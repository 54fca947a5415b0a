// Reading addresses: strictly, or with Plan 9's class shorthand.

/// A position in the bytes of an address's text.
private struct Cursor {
  let bytes: [UInt8]
  var offset = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }
  var isAtEnd: Bool { offset == bytes.count }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    if current.map({ UInt32($0) }) != character.value { return false }
    offset += 1
    return true
  }

  /// The value of the digit here in base 16, or nil.
  var digit: Int? {
    switch current {
    case .some(let byte) where byte >= 0x30 && byte <= 0x39: Int(byte) - 0x30
    case .some(let byte) where byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66: Int(byte | 0x20) - 0x57
    default: nil
    }
  }

  /// True if the digits from here end in a dot: then they are of an IPv4 address.
  var isDotted: Bool {
    var ahead = self
    while let digit = ahead.digit, digit < 10 { ahead.offset += 1 }
    return ahead.offset > offset && ahead.current == UInt8(ascii: ".")
  }

  /// A number of at most `digitsMax` digits in base `radix`, no larger than `valueMax`.
  mutating func number(
    radix: Int, digitsMax: Int, valueMax: Int
  ) throws(IPError) -> Int {
    let start = offset
    var value = 0
    while let digit, digit < radix {
      if offset - start == digitsMax { throw IPError(offset, "a part has too many digits") }
      value = value * radix + digit
      offset += 1
    }
    if offset == start { throw IPError(offset, isAtEnd ? "a part is missing" : "no digit") }
    if value > valueMax { throw IPError(start, "a part is above \(valueMax)") }
    return value
  }

  /// One to four decimal parts with dots between them; leading zeros are refused.
  mutating func parts() throws(IPError) -> [UInt8] {
    var result: [UInt8] = []
    repeat {
      if result.count == 4 { throw IPError(offset, "an IPv4 address has four parts") }
      let start = offset
      let value = try number(radix: 10, digitsMax: 3, valueMax: 255)
      if offset - start > 1 && bytes[start] == UInt8(ascii: "0") {
        throw IPError(start, "a leading zero, which some read as octal")
      }
      result.append(UInt8(value))
    } while skip(".")
    return result
  }

  /// The number of four decimal parts.
  mutating func v4() throws(IPError) -> UInt32 {
    let found = try parts()
    if found.count < 4 { throw IPError(offset, "an IPv4 address has four parts") }
    return found.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The eight groups of an IPv6 address, of which the last two may be dotted.
  mutating func groups() throws(IPError) -> [UInt16] {
    var groups: [UInt16] = []
    var gap: Int?
    if skip(":") {
      if !skip(":") { throw IPError(offset, "an address begins with one colon") }
      gap = 0
    }
    while digit != nil {
      if isDotted {
        let start = offset
        let v4 = try v4()
        if groups.count > 6 { throw IPError(start, "too many groups") }
        groups += [UInt16(v4 >> 16), UInt16(v4 & 0xFFFF)]
        break
      }
      if groups.count == 8 { throw IPError(offset, "too many groups") }
      groups.append(UInt16(try number(radix: 16, digitsMax: 4, valueMax: 0xFFFF)))
      if !skip(":") { break }
      if skip(":") {
        if gap != nil { throw IPError(offset - 1, "'::' stands for two gaps") }
        gap = groups.count
      } else if digit == nil {
        throw IPError(offset, "a group is missing")
      }
    }
    guard let gap else {
      if groups.count < 8 { throw IPError(offset, "an IPv6 address has eight groups") }
      return groups
    }
    if groups.count > 7 { throw IPError(offset, "'::' stands for no group") }
    let zeros = [UInt16](repeating: 0, count: 8 - groups.count)
    return Array(groups[..<gap]) + zeros + Array(groups[gap...])
  }

  /// An address of either family.
  mutating func address() throws(IPError) -> IPAddress {
    if isDotted { return IPAddress(v4: try v4()) }
    let groups = try groups()
    return IPAddress(
      high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
      low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
  }

  func end() throws(IPError) {
    if !isAtEnd { throw IPError(offset, "something follows the address") }
  }
}

extension IPAddress {
  /// The address that `text` is, in either family.
  ///
  /// Accepts what `inet_pton(3)` accepts, and nothing else.  `parseip(3)`.
  ///
  /// - Throws: what is wrong, and where.
  public static func parse(_ text: String) throws(IPError) -> IPAddress {
    var cursor = Cursor(text)
    let address = try cursor.address()
    try cursor.end()
    return address
  }

  /// The address that `text` is; nil if it is none.
  public init?(_ text: String) {
    guard let address = try? IPAddress.parse(text) else { return nil }
    self = address
  }

  /// As `parse`, and IPv4 addresses with fewer parts: the class of the first says where the
  /// missing ones are.
  ///
  /// `10.1` is 10.0.0.1 and `128.1` is 128.1.0.0, as `parseip(3)` reads them.
  public static func parseLegacy(_ text: String) throws(IPError) -> IPAddress {
    var cursor = Cursor(text)
    let isV4 = !text.isEmpty && text.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    guard isV4 else { return try parse(text) }
    let parts = try cursor.parts()
    try cursor.end()
    return IPAddress(v4: spread(parts).reduce(0) { $0 << 8 | UInt32($1) })
  }

  /// Four parts of an IPv4 address of which up to three are missing, by the class of the first.
  static func spread(_ parts: [UInt8]) -> [UInt8] {
    let network = (parts.first ?? 0) < 128 ? 1 : parts[0] < 192 ? 2 : 3
    if parts.count <= network || parts.count == 4 {
      return parts + [UInt8](repeating: 0, count: 4 - parts.count)
    }
    let zeros = [UInt8](repeating: 0, count: 4 - parts.count)
    return Array(parts[..<network]) + zeros + Array(parts[network...])
  }

  /// The mask that `text` is: `/n`, or an address.
  ///
  /// The n of `/n` counts all 128 bits and is taken as 128 if it is larger; a dotted mask gets 96
  /// bits before its own.  `parseipmask(3)`.
  public static func parseMask(_ text: String) throws(IPError) -> IPAddress {
    var cursor = Cursor(text)
    if cursor.skip("/") {
      let length = try cursor.number(radix: 10, digitsMax: 9, valueMax: 999_999_999)
      try cursor.end()
      return IPAddress(prefixLength: min(length, 128))
    }
    let mask = try parse(text)
    return mask.isV4 ? mask | IPAddress(prefixLength: 96) : mask
  }
}

extension ZonedAddress {
  /// The longest name of an interface that is read.
  public static let zoneSizeMax = 64

  /// The address that `text` is, with what stands behind `%`, such as `fe80::1%eth0`.
  ///
  /// Only an IPv6 address may have a zone, and none that maps an IPv4 address.
  public static func parse(_ text: String) throws(IPError) -> ZonedAddress {
    var cursor = Cursor(text)
    let address = try cursor.address()
    guard !address.isV4, cursor.skip("%") else {
      try cursor.end()
      return ZonedAddress(address)
    }
    let zone = cursor.bytes[cursor.offset...]
    if zone.isEmpty { throw IPError(cursor.offset, "the zone is missing") }
    if zone.count > zoneSizeMax { throw IPError(cursor.offset, "the zone is too long") }
    if let bad = zone.firstIndex(where: { $0 <= 0x20 || $0 == 0x7F || $0 == 0x25 || $0 == 0x2F }) {
      throw IPError(bad, "no zone has this byte")
    }
    return ZonedAddress(address, zone: String(decoding: zone, as: UTF8.self))
  }
}

extension EtherAddress {
  /// The address that `text` is: twelve hexadecimal digits, with a colon after each pair or
  /// after none.  `parseether(3)`.
  public static func parse(_ text: String) throws(IPError) -> EtherAddress {
    var cursor = Cursor(text)
    var bits: UInt64 = 0
    var hasColons = false
    for pair in 0..<6 {
      if pair == 1 { hasColons = cursor.skip(":") }
      if pair > 1 && hasColons && !cursor.skip(":") { throw IPError(cursor.offset, "no colon") }
      for _ in 0..<2 {
        guard let digit = cursor.digit else {
          throw IPError(cursor.offset, "an Ethernet address has twelve hexadecimal digits")
        }
        bits = bits << 4 | UInt64(digit)
        cursor.offset += 1
      }
    }
    try cursor.end()
    return EtherAddress(bits: bits)
  }
}

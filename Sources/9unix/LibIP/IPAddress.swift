// An address of either family.

/// An IPv6 address, or an IPv4 address as the IPv6 address that maps it, `::ffff:a.b.c.d`.
///
/// Addresses are ordered as their bytes are.  Corresponds to `uchar ip[IPaddrlen]` of `ip(3)`.
public struct IPAddress: Hashable, Comparable, Sendable {
  /// The number of bytes.  `IPaddrlen`.
  public static let byteCount = 16
  /// The number of bytes of an IPv4 address.  `IPv4addrlen`.
  public static let v4ByteCount = 4

  /// The first eight bytes, the first of them highest.
  public let high: UInt64
  /// The last eight bytes.
  public let low: UInt64

  /// The address of sixteen bytes, given as two numbers.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The address of sixteen bytes, or of four that are mapped; nil for any other number.
  public init?(_ bytes: some Collection<UInt8>) {
    switch bytes.count {
    case Self.byteCount:
      self.init(
        high: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
        low: bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) })
    case Self.v4ByteCount: self.init(v4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    default: return nil
    }
  }

  /// The IPv4 address that is `v4` as a number, the first byte highest.  `v4tov6(3)`.
  @inlinable
  public init(v4: UInt32) { self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(v4)) }

  /// The IPv4 address of four bytes, such as `IPAddress(127, 0, 0, 1)`.
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    self.init(v4: UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d))
  }

  /// `::`, no address.  `IPnoaddr`.
  public static let none = IPAddress(high: 0, low: 0)
  /// `0.0.0.0`, mapped.  `v4prefix`, the prefix of all IPv4 addresses.
  public static let v4None = IPAddress(v4: 0)
  /// `255.255.255.255`.  `IPv4bcast`.
  public static let v4Broadcast = IPAddress(v4: .max)
  /// `::1`.
  public static let loopback = IPAddress(high: 0, low: 1)
  /// `127.0.0.1`.
  public static let v4Loopback = IPAddress(127, 0, 0, 1)
  /// All bits are set: the mask of one host.  `IPallbits`.
  public static let allBits = IPAddress(high: .max, low: .max)

  /// True if this is an IPv4 address.  `isv4(3)`.
  public var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

  /// The IPv4 address as a number, the first byte highest; nil if it is none.  `v6tov4(3)`.
  public var v4: UInt32? { isV4 ? UInt32(truncatingIfNeeded: low) : nil }

  /// The byte at `index`, which is from 0 to 15.
  public subscript(index: Int) -> UInt8 {
    precondition((0..<Self.byteCount).contains(index), "an address has 16 bytes")
    let half = index < 8 ? high : low
    return UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index & 7)))
  }

  /// The sixteen bytes.
  public var bytes: [UInt8] { (0..<Self.byteCount).map { self[$0] } }

  /// The sixteen-bit group at `index`, which is from 0 to 7.
  func group(_ index: Int) -> UInt16 { UInt16(self[2 * index]) << 8 | UInt16(self[2 * index + 1]) }

  /// In the order of the bytes.  `ipcmp(3)`.
  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// The bits that are set in both: the network of an address and a mask.  `maskip(3)`.
  public static func & (left: IPAddress, right: IPAddress) -> IPAddress {
    IPAddress(high: left.high & right.high, low: left.low & right.low)
  }

  /// The bits that are set in either.
  public static func | (left: IPAddress, right: IPAddress) -> IPAddress {
    IPAddress(high: left.high | right.high, low: left.low | right.low)
  }

  /// The other bits, as of a mask.
  public static prefix func ~ (mask: IPAddress) -> IPAddress {
    IPAddress(high: ~mask.high, low: ~mask.low)
  }
}

extension IPAddress {
  /// The mask whose first `prefixLength` bits are set, 0 to 128.
  ///
  /// Of an IPv4 network of /24 it is `prefixLength: 96 + 24`.
  public init(prefixLength: Int) {
    precondition((0...128).contains(prefixLength), "a prefix has 0 to 128 bits")
    self.init(
      high: ~(prefixLength >= 64 ? 0 : UInt64.max >> UInt64(prefixLength)),
      low: prefixLength <= 64
        ? 0 : ~(prefixLength == 128 ? 0 : UInt64.max >> UInt64(prefixLength - 64)))
  }

  /// How many bits are set, if they are the first ones; nil if this is no mask of a prefix.
  public var prefixLength: Int? {
    let count = high == .max ? 64 + (~low).leadingZeroBitCount : (~high).leadingZeroBitCount
    return IPAddress(prefixLength: count) == self ? count : nil
  }

  /// The mask that the address had before masks were said: of its class, or /64.  `defmask(3)`.
  ///
  /// For IPv4 it is /8, /16 or /24 by the first bits; for IPv6 /64, and /8 of a multicast address.
  public var defaultMask: IPAddress {
    if isV4 {
      let first = self[12]
      return IPAddress(prefixLength: 96 + (first < 128 ? 8 : first < 192 ? 16 : 24))
    }
    return IPAddress(prefixLength: isMulticast ? 8 : 64)
  }

  /// True for 127.0.0.0/8 and ::1.
  public var isLoopback: Bool { isV4 ? self[12] == 127 : self == .loopback }

  /// True for 224.0.0.0/4 and ff00::/8.  `isv6mcast`.
  public var isMulticast: Bool { isV4 ? self[12] & 0xF0 == 0xE0 : self[0] == 0xFF }

  /// True for 169.254.0.0/16 and fe80::/10.  `islinklocal`.
  public var isLinkLocal: Bool {
    isV4 ? self[12] == 169 && self[13] == 254 : high >> 54 == 0xFE80 >> 6
  }

  /// True for the networks of nobody: 10/8, 172.16/12, 192.168/16 and fc00::/7.
  public var isPrivate: Bool {
    guard let v4 else { return self[0] & 0xFE == 0xFC }
    return v4 >> 24 == 10 || v4 >> 20 == 0xAC1 || v4 >> 16 == 0xC0A8
  }
}

/// An address with the interface on which it means something, such as `fe80::1%eth0`.
public struct ZonedAddress: Hashable, Sendable {
  /// The address.
  public let address: IPAddress
  /// The name or number of the interface; nil if none was given.
  public let zone: String?

  /// An address with the interface on which it means something.
  public init(_ address: IPAddress, zone: String? = nil) {
    self.address = address
    self.zone = zone
  }
}

/// The address of an Ethernet card: 6 bytes.
public struct EtherAddress: Hashable, Comparable, Sendable {
  /// The 48 bits, the first byte highest.
  public let bits: UInt64

  /// The address whose 48 bits are the lowest of `bits`.
  public init(bits: UInt64) { self.bits = bits & 0xFFFF_FFFF_FFFF }

  /// The address of six bytes; nil for any other number.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 6 else { return nil }
    bits = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The six bytes.
  public var bytes: [UInt8] {
    (0..<6).map { UInt8(truncatingIfNeeded: bits >> UInt64(40 - 8 * $0)) }
  }

  /// In the order of the bytes.
  public static func < (left: EtherAddress, right: EtherAddress) -> Bool { left.bits < right.bits }
}

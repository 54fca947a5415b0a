// The machine's interfaces.  `readipifc(3)`.

import Glibc
public import Sys9

/// An interface of the machine.  `Ipifc` of `ip(3)`.
public struct Interface: Equatable, Sendable {
  /// An address of an interface.  `Iplifc` of `ip(3)`.
  public struct Address: Equatable, Sendable {
    /// The address.
    public var address: IPAddress
    /// The mask of its network; of an IPv4 network the first 96 bits are set too.
    public var mask: IPAddress
    /// For how many seconds new connections use it; nil for ever, or unknown.  `preflt`.
    public var preferredSeconds: Int?
    /// For how many seconds it is valid; nil for ever, or unknown.  `validlt`.
    public var validSeconds: Int?

    /// The network.
    public var network: IPAddress { address & mask }

    /// An address of an interface.
    public init(
      address: IPAddress, mask: IPAddress, preferredSeconds: Int? = nil, validSeconds: Int? = nil
    ) {
      self.address = address
      self.mask = mask
      self.preferredSeconds = preferredSeconds
      self.validSeconds = validSeconds
    }
  }

  /// The number by which the system knows it.
  public var index: Int
  /// The name, such as `eth0`.  `dev`.
  public var name: String
  /// The address of the card; nil if there is no card.
  public var ether: EtherAddress?
  /// The longest packet in bytes; 0 if unknown.
  public var mtu: Int
  /// Its addresses, in the system's order.  `lifc`.
  public var addresses: [Address]

  /// An interface without addresses.
  public init(
    index: Int, name: String, ether: EtherAddress? = nil, mtu: Int = 0, addresses: [Address] = []
  ) {
    self.index = index
    self.name = name
    self.ether = ether
    self.mtu = mtu
    self.addresses = addresses
  }
}

/// The machine's interfaces with their addresses, by number.
///
/// Two questions to the kernel; what changes between them may be missing.  Where netlink is
/// refused the C library is asked, which knows no lifetimes.  `readipifc(3)`.
public func readipifc() throws(SystemError) -> [Interface] {
  do {
    return try Netlink.interfaces()
  } catch {
    return try Interface.portable()
  }
}

extension Interface {
  /// The interfaces as `getifaddrs(3)` knows them: no lifetimes, no MTU.
  static func portable() throws(SystemError) -> [Interface] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard unsafe getifaddrs(&list) == 0 else {
      throw SystemError(call: "getifaddrs", errno: errno)
    }
    defer { unsafe freeifaddrs(list) }
    var result: [Interface] = []
    var here = unsafe list
    while let entry = unsafe here?.pointee {
      unsafe here = unsafe entry.ifa_next
      let name = unsafe String(cString: entry.ifa_name)
      var place = result.firstIndex { $0.name == name }
      if place == nil {
        unsafe result.append(Interface(index: Int(if_nametoindex(name)), name: name))
        place = result.count - 1
      }
      guard let place, let address = unsafe address(entry.ifa_addr) else { continue }
      let mask = unsafe Self.address(entry.ifa_netmask) ?? .allBits
      result[place].addresses.append(
        Address(
          address: address, mask: mask.isV4 ? mask | IPAddress(prefixLength: 96) : mask))
    }
    return result.sorted { $0.index < $1.index }
  }

  private static func address(_ raw: UnsafeMutablePointer<sockaddr>?) -> IPAddress? {
    guard let raw = unsafe raw else { return nil }
    // The address lies behind family and port, and in IPv6 behind the flow too.
    switch CInt(unsafe raw.pointee.sa_family) {
    case AF_INET:
      return unsafe IPAddress(UnsafeRawBufferPointer(start: UnsafeRawPointer(raw) + 4, count: 4))
    case AF_INET6:
      return unsafe IPAddress(UnsafeRawBufferPointer(start: UnsafeRawPointer(raw) + 8, count: 16))
    default: return nil
    }
  }
}

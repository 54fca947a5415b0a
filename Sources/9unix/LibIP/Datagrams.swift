// UDP with headers: every datagram says from whom it came and to which of our addresses.

public import Sys9

/// The addresses of a datagram.  `Udphdr` of `ip(3)`.
public struct UDPHeader: Equatable, Sendable {
  /// The size of the header in the form that Plan 9 puts before the data.  `Udphdrsize`.
  public static let byteCount = 52

  /// The address at the other end.  `raddr`.
  public var remote: IPAddress
  /// Our address, to which it was sent; `.none` lets the system choose one.  `laddr`.
  public var local: IPAddress
  /// The address of the interface through which it came.  `ifcaddr`.
  public var interface: IPAddress
  /// The port at the other end.  `rport`.
  public var remotePort: UInt16
  /// Our port.  `lport`.
  public var localPort: UInt16
  /// The number of the interface through which it came, or shall go; 0 for any.
  public var interfaceIndex: Int
  /// The interface of a link-local address at the other end; 0 for none.
  public var scope: UInt32
  /// True if the datagram was longer than the room for it; the rest is lost.
  public var isTruncated: Bool

  /// A header for a datagram to `remote`.
  public init(
    to remote: IPAddress, port remotePort: UInt16, from local: IPAddress = .none,
    localPort: UInt16 = 0
  ) {
    self.remote = remote
    self.local = local
    self.remotePort = remotePort
    self.localPort = localPort
    interface = .none
    interfaceIndex = 0
    scope = 0
    isTruncated = false
  }

  /// The 52 bytes that Plan 9 puts before the data: three addresses and two ports.
  public var bytes: [UInt8] {
    remote.bytes + local.bytes + interface.bytes
      + [remotePort, localPort].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }

  /// The header of 52 bytes; nil for any other number.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount, let remote = IPAddress(bytes[..<16]),
      let local = IPAddress(bytes[16..<32]), let interface = IPAddress(bytes[32..<48])
    else { return nil }
    self.init(
      to: remote, port: nhgets(bytes.span, 48), from: local, localPort: nhgets(bytes.span, 50))
    self.interface = interface
  }
}

/// Makes a socket of UDP give local addresses to `udpread`.  Call it once.
///
/// Plan 9: the message `headers` to the `ctl` file.
public func udpheaders(_ fd: CInt) throws(SystemError) { try Datagrams.wantAddresses(fd) }

/// Waits for a datagram of at most `sizeMax` bytes.  `udpread(3)`.
///
/// Without `udpheaders` the local address is `.none`.  Two system calls; one array is allocated.
public func udpread(
  _ fd: CInt, sizeMax: Int = 65_535
) throws(SystemError) -> (header: UDPHeader, data: [UInt8]) {
  var addresses = DatagramAddresses()
  var data = [UInt8](repeating: 0, count: sizeMax)
  let count = try unsafe data.withUnsafeMutableBufferPointer { (room) throws(SystemError) in
    let (count, found) = try unsafe Datagrams.receive(
      fd, into: UnsafeMutableRawBufferPointer(room))
    addresses = found
    return count
  }
  data.removeLast(sizeMax - count)
  var header = UDPHeader(
    to: IPAddress(addresses.remote) ?? .none, port: addresses.remotePort,
    from: IPAddress(addresses.local) ?? .none,
    localPort: try Sockets.name(of: fd)?.port ?? 0)
  header.interface = IPAddress(addresses.interface) ?? .none
  header.interfaceIndex = addresses.interfaceIndex
  header.scope = addresses.scope
  header.isTruncated = addresses.isTruncated
  return (header, data)
}

/// Sends a datagram to the header's remote address, from its local one.  `udpwrite(3)`.
///
/// The header that `udpread` gave is an answer's: it goes to who asked, from whom was asked.
/// Everything is sent, or an error is thrown.
public func udpwrite(_ fd: CInt, _ header: UDPHeader, _ data: [UInt8]) throws(SystemError) {
  var addresses = DatagramAddresses()
  addresses.remote = header.remote.bytes
  // What was sent to a group or to everybody cannot come from there.
  let isOne = !header.local.isMulticast && header.local != .v4Broadcast
  addresses.local = isOne && header.local != .v4None ? header.local.bytes : IPAddress.none.bytes
  addresses.remotePort = header.remotePort
  addresses.scope = header.scope
  let count = try unsafe data.withUnsafeBufferPointer { (bytes) throws(SystemError) in
    try unsafe Datagrams.send(fd, UnsafeRawBufferPointer(bytes), to: addresses)
  }
  assert(count == data.count, "a datagram is sent as a whole")
}

// Where a socket is: an address as the system calls want it.

import Glibc

extension Aio {
  /// A network address with a port, or a path.
  ///
  /// 112 bytes, the largest that a socket on this machine can have.  Copying allocates nothing.
  public struct Address: Sendable {
    private var storage = InlineArray<112, UInt8>(repeating: 0)
    private var size: UInt8 = 0

    private init<Name>(_ name: Name) {
      size = UInt8(MemoryLayout<Name>.size)
      unsafe withUnsafeBytes(of: name) { bytes in
        for index in bytes.indices { unsafe storage[index] = bytes[index] }
      }
    }

    /// An IPv4 address, the first byte first, and a port.
    public static func ip4(
      _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, port: UInt16
    ) -> Address {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_port = port.bigEndian
      let value = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
      name.sin_addr.s_addr = value.bigEndian
      return Address(name)
    }

    /// This machine as it sees itself, 127.0.0.1.
    public static func loopback(port: UInt16) -> Address { ip4(127, 0, 0, 1, port: port) }

    /// An IPv6 address of sixteen bytes; nil if there are more or fewer.
    public static func ip6(_ bytes: [UInt8], port: UInt16, scope: UInt32 = 0) -> Address? {
      guard bytes.count == 16 else { return nil }
      var name = sockaddr_in6()
      name.sin6_family = sa_family_t(AF_INET6)
      name.sin6_port = port.bigEndian
      name.sin6_scope_id = scope
      unsafe withUnsafeMutableBytes(of: &name.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
      return Address(name)
    }

    /// A socket in the file system; nil if the path is empty or longer than 107 bytes.
    public static func unix(_ path: [UInt8]) -> Address? {
      guard !path.isEmpty, path.count < 108, !path.contains(0) else { return nil }
      var name = sockaddr_un()
      name.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path) }
      return Address(name)
    }

    /// What the system filled in.
    init(filledBy fill: (UnsafeMutableRawPointer, inout UInt32) -> CInt) {
      var used: UInt32 = 112
      _ = unsafe withUnsafeMutableBytes(of: &storage) { unsafe fill($0.baseAddress!, &used) }
      size = UInt8(min(used, 112))
    }

    /// The `sockaddr`, lent for the length of the call.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
      unsafe withUnsafeBytes(of: storage) {
        unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<Int(size)]))
      }
    }

    /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
    public var family: CInt {
      unsafe withBytes { unsafe CInt($0.loadUnaligned(as: sa_family_t.self)) }
    }

    /// The port; nil for a path.
    public var port: UInt16? {
      guard family == AF_INET || family == AF_INET6 else { return nil }
      return unsafe withBytes { bytes in
        unsafe UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
      }
    }
  }
}

extension Aio.Address: CustomStringConvertible {
  /// `127.0.0.1:80`, `[::1]:80`, or the path.
  public var description: String {
    unsafe withBytes { bytes in
      switch family {
      case AF_INET:
        let parts = (4..<8).map { unsafe String(bytes[$0]) }
        return parts.joined(separator: ".") + ":\(port ?? 0)"
      case AF_INET6:
        var text = [CChar](repeating: 0, count: 64)
        unsafe _ = inet_ntop(AF_INET6, bytes.baseAddress! + 8, &text, 64)
        let end = text.firstIndex(of: 0) ?? 0
        let name = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "[\(name)]:\(port ?? 0)"
      default:
        return unsafe String(decoding: bytes.dropFirst(2).prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  }
}

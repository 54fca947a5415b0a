// Names of hosts and services, by the C library.

import CNine
import Glibc

/// The system's names for hosts and services.  Blocks while somebody is asked.
public enum Resolver {
  /// The addresses of `host`, in the order in which to try them.  `getaddrinfo(3)`.
  ///
  /// - Throws: that the host is unknown, or why nobody could be asked.
  public static func addresses(
    of host: String, port: UInt16
  ) throws(SystemError) -> [SocketAddress] {
    let found = try ask(host, nil)
    var seen: [SocketAddress] = []
    for address in found where !seen.contains(address) { seen.append(address) }
    return seen.map { $0.with(port: port) }
  }

  /// The port of the service called `name`, as `/etc/services` has it; nil if it is unknown.
  ///
  /// A number is no name.
  public static func port(of name: String, _ kind: Sockets.Kind) throws(SystemError) -> UInt16? {
    // The C library would take a number for a service.
    let digits = name.utf8.drop { " \t\n\u{B}\u{C}\r".utf8.contains($0) }
    let rest =
      digits.first == UInt8(ascii: "+") || digits.first == UInt8(ascii: "-")
      ? digits.dropFirst() : digits
    if rest.allSatisfy({ 0x30...0x39 ~= $0 }) { return nil }
    do {
      return try ask(nil, name, kind).first?.port
    } catch {
      if error.errno == 0 { return nil }
      throw error
    }
  }

  private static func ask(
    _ host: String?, _ service: String?, _ kind: Sockets.Kind = .stream
  ) throws(SystemError) -> [SocketAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = kind.raw
    // Only what this machine could reach; not for its own name, which must work offline.
    unsafe hints.ai_family = AF_UNSPEC
    var list: UnsafeMutablePointer<addrinfo>?
    var code: CInt
    repeat {
      if let fault = Faults.next("getaddrinfo") {
        errno = fault
        code = EAI_SYSTEM
      } else {
        code = unsafe getaddrinfo(host, service, &hints, &list)
      }
    } while code == EAI_SYSTEM && errno == EINTR
    if code == EAI_SYSTEM { throw failure("getaddrinfo", host ?? service ?? "") }
    if code != 0 { throw unknown(host ?? service ?? "", isHost: host != nil, code) }
    defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
    var addresses: [SocketAddress] = []
    var next = unsafe list
    while let entry = unsafe next {
      if let raw = unsafe entry.pointee.ai_addr {
        var storage = sockaddr_storage()
        let size = unsafe entry.pointee.ai_addrlen
        unsafe withUnsafeMutableBytes(of: &storage) {
          unsafe $0.copyBytes(from: UnsafeRawBufferPointer(start: raw, count: Int(size)))
        }
        if let address = SocketAddress(storage, size: size) { addresses.append(address) }
      }
      unsafe next = unsafe entry.pointee.ai_next
    }
    return addresses
  }

  private static func unknown(_ name: String, isHost: Bool, _ code: CInt) -> SystemError {
    let kind = isHost ? "host" : "service"
    let isUnknown = code == EAI_NONAME || code == EAI_SERVICE
    let reason = isUnknown ? "unknown \(kind) \(name)" : unsafe String(cString: gai_strerror(code))
    return SystemError(call: "getaddrinfo", text: reason, subject: isUnknown ? "" : name).noted()
  }
}

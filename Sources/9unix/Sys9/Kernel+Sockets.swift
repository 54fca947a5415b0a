// More calls of an event loop: datagrams, files to sockets, flags of descriptors.
//
// As in Kernel.swift: a count or 0, or an errno negated.

import CNine
import Glibc

extension Kernel {
  /// Bytes that hold any socket address of ours: a `sockaddr_un` is the longest.
  public static let addressSizeMax = 110

  /// Receives one datagram that is there, and who sent it; the rest of a longer one is lost.
  /// `recvfrom(2)`.
  ///
  /// - Parameter sender: room of `addressSizeMax` bytes for a `sockaddr`.
  /// - Returns: the count of bytes and the size of the sender's address.
  public static func receiveFrom(
    _ fd: CInt, _ base: UnsafeMutableRawPointer, _ size: Int, sender: UnsafeMutableRawPointer
  ) -> (count: Int, senderSize: Int) {
    var length = socklen_t(addressSizeMax)
    let received = count("recvfrom") {
      unsafe recvfrom(
        fd, base, size, CInt(MSG_DONTWAIT), sender.assumingMemoryBound(to: sockaddr.self),
        &length)
    }
    return (received, min(Int(length), addressSizeMax))
  }

  /// Sends one datagram, if there is room; to nobody in particular where `size` of the address is
  /// 0.  `sendto(2)`.
  public static func sendTo(
    _ fd: CInt, _ base: UnsafeRawPointer, _ size: Int, address: UnsafeRawPointer?,
    _ addressSize: Int
  ) -> Int {
    count("sendto") {
      unsafe sendto(
        fd, base, size, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL),
        address?.assumingMemoryBound(to: sockaddr.self), socklen_t(addressSize))
    }
  }

  /// Sends a part of a file to a socket that does not block, and moves `offset` on.  `sendfile(2)`.
  public static func sendFile(
    _ socket: CInt, from file: CInt, at offset: inout Int64, count: Int
  ) -> Int {
    self.count("sendfile") { unsafe cnine_sendfile(socket, file, &offset, count) }
  }

  /// Reads a part of a file.  `pread(2)`.
  public static func read(
    _ fd: CInt, _ base: UnsafeMutableRawPointer, _ size: Int, at offset: Int64
  ) -> Int {
    count("pread") { unsafe pread(fd, base, size, off_t(offset)) }
  }

  /// Writes to a file from `offset` on.  `pwrite(2)`.
  public static func write(
    _ fd: CInt, _ base: UnsafeRawPointer, _ size: Int, at offset: Int64
  ) -> Int {
    count("pwrite") { unsafe pwrite(fd, base, size, off_t(offset)) }
  }

  /// Opens a file, close-on-exec.  `open(2)`.
  public static func open(_ path: UnsafePointer<CChar>, _ flags: CInt, _ mode: UInt32) -> CInt {
    CInt(count("open") { unsafe Int(cnine_open(path, flags | O_CLOEXEC, mode)) })
  }

  /// Closes a descriptor and tells what only closing can tell.  `close(2)`.
  public static func closeChecked(_ fd: CInt) -> CInt {
    // Linux frees the descriptor even on EINTR: never retried.
    Glibc.close(fd) == 0 || errno == EINTR ? 0 : -errno
  }

  /// Waits until a file is on the disk.  `fsync(2)`.
  public static func sync(_ fd: CInt) -> CInt { CInt(count("fsync") { Int(fsync(fd)) }) }

  /// Whether this process may do to a file what `mode` says.  `access(2)`.
  public static func access(_ path: UnsafePointer<CChar>, _ mode: CInt) -> CInt {
    CInt(count("access") { unsafe Int(Glibc.access(path, mode)) })
  }

  /// Whether programs that are started get the descriptor.  `fcntl(2)`, `FD_CLOEXEC`.
  public static func setCloseOnExec(_ fd: CInt, _ closes: Bool) -> CInt {
    let flags = count("fcntl") { Int(fcntl(fd, F_GETFD)) }
    if flags < 0 { return CInt(flags) }
    let wanted = closes ? CInt(flags) | FD_CLOEXEC : CInt(flags) & ~FD_CLOEXEC
    return CInt(count("fcntl") { Int(fcntl(fd, F_SETFD, wanted)) })
  }
}

extension SocketAddress {
  /// The address whose `sockaddr` these bytes are; nil if its family is none of ours.
  public init?(raw bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2 else { return nil }
    var storage = sockaddr_storage()
    let size = min(bytes.count, MemoryLayout<sockaddr_storage>.size)
    unsafe withUnsafeMutableBytes(of: &storage) {
      unsafe $0.copyBytes(from: bytes[..<size])
    }
    self.init(storage, size: socklen_t(size))
  }
}

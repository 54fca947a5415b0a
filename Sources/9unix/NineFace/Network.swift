// dial(3) for C.

import CNineFace
import Lib9c

/// `dial(3)`; see nine.h.
@c @implementation
public func p9_dial(_ address: UnsafePointer<CChar>, _ local: UnsafePointer<CChar>?) -> CInt {
  dial(unsafe text(address), unsafe local.map { unsafe text($0) })
}

/// `announce(3)`; see nine.h.
@c @implementation
public func p9_announce(
  _ address: UnsafePointer<CChar>, _ dir: UnsafeMutablePointer<CChar>
) -> CInt {
  var directory = ""
  let fd = announce(unsafe text(address), &directory)
  unsafe store(directory, in: dir, Int(P9_NETPATHLEN))
  return fd
}

/// `listen(3)`; see nine.h.
@c @implementation
public func p9_listen(
  _ dir: UnsafePointer<CChar>, _ newdir: UnsafeMutablePointer<CChar>
) -> CInt {
  var directory = ""
  let fd = listen(unsafe text(dir), &directory)
  unsafe store(directory, in: newdir, Int(P9_NETPATHLEN))
  return fd
}

/// `accept(3)`; see nine.h.
@c @implementation
public func p9_accept(_ fd: CInt, _ dir: UnsafePointer<CChar>) -> CInt {
  accept(fd, unsafe text(dir))
}

/// `netmkaddr(3)`; see nine.h.
@c @implementation
public func p9_netmkaddr(
  _ buf: UnsafeMutablePointer<CChar>, _ size: Int, _ address: UnsafePointer<CChar>,
  _ defnet: UnsafePointer<CChar>?, _ defservice: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<CChar> {
  let whole = netmkaddr(
    unsafe text(address), unsafe defnet.map { unsafe text($0) },
    unsafe defservice.map { unsafe text($0) })
  unsafe store(whole, in: buf, size)
  return unsafe buf
}

// Plan 9's names: numbers for descriptors, and -1 with an error string for failures.
//
// For programs that are ported.  New ones have `Net`, whose descriptors close themselves.

import Glibc

/// Runs `body`; nil where it throws, whose reason is then the thread's error string (E3).
func classic<Result>(_ body: () throws(SystemError) -> Result) -> Result? {
  // The error is not lost: it was noted where it arose.
  do { return try body() } catch { return nil }
}

/// The number that `body` makes, the caller's from now on, or -1.
func classicDescriptor(_ body: () throws(SystemError) -> Descriptor) -> CInt {
  do { return try body().release() } catch { return -1 }
}

/// Connects to `address`; the descriptor is the caller's, -1 if that failed.
///
/// Corresponds to `dial(3)`, without its `dir` and `cfdp`, which mean something in Plan 9 alone.
public func dial(_ address: String, _ local: String? = nil) -> CInt {
  classicDescriptor { () throws(SystemError) in try Net.dial(address, from: local).release() }
}

/// Announces `address`; the descriptor is the caller's, -1 if that failed.
///
/// - Parameter dir: becomes the name that `listen` wants, `/dev/fd/N`.
/// Corresponds to `announce` of `dial(3)`.
public func announce(_ address: String, _ dir: inout String) -> CInt {
  let fd = classicDescriptor { () throws(SystemError) in try Net.announce(address).release() }
  if fd >= 0 { dir = "/dev/fd/\(fd)" }
  return fd
}

/// Waits for the next connection to what was announced as `dir`; the descriptor is the caller's,
/// -1 if that failed.
///
/// - Parameter newdir: becomes the name that `accept` wants.
/// Corresponds to `listen` of `dial(3)`.
public func listen(_ dir: String, _ newdir: inout String) -> CInt {
  guard let fd = descriptorNumber(dir) else {
    werrstr("bad 'directory' in listen: \(dir)")
    return -1
  }
  let connection = classicDescriptor { () throws(SystemError) in try Net.accept(fd) }
  if connection >= 0 { newdir = "/dev/fd/\(connection)" }
  return connection
}

/// Another descriptor of the connection that `listen` returned: the caller closes both.
///
/// Corresponds to `accept` of `dial(3)`.
public func accept(_ connection: CInt, _ dir: String) -> CInt {
  do { return try duplicate(connection) } catch { return -1 }
}

/// Gives up a connection that `listen` returned.  Corresponds to `reject` of `dial(3)`.
public func reject(_ connection: CInt, _ dir: String, _ cause: String) -> CInt {
  werrstr("\(cause)")
  return Glibc.close(connection)
}

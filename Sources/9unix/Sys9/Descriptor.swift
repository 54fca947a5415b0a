// A file descriptor with one owner.

import CNine
import Glibc
public import SystemPackage

/// A file descriptor that closes itself.
///
/// Has one owner; moving it moves the duty to close.  Always close-on-exec.
public struct Descriptor: ~Copyable {
  /// The descriptor's number, valid while this value lives.
  public let raw: CInt

  /// Takes over `raw`, which nobody else may close from now on.
  public init(adopting raw: CInt) {
    precondition(raw >= 0, "a descriptor is not negative")
    self.raw = raw
  }

  deinit { _ = Glibc.close(raw) }  // best effort: there is nobody to tell

  /// Opens `path`.  Corresponds to `open(2)` with `O_CLOEXEC` added.
  ///
  /// - Parameters:
  ///   - flags: the access mode and what else `open(2)` knows, such as `O_RDONLY`.
  ///   - mode: the permissions of a file that is created, before the umask.
  /// - Throws: what `open(2)` reports, with the path as subject.
  public static func open(
    _ path: FilePath, _ flags: CInt, mode: UInt32 = 0o666
  ) throws(SystemError) -> Descriptor {
    let raw = try about(path) { () throws(SystemError) in
      try check("open") {
        unsafe path.withPlatformString { unsafe cnine_open($0, flags | O_CLOEXEC, mode) }
      }
    }
    return Descriptor(adopting: raw)
  }

  /// Opens `path` from this directory.  Corresponds to `openat(2)` with `O_CLOEXEC` added.
  ///
  /// With one name at a time and `O_NOFOLLOW`, no name leads out of where one is.
  public borrowing func openFile(
    _ path: FilePath, _ flags: CInt, mode: UInt32 = 0o666
  ) throws(SystemError) -> Descriptor {
    let directory = raw
    let file = try about(path) { () throws(SystemError) in
      try check("openat") {
        unsafe path.withPlatformString {
          unsafe cnine_openat(directory, $0, flags | O_CLOEXEC, mode)
        }
      }
    }
    return Descriptor(adopting: file)
  }

  /// Opens a file below this directory, whatever the names and the symbolic links on the way say.
  ///
  /// Corresponds to `openat2(2)` with `RESOLVE_BENEATH`.  Where the system has no such call, names
  /// are opened one at a time and symbolic links are not followed at all.
  /// - Parameters:
  ///   - path: relative; without "..", if the system has no `openat2(2)`.
  ///   - flags: the access mode and the like; nothing is created.
  /// - Throws: what the call reports: `EXDEV` for what leads out of the directory.
  public borrowing func openBeneath(
    _ path: FilePath, _ flags: CInt
  ) throws(SystemError) -> Descriptor {
    let directory = raw
    do {
      return Descriptor(
        adopting: try about(path) { () throws(SystemError) in
          try check("openat2") {
            unsafe path.withPlatformString {
              unsafe cnine_open_beneath(directory, $0, flags | O_CLOEXEC)
            }
          }
        })
    } catch {
      if error.errno != ENOSYS { throw error }
    }
    var names = Array(path.components)
    guard !path.isAbsolute, !names.contains(where: { $0.kind == .parentDirectory }),
      let last = names.popLast()
    else { throw SystemError(call: "openat2", errno: EXDEV, subject: path.string) }
    var place = try duplicate()
    for name in names {
      place = try place.openFile(FilePath(root: nil, components: name), O_DIRECTORY | O_NOFOLLOW)
    }
    return try place.openFile(FilePath(root: nil, components: last), flags | O_NOFOLLOW)
  }

  /// Reads at `offset` into `room`, and returns how much that was; 0 at the end.  `pread(2)`.
  public borrowing func read(
    into room: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(SystemError) -> Int {
    let fd = raw
    return try check("pread") {
      unsafe pread(fd, room.baseAddress, Faults.room("pread", room.count), off_t(offset))
    }
  }

  /// Gives the descriptor to the caller, who must close it from now on.
  public consuming func release() -> CInt {
    let owned = raw
    discard self
    return owned
  }

  /// Another descriptor of the same open file, close-on-exec.  `fcntl(2)` with `F_DUPFD_CLOEXEC`.
  public borrowing func duplicate() throws(SystemError) -> Descriptor {
    Descriptor(adopting: try Sys9.duplicate(raw))
  }

  /// Closes the descriptor and reports what only close can report, such as a delayed `ENOSPC`.
  public consuming func close() throws(SystemError) {
    let owned = raw
    discard self
    // Linux frees the descriptor even on EINTR: never retry.
    if Glibc.close(owned) == -1, errno != EINTR {
      throw failure("close")
    }
  }

  /// Reads up to `buffer.count` bytes; 0 means end of file.  Corresponds to `read(2)`.
  public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  {
    let fd = raw
    return try unsafe Sys9.read(fd, into: buffer)
  }

  /// Reads at most `count` bytes; none means end of file.  Corresponds to `read(2)`.
  public borrowing func read(upTo count: Int) throws(SystemError) -> [UInt8] {
    let fd = raw
    var bytes = [UInt8](repeating: 0, count: count)
    let got = try unsafe bytes.withUnsafeMutableBufferPointer { (room) throws(SystemError) in
      try unsafe Sys9.read(fd, into: UnsafeMutableRawBufferPointer(room))
    }
    bytes.removeLast(count - got)
    return bytes
  }

  /// Writes all of `bytes`, over as many calls as it takes.  Corresponds to `write(2)`.
  public borrowing func write(all bytes: [UInt8]) throws(SystemError) {
    let fd = raw
    try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(SystemError) in
      try unsafe Sys9.write(fd, all: UnsafeRawBufferPointer(bytes))
    }
  }

  /// Writes all of `bytes`, over as many calls as it takes.  Corresponds to `write(2)`.
  public borrowing func write(all bytes: UnsafeRawBufferPointer) throws(SystemError) {
    try unsafe Sys9.write(raw, all: bytes)
  }

  /// Takes an exclusive advisory lock on the open file, held until it is closed.  `flock(2)`.
  ///
  /// - Parameter waits: whether to wait for another holder.
  /// - Returns: false if another process holds the lock and `waits` is false.
  public borrowing func lock(waits: Bool) throws(SystemError) -> Bool {
    let fd = raw
    do {
      _ = try check("flock") { flock(fd, waits ? LOCK_EX : LOCK_EX | LOCK_NB) }
      return true
    } catch {
      if error.errno == EWOULDBLOCK && !waits { return false }
      throw error
    }
  }

  /// Empties the open file and goes to its start.  `ftruncate(2)`, `lseek(2)`.
  public borrowing func truncate() throws(SystemError) {
    let fd = raw
    _ = try check("ftruncate") { ftruncate(fd, 0) }
    _ = try check("lseek") { lseek(fd, 0, SEEK_SET) }
  }

  /// What the kernel knows of the open file.  Corresponds to `fstat(2)`.
  public borrowing func status() throws(SystemError) -> FileStatus {
    var st = stat()
    let fd = raw
    _ = try check("fstat") { unsafe fstat(fd, &st) }
    return FileStatus(st)
  }
}

/// Reads from a descriptor that the caller owns.  Corresponds to `read(2)`; 0 is end of file.
public func read(_ fd: CInt, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
{
  try check("read") {
    unsafe Glibc.read(fd, buffer.baseAddress, Faults.room("read", buffer.count))
  }
}

/// Another descriptor of the same open file, close-on-exec; the caller owns both.
///
/// Corresponds to `fcntl(2)` with `F_DUPFD_CLOEXEC`.
public func duplicate(_ fd: CInt) throws(SystemError) -> CInt {
  try check("fcntl") { cnine_duplicate(fd) }
}

/// Writes all of `bytes` to a descriptor that the caller owns, over as many calls as it takes.
///
/// - Throws: what `write(2)` reports; then an unknown part of `bytes` has been written.
public func write(_ fd: CInt, all bytes: UnsafeRawBufferPointer) throws(SystemError) {
  var rest = unsafe bytes
  while unsafe !rest.isEmpty {
    let count = try check("write") {
      unsafe Glibc.write(fd, rest.baseAddress, Faults.room("write", rest.count))
    }
    unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
  }
}

/// Runs `body` and names `path` in the error it throws.
@inline(__always)
func about<Result: ~Copyable>(
  _ path: FilePath, _ body: () throws(SystemError) -> Result
) throws(SystemError) -> Result {
  do {
    return try body()
  } catch {
    throw SystemError(call: error.call, errno: error.errno, subject: path.description)
  }
}

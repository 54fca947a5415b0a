// Files and directories by name.

import CNine
import Glibc
public import SystemPackage

/// What the kernel knows of a file, as far as we ask.  Corresponds to `struct stat`.
public struct FileStatus: Equatable, Sendable {
  /// The device and inode: two names with equal identity are one file.
  public let device: UInt64
  /// The inode number on `device`.
  public let inode: UInt64
  /// The kind and permission bits, `st_mode`.
  public let mode: UInt32
  /// The owner's user id.
  public let owner: UInt32
  /// The size in bytes.
  public let size: Int
  /// The time of the last modification in nanoseconds since 1970.
  public let modifiedNs: Int64

  init(_ st: stat) {
    var st = st
    device = UInt64(st.st_dev)
    inode = UInt64(st.st_ino)
    mode = st.st_mode
    owner = st.st_uid
    size = Int(st.st_size)
    modifiedNs = unsafe cnine_mtime_ns(&st)
  }

  /// True for a directory.
  public var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
  /// True for a regular file.
  public var isRegular: Bool { mode & S_IFMT == S_IFREG }
}

/// The files of the system, by name.  Each call is one of the manual's section 2 or 3.
public enum Files {
  /// What the kernel knows of the file at `path`, links followed; nil if there is none.
  ///
  /// A path through something that is not a directory also has no file.  `stat(2)`.
  public static func status(_ path: FilePath) throws(SystemError) -> FileStatus? {
    var st = stat()
    do {
      _ = try about(path) { () throws(SystemError) in
        try check("stat") { unsafe path.withPlatformString { unsafe stat($0, &st) } }
      }
    } catch {
      if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
      throw error
    }
    return FileStatus(st)
  }

  /// The whole content of the file at `path`.
  ///
  /// - Throws: what `open(2)` and `read(2)` report; `EISDIR` for a directory.
  public static func read(_ path: FilePath) throws(SystemError) -> [UInt8] {
    try about(path) { () throws(SystemError) in
      let file = try Descriptor.open(path, O_RDONLY)
      return try read(all: file.raw, expecting: file.status().size)
    }
  }

  /// Everything that can still be read from `fd`; `size` is a guess that saves copying.
  public static func read(all fd: CInt, expecting size: Int = 0) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var room = max(size + 1, 4096)
    while true {
      let start = bytes.count
      bytes.reserveCapacity(start + room)
      let count = try appendOnce(to: &bytes, from: fd, room: room)
      if count == 0 { return bytes }
      room = max(room - count, 64 * 1024)
    }
  }

  private static func appendOnce(
    to bytes: inout [UInt8], from fd: CInt, room: Int
  ) throws(SystemError) -> Int {
    // Through a piece of its own: growing `bytes` and cutting it again goes byte by byte where
    // nothing is optimised, which made tests ten times slower than what they test.
    var piece = [UInt8](repeating: 0, count: room)
    let count = try unsafe piece.withUnsafeMutableBufferPointer { (free) throws(SystemError) in
      try unsafe Sys9.read(fd, into: UnsafeMutableRawBufferPointer(free))
    }
    bytes.append(contentsOf: piece[..<count])
    return count
  }

  /// The names in the directory at `path`, without `.` and `..`, in no order.  `getdents64(2)`.
  ///
  /// Directories have a slash behind their names where the file system tells the kind.
  public static func list(_ path: FilePath) throws(SystemError) -> [[UInt8]] {
    try about(path) { () throws(SystemError) in
      let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
      var names: [[UInt8]] = []
      while true {
        let entries = try Directories.read(directory.raw)
        if entries.isEmpty { return names }
        for entry in entries where !entry.isSelfOrAbove {
          names.append(entry.isDirectory ? entry.name + [0x2F] : entry.name)
        }
      }
    }
  }

  /// Renames `old` to `new`, replacing it at once.  `rename(2)`.
  public static func rename(_ old: FilePath, to new: FilePath) throws(SystemError) {
    _ = try about(new) { () throws(SystemError) in
      try check("rename") {
        unsafe old.withPlatformString { from in
          unsafe new.withPlatformString { unsafe Glibc.rename(from, $0) }
        }
      }
    }
  }

  /// Removes the file at `path`; that there is none is no error.  `unlink(2)`.
  public static func remove(_ path: FilePath) throws(SystemError) {
    do {
      _ = try about(path) { () throws(SystemError) in
        try check("unlink") { unsafe path.withPlatformString { unsafe unlink($0) } }
      }
    } catch {
      if error.errno != ENOENT && error.errno != ENOTDIR { throw error }
    }
  }

  /// Makes the directory at `path` and those above it that are missing.  `mkdir(2)`.
  public static func makeDirectories(_ path: FilePath) throws(SystemError) {
    try makeDirectory(path, afterThoseAbove: true)
  }

  /// A file system that makes no directories (`/proc`) answers `ENOENT` though the one above is
  /// there; so once those above are made, that answer is final.
  private static func makeDirectory(
    _ path: FilePath, afterThoseAbove mayMakeThem: Bool
  ) throws(SystemError) {
    do {
      _ = try about(path) { () throws(SystemError) in
        try check("mkdir") { unsafe path.withPlatformString { unsafe mkdir($0, 0o777) } }
      }
    } catch {
      switch error.errno {
      case EEXIST:
        guard let found = try status(path), found.isDirectory else {
          throw SystemError(call: "mkdir", errno: ENOTDIR, subject: path.description).noted()
        }
      case ENOENT:
        let above = path.removingLastComponent()
        if !mayMakeThem || above.isEmpty || above == path { throw error }
        try makeDirectory(above, afterThoseAbove: true)
        try makeDirectory(path, afterThoseAbove: false)
      default: throw error
      }
    }
  }

  /// Makes `path` a symbolic link to `target`, replacing what was there.  `symlink(2)`.
  public static func link(_ path: FilePath, to target: FilePath) throws(SystemError) {
    if try readLink(path) == target { return }
    try remove(path)
    _ = try about(path) { () throws(SystemError) in
      try check("symlink") {
        unsafe target.withPlatformString { content in
          unsafe path.withPlatformString { unsafe symlink(content, $0) }
        }
      }
    }
  }

  /// Where the symbolic link at `path` leads; nil if it is none.  `readlink(2)`.
  public static func readLink(_ path: FilePath) throws(SystemError) -> FilePath? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    do {
      _ = try about(path) { () throws(SystemError) in
        try check("readlink") {
          unsafe path.withPlatformString { name in
            unsafe buffer.withUnsafeMutableBufferPointer { room in
              guard let start = room.baseAddress else { return -1 }
              return unsafe readlink(name, start, room.count - 1)
            }
          }
        }
      }
    } catch {
      if error.errno == ENOENT || error.errno == EINVAL || error.errno == ENOTDIR { return nil }
      throw error
    }
    return unsafe buffer.withUnsafeBufferPointer { text in
      unsafe text.baseAddress.map { unsafe FilePath(platformString: $0) }
    }
  }

  /// The absolute path of `path` without links, `.` and `..`; it must exist.  `realpath(3)`.
  public static func real(_ path: FilePath) throws(SystemError) -> FilePath {
    var text: UnsafeMutablePointer<CChar>?
    _ = try about(path) { () throws(SystemError) in
      try check("realpath") {
        unsafe text = unsafe path.withPlatformString { unsafe realpath($0, nil) }
        return unsafe text == nil ? -1 : 0
      }
    }
    defer { unsafe free(text) }
    return unsafe text.map { unsafe FilePath(platformString: $0) } ?? path
  }

  /// Removes the directory at `path` and all below it; that there is none is no error.
  public static func removeTree(_ path: FilePath) throws(SystemError) {
    if let target = try readLink(path), !target.isEmpty { return try remove(path) }
    guard let found = try status(path) else { return }
    if !found.isDirectory { return try remove(path) }
    for name in try list(path) {
      let base = name.last == 0x2F ? name.dropLast() : name[...]
      try removeTree(path.appending(String(decoding: base, as: UTF8.self)))
    }
    _ = try about(path) { () throws(SystemError) in
      try check("rmdir") { unsafe path.withPlatformString { unsafe rmdir($0) } }
    }
  }

  /// Sets the modification time of `path` to now.  `utimensat(2)`.
  public static func touch(_ path: FilePath) throws(SystemError) {
    _ = try about(path) { () throws(SystemError) in
      try check("utimensat") {
        unsafe path.withPlatformString { unsafe utimensat(AT_FDCWD, $0, nil, 0) }
      }
    }
  }

  /// Sets the modification time of `path` in nanoseconds since 1970.  `utimensat(2)`.
  public static func setModified(_ path: FilePath, ns: Int64) throws(SystemError) {
    let time = timespec(
      tv_sec: Int(ns / 1_000_000_000), tv_nsec: Int(ns % 1_000_000_000))
    let times = [time, time]
    _ = try about(path) { () throws(SystemError) in
      try check("utimensat") {
        unsafe path.withPlatformString { unsafe utimensat(AT_FDCWD, $0, times, 0) }
      }
    }
  }
}

// Directories by descriptor, and what can be changed of a file.

import CNine
import Glibc
public import SystemPackage

/// A name in a directory, as the system stores it.
public struct DirectoryEntry: Equatable, Sendable {
  /// The name's bytes: any but `/` and NUL.
  public let name: [UInt8]
  /// The inode number.
  public let inode: UInt64
  /// Where to go on behind this entry: for `Directories.seek`.
  public let next: Int64
  /// True for a directory where the file system tells; false may mean that it does not.
  public let isDirectory: Bool

  /// True for `.` and `..`.
  public var isSelfOrAbove: Bool {
    name == [UInt8(ascii: ".")] || name == [UInt8(ascii: "."), UInt8(ascii: ".")]
  }
}

/// System calls on directories.
public enum Directories {
  /// Bytes asked for at once: some hundred entries.
  public static let bufferSize = 32 * 1024

  /// The next entries behind a directory's descriptor, `.` and `..` among them; empty at the end.
  ///
  /// Entries are as many as fit into `bufferSize`.  `getdents64(2)`.
  public static func read(_ fd: CInt) throws(SystemError) -> [DirectoryEntry] {
    // Of eight bytes each, as entries are aligned.
    var buffer = [UInt64](repeating: 0, count: bufferSize / 8)
    let count = try check("getdents64") {
      unsafe buffer.withUnsafeMutableBytes { room in
        unsafe cnine_getdents(fd, room.baseAddress, room.count)
      }
    }
    return unsafe buffer.withUnsafeBytes { bytes in
      var entries: [DirectoryEntry] = []
      var offset = 0
      while offset < count {
        // struct linux_dirent64: u64 inode, s64 next, u16 size, u8 type, name.
        let inode = unsafe bytes.load(fromByteOffset: offset, as: UInt64.self)
        let next = unsafe bytes.load(fromByteOffset: offset + 8, as: Int64.self)
        let size = unsafe Int(bytes.load(fromByteOffset: offset + 16, as: UInt16.self))
        assert(size > 19 && offset + size <= count, "the system's entries lie in the buffer")
        let name = unsafe bytes[(offset + 19)..<(offset + size)].prefix { $0 != 0 }
        let type = unsafe bytes[offset + 18]
        entries.append(
          DirectoryEntry(
            name: unsafe Array(name), inode: inode, next: next,
            isDirectory: type == UInt8(DT_DIR)))
        offset += size
      }
      return entries
    }
  }

  /// Goes to a place in a directory that an entry told; 0 is the start.  `lseek(2)`.
  public static func seek(_ fd: CInt, to place: Int64) throws(SystemError) {
    _ = try check("lseek") { lseek(fd, off_t(place), SEEK_SET) }
  }
}

/// What the system knows of a file, more than `FileStatus`.  Corresponds to `struct stat`.
public struct FullStatus: Equatable, Sendable {
  /// Device and inode.
  public let device: UInt64, inode: UInt64
  /// The kind and permission bits.
  public let mode: UInt32
  /// Owner and group.
  public let owner: UInt32, group: UInt32
  /// The size in bytes.
  public let size: Int64
  /// The times of access, modification and change of status, in nanoseconds since 1970.
  public let accessedNs: Int64, modifiedNs: Int64, changedNs: Int64

  /// True for a regular file.
  public var isRegular: Bool { mode & S_IFMT == S_IFREG }

  fileprivate init(_ st: stat) {
    var st = st
    device = UInt64(st.st_dev)
    inode = UInt64(st.st_ino)
    mode = st.st_mode
    owner = st.st_uid
    group = st.st_gid
    size = Int64(st.st_size)
    accessedNs = unsafe cnine_atime_ns(&st)
    modifiedNs = unsafe cnine_mtime_ns(&st)
    changedNs = unsafe cnine_ctime_ns(&st)
  }

  /// The status of the open file `fd`, which is the caller's.  `fstat(2)`.
  public init(_ fd: CInt) throws(SystemError) {
    var st = stat()
    _ = try check("fstat") { unsafe fstat(fd, &st) }
    self.init(st)
  }

  /// The status of the file called `name` in the directory `fd`, of a link itself if it does not
  /// follow.  `fstatat(2)`.
  public init(in fd: CInt, _ name: [UInt8], follows: Bool) throws(SystemError) {
    var st = stat()
    let text = name.map { CChar(bitPattern: $0) } + [0]
    _ = try check("fstatat") {
      unsafe fstatat(fd, text, &st, follows ? 0 : AT_SYMLINK_NOFOLLOW)
    }
    self.init(st)
  }

  /// The status of the file at `path`.  `fstatat(2)`.
  public init(_ path: FilePath, follows: Bool) throws(SystemError) {
    var st = stat()
    _ = try about(path) { () throws(SystemError) in
      try check("fstatat") {
        unsafe path.withPlatformString {
          unsafe fstatat(AT_FDCWD, $0, &st, follows ? 0 : AT_SYMLINK_NOFOLLOW)
        }
      }
    }
    self.init(st)
  }
}

/// Which file: by name, or open already.
public enum FileTarget: Sendable {
  /// The file of this name, links followed.
  case path(FilePath)
  /// The open file behind a descriptor of the caller's.
  case descriptor(CInt)
}

/// Changing what the system knows of a file.
public enum FileChanges {
  /// The status of the file.
  public static func status(_ file: FileTarget) throws(SystemError) -> FullStatus {
    switch file {
    case .path(let path): try FullStatus(path, follows: true)
    case .descriptor(let fd): try FullStatus(fd)
    }
  }

  private static func change(
    _ file: FileTarget, path call: StaticString, descriptor other: StaticString,
    _ byPath: (UnsafePointer<CChar>) -> CInt, _ byDescriptor: (CInt) -> CInt
  ) throws(SystemError) {
    switch file {
    case .path(let path):
      _ = try about(path) { () throws(SystemError) in
        try check(call) { unsafe path.withPlatformString { unsafe byPath($0) } }
      }
    case .descriptor(let fd): _ = try check(other) { byDescriptor(fd) }
    }
  }

  /// Sets the permission bits.  `chmod(2)`, `fchmod(2)`.
  public static func setMode(_ file: FileTarget, _ mode: UInt32) throws(SystemError) {
    try unsafe change(
      file, path: "chmod", descriptor: "fchmod", { unsafe chmod($0, mode) }, { fchmod($0, mode) })
  }

  /// Sets the group.  `chown(2)`, `fchown(2)`.
  public static func setGroup(_ file: FileTarget, _ group: UInt32) throws(SystemError) {
    let same = uid_t.max
    try unsafe change(
      file, path: "chown", descriptor: "fchown",
      { unsafe chown($0, same, group) }, { fchown($0, same, group) })
  }

  /// Cuts the file or fills it up with zeros.  `truncate(2)`, `ftruncate(2)`.
  public static func setSize(_ file: FileTarget, _ size: Int64) throws(SystemError) {
    try unsafe change(
      file, path: "truncate", descriptor: "ftruncate",
      { unsafe truncate($0, off_t(size)) }, { ftruncate($0, off_t(size)) })
  }

  /// Sets the time of modification and leaves that of access.  `utimensat(2)`, `futimens(2)`.
  public static func setModified(_ file: FileTarget, ns: Int64) throws(SystemError) {
    var seconds = ns / 1_000_000_000
    var rest = ns % 1_000_000_000
    if rest < 0 { (seconds, rest) = (seconds - 1, rest + 1_000_000_000) }
    let omit = (1 << 30) - 2  // UTIME_OMIT
    let times = [
      timespec(tv_sec: 0, tv_nsec: omit), timespec(tv_sec: Int(seconds), tv_nsec: Int(rest)),
    ]
    try unsafe change(
      file, path: "utimensat", descriptor: "futimens",
      { unsafe utimensat(AT_FDCWD, $0, times, 0) }, { unsafe futimens($0, times) })
  }

  /// Renames a file to a name that must be free.  `renameat2(2)` with `RENAME_NOREPLACE`.
  public static func rename(_ old: FilePath, toNew new: FilePath) throws(SystemError) {
    _ = try about(new) { () throws(SystemError) in
      try check("renameat2") {
        unsafe old.withPlatformString { from in
          unsafe new.withPlatformString { unsafe cnine_rename_new(from, $0) }
        }
      }
    }
  }

  /// Makes a directory, whose name must be free.  `mkdir(2)`.
  public static func makeDirectory(_ path: FilePath, _ mode: UInt32) throws(SystemError) {
    _ = try about(path) { () throws(SystemError) in
      try check("mkdir") { unsafe path.withPlatformString { unsafe mkdir($0, mode) } }
    }
  }

  /// Locks the open file as a whole, without waiting: held by the open file itself where the
  /// system can, until all its descriptors are closed.  `F_OFD_SETLK`.
  ///
  /// - Throws: `EAGAIN` or `EACCES` if somebody else holds it.
  public static func lock(_ fd: CInt, forWriting isForWriting: Bool) throws(SystemError) {
    _ = try check("fcntl") { cnine_lock(fd, isForWriting ? 1 : 0) }
  }

  /// The flag that reads and writes past the system's cache; 0 where there is none.  `O_DIRECT`.
  public static var directFlag: CInt { cnine_o_direct() }
}

/// The names of users and groups.
public enum Owners {
  /// Bytes of a name that is not cut.
  private static let nameMax = 256

  private static func name(_ ask: (UnsafeMutablePointer<CChar>, Int) -> CInt) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: nameMax) { room in
      guard let start = room.baseAddress, unsafe ask(start, nameMax) == 1 else { return nil }
      return unsafe String(cString: start)
    }
  }

  /// The name of a user; nil if it has none.  `getpwuid_r(3)`.
  public static func user(_ id: UInt32) -> String? {
    unsafe name { unsafe cnine_user_name(id, $0, $1) }
  }

  /// The name of a group; nil if it has none.  `getgrgid_r(3)`.
  public static func group(_ id: UInt32) -> String? {
    unsafe name { unsafe cnine_group_name(id, $0, $1) }
  }

  /// The number of the group called `name`; nil if there is none.  `getgrnam_r(3)`.
  public static func groupID(_ name: String) -> UInt32? {
    var id: UInt32 = 0
    return unsafe cnine_group_id(name, &id) == 1 ? id : nil
  }
}

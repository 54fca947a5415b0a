// Directory entries: theory of operation.
//
// Problem.  The system has five calls and a structure of numbers; a program wants a name, a size,
// an owner in words, and one answer whether a change was made.
//
// Shape.  `Dir` is Plan 9's: everything in words and Plan 9's mode bits.  Reading asks the system
// per name from the directory's own descriptor, so that a path that changes meanwhile does not
// matter; a name that has gone meanwhile is left out.
//
//     dirread      getdents64 -> fstatat for each name -> Dir, at most 10 of them
//     dirwstat     gid, mode, name, length, mtime; on a failure what was done is taken back
//
// Invariants.
//   W1  After a failed change everything is as it was, or the error says what could not be taken
//       back.
//   W2  A symbolic link is what it leads to, with DMSYMLINK and its own length; one that leads
//       nowhere is itself.
//
// Cost.  Two system calls a name, one more for a link; each owner's name is asked for once a
// reader.  Rejected: remembering descriptors of directories in a table, as plan9port does.

import Glibc
public import SystemPackage

/// The mode bit of a directory.
public let DMDIR: UInt32 = 0x8000_0000
/// The mode bit of a symbolic link.
public let DMSYMLINK: UInt32 = 0x0200_0000
/// The mode bit of a device.
public let DMDEVICE: UInt32 = 0x0080_0000
/// The mode bit of a named pipe.
public let DMNAMEDPIPE: UInt32 = 0x0020_0000
/// The mode bit of a socket.
public let DMSOCKET: UInt32 = 0x0010_0000

/// What identifies a file on its server.  Corresponds to `Qid`.
public struct Qid: Equatable, Hashable, Sendable {
  /// Which file: another file has another, as long as both are there.
  public var path: UInt64
  /// Which version: changes when the file does.
  public var vers: UInt32
  /// The upper eight mode bits.
  public var type: UInt8

  /// An identity of these parts.
  public init(path: UInt64, vers: UInt32, type: UInt8) {
    self.path = path
    self.vers = vers
    self.type = type
  }
}

/// A file's entry in its directory.  Corresponds to `Dir`.
public struct Dir: Equatable, Sendable {
  /// Which file.
  public var qid: Qid
  /// The permissions, and what kind of file it is: `DMDIR` and the others.
  public var mode: UInt32
  /// The time of the last access in seconds since 1970.
  public var atime: Int
  /// The time of the last change in seconds since 1970.
  public var mtime: Int
  /// The size in bytes; 0 for a directory, its own for a symbolic link.
  public var length: Int64
  /// The name, without any folder.
  public var name: String
  /// The owner's name, or number.
  public var uid: String
  /// The group's name, or number.
  public var gid: String
  /// Who changed it last: unknown here, empty.
  public var muid = ""

  /// An entry of these fields, for file systems that a program has itself.
  public init(
    qid: Qid, mode: UInt32, atime: Int, mtime: Int, length: Int64, name: String, uid: String,
    gid: String
  ) {
    self.qid = qid
    self.mode = mode
    self.atime = atime
    self.mtime = mtime
    self.length = length
    self.name = name
    self.uid = uid
    self.gid = gid
  }

  /// True for a directory.
  public var isDirectory: Bool { mode & DMDIR != 0 }

  /// The mode in eleven characters: `d-rwxr-xr-x`, `-Lrwxrwxrwx`.  Corresponds to `%M`.
  public var modeText: String {
    let kinds: [(UInt32, Character)] = [(DMDIR, "d"), (0x4000_0000, "a")]
    let first = kinds.first { mode & $0.0 != 0 }?.1 ?? "-"
    let specials: [(UInt32, Character)] = [
      (0x2000_0000, "l"), (DMSYMLINK, "L"), (DMDEVICE, "D"), (DMNAMEDPIPE, "P"), (DMSOCKET, "S"),
    ]
    var text = "\(first)\(specials.first { mode & $0.0 != 0 }?.1 ?? "-")"
    for shift: UInt32 in [6, 3, 0] {
      for (bit, letter) in zip([4, 2, 1] as [UInt32], "rwx") {
        text.append(mode >> shift & bit != 0 ? letter : "-")
      }
    }
    return text
  }
}

/// The names of owners, each asked for once.
struct OwnerNames {
  private var users: [UInt32: String] = [:]
  private var groups: [UInt32: String] = [:]

  mutating func user(_ id: UInt32) -> String {
    if let known = users[id] { return known }
    let name = Owners.user(id) ?? "\(id)"
    users[id] = name
    return name
  }

  mutating func group(_ id: UInt32) -> String {
    if let known = groups[id] { return known }
    let name = Owners.group(id) ?? "\(id)"
    groups[id] = name
    return name
  }
}

extension Dir {
  /// The entry called `name` with a status; `link` is that of the link itself, if it is one.
  init(_ name: String, _ status: FullStatus, link: FullStatus?, _ owners: inout OwnerNames) {
    var mode = status.mode & 0o777
    switch status.mode & S_IFMT {
    case S_IFDIR: mode |= DMDIR
    case S_IFCHR, S_IFBLK: mode |= DMDEVICE
    case S_IFIFO: mode |= DMNAMEDPIPE
    case S_IFSOCK: mode |= DMSOCKET
    default: break
    }
    if link != nil { mode |= DMSYMLINK }
    let isDirectory = status.mode & S_IFMT == S_IFDIR
    let seconds = { (ns: Int64) in Int(ns / 1_000_000_000) }
    self.init(
      qid: Qid(
        path: status.inode ^ status.device << 48,
        vers: UInt32(truncatingIfNeeded: seconds(status.modifiedNs) &+ seconds(status.changedNs)),
        type: UInt8(mode >> 24)),
      mode: mode, atime: seconds(status.accessedNs), mtime: seconds(status.modifiedNs),
      length: link?.size ?? (isDirectory ? 0 : status.size), name: name,
      uid: owners.user(status.owner), gid: owners.group(status.group))
  }

  /// The entry of the file at `path`.
  ///
  /// - Throws: what `stat(2)` reports.  Corresponds to `dirstat` of `stat(3)`.
  public init(_ path: FilePath) throws(SystemError) {
    let own = try FullStatus(path, follows: false)
    let isLink = own.mode & S_IFMT == S_IFLNK
    // W2: one that leads nowhere is itself.
    let status = isLink ? (try? FullStatus(path, follows: true)) ?? own : own
    let name = path.lastComponent?.string ?? path.string
    var owners = OwnerNames()
    self.init(name, status, link: isLink ? own : nil, &owners)
  }

  /// The entry of the open file behind a descriptor of the caller's.
  ///
  /// Its name is the last one by which the system knows it, or empty.
  /// - Throws: what `fstat(2)` reports.  Corresponds to `dirfstat` of `stat(3)`.
  public init(_ fd: CInt) throws(SystemError) {
    let status = try FullStatus(fd)
    var owners = OwnerNames()
    // A file without a name, as a pipe, has none.
    let path = (try? Files.readLink(FilePath("/proc/self/fd/\(fd)"))) ?? nil
    let name = path.flatMap { $0.isAbsolute ? $0.lastComponent?.string : nil } ?? ""
    self.init(name, status, link: nil, &owners)
  }
}

/// The entry of the file called `path`; nil if that failed.  Corresponds to `dirstat`.
public func dirstat(_ path: String) -> Dir? {
  classic { () throws(SystemError) in try Dir(FilePath(path)) }
}

/// The entry of an open file; nil if that failed.  Corresponds to `dirfstat`.
public func dirfstat(_ fd: CInt) -> Dir? { classic { () throws(SystemError) in try Dir(fd) } }

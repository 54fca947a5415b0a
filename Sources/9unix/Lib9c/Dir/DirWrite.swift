// Changing a file's entry: all of what is asked for, or nothing.

import Glibc
public import SystemPackage

/// What to change of a file: what is nil stays.  Corresponds to a `Dir` after `nulldir`.
public struct DirChange: Equatable, Sendable {
  /// A field that can be changed, by its name in `Dir`.
  public enum Field: String, Sendable {
    /// The name, in the same folder; it must be free.
    case name
    /// The permissions.
    case mode
    /// The time of the last change.
    case mtime
    /// The size.
    case length
    /// The group.
    case gid
  }

  /// The new name, in the same folder.
  public var name: String?
  /// The new permissions; a bit of the kind of file, such as `DMDIR`, must be what it is.
  public var mode: UInt32?
  /// The new time of the last change, in seconds since 1970.
  public var mtime: Int?
  /// The new size in bytes.
  public var length: Int64?
  /// The new group, by name or number.
  public var gid: String?

  /// Changes nothing: to be filled in.
  public init() {}
}

/// Why a change was not made.
public struct DirChangeError: Error, Equatable, Sendable {
  /// The field that could not be changed.
  public let field: DirChange.Field
  /// Why.
  public let cause: SystemError
  /// Fields that had been changed before and could not be taken back; empty where nothing is left.
  public let left: [DirChange.Field]
}

extension DirChangeError: CustomStringConvertible {
  /// The field and the reason.
  public var description: String {
    let rest =
      left.isEmpty ? "" : " (left changed: \(left.map(\.rawValue).joined(separator: ", ")))"
    return "\(field.rawValue): \(cause)\(rest)"
  }
}

extension DirChange {
  /// Makes the changes to the file at `path`.  Corresponds to `dirwstat` of `stat(3)`.
  public func apply(to path: FilePath) throws(DirChangeError) {
    var work = DirChangeWork(.path(path), path)
    try work.run(self)
  }

  /// Makes the changes to the open file behind a descriptor of the caller's.
  ///
  /// Its name can be changed while the system knows it.  Corresponds to `dirfwstat`.
  public func apply(to fd: CInt) throws(DirChangeError) {
    let path = (try? Files.readLink(FilePath("/proc/self/fd/\(fd)"))) ?? nil
    var work = DirChangeWork(.descriptor(fd), path.flatMap { $0.isAbsolute ? $0 : nil })
    try work.run(self)
  }
}

/// A change on its way: what was done, and how to take it back.
private struct DirChangeWork {
  private var file: FileTarget
  private var path: FilePath?
  private var done: [(field: DirChange.Field, undo: () throws(SystemError) -> Void)] = []

  init(_ file: FileTarget, _ path: FilePath?) {
    self.file = file
    self.path = path
  }

  /// What can be taken back goes first, so that a failure finds nothing that cannot: the bytes
  /// that a smaller length cuts off are gone.  A new length changes the time, which therefore is
  /// tried before and set behind it.
  mutating func run(_ change: DirChange) throws(DirChangeError) {
    let before: FullStatus
    do {
      before = try FileChanges.status(file)
    } catch {
      throw DirChangeError(field: change.first, cause: error, left: [])
    }
    let mtime = change.mtime.map { Int64($0).multipliedReportingOverflow(by: 1_000_000_000) }
    if let gid = change.gid {
      try step(.gid, of: before) { (file) throws(SystemError) in
        try FileChanges.setGroup(file, Self.group(gid))
      }
    }
    if let mode = change.mode {
      try step(.mode, of: before) { (file) throws(SystemError) in
        try FileChanges.setMode(file, Self.permissions(mode, before))
      }
    }
    if let name = change.name { try rename(name) }
    func setTime(_ file: FileTarget) throws(SystemError) {
      guard let mtime else { return }
      if mtime.overflow { throw SystemError(call: "utimensat", errno: EINVAL).noted() }
      try FileChanges.setModified(file, ns: mtime.partialValue)
    }
    if mtime != nil { try step(.mtime, of: before, setTime) }
    if let length = change.length {
      try step(.length, of: before) { (file) throws(SystemError) in
        if length < 0 { throw SystemError(call: "truncate", errno: EINVAL).noted() }
        try FileChanges.setSize(file, length)
      }
      if mtime != nil { try step(.mtime, of: before, setTime) }
    }
  }

  private mutating func step(
    _ field: DirChange.Field, of before: FullStatus,
    _ body: (FileTarget) throws(SystemError) -> Void
  ) throws(DirChangeError) {
    do { try body(file) } catch { throw takeBack(field, error) }
    let file = file
    done.append(
      (
        field,
        { () throws(SystemError) in
          switch field {
          case .gid: try FileChanges.setGroup(file, before.group)
          case .mode: try FileChanges.setMode(file, before.mode & 0o7777)
          case .mtime: try FileChanges.setModified(file, ns: before.modifiedNs)
          case .length:
            let isCut = try FileChanges.status(file).size < before.size
            try FileChanges.setSize(file, before.size)
            // The size is what it was, but not the bytes.
            if isCut { throw SystemError(call: "truncate", errno: EIO) }
          case .name: break
          }
        }
      ))
  }

  private mutating func rename(_ name: String) throws(DirChangeError) {
    guard let old = path, !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0x2F) else {
      throw takeBack(.name, SystemError(call: "rename", errno: EINVAL, subject: name).noted())
    }
    let new = old.removingLastComponent().appending(name)
    if new == old { return }
    do { try FileChanges.rename(old, toNew: new) } catch { throw takeBack(.name, error) }
    path = new
    if case .path = file { file = .path(new) }
    done.append((.name, { () throws(SystemError) in try FileChanges.rename(new, toNew: old) }))
  }

  /// W1.  The last change first, since the name must be what it was when the others are taken back.
  private mutating func takeBack(
    _ field: DirChange.Field, _ cause: SystemError
  ) -> DirChangeError {
    var left: [DirChange.Field] = []
    for (changed, undo) in done.reversed() {
      do throws(SystemError) { try undo() } catch { left.append(changed) }
    }
    done = []
    // Taking back may have failed too; the error string is the first cause's.
    return DirChangeError(field: field, cause: cause.noted(), left: left)
  }

  private static func group(_ name: String) throws(SystemError) -> UInt32 {
    if let id = Owners.groupID(name) ?? UInt32(name) { return id }
    throw SystemError(call: "chown", text: "unknown group \(name)").noted()
  }

  private static func permissions(
    _ mode: UInt32, _ before: FullStatus
  ) throws(SystemError) -> UInt32 {
    let isDirectory = before.mode & S_IFMT == S_IFDIR
    // The bits of the kind may be given as they are read, and may not be changed.
    let kinds = DMSYMLINK | DMDEVICE | DMNAMEDPIPE | DMSOCKET
    if mode & ~(0o777 | DMDIR | kinds) != 0 || (mode & DMDIR != 0) != isDirectory {
      throw SystemError(call: "chmod", errno: EINVAL).noted()
    }
    return mode & 0o777 | before.mode & 0o7000
  }
}

extension DirChange {
  /// The first field that is to be changed, for an error that comes before any.
  fileprivate var first: Field {
    if gid != nil { return .gid }
    if mode != nil { return .mode }
    if name != nil { return .name }
    return mtime != nil ? .mtime : .length
  }
}

/// Makes changes to the file called `path`: 0, or -1 if nothing was changed.
///
/// Corresponds to `dirwstat`; the error string begins with the field.
public func dirwstat(_ path: String, _ change: DirChange) -> CInt {
  do {
    try change.apply(to: FilePath(path))
    return 0
  } catch {
    werrstr("\(error)")
    return -1
  }
}

/// Makes changes to an open file: 0, or -1 if nothing was changed.  Corresponds to `dirfwstat`.
public func dirfwstat(_ fd: CInt, _ change: DirChange) -> CInt {
  do {
    try change.apply(to: fd)
    return 0
  } catch {
    werrstr("\(error)")
    return -1
  }
}

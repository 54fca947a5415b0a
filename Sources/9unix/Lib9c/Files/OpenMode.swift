// Open modes: Plan 9's bits, and what they are to the system.

import CNine
import Glibc
public import SystemPackage

/// How to open a file: one of the first four, and any of the others.  Corresponds to `open(3)`.
public struct OpenMode: OptionSet, Sendable {
  /// The bits, as Plan 9 has them.
  public let rawValue: CInt

  /// A mode of these bits.
  public init(rawValue: CInt) { self.rawValue = rawValue }

  /// The bits that choose between reading and writing.
  static let access: CInt = 3
}

/// To read.
public let OREAD = OpenMode(rawValue: 0)
/// To write.
public let OWRITE = OpenMode(rawValue: 1)
/// To read and write.
public let ORDWR = OpenMode(rawValue: 2)
/// To execute, which is to read.
public let OEXEC = OpenMode(rawValue: 3)
/// Empty the file first.
public let OTRUNC = OpenMode(rawValue: 0x10)
/// Close on exec: here always so.
public let OCEXEC = OpenMode(rawValue: 0x20)
/// Remove the file when it is closed: its name is gone as soon as it is open.
public let ORCLOSE = OpenMode(rawValue: 0x40)
/// Past the system's cache.  `O_DIRECT`.
public let ODIRECT = OpenMode(rawValue: 0x80)
/// Do not wait.  `O_NONBLOCK`.
public let ONONBLOCK = OpenMode(rawValue: 0x100)
/// The file must not be there yet; for `create`.
public let OEXCL = OpenMode(rawValue: 0x1000)
/// Lock the whole file: shared for reading, else alone; an error if somebody else has it.
public let OLOCK = OpenMode(rawValue: 0x2000)
/// Write at the end.
public let OAPPEND = OpenMode(rawValue: 0x4000)

extension OpenMode {
  /// What `open` knows, and what `create` does.
  static let opening: OpenMode = [
    OpenMode(rawValue: access), OTRUNC, OCEXEC, ORCLOSE, ODIRECT, ONONBLOCK, OLOCK, OAPPEND,
  ]
  static let creating: OpenMode = [opening, OEXCL]

  /// True if nothing is to be written.
  var isReadOnly: Bool { rawValue & Self.access == 0 || rawValue & Self.access == 3 }

  /// The flags of `open(2)`.
  var flags: CInt {
    var flags: CInt
    switch rawValue & Self.access {
    case 1: flags = O_WRONLY
    case 2: flags = O_RDWR
    default: flags = O_RDONLY
    }
    if contains(OTRUNC) { flags |= O_TRUNC }
    if contains(ODIRECT) { flags |= FileChanges.directFlag }
    if contains(ONONBLOCK) { flags |= O_NONBLOCK }
    if contains(OAPPEND) { flags |= O_APPEND }
    return flags
  }
}

extension Descriptor {
  /// Opens the file at `path`, close-on-exec.
  ///
  /// - Throws: what `open(2)` reports, that the mode is not supported, or that the file is locked.
  ///   Corresponds to `open(3)`.
  public static func open(
    _ path: FilePath, mode: OpenMode
  ) throws(SystemError) -> Descriptor {
    if !mode.subtracting(.opening).isEmpty {
      let bits = String(mode.rawValue, radix: 16)
      throw SystemError(
        call: "open", text: "mode 0x\(bits) not supported", subject: path.description
      ).noted()
    }
    return try opened(path, mode, mode.flags, 0)
  }

  /// Creates the file at `path`, or empties the one that is there, or makes a directory.
  ///
  /// - Parameter permissions: nine bits, less those of the umask, and `DMDIR` for a directory,
  ///   which can be opened to be read only.
  /// - Throws: what `open(2)` and `mkdir(2)` report, that the mode is not supported, or that the
  ///   file is locked.  Corresponds to `create` of `open(3)`.
  public static func create(
    _ path: FilePath, mode: OpenMode, permissions: UInt32 = 0o666
  ) throws(SystemError) -> Descriptor {
    let bits = permissions & 0o777
    if permissions & DMDIR != 0 {
      if !mode.subtracting([OCEXEC]).isEmpty { throw unsupported(path) }
      try FileChanges.makeDirectory(path, bits)
      return try opened(path, OREAD, O_RDONLY | O_DIRECTORY, 0)
    }
    if !mode.subtracting(.creating).isEmpty { throw unsupported(path) }
    // A file that is locked must not be emptied by who may not have it: that comes after the lock.
    let empties = mode.contains(OLOCK) ? 0 : O_TRUNC
    let isNew = mode.contains(OEXCL) ? O_EXCL : 0
    let flags = mode.subtracting(OTRUNC).flags | O_CREAT | empties | isNew
    return try opened(path, mode.union(OTRUNC), flags, bits)
  }

  private static func unsupported(_ path: FilePath) -> SystemError {
    SystemError(
      call: "create", text: "unsupported mode in create", subject: path.description
    ).noted()
  }

  /// Opens, locks, empties behind the lock, and takes the name away, as the mode says.
  private static func opened(
    _ path: FilePath, _ mode: OpenMode, _ flags: CInt, _ permissions: UInt32
  ) throws(SystemError) -> Descriptor {
    let isLocked = mode.contains(OLOCK)
    let file = try open(path, isLocked ? flags & ~O_TRUNC : flags, mode: permissions)
    if isLocked {
      do {
        try FileChanges.lock(file.raw, forWriting: !mode.isReadOnly)
      } catch {
        werrstr("lock: \(error.reason)")
        throw SystemError(call: "lock", errno: error.errno, subject: path.description)
      }
      if mode.contains(OTRUNC), !mode.isReadOnly { try file.truncate() }
    }
    if mode.contains(ORCLOSE) { try Files.remove(path) }
    return file
  }
}

/// A file that nobody else has, and its name.
public struct TemporaryFile: ~Copyable {
  /// The file, open.
  public let descriptor: Descriptor
  /// Its name, gone already with `ORCLOSE`.
  public let path: FilePath

  /// Names that are tried: with 62 to the 6 names, more in vain means that something else is wrong.
  static let attemptsMax = 100

  /// Creates a file that only this user may read and write, at a name that was free.
  ///
  /// - Parameter template: the name, which must end in `XXXXXX`: those six become letters.
  /// - Throws: that the template is none, or what `open(2)` reports.  Corresponds to `opentemp(3)`.
  public init(_ template: String, mode: OpenMode = ORDWR) throws(SystemError) {
    let suffix = "XXXXXX"
    guard template.hasSuffix(suffix) else {
      throw SystemError(
        call: "opentemp", text: "template does not end in \(suffix)", subject: template
      ).noted()
    }
    let stem = template.dropLast(suffix.count)
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    var attempts = 0
    while true {
      var name = String(stem)
      for _ in suffix { name.append(letters[Int.random(in: letters.indices)]) }
      let path = FilePath(name)
      do {
        descriptor = try Descriptor.create(path, mode: mode.union(OEXCL), permissions: 0o600)
        self.path = path
        return
      } catch {
        attempts += 1
        if error.errno != EEXIST || attempts == Self.attemptsMax { throw error }
      }
    }
  }

  /// Gives the descriptor to the caller.
  public consuming func release() -> Descriptor { descriptor }
}

/// Opens a file: the descriptor is the caller's, -1 if that failed.
///
/// Corresponds to `open(3)`; see `Descriptor.open(_:mode:)`.
public func open(_ path: String, _ mode: OpenMode) -> CInt {
  classicDescriptor { () throws(SystemError) in
    try Descriptor.open(FilePath(path), mode: mode)
  }
}

/// Creates a file or a directory: the descriptor is the caller's, -1 if that failed.
///
/// Corresponds to `create` of `open(3)`; see `Descriptor.create(_:mode:permissions:)`.
public func create(_ path: String, _ mode: OpenMode, _ permissions: UInt32) -> CInt {
  classicDescriptor { () throws(SystemError) in
    try Descriptor.create(FilePath(path), mode: mode, permissions: permissions)
  }
}

/// Creates a file at a free name: the descriptor is the caller's, -1 if that failed.
///
/// - Parameter template: ends in `XXXXXX`, and becomes the name of the file.
/// Corresponds to `opentemp(3)`; see `TemporaryFile`.
public func opentemp(_ template: inout String, _ mode: OpenMode) -> CInt {
  do {
    let file = try TemporaryFile(template, mode: mode)
    template = file.path.string
    return file.release().release()
  } catch { return -1 }
}

// Reading directories.

import Glibc
public import SystemPackage

/// The entries of a directory, one after the other, in the system's order.
///
/// Not thread-safe.  Holds a descriptor and a buffer's worth of names.
public struct DirReader: ~Copyable {
  private let directory: Descriptor
  private var names: ArraySlice<DirectoryEntry> = []
  private var owners = OwnerNames()

  /// Opens the directory at `path`.
  ///
  /// - Throws: what `open(2)` reports, and `not a directory`.
  public init(_ path: FilePath) throws(SystemError) {
    directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
  }

  /// The next entry, without `.` and `..`; nil at the end.  What has gone meanwhile is left out.
  public mutating func next() throws(SystemError) -> Dir? {
    while true {
      if names.isEmpty {
        names = try Directories.read(directory.raw)[...]
        if names.isEmpty { return nil }
      }
      let entry = names.removeFirst()
      if let dir = try Dir.entry(entry, in: directory.raw, &owners) { return dir }
    }
  }
}

extension Dir {
  /// The entry of a name in the directory `fd`; nil for `.`, `..` and what has gone.
  fileprivate static func entry(
    _ entry: DirectoryEntry, in fd: CInt, _ owners: inout OwnerNames
  ) throws(SystemError) -> Dir? {
    if entry.isSelfOrAbove { return nil }
    guard let own = try present(in: fd, entry.name, follows: false) else { return nil }
    let isLink = own.mode & S_IFMT == S_IFLNK
    let status = isLink ? (try? FullStatus(in: fd, entry.name, follows: true)) ?? own : own
    let name = String(decoding: entry.name, as: UTF8.self)
    return Dir(name, status, link: isLink ? own : nil, &owners)
  }

  private static func present(
    in fd: CInt, _ name: [UInt8], follows: Bool
  ) throws(SystemError) -> FullStatus? {
    do {
      return try FullStatus(in: fd, name, follows: follows)
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
  }

  /// The entries of the directory at `path`, lazily.
  ///
  /// An element is an entry, or the error that ends them:
  /// `for entry in entries { try entry.get() }`.
  public static func entries(of path: FilePath) throws(SystemError) -> DirEntries {
    DirEntries(try DirReader(path))
  }

  /// The next entries behind the caller's descriptor of a directory, at most `max`; empty at the
  /// end.  The descriptor goes on behind the last of them.
  public static func read(_ fd: CInt, max: Int) throws(SystemError) -> [Dir] {
    var owners = OwnerNames()
    var found: [Dir] = []
    while found.count < max {
      let names = try read(fd)
      if names.isEmpty { break }
      for name in names {
        if found.count == max { break }
        if let dir = try entry(name, in: fd, &owners) { found.append(dir) }
        if found.count == max, name != names.last { try Directories.seek(fd, to: name.next) }
      }
    }
    return found
  }

  private static func read(_ fd: CInt) throws(SystemError) -> [DirectoryEntry] {
    do {
      return try Directories.read(fd)
    } catch {
      if error.errno != ENOTDIR { throw error }
      throw SystemError(call: error.call, text: "not a directory").noted()
    }
  }
}

/// The entries of a directory as a sequence, which can be gone through once.
public final class DirEntries: Sequence, IteratorProtocol {
  private var reader: DirReader?

  init(_ reader: consuming DirReader) { self.reader = consume reader }

  /// The next entry, or the error that ends them; nil behind that and at the end.
  public func next() -> Result<Dir, SystemError>? {
    do throws(SystemError) {
      if let dir = try reader?.next() { return .success(dir) }
      reader = nil
      return nil
    } catch {
      reader = nil
      return .failure(error)
    }
  }
}

/// At most ten entries behind the descriptor of a directory; empty at the end, nil if that failed.
///
/// Corresponds to `dirread(3)`.
public func dirread(_ fd: CInt) -> [Dir]? {
  classic { () throws(SystemError) in try Dir.read(fd, max: 10) }
}

/// All entries behind the descriptor of a directory; nil if that failed.
///
/// Corresponds to `dirreadall`; `Dir.entries(of:)` has them one by one.
public func dirreadall(_ fd: CInt) -> [Dir]? {
  classic { () throws(SystemError) in try Dir.read(fd, max: .max) }
}

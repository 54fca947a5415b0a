// The lock of a build directory: theory of operation.
//
// Problem.  Two runs of config, or of make, in one build directory would write each other's files.
// config can hold a lock while it works; make cannot, it only asks config when it begins.
//
// Shape.  `.config.lock` names who works here: `PID START`, a process that is alive or is not.  The
// file itself is locked with flock(2) only while it is read and changed.  Whoever comes second
// says whom it waits for, and waits for that process to end.
//
// Invariants.
//   B1  A process that has ended holds nothing: there are no stale locks.
//   B2  A child of the holder passes: make runs config to remake its makefile.

import Glibc
public import Sys9
public import SystemPackage

/// The right to work in a build directory.
public struct BuildLock {
  private let path: FilePath

  /// Takes the lock of `directory` for `holder`, after any other holder has ended.
  ///
  /// - Parameter tell: is called with a sentence if that means waiting.
  /// - Throws: what opening, reading and writing `.config.lock` report.
  public init(
    _ directory: FilePath, for holder: ProcessIdentity, tell: (String) -> Void
  ) throws(SystemError) {
    path = directory.appending(".config.lock")
    while let other = try take(holder) {
      tell("config: waiting for process \(other.pid), which works on \(directory)\n")
      try other.waitForEnd()
    }
  }

  /// Makes `holder` the holder, or returns who is.
  private func take(_ holder: ProcessIdentity) throws(SystemError) -> ProcessIdentity? {
    let file = try Descriptor.open(path, O_RDWR | O_CREAT)
    _ = try file.lock(waits: true)
    let text = String(decoding: try Files.read(all: file.raw), as: UTF8.self)
    if let other = ProcessIdentity(text), other.isAlive, other != holder {
      return Self.isAncestor(other) ? nil : other
    }
    try Self.write("\(holder)", to: file)
    return nil
  }

  private static func write(_ text: String, to file: borrowing Descriptor) throws(SystemError) {
    try file.truncate()
    let bytes = Array(text.utf8)
    try unsafe bytes.withUnsafeBufferPointer { (piece) throws(SystemError) in
      try unsafe file.write(all: UnsafeRawBufferPointer(piece))
    }
  }

  /// True if this process descends from `other` (B2).
  private static func isAncestor(_ other: ProcessIdentity) -> Bool {
    var next = ProcessIdentity(getpid())?.parent
    while let process = next, process.pid > 1 {
      if process == other { return true }
      next = process.parent
    }
    return false
  }

  /// Gives the lock back if `holder` has it.
  public func release(_ holder: ProcessIdentity) {
    guard let file = try? Descriptor.open(path, O_RDWR) else { return }
    do throws(SystemError) {
      _ = try file.lock(waits: true)
      let text = String(decoding: try Files.read(all: file.raw), as: UTF8.self)
      if ProcessIdentity(text) == holder { try file.truncate() }
    } catch {
      return  // the holder's end gives the lock back anyway (B1)
    }
  }
}

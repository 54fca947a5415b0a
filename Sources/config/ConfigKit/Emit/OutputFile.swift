// Output that is not written when it is equal: theory of operation.
//
// Problem.  A build directory is regenerated often and changes seldom.  A file that is rewritten
// with equal bytes has a new time, and everything that depends on it is built again.  A file that
// is half-written when the disk is full or the user interrupts is worse.
//
// Shape.  Bytes are produced once, in pieces of 64 KiB, and compared with the file that is there.
// Only at the first difference does a temporary file begin, with the equal prefix copied:
//
//     comparing --equal--> comparing --end, same length--> unchanged
//         \--different--> writing temporary --end--> waits for commit (rename)
//
// Invariants.
//   O1  The file under its real name is either the old one or the complete new one.
//   O2  An output whose bytes are equal is never opened for writing.
//   O3  Memory is bounded by the piece, not by the file.

import Glibc
import Sys9
import SystemPackage

/// One output of a run.
final class OutputFile {
  /// Bytes held before they are compared or written.
  static let pieceSize = 64 * 1024

  private let path: FilePath
  private let temporary: FilePath
  /// The bytes produced and not yet compared.
  var bytes: [UInt8] = []
  private var old: OpenFile?
  private var new: OpenFile?
  private var oldPiece = [UInt8](repeating: 0, count: pieceSize + 4096)
  private var count = 0
  private var hasTemporary = false
  /// True for an output that is only asked about: its bytes stay here.
  private let isKept: Bool

  /// Begins an output that goes nowhere: all of it is in `bytes`.
  init() {
    path = ""
    temporary = ""
    isKept = true
  }

  /// Begins the output at `path`; nothing is written yet.
  init(_ path: FilePath) throws(SystemError) {
    isKept = false
    self.path = path
    temporary = path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "").new")
    bytes.reserveCapacity(Self.pieceSize + 4096)
    if let status = try Files.status(path) {
      if !status.isRegular {
        let code = status.isDirectory ? EISDIR : EEXIST
        throw SystemError(call: "open", errno: code, subject: path.description)
      }
      old = OpenFile(try Descriptor.open(path, O_RDONLY))
    } else {
      try startNew()
    }
  }

  /// Appends `text`.
  @inline(__always)
  func put(_ text: StaticString) {
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends `text`.
  func put(text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends `more`.
  func put(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// Hands over what was produced if it is a piece or more.  Called once a line or so.
  @inline(__always)
  func spill() throws(SystemError) {
    if bytes.count >= Self.pieceSize && !isKept { try flush() }
  }

  private func flush() throws(SystemError) {
    if let old {
      if try isEqual(old) {
        count += bytes.count
        bytes.removeAll(keepingCapacity: true)
        return
      }
      try startNew()
    }
    if let new {
      do throws(SystemError) {
        try unsafe bytes.withUnsafeBufferPointer { (piece) throws(SystemError) in
          try unsafe new.descriptor.write(all: UnsafeRawBufferPointer(piece))
        }
      } catch {
        throw SystemError(call: error.call, errno: error.errno, subject: path.description)
      }
    }
    count += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }

  /// True if the next bytes of the old file are those produced.
  private func isEqual(_ file: OpenFile) throws(SystemError) -> Bool {
    if bytes.count > oldPiece.count {
      oldPiece = [UInt8](repeating: 0, count: bytes.count)
    }
    var filled = 0
    while filled < bytes.count {
      let limit = bytes.count
      let count = try unsafe oldPiece.withUnsafeMutableBufferPointer { (room) throws(SystemError) in
        let free = unsafe UnsafeMutableBufferPointer(rebasing: room[filled..<limit])
        return try unsafe file.descriptor.read(into: UnsafeMutableRawBufferPointer(free))
      }
      if count == 0 { return false }
      filled += count
    }
    return unsafe oldPiece.withUnsafeBufferPointer { old in
      unsafe bytes.withUnsafeBufferPointer { new in
        guard let a = old.baseAddress, let b = new.baseAddress else { return filled == 0 }
        return unsafe memcmp(a, b, filled) == 0
      }
    }
  }

  /// Begins the temporary file with the prefix that was equal so far.
  private func startNew() throws(SystemError) {
    let file = OpenFile(try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC))
    hasTemporary = true
    new = file
    old = nil
    if count == 0 { return }
    var rest = count
    let source = try Descriptor.open(path, O_RDONLY)
    while rest > 0 {
      let limit = min(rest, oldPiece.count)
      let read = try unsafe oldPiece.withUnsafeMutableBufferPointer { (room) throws(SystemError) in
        let free = unsafe UnsafeMutableBufferPointer(rebasing: room[..<limit])
        return try unsafe source.read(into: UnsafeMutableRawBufferPointer(free))
      }
      if read == 0 { throw SystemError(call: "read", errno: EIO, subject: path.description) }
      try unsafe oldPiece.withUnsafeBufferPointer { (piece) throws(SystemError) in
        try unsafe file.descriptor.write(
          all: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: piece[..<read])))
      }
      rest -= read
    }
  }

  /// Ends the output; true if the file will change when it is committed.
  func finish() throws(SystemError) -> Bool {
    try flush()
    if let old {
      var one: [UInt8] = [0]
      let more = try unsafe one.withUnsafeMutableBufferPointer { (room) throws(SystemError) in
        try unsafe old.descriptor.read(into: UnsafeMutableRawBufferPointer(room))
      }
      if more == 0 { return false }
      try startNew()
    }
    new = nil  // closes
    return true
  }

  /// Gives the finished file the permission bits `mode`, before it is put in its place.
  func keepMode(_ mode: UInt32) throws(SystemError) {
    try FileChanges.setMode(.path(temporary), mode)
  }

  /// Puts the finished file in its place.
  func commit() throws(SystemError) {
    try Files.rename(temporary, to: path)
    hasTemporary = false
  }

  /// Removes the temporary file, if there is one.
  func abandon() {
    new = nil
    old = nil
    if hasTemporary {
      try? Files.remove(temporary)  // what cannot be removed is overwritten by the next run
      hasTemporary = false
    }
  }
}

/// A descriptor with shared ownership, closed with its last owner.
final class OpenFile {
  let descriptor: Descriptor

  init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}

/// The outputs of a run: all are finished before the first is put in its place.
final class OutputSet {
  /// The build directory.
  let directory: FilePath
  private var changed: [OutputFile] = []
  private var open: OutputFile?
  /// The names of all outputs, in order, and whether each changed.
  private(set) var names: [(name: String, isChanged: Bool)] = []

  init(_ directory: FilePath) { self.directory = directory }

  /// Produces the output called `name`, below the build directory.
  func write(
    _ name: String, _ produce: (OutputFile) throws(SystemError) -> Void
  ) throws(SystemError) {
    let file = try OutputFile(directory.appending(FilePath(name).components))
    open = file
    try produce(file)
    let isChanged = try file.finish()
    open = nil
    if isChanged { changed.append(file) }
    names.append((name, isChanged))
  }

  /// Puts all changed outputs in their places.
  func commit() throws(SystemError) {
    for file in changed { try file.commit() }
    changed = []
  }

  /// Forgets all outputs that are not in their places yet.
  func abandon() {
    open?.abandon()
    for file in changed { file.abandon() }
    changed = []
  }
}

// Files on io_uring: operations of their own, and parts of files on their way to sockets.

import Glibc
import Sys9

extension UringLoop {
  /// The directory that relative paths start from.  `AT_FDCWD`.
  private static let currentDirectory: Int32 = -100

  /// Submits an operation on a file.
  func submitFile(_ activity: FileActivity) -> Bool {
    guard let op = unsafe record(activity.token) else { return false }
    let data = UInt64(activity.token.index) | UInt64(activity.token.generation) << 32
    var submission: Submission
    switch activity.work {
    case .open(let flags, let mode):
      submission = Submission(opcode: Uring.openat, fd: Self.currentDirectory, data: data)
      submission.address = unsafe UInt64(UInt(bitPattern: activity.path))
      submission.length = mode
      submission.operationFlags = UInt32(bitPattern: flags | O_CLOEXEC)
    case .close(let fd): submission = Submission(opcode: Uring.close, fd: fd, data: data)
    case .sync(let fd): submission = Submission(opcode: Uring.fsync, fd: fd, data: data)
    case .read(let fd, let offset):
      submission = Submission(opcode: Uring.read, fd: fd, offset: UInt64(offset), data: data)
      submission.address = unsafe UInt64(UInt(bitPattern: activity.memory))
      submission.length = UInt32(activity.size)
    case .write(let fd, let offset):
      submission = Submission(opcode: Uring.write, fd: fd, offset: UInt64(offset), data: data)
      submission.address = unsafe UInt64(UInt(bitPattern: activity.memory))
      submission.length = UInt32(activity.size)
    }
    unsafe op.pointee.state.insert(.isWithKernel)
    give(submission)
    return true
  }

  /// Begins the next step of a part of a file: a piece is read, or sent.
  func startPiece(_ index: UInt32, _ fd: CInt, _ data: UInt64) {
    guard let sending = unsafe FileSending.of(ops[index].pointee) else { return }
    let memory = unsafe sending.makePiece()
    if sending.pieceStart < sending.pieceEnd {
      push(
        Submission(
          opcode: Uring.send, fd: fd,
          address: unsafe UInt64(UInt(bitPattern: memory + sending.pieceStart)),
          length: UInt32(sending.pieceEnd - sending.pieceStart),
          operationFlags: UInt32(MSG_NOSIGNAL | MSG_WAITALL), data: data))
    } else {
      push(
        Submission(
          opcode: Uring.read, fd: sending.file, offset: UInt64(sending.offset),
          address: UInt64(UInt(bitPattern: memory)),
          length: UInt32(min(sending.left, FileSending.pieceMax)), data: data))
    }
  }

  /// A piece has been read or sent.
  func pieceMoved(_ index: UInt32, _ result: Int32) {
    guard let sending = unsafe FileSending.of(ops[index].pointee) else { return }
    if result < 0 { return last(index, result) }
    if sending.pieceStart < sending.pieceEnd {
      sending.pieceStart += Int(result)
      sending.left -= Int(result)
      sending.sent += Int(result)
    } else if result == 0 {
      return last(index, -EIO)  // the file is shorter than it was
    } else {
      sending.pieceStart = 0
      sending.pieceEnd = Int(result)
      sending.offset += Int64(result)
    }
    if sending.left == 0 {
      last(index, 0)
    } else if unsafe ops[index].pointee.state.contains(.isCancelled) {
      last(index, -ECANCELED)
    } else {
      start(index)
    }
  }
}

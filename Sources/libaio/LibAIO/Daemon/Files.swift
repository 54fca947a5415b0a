// Files without waiting: theory of operation.
//
// Opening, closing, writing to disk, reading and asking for a file's status are submissions where
// the kernel takes them (io_uring), and jobs for a daemon of the files' lane where not: a program
// sees the same operation.  What needs the C library as well, such as the names of owners, is
// always a daemon's.
//
// What an open brings is owned by the completion: whoever takes the descriptor closes it, and one
// that nobody takes is closed.

import Glibc
public import Lib9c
public import Sys9
public import SystemPackage

/// An operation on a file.
@safe final class FileActivity: Activity {
  /// What is to be done.
  enum Work {
    case open(flags: CInt, mode: UInt32)
    case close(CInt)
    case sync(CInt)
    case read(CInt, offset: Int64)
    case write(CInt, offset: Int64)
  }

  let work: Work
  /// The path as C has it, for as long as the kernel may look at it.
  let path: UnsafeMutablePointer<CChar>?
  /// Room for what is read, or what is to be written.
  let memory: UnsafeMutableRawPointer?
  let size: Int
  /// What an open brought; nobody's until it is taken.
  private var fd: CInt = -1

  init(_ work: Work, path: FilePath? = nil, size: Int = 0) {
    self.work = work
    unsafe self.path = path.map { unsafe $0.withPlatformString { unsafe strdup($0) } } ?? nil
    unsafe memory = size > 0 ? .allocate(byteCount: size, alignment: 16) : nil
    self.size = size
  }

  /// What is to be written.
  convenience init(writing bytes: UnsafeRawBufferPointer, to fd: CInt, at offset: Int64) {
    self.init(.write(fd, offset: offset), size: bytes.count)
    if let memory = unsafe memory, let base = bytes.baseAddress {
      unsafe memory.copyMemory(from: base, byteCount: bytes.count)
    }
  }

  deinit {
    if fd >= 0 { Kernel.close(fd) }
    unsafe free(path)
    unsafe memory?.deallocate()
  }

  /// The descriptor, which is the caller's from now on.
  func takeDescriptor() -> Descriptor? {
    if fd < 0 { return nil }
    defer { fd = -1 }
    return Descriptor(adopting: fd)
  }

  override func stop(on loop: Aio.Loop) {
    // What the kernel has, it alone can end (L2).
    if !loop.withdraw(self) { loop.end(self, -ECANCELED) }
  }

  /// It is done, with a count or an errno negated.
  func finished(_ result: Int32, on loop: Aio.Loop) {
    if case .open = work, result >= 0 { fd = result }
    if !loop.isUnderWay(self) { return }
    if case .read = work, result >= 0, let memory = unsafe memory {
      buffer = unsafe Aio.Buffer(
        copying: UnsafeRawBufferPointer(start: memory, count: Int(result)))
    }
    loop.end(self, result)
  }

  /// Does it, blocking: what a daemon runs.
  func perform() -> Int32 {
    switch work {
    case .open(let flags, let mode):
      guard let path = unsafe path else { return -EFAULT }
      return unsafe Kernel.open(path, flags, mode)
    case .close(let fd): return Kernel.closeChecked(fd)
    case .sync(let fd): return Kernel.sync(fd)
    case .read(let fd, let offset):
      guard let memory = unsafe memory else { return 0 }
      return unsafe Int32(clamping: Kernel.read(fd, memory, size, at: offset))
    case .write(let fd, let offset):
      guard let memory = unsafe memory else { return 0 }
      return unsafe Int32(clamping: Kernel.write(fd, memory, size, at: offset))
    }
  }
}

extension Aio.Completion {
  /// The descriptor that an `open` brought, the caller's from now on; nil for other operations, for
  /// errors, and if it has been taken.
  public mutating func takeDescriptor() -> Descriptor? {
    (activity as? FileActivity)?.takeDescriptor()
  }

  /// The entry that `dirstat` or `dirfstat` found; nil for other operations and for errors.
  public var dir: Dir? {
    guard let job = activity as? DaemonJob<Result<Dir, SystemError>>,
      case .success(let found) = job.answer
    else { return nil }
    return found
  }
}

/// An operation that a daemon does.  The loop's thread takes it out before it ends it: with it the
/// last reference goes, and what nobody took, at a moment that does not depend on the daemon.  If
/// the loop goes first, what was opened goes with this.
private final class CarriedFile: @unchecked Sendable {
  private var activity: FileActivity?
  private var result: Int32?

  init(_ activity: FileActivity) { self.activity = activity }

  deinit {
    guard let activity else { return }
    switch (activity.work, result) {
    case (.open, let result?) where result >= 0: Kernel.close(result)
    case (.close, nil): _ = activity.perform()
    default: break
    }
  }

  func perform() { result = activity?.perform() }

  /// Too many wait.  A descriptor that nobody closes is lost: that is done here, come what may.
  func refuse() {
    if case .close = activity?.work { perform() } else { result = -EAGAIN }
  }

  func finish(on loop: Aio.Loop) {
    guard let activity, let result else { return }
    self.activity = nil
    activity.finished(result, on: loop)
  }
}

extension Aio.Loop {
  /// Opens a file, close-on-exec, for reading if `flags` say nothing else.  `open(2)`.  Corresponds
  /// to `Aio::open`.
  ///
  /// The completion's `takeDescriptor` has it.
  @discardableResult
  public final func open(
    _ path: FilePath, _ flags: CInt = 0, mode: UInt32 = 0o666, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    return perform(FileActivity(.open(flags: flags, mode: mode), path: path), receiver, site)
  }

  /// Closes a descriptor, and tells what only closing can tell.  `close(2)`.  Corresponds to
  /// `Aio::close`; a handle is closed by the other `close`.
  @discardableResult
  public final func close(
    _ descriptor: consuming Descriptor, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    return perform(FileActivity(.close(descriptor.release())), receiver, site)
  }

  /// Waits until what was written to a file is on the disk.  `fsync(2)`.  Corresponds to
  /// `Aio::fsync`.
  ///
  /// - Parameter fd: open until the completion.
  @discardableResult
  public final func fsync(
    _ fd: CInt, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    perform(FileActivity(.sync(fd)), receiver, Aio.Site(file, line: line, function: function))
  }

  /// Reads up to `count` bytes of a file from `offset` on; the completion's buffer has them, and is
  /// empty at the end.  `pread(2)`.
  ///
  /// - Parameter fd: open until the completion.
  @discardableResult
  public final func read(
    _ fd: CInt, at offset: Int64, count: Int, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    precondition(offset >= 0 && (1...1 << 30).contains(count), "a part of a file, at most 1 GiB")
    return perform(
      FileActivity(.read(fd, offset: offset), size: count), receiver,
      Aio.Site(file, line: line, function: function))
  }

  /// Writes `bytes`, which are copied, to a file from `offset` on; the completion's result is how
  /// many were written, which may be fewer.  `pwrite(2)`.
  ///
  /// - Parameter fd: open until the completion.
  @discardableResult
  public final func write(
    _ fd: CInt, at offset: Int64, _ bytes: UnsafeRawBufferPointer, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    precondition(offset >= 0 && bytes.count <= 1 << 30, "a part of a file, at most 1 GiB")
    return perform(
      unsafe FileActivity(writing: bytes, to: fd, at: offset), receiver,
      Aio.Site(file, line: line, function: function))
  }

  /// Writes the bytes of an array; see the other `write`.
  @discardableResult
  public final func write(
    _ fd: CInt, at offset: Int64, _ bytes: [UInt8], to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    unsafe bytes.withUnsafeBytes {
      unsafe write(fd, at: offset, $0, to: receiver, file: file, line: line, function: function)
    }
  }

  /// Asks whether this process may do to a file what `mode` says, `R_OK` and the like, or whether
  /// it is there, `F_OK`.  `access(2)`.  Corresponds to `Aio::access`.
  @discardableResult
  public final func access(
    _ path: FilePath, _ mode: CInt, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    let files = files
    return ask(.files, .file, receiver, site) {
      if let files { return files.access("\(path)", mode) }
      return unsafe path.withPlatformString { unsafe Kernel.access($0, mode) }
    } deliver: { answer, _ in
      answer
    }
  }

  /// Asks for a file's directory entry; the completion's `dir` has it.  `dirstat(3)` of Plan 9.
  /// Corresponds to `Aio::dirstat`.
  @discardableResult
  public final func dirstat(
    _ path: String, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    let files = files
    return askDir(receiver, site) { () throws(SystemError) in
      if let files { return try files.status(path).get() }
      return try Dir(FilePath(path))
    }
  }

  /// Asks for the directory entry of an open file; the completion's `dir` has it.  Corresponds to
  /// `Aio::dirfstat`.
  ///
  /// - Parameter fd: open until the completion.
  @discardableResult
  public final func dirfstat(
    _ fd: CInt, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    let files = files
    return askDir(receiver, site) { () throws(SystemError) in
      if let files { return try files.status(fd).get() }
      return try Dir(fd)
    }
  }

  /// Changes what `change` says of a file, all of it or nothing.  `dirwstat(3)` of Plan 9.
  /// Corresponds to `Aio::dirwstat`.
  @discardableResult
  public final func dirwstat(
    _ path: String, _ change: DirChange, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    if let files {
      return askFile(receiver, site) { () throws(SystemError) in files.change(path, change) }
    }
    return askChange(receiver, site) { () throws(DirChangeError) in
      try change.apply(to: FilePath(path))
    }
  }

  /// Changes what `change` says of an open file, all of it or nothing.  Corresponds to
  /// `Aio::dirfwstat`.
  ///
  /// - Parameter fd: open until the completion.
  @discardableResult
  public final func dirfwstat(
    _ fd: CInt, _ change: DirChange, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    if let files {
      return askFile(receiver, site) { () throws(SystemError) in files.change(fd, change) }
    }
    return askChange(receiver, site) { () throws(DirChangeError) in try change.apply(to: fd) }
  }

  private func askChange(
    _ receiver: Aio.Receiver, _ site: Aio.Site,
    _ work: @escaping @Sendable () throws(DirChangeError) -> Void
  ) -> Aio.OpToken {
    ask(.files, .file, receiver, site) {
      do throws(DirChangeError) {
        try work()
        return 0
      } catch {
        return error.cause.errno == 0 ? -EINVAL : -error.cause.errno
      }
    } deliver: { (answer: Int32, _) in
      answer
    }
  }

  private func askDir(
    _ receiver: Aio.Receiver, _ site: Aio.Site,
    _ work: @escaping @Sendable () throws(SystemError) -> Dir
  ) -> Aio.OpToken {
    ask(.files, .file, receiver, site) {
      Result { () throws(SystemError) in try work() }
    } deliver: { (answer: Result<Dir, SystemError>, _) in
      switch answer {
      case .success: 0
      case .failure(let error): error.errno == 0 ? -EINVAL : -error.errno
      }
    }
  }

  private func perform(
    _ activity: FileActivity, _ receiver: Aio.Receiver, _ site: Aio.Site
  ) -> Aio.OpToken {
    let token = begin(activity, .file, receiver, site)
    if token == .none || submit(activity) { return token }
    let carried = CarriedFile(activity)
    let mailbox = mailbox
    let isTaken = offload(.files) {
      carried.perform()
      mailbox.send { carried.finish(on: $0) }
    }
    if !isTaken {
      carried.refuse()
      carried.finish(on: self)
    }
    return token
  }
}

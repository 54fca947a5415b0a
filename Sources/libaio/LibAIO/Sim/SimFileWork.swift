// What loops and whoever makes a world do with its files.  The theory is in SimFiles.swift.

import Glibc
public import Lib9c
public import Sys9

extension Aio.SimNetwork {
  /// A file of this name with these bytes, which loops of this world can open, in folders that are
  /// made where there are none.
  ///
  /// - Throws: what the machine refuses: the bytes lie in its memory.
  public func addFile(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
    try files.put(path, bytes)
  }

  /// The bytes of a file of this world, whatever its mode; nil if there is none.
  public func fileContent(_ path: String) -> [UInt8]? { files.content(path) }

  /// Changes the entry of a file without a program: its mode, such as one that nobody may read.
  ///
  /// - Returns: false if there is no such file, or it cannot be changed so.
  @discardableResult
  public func changeFile(_ path: String, _ change: DirChange) -> Bool {
    let before = faults.failOneIn
    faults.failOneIn = 0
    defer { faults.failOneIn = before }
    return files.change(path, change) == 0
  }
}

/// An operation on a file that is on its way.
private final class SimFileJob {
  let activity: FileActivity
  private var isClosed = false

  init(_ activity: FileActivity) { self.activity = activity }

  func close() -> Int32 {
    isClosed = true
    return activity.perform()
  }

  /// What was to be closed is closed, though its loop has gone, or the world: as by a daemon.
  deinit { if case .close = activity.work, !isClosed { _ = activity.perform() } }
}

extension SimLoop {
  /// An operation on a file: done after a while, as by a daemon.
  func work(on activity: FileActivity) {
    let carried = SimFileJob(activity)
    network.schedule(
      .job { [weak self] in
        guard let self else { return }
        carried.activity.finished(perform(carried), on: self)
        wake()
      }, on: -1)
  }

  /// What the world says to an operation on a file.
  private func perform(_ job: SimFileJob) -> Int32 {
    let activity = job.activity
    // Closing is never refused: nobody would try again.
    if case .close = activity.work { return job.close() }
    // What nobody waits for any more is not done, or done too late: the activity cleans up (A2).
    switch activity.work {
    case .open(let flags, let mode):
      guard let path = unsafe activity.path else { return -EFAULT }
      return network.files.open(unsafe String(cString: path), flags, mode: mode)
    case .write(let fd, let offset):
      let bytes = unsafe UnsafeRawBufferPointer(start: activity.memory, count: activity.size)
      return unsafe network.files.write(fd, bytes, at: offset)
    default: if network.happens(.fail, oneIn: network.faults.failOneIn) { return -EIO }
    }
    switch activity.work {
    case .read(let fd, let offset):
      guard let memory = unsafe activity.memory else { return 0 }
      var size = activity.size
      if network.happens(.short, oneIn: network.faults.shortOneIn) {
        size = 1 + network.draw(below: size)
      }
      return unsafe Int32(clamping: Kernel.read(fd, memory, size, at: offset))
    case .sync(let fd): return fd < 0 ? -EBADF : 0
    default: return 0
    }
  }

  /// The names of this world, and those that need nobody to be asked.
  func known(_ name: DialString) -> Result<[Aio.ResolvedAddress], SystemError>? {
    if network.happens(.fail, oneIn: network.faults.failOneIn) {
      return .failure(SystemError(call: "resolve", errno: EAGAIN, subject: "\(name)"))
    }
    guard case .service(let kind, .name(let host), .port(let port)) = name,
      let addresses = network.names[host]
    else {
      return .failure(SystemError(call: "resolve", errno: ENOENT, subject: "\(name)"))
    }
    return .success(
      addresses.map {
        Aio.ResolvedAddress($0.with(port: port), kind == .udp ? .datagram : .stream)
      })
  }
}

// The files of a simulated world: names and bytes, in memory.
//
// What is opened is a real descriptor of a nameless file, so that a program may do with it what it
// likes, and it is closed as any other; but the names are the world's, and so are the delays, the
// short reads and the errors.  Directories, permissions and times there are none.

import Glibc
import Lib9c
public import Sys9

/// Files by name.  Owned by one network; asked by its jobs.
final class SimFiles: @unchecked Sendable {
  private final class Held {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  private var contents: [String: Held] = [:]

  /// A file of this name with these bytes, from now on.
  func put(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
    let file = try Descriptor.inMemory()
    try file.write(all: bytes)
    contents[path] = Held(file)
  }

  /// Whether there is such a file: 0 or an errno negated.
  func access(_ path: String) -> Int32 { contents[path] == nil ? -ENOENT : 0 }

  /// A descriptor of its own of a file: that, or an errno negated.
  func open(_ path: String, _ flags: CInt) -> Int32 {
    if contents[path] == nil && flags & O_CREAT != 0 {
      do throws(SystemError) { try put(path, []) } catch { return -error.errno }
    }
    guard let file = contents[path] else { return -ENOENT }
    do throws(SystemError) { return try duplicate(file.descriptor.raw) } catch {
      return -error.errno
    }
  }
}

extension Aio.SimNetwork {
  /// A file of this name with these bytes, which loops of this world can open.
  ///
  /// - Throws: what the machine refuses: the bytes lie in its memory.
  public func addFile(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
    try files.put(path, bytes)
  }
}

extension SimLoop {
  /// An operation on a file: done after a while, as by a daemon.
  func work(on activity: FileActivity) {
    let carried = activity
    network.schedule(
      .job { [weak self] in
        guard let self else { return }
        carried.finished(perform(carried), on: self)
        wake()
      }, on: -1)
  }

  /// What the world says to an operation on a file.
  private func perform(_ activity: FileActivity) -> Int32 {
    // Closing is never refused: nobody would try again.
    if case .close = activity.work { return activity.perform() }
    // What nobody waits for any more is not done, or done too late: the activity cleans up (A2).
    if network.happens(.fail, oneIn: network.faults.failOneIn) { return -EIO }
    switch activity.work {
    case .open(let flags, _):
      if network.happens(.socket, oneIn: network.faults.failOneIn) { return -EMFILE }
      guard let path = unsafe activity.path else { return -EFAULT }
      return network.files.open(unsafe String(cString: path), flags)
    case .read(let fd, let offset):
      guard let memory = unsafe activity.memory else { return 0 }
      var size = activity.size
      if network.happens(.short, oneIn: network.faults.shortOneIn) {
        size = 1 + network.draw(below: size)
      }
      return unsafe Int32(clamping: Kernel.read(fd, memory, size, at: offset))
    case .sync(let fd): return fd < 0 ? -EBADF : 0
    case .close: return 0
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

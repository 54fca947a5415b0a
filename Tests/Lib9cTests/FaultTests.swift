import Glibc
import Lib9c
import Support
import Sys9
import SystemPackage
import Testing

/// Every public call that makes system calls, each of which fails in every way that it may.
///
/// A first run records which calls it makes; then each of them fails with each errno, once, and the
/// call must report it, or be listed as one that may go on; and each of them is interrupted three
/// times, and then nothing may be different.  Descriptors are counted around it all.
///
/// Serial, in a process of its own: the script answers for every system call through Sys9.
@Suite("Faults at every call", .serialized) struct EveryFaultTests {
  /// What a case works with.
  struct Scene: ~Copyable {
    let scratch: Workshop
    let folder: Descriptor
    let file: Descriptor
    let left: Descriptor
    let right: Descriptor
    let listener: Listener
    let address: String

    static func make() throws -> Scene {
      let scratch = try Workshop()
      try scratch.write("f", "text")
      try scratch.write("d/a", "")
      let folder = try Descriptor.open(scratch.path("d"), mode: OREAD)
      let file = try Descriptor.open(scratch.path("f"), mode: ORDWR)
      let (left, right) = try Sockets.pair(.stream)
      let listener = try Net.announce("tcp!127.0.0.1!0")
      let address = "tcp!127.0.0.1!\(try listener.address.port)"
      return Scene(
        scratch: scratch, folder: folder, file: file, left: Descriptor(adopting: left),
        right: Descriptor(adopting: right), listener: listener, address: address)
    }

    func path(_ name: String) -> FilePath { scratch.path(name) }
  }

  struct Case: Sendable {
    let name: String
    /// Calls that may fail without the whole failing, by name.
    let spared: Set<String>
    let run: @Sendable (borrowing Scene) throws -> String

    init(
      _ name: String, spared: Set<String> = [],
      _ run: @escaping @Sendable (borrowing Scene) throws -> String
    ) {
      self.name = name
      self.spared = spared
      self.run = run
    }
  }

  static let cases: [Case] = [
    Case("Descriptor.open") { scene in
      let file = try Descriptor.open(scene.path("f"), mode: [ORDWR, OLOCK])
      return "\(try file.status().size)"
    },
    Case("Descriptor.create") { scene in
      _ = try Descriptor.create(scene.path("new"), mode: [ORDWR, OLOCK, ORCLOSE])
      return ""
    },
    Case("Descriptor.create a directory") { scene in
      _ = try Descriptor.create(scene.path("e"), mode: OREAD, permissions: DMDIR | 0o700)
      try Files.removeTree(scene.path("e"))
      return ""
    },
    Case("TemporaryFile") { scene in
      _ = try TemporaryFile(scene.path("t.XXXXXX").string, mode: [ORDWR, ORCLOSE])
      return ""
    },
    Case("Descriptor.read") { scene in
      let file = try Descriptor.open(scene.path("f"), mode: OREAD)
      return String(decoding: try file.read(upTo: 4), as: UTF8.self)
    },
    Case("Descriptor.write") { scene in
      try scene.left.write(all: Array("12345678".utf8))
      return String(decoding: try scene.right.read(upTo: 8), as: UTF8.self)
    },
    Case("Descriptor.duplicate") { scene in
      _ = try scene.file.duplicate()
      return ""
    },
    // What a descriptor's name is may be unknown, and a link may lead nowhere.
    Case("Dir of a path") { scene in try Dir(scene.path("f")).name },
    Case("Dir of a descriptor", spared: ["readlink"]) { scene in "\(try Dir(scene.file.raw).length)"
    },
    Case("DirReader") { scene in
      var reader = try DirReader(scene.path("d"))
      var names = ""
      while let dir = try reader.next() { names += dir.name }
      return names
    },
    Case("Dir.entries") { scene in
      try Dir.entries(of: scene.path("d")).map { try $0.get().name }.joined()
    },
    Case("Dir.read") { scene in
      try Directories.seek(scene.folder.raw, to: 0)
      return try Dir.read(scene.folder.raw, max: 10).map(\.name).joined()
    },
    Case("DirChange of a path", spared: ["open", "fstat", "read"]) { scene in
      var change = DirChange()
      (change.name, change.mode, change.mtime, change.length) = ("g", 0o600, 5, 9)
      change.gid = "\(getgid())"
      try change.apply(to: scene.path("f"))
      try FileChanges.rename(scene.path("g"), toNew: scene.path("f"))
      return "\(try Dir(scene.path("f")).length)"
    },
    Case("DirChange of a descriptor", spared: ["readlink"]) { scene in
      var change = DirChange()
      (change.mode, change.mtime, change.length) = (0o600, 5, 9)
      try change.apply(to: scene.file.raw)
      return "\(try Dir(scene.path("f")).length)"
    },
    Case("Net.announce") { _ in
      let listener = try Net.announce("tcp!127.0.0.1!0")
      return "\(try listener.address.host)"
    },
    Case("Net.announce for all", spared: ["socket", "setsockopt", "bind", "listen"]) { _ in
      _ = try Net.announce("tcp!*!0")
      return ""
    },
    Case("Net.dial") { scene in
      let here = try Net.dial(scene.address, from: "tcp!127.0.0.1!0")
      return "\(try here.info.raddr == scene.address)"
    },
    // That small pieces go out at once is not worth a connection.
    Case("Listener.accept", spared: ["setsockopt"]) { scene in
      _ = try Net.dial(scene.address)
      return try scene.listener.accept().info.lsys
    },
    Case("Net.dial of a Unix socket", spared: ["open", "fstatat", "unlink"]) { scene in
      let path = scene.path("s")
      let listener = try Net.announce("unix!\(path)")
      let here = try Net.dial("unix!\(path)")
      try Files.remove(path)
      return try here.info.raddr == "unix!\(path)" ? "same" : "other \(listener.directory)"
    },
    Case("Net.dial of datagrams") { scene in
      _ = try Net.dial("udp!127.0.0.1!9")
      return ""
    },
    Case("Net.endpoints") { _ in
      let found = try Net.endpoints(DialString(parsing: "tcp!localhost!http"))
      return "\(found.isEmpty)"
    },
    Case("Sockets.pair") { _ in
      let (one, two) = try Sockets.pair(.datagram)
      close(one)
      close(two)
      return ""
    },
    Case("sendfd and recvfd") { scene in
      try scene.left.send(scene.file)
      return try scene.right.receiveDescriptor() == nil ? "none" : "one"
    },
    Case("NetConnInfo") { scene in try NetConnInfo(scene.listener.descriptor.raw).lsys },
    // How long a process ran may be unknown.
    Case("Children.wait", spared: ["open", "fstat", "read"]) { _ in
      Waitmsg(try Children.wait(.pid(try Spawned.shell("exit 3")))).msg
    },
    Case("Child", spared: ["open", "fstat", "read"]) { _ in
      let pid = try Spawned.shell("exit 4")
      return try Child(pid).wait().msg
    },
    Case("childNews", spared: ["open", "fstat", "read"]) { _ in
      let held = try Spawned.held("exit 0")
      defer {
        held.letGo()
        waitpid(held.pid, nil, 0)
      }
      return "\(try childNews() == .running)"
    },
  ]

  /// The calls of Sys9 alone.
  static let below: [Case] = [
    Case("Files.status") { scene in "\(try Files.status(scene.path("f"))?.size ?? -1)" },
    Case("Files.read") { scene in String(decoding: try Files.read(scene.path("f")), as: UTF8.self)
    },
    Case("Files.list") { scene in "\(try Files.list(scene.path("d")))" },
    Case("Files.rename") { scene in
      try Files.rename(scene.path("f"), to: scene.path("g"))
      return ""
    },
    Case("Files.remove") { scene in
      try Files.remove(scene.path("f"))
      return ""
    },
    Case("Files.makeDirectories") { scene in
      try Files.makeDirectories(scene.path("x/y"))
      return ""
    },
    Case("Files.link") { scene in
      try Files.link(scene.path("l"), to: "f")
      return "\(try Files.readLink(scene.path("l")) ?? "none")"
    },
    Case("Files.real") { scene in "\(try Files.real(scene.path("d/../f")).lastComponent ?? "x")" },
    Case("Files.removeTree") { scene in
      try Files.removeTree(scene.path("d"))
      return ""
    },
    Case("Files.setModified") { scene in
      try Files.touch(scene.path("f"))
      try Files.setModified(scene.path("f"), ns: 5)
      return ""
    },
    Case("Descriptor.lock and truncate") { scene in
      let isLocked = try scene.file.lock(waits: false)
      try scene.file.truncate()
      return "\(isLocked)"
    },
    Case("Descriptor.openFile") { scene in
      _ = try scene.folder.openFile("a", O_RDONLY)
      return ""
    },
    Case("Command.run") { _ in
      String(decoding: try Command.run(["sh", "-c", "echo ran"]).output, as: UTF8.self)
    },
    Case("Sockets.setPatience") { scene in
      try Sockets.setPatience(scene.left.raw, ns: 1_500_000_000)
      return "\(try Sockets.kind(of: scene.left.raw))"
    },
  ]

  /// The errnos that a call may fail with and that nobody handles silently.
  static func codes(_ call: String) -> [CInt] {
    switch call {
    case "write", "truncate", "ftruncate": [ENOSPC, EIO]
    case "open", "socket", "socketpair", "accept4", "fcntl", "pidfd_open": [EMFILE, ENFILE]
    case "read", "recvmsg", "sendmsg", "connect": [EAGAIN, EIO]
    case "mkdir": [ENOSPC, EACCES]
    case "unlink": [EPERM]
    default: [EIO, ENOMEM]
    }
  }

  /// The calls that a case makes when all goes well, in order, and what it returns.
  private static func record(_ work: Case) throws -> (calls: [String], result: String) {
    let scene = try Scene.make()
    let calls = Guarded<[String]>([])
    let result = try Faults.inject({ name in
      calls.withLock { $0.append(name) }
      return nil
    }) { try work.run(scene) }
    return (calls.withLock { $0 }, result)
  }

  private static func descriptors() throws -> Int { try Files.list("/proc/self/fd").count }

  /// Fails the call of number `index` with `code`, `times` times.
  private static func failing(_ index: Int, _ code: CInt, times: Int = 1) -> Faults.Script {
    let count = Guarded(-1)
    return { _ in
      let number = count.withLock { count -> Int in
        count += 1
        return count
      }
      return index..<(index + times) ~= number ? code : nil
    }
  }

  @Test func everyCallFailsInEveryWay() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      var failures: [String] = []
      var count = 0
      for work in Self.cases + Self.below {
        let (calls, result) = try Self.record(work)
        if calls.isEmpty { failures.append("\(work.name): makes no system call") }
        for (index, call) in calls.enumerated() {
          let interrupted = try Self.outcome(work, Self.failing(index, EINTR, times: 3))
          count += 1
          if interrupted != "went on: \(result)" {
            failures.append("\(work.name): \(call) interrupted: \(interrupted), not \(result)")
          }
          for code in Self.codes(call) {
            let outcome = try Self.outcome(work, Self.failing(index, code))
            count += 1
            let isReported = outcome == "threw \(code)" || outcome == "threw -\(code)"
            if !isReported && !work.spared.contains(call) {
              failures.append("\(work.name): \(call) \(index) fails with \(code): \(outcome)")
            }
          }
        }
      }
      print("faults: \(Self.cases.count + Self.below.count) calls, \(count) faults")
      for failure in failures { print("not as it should be: \(failure)") }
      exit(0)
    }
    let lines = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
      .split(separator: "\n").filter { $0.hasPrefix("faults: ") || $0.hasPrefix("not as") }
    #expect(lines.count == 1, "\(lines.joined(separator: "\n"))")
    print(lines.first ?? "")
  }

  /// What becomes of a case under a script; a descriptor that stays open is told too.
  private static func outcome(_ work: Case, _ script: @escaping Faults.Script) throws -> String {
    let before = try descriptors()
    var outcome = ""
    do {
      let scene = try Scene.make()
      do {
        outcome = "went on: " + (try Faults.inject(script) { try work.run(scene) })
      } catch let error as SystemError {
        outcome = "threw \(error.errno)"
        if ErrorString.code != error.errno && error.errno != 0 && ErrorString.code != EPLAN9 {
          outcome += ", but the error string is that of \(ErrorString.code)"
        }
      } catch let error as DirChangeError {
        outcome = "threw \(error.cause.errno)" + (error.left.isEmpty ? "" : " with rests")
      }
    }
    // A child that the case did not come to wait for.
    while waitpid(-1, nil, 0) > 0 {}
    let after = try descriptors()
    return after == before ? outcome : outcome + ", \(after - before) descriptors left"
  }

  @Test func shortCountsAreMadeUpFor() async {
    await #expect(processExitsWith: .success) {
      for limit in 1...5 {
        let scene = try Scene.make()
        let text = Array("a text of some length".utf8)
        try Faults.shorten({ _ in limit }) { try scene.file.write(all: text) }
        guard try Faults.shorten({ _ in limit }, in: { try Files.read(scene.path("f")) }) == text
        else { exit(1) }
      }
    }
  }

  @Test func aConnectionInterruptedMayAlreadyBeThere() async {
    await #expect(processExitsWith: .success) {
      let scene = try Scene.make()
      let state = Guarded(0)
      // Interrupted, then "already there", as the system answers when it went on meanwhile.
      let here = try Faults.inject({ call in
        guard call == "connect" else { return nil }
        return state.withLock { turn in
          turn += 1
          return turn == 1 ? EINTR : turn == 2 ? EISCONN : nil
        }
      }) { try Net.dial(scene.address).release().release() }
      close(here)
      guard state.withLock({ $0 }) == 2 else { exit(1) }
    }
  }

  @Test func aConnectionThatWasGivenUpIsNotAnError() async {
    await #expect(processExitsWith: .success) {
      let scene = try Scene.make()
      _ = try Net.dial(scene.address)
      let given = Guarded(2)
      _ = try Faults.inject({ call in
        guard call == "accept4" else { return nil }
        return given.withLock { count in
          count -= 1
          return count >= 0 ? ECONNABORTED : nil
        }
      }) { try scene.listener.accept().release().release() }
    }
  }
}

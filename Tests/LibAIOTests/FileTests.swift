import Glibc
import Lib9c
import LibAIO
import Support
import Synchronization
import Sys9
import SystemPackage
import Testing

/// What each of a loop's answers was, until all that were awaited have come.
private final class Answers {
  private(set) var results: [Int] = []
  private(set) var names: [String] = []
  private var left = 0

  /// A receiver that is known as `name`.
  func receiver(
    _ name: String = "",
    _ also: @escaping (inout Aio.Completion, Aio.Loop) -> Void = { _, _ in }
  ) -> Aio.Callback {
    left += 1
    return Aio.Callback { [self] completion, loop in
      also(&completion, loop)
      if !completion.isLast { return }
      results.append(completion.result)
      names.append(name)
      left -= 1
      if left == 0 { loop.stop() }
    }
  }
}

private let realWorlds: [TestWorld] = TestWorld.real

@Suite("Files and daemons") struct FileTests {
  @Test("a file is opened, written to disk, read and closed", arguments: realWorlds)
  func life(_ world: TestWorld) throws {
    let workshop = try Workshop()
    let loop = try world.makeLoop()
    let opening = Answers()
    var file: Descriptor?
    loop.open(
      workshop.path("f"), O_RDWR | O_CREAT, mode: 0o600,
      to: opening.receiver { completion, _ in file = completion.takeDescriptor() })
    loop.run()
    guard let opened = file.take() else {
      Issue.record("no file")
      return
    }
    #expect(opening.results == [Int(opened.raw)])
    #expect(fcntl(opened.raw, F_GETFD) & FD_CLOEXEC != 0)
    try opened.write(all: Array("some text".utf8))

    let using = Answers()
    var text = ""
    loop.fsync(opened.raw, to: using.receiver("sync"))
    loop.read(
      opened.raw, at: 5, count: 100,
      to: using.receiver("read") { completion, _ in
        guard let buffer = completion.takeBuffer() else { return }
        text = unsafe buffer.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
      })
    loop.run()
    #expect(using.results.sorted() == [0, 4] && text == "text")

    let closing = Answers()
    loop.close(opened, to: closing.receiver())
    loop.run()
    #expect(closing.results == [0])
    #expect(try !openFiles().contains("\(workshop.path("f"))"))
    #expect(loop.isAtRest)
  }

  @Test("what fails says why", arguments: realWorlds)
  func failures(_ world: TestWorld) throws {
    let workshop = try Workshop()
    let loop = try world.makeLoop()
    let answers = Answers()
    loop.open(workshop.path("no/f"), to: answers.receiver("open"))
    loop.fsync(-1, to: answers.receiver("fsync"))
    loop.access(workshop.path("none"), F_OK, to: answers.receiver("access"))
    loop.dirstat("\(workshop.path("none"))", to: answers.receiver("dirstat"))
    loop.run()
    let found: [String: Int] = Dictionary(
      uniqueKeysWithValues: zip(answers.names, answers.results))
    let (missing, closed) = (-Int(ENOENT), -Int(EBADF))
    let expected = ["open": missing, "fsync": closed, "access": missing, "dirstat": missing]
    #expect(found == expected)
  }

  @Test("a descriptor that nobody takes is closed", arguments: realWorlds)
  func untaken(_ world: TestWorld) throws {
    let workshop = try Workshop()
    try workshop.write("f", "")
    let loop = try world.makeLoop()
    let answers = Answers()
    loop.open(workshop.path("f"), to: answers.receiver())
    loop.run()
    // Another thread of the tests may have got the number meanwhile, for another file.
    #expect(try !openFiles().contains("\(workshop.path("f"))"))
  }

  /// What this process's descriptors lead to.
  private func openFiles() throws -> Set<String> {
    var found: Set<String> = []
    for name in try Files.list("/proc/self/fd") {
      var room = [CChar](repeating: 0, count: 4096)
      let path = "/proc/self/fd/\(String(decoding: name, as: UTF8.self))"
      let count = unsafe readlink(path, &room, room.count)
      if count > 0 {
        found.insert(String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
    }
    return found
  }

  @Test("directory entries are read and changed", arguments: realWorlds)
  func entries(_ world: TestWorld) throws {
    let workshop = try Workshop()
    try workshop.write("f", "1234")
    let loop = try world.makeLoop()
    let path = "\(workshop.path("f"))"
    let asking = Answers()
    var dir: Dir?
    loop.dirstat(path, to: asking.receiver { completion, _ in dir = completion.dir })
    loop.access(workshop.path("f"), R_OK, to: asking.receiver())
    loop.run()
    let expected = try Dir(workshop.path("f"))
    #expect(dir == expected && dir?.length == 4)
    var change = DirChange()
    change.name = "g"
    let changing = Answers()
    loop.dirwstat(path, change, to: changing.receiver())
    loop.run()
    #expect(changing.results == [0])
    #expect(workshop.exists("g") && !workshop.exists("f"))
    let file = try Descriptor.open(workshop.path("g"), O_RDWR)
    let opened = Answers()
    dir = nil
    loop.dirfstat(file.raw, to: opened.receiver { completion, _ in dir = completion.dir })
    loop.run()
    #expect(dir?.length == 4)
    change = DirChange()
    change.length = 2
    let shrinking = Answers()
    loop.dirfwstat(file.raw, change, to: shrinking.receiver())
    loop.run()
    #expect(shrinking.results == [0])
    #expect(try workshop.read("g") == "12")
  }

  @Test("blocking work is done elsewhere, and answers here", arguments: TestWorld.allCases)
  func blocking(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let answers = Answers()
    for number in 1...20 { loop.runBlocking(answers.receiver()) { Int32(number) } }
    loop.runBlocking(answers.receiver("error")) { -EIO }
    loop.run()
    #expect(answers.results.sorted() == [-Int(EIO)] + Array(1...20))
  }

  @Test("a lane does not wait for another one", arguments: realWorlds)
  func lanes(_ world: TestWorld) throws {
    var options = Aio.LoopOptions()
    options.daemons = Aio.Daemons(files: 1, names: 1, user: 1, queueMax: 2)
    let loop = try world.makeLoop(options)
    // A job of the user's lane that ends when a file's has ended.
    let ends = try Sockets.pair(.stream)
    let answers = Answers()
    loop.runBlocking(answers.receiver("user")) {
      var byte: UInt8 = 0
      return unsafe Int32(Glibc.read(ends.1, &byte, 1))
    }
    let told = answers.receiver("files") { _, _ in
      var byte: UInt8 = 1
      #expect(unsafe Glibc.write(ends.0, &byte, 1) == 1)
    }
    loop.access("/", F_OK, to: told)
    loop.run()
    #expect(answers.names == ["files", "user"] && answers.results == [0, 1])
    close(ends.0)
    close(ends.1)
  }

  @Test("a full lane refuses, and what waits can be given up", arguments: realWorlds)
  func fullLane(_ world: TestWorld) throws {
    var options = Aio.LoopOptions()
    options.daemons = Aio.Daemons(files: 1, names: 1, user: 1, queueMax: 2)
    let loop = try world.makeLoop(options)
    let ends = try Sockets.pair(.stream)
    let began = Atomic<Int>(0)
    let answers = Answers()
    // The first may be running or waiting: three more than fit in any case.
    let tokens = (0..<6).map { number in
      loop.runBlocking(answers.receiver("\(number)")) {
        var byte: UInt8 = 0
        return unsafe Int32(Glibc.read(ends.1, &byte, 1))
      }
    }
    began.store(1, ordering: .relaxed)
    for token in tokens { loop.cancel(token) }
    loop.run()
    #expect(answers.results.filter { $0 == -Int(EAGAIN) }.count >= 3)
    #expect(answers.results.allSatisfy { $0 == -Int(EAGAIN) || $0 == -Int(ECANCELED) })
    close(ends.0)  // lets the one that runs end
  }

  @Test(
    "a file goes between buffers", arguments: realWorlds,
    [0, 1, 5000, 131_072, 131_073, 3_000_000])
  func sendfile(_ world: TestWorld, _ size: Int) throws {
    let workshop = try Workshop()
    let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    try workshop.write("f", [1, 2, 3] + content)
    let file = try Descriptor.open(workshop.path("f"), O_RDONLY)
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let answers = Answers()
    let number = file.raw
    loop.accept(
      on: listener,
      to: answers.receiver("accept") { completion, loop in
        let handle = completion.accepted
        var headers = Aio.IOVec(Aio.Buffer("head"))
        headers.append(Aio.Buffer("er"))
        loop.sendfile(
          headers, from: number, offset: 3, count: size, Aio.IOVec(Aio.Buffer("end")), to: handle,
          answers.receiver("sendfile") { _, loop in loop.close(handle) })
      })
    var received: [UInt8] = []
    let client = try loop.connect(
      to: try loop.localAddress(of: listener), Aio.Callback { _, _ in })
    loop.receive(
      from: client, repeating: true,
      to: answers.receiver("receive") { completion, _ in
        if let buffer = completion.takeBuffer() {
          unsafe buffer.withBytes { unsafe received.append(contentsOf: $0) }
        }
      })
    loop.run()
    #expect(received == Array("header".utf8) + content + Array("end".utf8))
    let index = try #require(answers.names.firstIndex(of: "sendfile"))
    #expect(answers.results[index] == size + 9)
  }

  @Test func aFileForAPeerThatIsGoneIsAnErrorAndNoSignal() async {
    await #expect(processExitsWith: .exitCode(0)) {
      _ = signal(SIGPIPE, SIG_DFL)
      let shop = try Workshop()
      try shop.write("f", [UInt8](repeating: 0x78, count: 3_000_000))
      let file = try Descriptor.open(shop.path("f"), O_RDONLY)
      let number = file.raw
      for world in realWorlds {
        let loop = try world.makeLoop()
        let (mine, its) = try Sockets.pair(.stream)
        _ = Glibc.close(its)
        _ = Kernel.setBlocking(mine, false)
        let handle = try loop.adopt(Descriptor(adopting: mine))
        var error: CInt?
        loop.sendfile(
          from: number, offset: 0, count: 3_000_000, to: handle,
          Aio.Callback { completion, loop in
            error = completion.error
            loop.stop()
          })
        loop.run()
        guard error == EPIPE || error == ECONNRESET else { exit(2) }
      }
      exit(0)
    }
  }

  @Test("a file that is too short is an error", arguments: realWorlds)
  func shortFile(_ world: TestWorld) throws {
    let workshop = try Workshop()
    try workshop.write("f", "1234")
    let file = try Descriptor.open(workshop.path("f"), O_RDONLY)
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let answers = Answers()
    let number = file.raw
    _ = try loop.connect(to: try loop.localAddress(of: listener), Aio.Callback { _, _ in })
    loop.accept(
      on: listener,
      to: answers.receiver("accept") { completion, loop in
        loop.sendfile(
          from: number, offset: 0, count: 5, Aio.IOVec(Aio.Buffer("never sent")),
          to: completion.accepted, answers.receiver("sendfile"))
      })
    loop.run()
    #expect(answers.results == [0, -Int(EIO)])
    _ = consume file
  }
}

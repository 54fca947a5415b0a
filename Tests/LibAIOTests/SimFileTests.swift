import Glibc
import Lib9c
import LibAIO
import Support
import Sys9
import SystemPackage
import Testing

@Suite("Folders, and files that are written") struct FolderTests {
  /// The machine and a simulation do the same: one test for both, below a folder of its own.
  private static let worlds = TestWorld.real + [nil]

  /// A loop of `world`, or of a simulation, and a folder that is there.
  private func scene(_ world: TestWorld?, _ workshop: Workshop) throws -> (Aio.Loop, FilePath) {
    if let world { return (try world.makeLoop(), workshop.directory) }
    let network = Aio.SimNetwork(seed: 3)
    network.faults.shortOneIn = 0
    try network.addFile("\(workshop.directory)/.there", [])
    return (try Aio.World.simulated(network).makeLoop(), workshop.directory)
  }

  /// The completion of what `start` starts: its result, and what `look` takes of it.
  @discardableResult
  private func answer(
    _ loop: Aio.Loop, _ look: @escaping (inout Aio.Completion) -> Void = { _ in },
    _ start: (Aio.Loop, Aio.Receiver) -> Void
  ) -> Int {
    var result = Int.min
    let receiver = Aio.Callback { completion, loop in
      look(&completion)
      result = completion.result
      loop.stop()
    }
    start(loop, receiver)
    loop.run()
    return result
  }

  @Test("are made, read, renamed and removed", arguments: worlds)
  private func folders(_ world: TestWorld?) throws {
    let workshop = try Workshop()
    let (loop, top) = try scene(world, workshop)
    let (folder, file) = (top.appending("d"), top.appending("d").appending("f"))
    #expect(answer(loop) { $0.makeDirectory(folder, mode: 0o750, to: $1) } == 0)
    #expect(answer(loop) { $0.makeDirectory(folder, to: $1) } == -Int(EEXIST))
    #expect(answer(loop) { $0.makeDirectory(top.appending("n").appending("m"), to: $1) } < 0)

    var opened: Descriptor?
    answer(loop, { opened = $0.takeDescriptor() }) {
      $0.open(file, O_RDWR | O_CREAT | O_EXCL, mode: 0o640, to: $1)
    }
    guard let descriptor = opened.take() else {
      Issue.record("no file")
      return
    }
    let fd = descriptor.raw
    #expect(answer(loop) { $0.write(fd, at: 0, Array("some text".utf8), to: $1) } == 9)
    #expect(answer(loop) { $0.write(fd, at: 9, [], to: $1) } == 0)
    #expect(answer(loop) { $0.open(file, O_CREAT | O_EXCL, to: $1) } == -Int(EEXIST))
    #expect(answer(loop) { $0.open(folder, O_WRONLY, to: $1) } == -Int(EISDIR))
    #expect(answer(loop) { $0.open(file.appending("x"), to: $1) } == -Int(ENOTDIR))

    var found: [Dir] = []
    #expect(answer(loop, { found = $0.dirs ?? [] }) { $0.dirread(folder, to: $1) } == 0)
    #expect(found.map(\.name) == ["f"] && found.first?.length == 9)
    #expect(found.first.map { $0.mode & 0o777 } == 0o640)
    #expect(answer(loop) { $0.dirread(file, to: $1) } < 0)
    #expect(answer(loop, { found = $0.dirs ?? [] }) { $0.dirread(top, to: $1) } == 0)
    #expect(found.first { $0.name == "d" }?.isDirectory == true)

    var entry: Dir?
    #expect(answer(loop, { entry = $0.dir }) { $0.dirfstat(fd, to: $1) } == 0)
    #expect(
      entry?.name == "f" && entry?.length == 9)
    var change = DirChange()
    change.name = "g"
    change.mode = 0o600
    change.length = 4
    change.mtime = 1_000_000_001
    #expect(answer(loop) { $0.dirwstat("\(file)", change, to: $1) } == 0)
    #expect(answer(loop) { $0.dirstat("\(file)", to: $1) } == -Int(ENOENT))
    let moved = folder.appending("g")
    #expect(answer(loop, { entry = $0.dir }) { $0.dirstat("\(moved)", to: $1) } == 0)
    #expect(entry?.length == 4 && entry?.mode == 0o600 && entry?.mtime == 1_000_000_001)
    var back = DirChange()
    back.name = "f"
    #expect(answer(loop) { $0.dirfwstat(fd, back, to: $1) } == 0)
    #expect(answer(loop) { $0.access(file, F_OK, to: $1) } == 0)

    #expect(answer(loop) { $0.remove(folder, to: $1) } == -Int(ENOTEMPTY))
    #expect(answer(loop) { $0.remove(file, to: $1) } == 0)
    #expect(answer(loop) { $0.remove(file, to: $1) } == -Int(ENOENT))
    var bytes: [UInt8] = []
    let look: (inout Aio.Completion) -> Void = { completion in
      guard let buffer = completion.takeBuffer() else { return }
      bytes = unsafe buffer.withBytes { unsafe Array($0) }
    }
    #expect(answer(loop, look) { $0.read(fd, at: 0, count: 10, to: $1) } == 4)
    #expect(bytes == Array("some".utf8), "a file that is open is there")
    #expect(answer(loop) { $0.dirfstat(fd, to: $1) } == 0)
    #expect(answer(loop) { $0.remove(folder, to: $1) } == 0)
    #expect(loop.isAtRest)
  }

  @Test("a failed change changes nothing", arguments: worlds)
  private func unchanged(_ world: TestWorld?) throws {
    let workshop = try Workshop()
    let (loop, top) = try scene(world, workshop)
    for name in ["a", "b"] {
      answer(loop, { _ = $0.takeDescriptor() }) {
        $0.open(top.appending(name), O_RDWR | O_CREAT, mode: 0o644, to: $1)
      }
    }
    var change = DirChange()
    change.mode = 0o600
    change.name = "b"
    #expect(answer(loop) { $0.dirwstat("\(top.appending("a"))", change, to: $1) } < 0)
    var entry: Dir?
    answer(loop, { entry = $0.dir }) { $0.dirstat("\(top.appending("a"))", to: $1) }
    #expect(entry?.mode == 0o644)
  }
}

@Suite("Files of a simulation") struct SimFileTests {
  @Test func modesAreLookedAt() throws {
    let network = Aio.SimNetwork(seed: 1)
    try network.addFile("/d/f", [1])
    let loop = try Aio.World.simulated(network).makeLoop()
    var results: [Int] = []
    let told = Aio.Callback { completion, _ in results.append(completion.result) }
    var closed = DirChange()
    closed.mode = 0o200
    #expect(network.changeFile("/d/f", closed) && !network.changeFile("/none", closed))
    loop.open("/d/f", to: told)
    loop.access("/d/f", W_OK, to: told)
    loop.runUntilIdle()
    #expect(results.sorted() == [-Int(EACCES), 0])
    closed.mode = DMDIR
    #expect(network.changeFile("/d", closed))
    results = []
    loop.dirread("/d", to: told)
    loop.dirstat("/d/f", to: told)
    loop.remove("/d/f", to: told)
    loop.makeDirectory("/d/e", to: told)
    loop.runUntilIdle()
    #expect(results == Array(repeating: -Int(EACCES), count: 4))
    #expect(network.fileContent("/d/f") == [1] && network.fileContent("/d") == nil)
  }

  @Test func faultsAreInjectedAndChangeNothing() throws {
    let network = Aio.SimNetwork(seed: 2)
    network.faults.failOneIn = 2
    let loop = try Aio.World.simulated(network).makeLoop()
    var codes: Set<Int> = []
    var made = 0
    for number in 0..<60 {
      loop.makeDirectory(
        FilePath("/d\(number)"),
        to: Aio.Callback { completion, _ in
          if completion.result == 0 { made += 1 } else { codes.insert(-completion.result) }
        })
      loop.runUntilIdle()
    }
    #expect(codes.isSuperset(of: [Int(EIO), Int(ENOSPC), Int(EACCES)]))
    network.faults.failOneIn = 0
    var count = 0
    loop.dirread(
      "/", to: Aio.Callback { completion, _ in count = completion.dirs?.count ?? -1 })
    loop.runUntilIdle()
    #expect(count == made && made > 0)
  }

  @Test func openFilesHavePlacesOfTheirOwn() throws {
    let network = Aio.SimNetwork(seed: 3)
    try network.addFile("/f", Array("abcdef".utf8))
    let loop = try Aio.World.simulated(network).makeLoop()
    var files: [CInt] = []
    for _ in 0..<2 {
      loop.open(
        "/f",
        to: Aio.Callback { completion, _ in
          if let file = completion.takeDescriptor() { files.append(file.release()) }
        })
    }
    loop.runUntilIdle()
    let one = Descriptor(adopting: files[0])
    let other = Descriptor(adopting: files[1])
    #expect(try one.read(upTo: 3) == Array("abc".utf8))
    #expect(try other.read(upTo: 3) == Array("abc".utf8))
    #expect(throws: SystemError.self) { try one.write(all: [0]) }
  }
}

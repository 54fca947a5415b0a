import Glibc
import Lib9c
import LibAIO
import Sys9
import Testing

/// What a task leaves behind.
private final class Message: @unchecked Sendable {
  var text = ""
}

/// A calm world with a loop, and the ends of children that its receivers were told of.
private final class Scene {
  let network: Aio.SimNetwork
  let loop: Aio.Loop
  var ends: [String] = []

  init(seed: UInt64 = 1, faults: Aio.SimFaults = Aio.SimFaults()) throws {
    network = Aio.SimNetwork(seed: seed, faults: faults)
    loop = try Aio.World.simulated(network).makeLoop()
  }

  var ender: Aio.Callback {
    Aio.Callback { [unowned self] completion, _ in
      ends.append(completion.waitmsg.map { "ended \($0.msg)" } ?? "\(completion.result)")
    }
  }

  @discardableResult
  func spawn(
    _ path: String = "/bin/p", _ arguments: [String] = ["p"], _ actions: [ChildAction] = []
  ) throws -> Int32 {
    try loop.aspawn(path, arguments, actions: actions, ender)
  }

  /// Runs to the end, where nothing may be left.
  func finish(sourceLocation: SourceLocation = #_sourceLocation) {
    network.run()
    #expect(
      network.audit() + network.unfinished() == [] && network.processCount == 0,
      sourceLocation: sourceLocation)
    #expect(loop.isAtRest, sourceLocation: sourceLocation)
  }
}

@Suite("Simulated processes") struct SimProcessTests {
  @Test("end as their programs say, after the time that they take")
  func ends() throws {
    let scene = try Scene()
    scene.network.addProgram("/bin/p") { process in
      let words = process.arguments
      return [.work(.seconds(3)), words[1] == "die" ? .die(SIGSEGV) : .exit(CInt(words[1]) ?? 0)]
    }
    try scene.spawn("/bin/p", ["p", "0"])
    try scene.spawn("/bin/p", ["p", "7"])
    try scene.spawn("/bin/p", ["p", "die"])
    scene.finish()
    #expect(scene.ends.count == 3 && Set(scene.ends).isSuperset(of: ["ended ", "ended 7"]))
    #expect(scene.ends.contains { $0.hasPrefix("ended signal: ") })
    #expect((3_000_000_000..<3_100_000_000).contains(scene.network.now))
  }

  @Test func timesAreTold() throws {
    let scene = try Scene()
    scene.network.addProgram("/bin/p") { _ in [.work(.seconds(2)), .sleep(.seconds(5))] }
    var waitmsg: Waitmsg?
    _ = try scene.loop.aspawn(
      "/bin/p", ["p"], Aio.Callback { completion, _ in waitmsg = completion.waitmsg })
    scene.finish()
    #expect(waitmsg?.time.user == 2000)
    #expect((7000..<7100).contains(waitmsg?.time.real ?? 0))
  }

  @Test("die of signals, unless they do not care")
  func signals() throws {
    let scene = try Scene()
    scene.network.addProgram("/bin/p") { _ in [.sleep(nil)] }
    scene.network.addProgram("/bin/deaf") { _ in [.ignore(SIGTERM), .sleep(nil)] }
    let one = try scene.spawn()
    let deaf = try scene.spawn("/bin/deaf")
    scene.network.run()
    #expect(scene.ends.isEmpty)
    try scene.loop.sendSignal(SIGTERM, toChild: one)
    try scene.loop.sendSignal(SIGTERM, toChild: deaf)
    try scene.loop.sendSignal(0, toChild: deaf)
    scene.network.run()
    #expect(scene.ends == ["ended signal: kill"])
    try scene.loop.sendSignal(SIGKILL, toChild: deaf)
    scene.finish()
    #expect(scene.ends.count == 2)
    #expect(throws: SystemError(call: "kill", errno: ESRCH, subject: "\(deaf)")) {
      try scene.loop.sendSignal(SIGKILL, toChild: deaf)
    }
  }

  @Test func stopAndGoOn() throws {
    let scene = try Scene()
    scene.network.addProgram("/bin/p") { _ in [.work(.seconds(1)), .exit(4)] }
    let pid = try scene.spawn()
    try scene.loop.sendSignal(SIGSTOP, toChild: pid)
    scene.network.run()
    #expect(scene.ends.isEmpty)
    try scene.loop.sendSignal(SIGCONT, toChild: pid)
    scene.finish()
    #expect(scene.ends == ["ended 4"])
  }

  @Test("do what their tables say")
  func actions() throws {
    let scene = try Scene()
    try scene.network.addFile("/in/text", Array(repeating: 65, count: 10_000))
    scene.network.addProgram("/bin/cat") { process in
      #expect(process.directory == "/in" && process.environment == ["A=b"])
      return [.copy, .write(Array("end".utf8), to: 2)]
    }
    _ = try scene.loop.aspawn(
      "/bin/cat", ["cat"], environment: ["A=b"],
      actions: [
        .changeDirectory("/in"), .open("text", flags: O_RDONLY, as: 0),
        .open("/in/copy", flags: O_WRONLY | O_CREAT, as: 1), .duplicate(of: 1, as: 2),
        .newSession, .limit(0, soft: 1, hard: 1), .processGroup(0), .close(5),
      ], scene.ender)
    scene.finish()
    #expect(scene.ends == ["ended "])
    let copy = scene.network.fileContent("/in/copy")
    #expect(copy == [UInt8](repeating: 65, count: 10_000) + Array("end".utf8))
  }

  @Test("what cannot be done is the caller's error")
  func refusals() throws {
    let scene = try Scene()
    scene.network.addProgram("/bin/p") { _ in [] }
    func code(_ body: () throws -> Void) -> CInt? {
      do { try body() } catch let error as SystemError { return error.errno } catch {}
      return nil
    }
    #expect(code { try scene.spawn("/no/program") } == ENOENT)
    #expect(code { try scene.spawn("/bin/p", [], [.changeDirectory("/none")]) } == ENOENT)
    #expect(code { try scene.spawn("/bin/p", [], [.open("/none", flags: 0, as: 0)]) } == ENOENT)
    #expect(code { try scene.spawn("/bin/p", [], [.duplicate(of: 0x7FFF_FFF0, as: 1)]) } == EBADF)
    // What a simulation cannot do says so.
    let abs = unsafe unsafeBitCast(
      dlsym(nil, "abs"), to: (@convention(c) (UnsafeMutableRawPointer?) -> CInt).self)
    do {
      try unsafe scene.spawn("/bin/p", [], [.call(abs, nil)])
      Issue.record("C was called")
    } catch let error as SystemError {
      #expect(error.description.contains("a simulated process cannot call a function of C"))
    }
    do {
      _ = try unsafe scene.loop.afork(abs, nil, scene.ender)
      Issue.record("a simulation was forked")
    } catch {
      #expect(error.description.contains("a simulated world cannot fork"))
    }
    scene.finish()
    #expect(scene.ends.isEmpty)
  }

  @Test("starts fail as they may")
  func faults() throws {
    let scene = try Scene(seed: 3)
    scene.network.faults.spawnOneIn = 2
    scene.network.addProgram("/bin/p") { _ in [] }
    var codes: Set<CInt> = []
    var started = 0
    for _ in 0..<40 {
      do {
        try scene.spawn()
        started += 1
      } catch let error as SystemError { codes.insert(error.errno) }
    }
    scene.finish()
    #expect(codes == [EAGAIN, ENOMEM] && scene.ends.count == started && started > 0)
  }

  @Test("another handler takes the place of the first, and a removed one leaves the child")
  func handlers() throws {
    let scene = try Scene()
    scene.network.addProgram("/bin/p") { _ in [.exit(5)] }
    let pid = try scene.spawn()
    scene.loop.addChildHandler(scene.ender, pid)
    scene.loop.addChildHandler(scene.ender, 77)
    scene.loop.removeChildHandler(pid)
    scene.network.run()
    #expect(scene.ends.sorted() == ["-10", "-125", "-125"], "ECHILD, and twice ECANCELED")
    #expect(scene.network.processCount == 1, "nobody has taken the news")
    // One that has ended is told at once.
    scene.loop.addChildHandler(scene.ender, pid)
    scene.finish()
    #expect(scene.ends.last == "ended 5")
  }

  @Test("the news is taken once")
  func twoLoops() throws {
    let scene = try Scene(seed: 5)
    let other = try Aio.World.simulated(scene.network).makeLoop()
    scene.network.addProgram("/bin/p") { _ in [.sleep(.seconds(1)), .exit(5)] }
    let pid = try scene.spawn()
    other.addChildHandler(scene.ender, pid)
    scene.finish()
    #expect(scene.ends.sorted() == ["-10", "ended 5"])
  }

  @Test func signalsToTheProgramAreEvents() throws {
    let scene = try Scene()
    var told: [Int] = []
    let receiver = Aio.Callback { completion, _ in told.append(completion.result) }
    try scene.loop.sigInstall(receiver, SIGHUP)
    try scene.loop.sigInstall(receiver, SIGCHLD)
    scene.network.addProgram("/bin/p") { _ in [] }
    try scene.spawn()
    scene.network.raise(SIGHUP)
    scene.network.raise(SIGUSR1)
    scene.network.run()
    #expect(told.sorted() == [Int(SIGHUP), Int(SIGCHLD)].sorted())
    #expect(try scene.loop.sigInstall(nil, SIGHUP) === receiver)
    scene.network.raise(SIGHUP)
    scene.network.run()
    #expect(told.count == 2)
    #expect(throws: SystemError.self) { try scene.loop.sigInstall(receiver, SIGKILL) }
  }

  @Test func tasksWaitForThem() throws {
    let scene = try Scene()
    scene.network.addProgram("/bin/p") { _ in [.work(.seconds(1)), .exit(3)] }
    let (async, told) = (scene.loop.async, Message())
    async.spawn { told.text = (try? await async.aspawn("/bin/p", ["p"]))?.msg ?? "nothing" }
    scene.finish()
    #expect(told.text == "3")
  }

  @Test func areOneRunForOneSeed() throws {
    func run(_ seed: UInt64) throws -> UInt64 {
      let scene = try Scene(seed: seed, faults: .all)
      scene.network.addProgram("/bin/p") { process in
        [.work(.milliseconds(process.network.draw(below: 100)))]
      }
      for _ in 0..<20 { _ = try? scene.spawn() }
      scene.finish()
      return scene.network.digest
    }
    for seed in 0..<10 as Range<UInt64> { #expect(try run(seed) == run(seed), "seed \(seed)") }
  }
}

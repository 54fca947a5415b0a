import Glibc
import Lib9c
import LibAIO
import Support
import Sys9
import Testing

@Suite("Signals and processes") struct ProcessTests {
  static let worlds: [TestWorld] = TestWorld.real

  /// Runs a loop until the child that `start` starts has ended; how it ended.
  private func outcome(
    _ world: TestWorld, _ start: (Aio.Loop, Aio.Receiver) throws -> Int32
  ) throws -> (pid: Int32, waitmsg: Waitmsg?) {
    let loop = try world.makeLoop()
    var found: Waitmsg?
    let pid = try start(
      loop,
      Aio.Callback { completion, loop in
        #expect(completion.kind == .child && completion.isLast)
        found = completion.waitmsg
        loop.stop()
      })
    loop.run()
    loop.runUntilIdle()
    #expect(loop.isAtRest, "the descriptor of the process is closed")
    return (pid, found)
  }

  @Test("a program runs, and its end is told", arguments: worlds)
  func spawns(_ world: TestWorld) throws {
    for (script, message) in [("exit 0", ""), ("exit 7", "7"), ("kill -TERM $$", "signal: kill")] {
      let (pid, waitmsg) = try outcome(world) { loop, receiver in
        try loop.aspawn("/bin/sh", ["sh", "-c", script], receiver)
      }
      #expect(waitmsg?.msg == message && waitmsg?.pid == pid)
    }
  }

  @Test("a child does what its table says", arguments: worlds)
  func actions(_ world: TestWorld) throws {
    let workshop = try Workshop()
    let script = """
      echo in; pwd; ulimit -n; echo $NAME; ps -o sid= -p $$ | tr -d ' '; echo $$; \
      exec grep SigBlk /proc/self/status
      """
    let (pid, waitmsg) = try outcome(world) { loop, receiver in
      try loop.aspawn(
        "/bin/sh", ["sh", "-c", script], environment: ["NAME=value", "PATH=/bin:/usr/bin"],
        actions: [
          .open("\(workshop.path("out"))", flags: O_WRONLY | O_CREAT, as: 1),
          .duplicate(of: 1, as: 2), .changeDirectory("/"), .newSession,
          .limit(CInt(RLIMIT_NOFILE.rawValue), soft: 77, hard: 77), .blockSignals([SIGUSR1]),
        ], receiver)
    }
    #expect(waitmsg?.msg == "")
    let lines = try workshop.read("out").split(separator: "\n").map(String.init)
    #expect(Array(lines.prefix(4)) == ["in", "/", "77", "value"])
    #expect(lines.contains("\(pid)"))
    #expect(lines.last?.hasSuffix("0000000000000200") ?? false, "SIGUSR1 alone is blocked")
  }

  @Test("what the child cannot do is the caller's error", arguments: worlds)
  func failures(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let nobody = Aio.Callback { _, _ in Issue.record("there is no child") }
    #expect(throws: SystemError(call: "execve", errno: ENOENT, subject: "/no/program")) {
      _ = try loop.aspawn("/no/program", ["x"], nobody)
    }
    do {
      _ = try loop.aspawn(
        "/bin/true", ["true"], actions: [.newSession, .changeDirectory("/no/such")], nobody)
      Issue.record("there is no such directory")
    } catch {
      #expect(error.errno == ENOENT && error.subject.contains("/no/such"))
    }
    #expect(loop.isAtRest)
  }

  @Test("a fork's child runs a function of C", arguments: worlds)
  func forks(_ world: TestWorld) throws {
    let (_, waitmsg) = try outcome(world) { loop, receiver in
      // abs(3) is C, and its answer is the child's status.
      let function = unsafe unsafeBitCast(
        dlsym(nil, "abs"), to: (@convention(c) (UnsafeMutableRawPointer?) -> CInt).self)
      return try unsafe loop.afork(function, UnsafeMutableRawPointer(bitPattern: 42), receiver)
    }
    #expect(waitmsg?.msg == "42")
  }

  @Test("another's child can be waited for, and not twice", arguments: worlds)
  func handlers(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let child = try Spawned.held("exit 3")
    var told: [String] = []
    func receiver(_ name: String) -> Aio.Callback {
      Aio.Callback { completion, loop in
        told.append("\(name) \(completion.waitmsg?.msg ?? "\(completion.result)")")
        if completion.error == nil { loop.stop() }
      }
    }
    loop.addChildHandler(receiver("first"), child.pid)
    loop.addChildHandler(receiver("second"), child.pid)
    loop.addChildHandler(receiver("none"), 0x3FFF_FFFF)
    child.letGo()
    loop.run()
    #expect(told.sorted() == ["first -\(ECANCELED)", "none -\(ECHILD)", "second 3"])
  }

  @Test("a child gets a signal, and nobody else", arguments: worlds)
  func sends(_ world: TestWorld) throws {
    let (_, waitmsg) = try outcome(world) { loop, receiver in
      let pid = try loop.aspawn("/bin/sh", ["sh", "-c", "exec sleep 1000"], receiver)
      try loop.sendSignal(0, toChild: pid)
      try loop.sendSignal(SIGKILL, toChild: pid)
      #expect(throws: SystemError(call: "kill", errno: ESRCH, subject: "\(getpid())")) {
        try loop.sendSignal(SIGKILL, toChild: getpid())
      }
      #expect(throws: SystemError.self) { try loop.sendSignal(1000, toChild: pid) }
      return pid
    }
    #expect(waitmsg?.msg.hasPrefix("signal: ") == true)
  }

  @Test("a removed handler leaves the child", arguments: worlds)
  func removed(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let child = try Spawned.held("exit 5")
    var results: [Int] = []
    loop.addChildHandler(
      Aio.Callback { completion, loop in
        results.append(completion.result)
        loop.stop()
      }, child.pid)
    loop.removeChildHandler(child.pid)
    loop.removeChildHandler(child.pid)
    loop.run()
    #expect(results == [-Int(ECANCELED)])
    child.letGo()
    #expect(try Children.wait(.pid(child.pid)).cause == .exited(5))
  }

  @Test func signalsAreEvents() async {
    await #expect(processExitsWith: .exitCode(0)) {
      // Not a thread of the tests: the process's signals are its own.
      for world in ProcessTests.worlds {
        let loop = try world.makeLoop()
        var told: [Int] = []
        let receiver = Aio.Callback { completion, loop in
          told.append(completion.result)
          if told.count == 2 { loop.stop() }
        }
        let before = try loop.sigInstall(receiver, SIGUSR1)
        guard before == nil else { exit(1) }
        _ = try loop.sigInstall(receiver, SIGHUP)
        // Threads of the tests block signals; the first one does not.
        kill(getpid(), SIGUSR1)
        kill(getpid(), SIGHUP)
        loop.run()
        guard told.sorted() == [Int(SIGHUP), Int(SIGUSR1)].sorted() else { exit(2) }
        let held = try loop.sigInstall(nil, SIGUSR1)
        guard held === receiver else { exit(3) }
        // SIGKILL cannot be caught.
        do {
          _ = try loop.sigInstall(receiver, SIGKILL)
          exit(4)
        } catch {}
      }
      exit(0)
    }
  }

  @Test func whoWaitsForSignalsHoldsUpNobody() async {
    await #expect(processExitsWith: .exitCode(0)) {
      for world in ProcessTests.worlds {
        let loop = try world.makeLoop()
        alarm(60)  // the default of its signal ends the process
        _ = try loop.sigInstall(Aio.Callback { _, _ in }, SIGUSR1)
        loop.addOneShot(after: .milliseconds(1), to: Aio.Callback { _, loop in loop.stop() })
        loop.run()
      }
      exit(0)
    }
  }

  @Test func aSimulationHasNoneOfTheMachines() throws {
    let loop = try TestWorld.simulation.makeLoop()
    let nobody = Aio.Callback { _, _ in }
    #expect(throws: SystemError.self) { _ = try loop.aspawn("/bin/true", ["true"], nobody) }
  }
}

import Glibc
import Lib9c
import Support
import Sys9
import Testing

/// Serial, since `wait` takes whichever child ends: no other test of this program has children
/// that it leaves to others, and these wait for their own by number where they can.
@Suite("Waiting", .serialized) struct WaitTests {
  /// Starts a shell that runs `script`.
  private static func start(_ script: String) throws -> Int32 { try Spawned.shell(script) }

  @Test(
    "ends are told in Plan 9's words",
    arguments: [
      ("exit 0", ""), ("exit 7", "7"), ("kill -9 $$", "signal: sys: kill"),
      ("kill -TERM $$", "signal: kill"), ("kill -INT $$", "signal: interrupt"),
      ("kill -HUP $$", "signal: hangup"), ("kill -USR1 $$", "signal: sys: usr1"),
      ("kill -PIPE $$", "signal: sys: write on closed pipe"),
      ("kill -ALRM $$", "signal: alarm"), ("kill -40 $$", "signal: sys: signal 40"),
    ])
  func words(_ script: String, _ msg: String) throws {
    let pid = try Self.start(script)
    let message = try #require(waitfor(pid))
    #expect(message.pid == pid)
    #expect(message.msg == msg)
    #expect(message.time.real >= 0 && message.time.user >= 0 && message.time.sys >= 0)
  }

  @Test func timesAreCounted() throws {
    let pid = try Self.start("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")
    let message = try #require(waitfor(pid))
    #expect(message.time.user + message.time.sys > 0)
    // A tick of the clock may be missing at either end.
    #expect(message.time.real + 20 >= message.time.user)
  }

  @Test func aDescriptorMeansOneProcess() throws {
    let ends = try Spawned.held("exit 3")
    let child = try Child(ends.pid)
    #expect(try child.poll() == nil)
    ends.letGo()
    #expect(try child.wait().msg == "3")
    let error = #expect(throws: SystemError.self) { _ = try child.wait() }
    #expect(error?.errno == ECHILD)
    #expect(waitfor(ends.pid) == nil)
  }

  @Test func whatIsNobodysChildIsNotWaitedFor() {
    #expect(waitfor(getpid()) == nil)
    #expect(rerrstr() == "No child processes")
    #expect(waitfor(-1) == nil)
    #expect(throws: SystemError(call: "waitid", errno: ECHILD)) { _ = try Children.wait(.pid(0)) }
  }

  @Test func anyChildIsTakenOnceEach() async throws {
    // In a process of its own, where there are no other children.
    await #expect(processExitsWith: .success) {
      guard try childNews() == .none, waitnohang() == nil, wait() == nil else { exit(2) }
      let held = try Spawned.held("exit 5")
      guard try childNews() == .running, waitnohang() == nil else { exit(3) }
      held.letGo()
      guard let message = wait(), message.pid == held.pid, message.msg == "5" else { exit(4) }
      let pids = try (0..<8).map { try Spawned.shell("exit \($0)") }
      let taken = Taken()
      Threads.run(4) { _ in
        while let message = wait() { taken.add(message.pid) }
      }
      exit(taken.sorted == pids.sorted() ? 0 : 5)
    }
  }

  @Test func sysfatalSaysItsNameAndFails() async {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      argv0 = "prog"
      onSysfatal { message in
        var output = BufferedWriter(2)
        try? output.write("hook: \(message.utf8.count)\n")
        try? output.flush()
      }
      sysfatal("no luck " + String(repeating: "é", count: 200))
    }
    let lines = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(lines.hasPrefix("hook: 254\nprog: no luck é"))
  }

  @Test func exitsHasTwoStatuses() async {
    #expect(exitcode(nil) == 0 && exitcode("") == 0 && exitcode("x") == 1)
    await #expect(processExitsWith: .exitCode(0)) { exits(nil) }
    await #expect(processExitsWith: .exitCode(1)) { _exits("bad") }
  }
}

/// Numbers from several threads.
final class Taken: Sendable {
  private let pids = Guarded<[Int32]>([])

  func add(_ pid: Int32) { pids.withLock { $0.append(pid) } }

  var sorted: [Int32] { pids.withLock { $0.sorted() } }
}

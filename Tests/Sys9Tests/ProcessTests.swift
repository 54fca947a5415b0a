import Glibc
import Support
import Sys9
import SystemPackage
import Testing

@Suite("Processes") struct ProcessTests {
  @Test("output and status arrive", arguments: [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
  func runs(_ script: String, _ status: Int) throws {
    let outcome = try Command.run(["sh", "-c", "echo out; \(script)"])
    #expect(outcome.status == status)
    #expect(String(decoding: outcome.output, as: UTF8.self) == "out\n")
  }

  @Test func tellsThatThereIsNoSuchProgram() {
    let error = #expect(throws: SystemError.self) { try Command.run(["no-such-program-here"]) }
    #expect(error?.errno == ENOENT)
    #expect(error?.subject == "no-such-program-here")
  }

  @Test func knowsItselfAndItsParent() throws {
    let me = try #require(ProcessIdentity(getpid()))
    #expect(me.isAlive)
    #expect(ProcessIdentity("\(me)") == me)
    #expect(me.parent?.pid == getppid())
  }

  @Test("what is no identity is refused", arguments: ["", "x", "1", "1 2 3", "-5 x"])
  func refuses(_ text: String) { #expect(ProcessIdentity(text) == nil) }

  @Test func aProcessOfAnotherBirthIsDead() throws {
    let me = try #require(ProcessIdentity(getpid()))
    let other = try #require(ProcessIdentity("\(me.pid) \(me.start + 1)"))
    #expect(!other.isAlive)
  }

  @Test func theEnvironmentIsRead() {
    #expect(Environment["PATH"]?.isEmpty == false)
    #expect(Environment.value(of: Array("PATH".utf8)) == Environment["PATH"].map { Array($0.utf8) })
    #expect(Environment["NO_SUCH_VARIABLE_HERE"] == nil)
  }
}

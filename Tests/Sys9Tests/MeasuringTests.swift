import Glibc
import Sys9
import SystemPackage
import Testing

@Suite("Measuring a child", .serialized) struct MeasuringTests {
  private func ended(_ words: [String]) throws -> MeasuredChild {
    let child = try MeasuredChild(MeasuredChild.Request(words))
    try MeasuredChild.waitForAny([child], until: nil, interrupt: nil)
    return child
  }

  @Test func tellsHowItEndedAndWhatItUsed() throws {
    let child = try ended(["/bin/sh", "-c", "exit 7"])
    #expect(child.end == .exited(7))
    #expect(child.endNs > child.startNs)
    #expect(child.use.minorFaults > 0)
    #expect(child.use.user + child.use.system >= 0)
    #expect(try ended(["/bin/sh", "-c", "kill -15 $$"]).end == .signalled(15))
  }

  @Test("retries what was interrupted", arguments: ["pidfd_open", "poll", "wait4"])
  func interrupted(_ call: String) throws {
    let left = Guarded(3)
    let child = try Faults.inject({ name in
      guard name == call else { return nil }
      return left.withLock { count in
        count -= 1
        return count >= 0 ? EINTR : nil
      }
    }) { try ended(["true"]) }
    #expect(child.end == .exited(0))
    #expect(left.withLock { $0 } < 3, "the call was made")
  }

  @Test func endsAtADeadlineThatHasPassed() throws {
    let child = try MeasuredChild(MeasuredChild.Request(["sleep", "3600"]))
    try MeasuredChild.waitForAny([child], until: child.startNs, interrupt: nil)
    #expect(child.end == .timedOut)
  }

  @Test func writesWhereItIsTold() throws {
    let file = try Descriptor.inMemory()
    var request = MeasuredChild.Request(["/bin/sh", "-c", "pwd; echo $X"])
    request.output = file.raw
    request.directory = "/"
    request.environment = ["X=1 2"]
    let child = try MeasuredChild(request)
    try MeasuredChild.waitForAny([child], until: nil, interrupt: nil)
    let size = try file.status().size
    #expect(String(decoding: try file.content(from: 0, count: size), as: UTF8.self) == "/\n1 2\n")
    #expect(try file.content(from: 2, count: 100) == Array("1 2\n".utf8), "as much as there is")
  }

  @Test func aProgramThatIsNotThereIsAnError() throws {
    let error = #expect(throws: SystemError.self) { try ended(["/no/such/program"]) }
    #expect(error?.errno == ENOENT && error?.subject == "/no/such/program")
  }

  @Test func affinityIsKeptAndRefused() throws {
    let before = try Affinity.current()
    #expect(!before.isEmpty)
    try Affinity.set([before[0]])
    #expect(try Affinity.current() == [before[0]])
    try Affinity.set(before)
    #expect(try Affinity.current() == before)
    #expect(throws: SystemError.self) { try Affinity.set([1023]) }
  }

  /// Where the kernel lets us count at all, a child's time is counted too.
  @Test func countsOverChildren() throws {
    guard let counter = try? EventCounter(.taskClock) else { return }
    try counter.start()
    let child = try ended(["/bin/sh", "-c", "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done"])
    try counter.stop()
    let counted = try counter.value() * 1e-9
    #expect(counted >= child.use.user * 0.5, "\(counted) s of \(child.use.user) s")
  }
}

// Loops that cannot be made.

import Glibc
import LibAIO
import Sys9
import SystemPackage
import Testing

@Suite("A loop that cannot be made", .timeLimit(.minutes(1))) struct MakingTests {
  /// What the worlds ask the system for, and may not get.
  static let calls = [
    "eventfd", "epoll_create1", "epoll_ctl", "io_uring_setup", "io_uring_register", "mmap",
  ]

  @Test("is an error, and leaves no descriptor") func leavesNothing() async {
    // Alone in its process: other tests open and close theirs.
    await #expect(processExitsWith: .exitCode(0)) {
      // What is opened once and kept, is.
      for world in TestWorld.closingAtOnce { _ = try world.makeLoop() }
      for world in TestWorld.closingAtOnce {
        for call in MakingTests.calls {
          let before = try Files.list("/proc/self/fd").count
          var wasRefused = false
          do {
            _ = try Faults.inject({ $0 == call ? EMFILE : nil }) { try world.makeLoop() }
          } catch {
            wasRefused = true
          }
          if call == "eventfd" && !wasRefused { exit(2) }  // what every loop is woken by
          if try Files.list("/proc/self/fd").count != before { exit(3) }
        }
      }
      exit(0)
    }
  }
}

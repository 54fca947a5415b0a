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

  /// Loops that each call is refused to: what each leaves is seen among what comes and goes.
  static let rounds = 40

  @Test("is an error, and leaves nothing") func leavesNothing() async {
    // Alone in its process: other tests open and close theirs.
    await #expect(processExitsWith: .exitCode(0)) {
      for world in TestWorld.closingAtOnce {
        for call in MakingTests.calls {
          let before = try Files.list("/proc/self/fd").count
          for _ in 0..<MakingTests.rounds {
            var wasRefused = false
            do {
              _ = try Faults.inject({ $0 == call ? EMFILE : nil }) { try world.makeLoop() }
            } catch {
              wasRefused = true
            }
            if call == "eventfd" && !wasRefused { exit(2) }  // what every loop is woken by
          }
          // The process has some of its own, which it opens when it likes.
          let after = try Files.list("/proc/self/fd").count
          if after >= before + MakingTests.rounds / 2 { exit(3) }
        }
      }
      exit(0)
    }
  }
}

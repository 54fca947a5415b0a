// Which seed it was when the program dies.
//
// A broken runtime does not always break a promise politely: an assertion or a bad pointer ends the
// process.  The handler writes the seed, with calls that are allowed there, and dies of the signal.

import Glibc

enum Crash {
  /// The text that the handler writes: it may not format numbers.
  nonisolated(unsafe) private static let text = UnsafeMutablePointer<UInt8>.allocate(capacity: 64)
  nonisolated(unsafe) private static var count = 0

  /// Says which seed runs from now on.
  static func note(_ seed: UInt64) {
    var index = 0
    for byte in "aio-sim: seed \(seed): crashed\n".utf8.prefix(64) {
      unsafe text[index] = byte
      index += 1
    }
    unsafe count = index
  }

  /// Handles the signals that end a process in trouble.
  static func install() {
    note(0)
    for signal in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE] {
      _ = Glibc.signal(signal) { number in
        _ = unsafe write(STDOUT_FILENO, Crash.text, Crash.count)
        _ = Glibc.signal(number, SIG_DFL)
        _ = raise(number)
      }
    }
  }
}

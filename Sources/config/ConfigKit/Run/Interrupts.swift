// Ctrl-C while outputs are written and take their places.

import Glibc

/// Signals that would end the process, held back while outputs are written and take their places.
enum Interrupts {
  private static func change(_ how: CInt) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { unsafe sigaddset(&set, signal) }
    unsafe sigprocmask(how, &set, nil)
  }

  static func block() { change(SIG_BLOCK) }
  static func unblock() { change(SIG_UNBLOCK) }
}

// Threads for tests: real ones, joined before the test goes on.

import Glibc

/// Threads of the system.
public enum Threads {
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on `count` threads at once, each with its number, and waits for all of them.
  public static func run(_ count: Int, _ body: @escaping @Sendable (_ number: Int) -> Void) {
    let threads = (0..<count).map { number in
      let work = unsafe Unmanaged.passRetained(Work { body(number) }).toOpaque()
      var thread = pthread_t()
      let code = unsafe pthread_create(
        &thread, nil,
        { argument in
          guard let argument = unsafe argument else { return nil }
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
          return nil
        }, work)
      precondition(code == 0, "the test could not start a thread")
      return thread
    }
    for thread in threads { pthread_join(thread, nil) }
  }
}

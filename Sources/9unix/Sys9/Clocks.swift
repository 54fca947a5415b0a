// The clocks and the zone of the system.

import CNine
import Glibc

/// What the system knows of time.
public enum Clocks {
  /// Nanoseconds since 1970; goes back when somebody sets the clock.  `clock_gettime(2)`.
  public static func realtimeNs() -> Int64 { read(CLOCK_REALTIME) }

  /// Nanoseconds since some moment; never goes back.  `clock_gettime(2)`.
  public static func monotonicNs() -> Int64 { read(CLOCK_MONOTONIC) }

  /// Nanoseconds since the system started, sleep included.  `clock_gettime(2)`.
  public static func bootNs() -> Int64 { read(CLOCK_BOOTTIME) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var now = timespec()
    let result = unsafe clock_gettime(clock, &now)
    precondition(result == 0, "the system has the clocks that we ask for")
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  /// The local zone's offset in seconds east of Greenwich at a time, and its short name.
  ///
  /// GMT where the C library cannot tell, as for years that do not fit into its own.  The C
  /// library reads `TZ` once, under a lock of its own.  `localtime_r(3)`.
  public static func zone(at seconds: Int) -> (offset: Int, name: String) {
    var time = time_t(seconds)
    var parts = unsafe tm()
    _ = zoneIsRead
    guard unsafe localtime_r(&time, &parts) != nil, let name = unsafe parts.tm_zone else {
      return (0, "GMT")
    }
    return unsafe (Int(parts.tm_gmtoff), String(cString: name))
  }

  // localtime_r need not read TZ; once is enough.
  private static let zoneIsRead: Void = tzset()
}

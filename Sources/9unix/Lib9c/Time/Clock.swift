// The zone and the clocks of the system.

/// Nanoseconds since the Unix epoch.  Corresponds to `nsec` of `time(3)`; by `clock_gettime(2)`.
///
/// May go back when somebody sets the clock; `monotonicNsec` does not.
public func nsec() -> Int64 { Clocks.realtimeNs() }

/// Nanoseconds since some moment before the program began; never goes back.
public func monotonicNsec() -> Int64 { Clocks.monotonicNs() }

/// Seconds since the Unix epoch.  Corresponds to `time(3)`.
public func time() -> Int { Int(nsec() / 1_000_000_000) }

/// The local date and time `seconds` after 1970 began in Greenwich.
///
/// The zone is what the environment's `TZ` says, or the system's; it is read when the program
/// first asks.  Corresponds to `localtime` of `ctime(3)`; by `localtime_r`.
public func localtime(_ seconds: Int) -> Tm {
  let (offset, name) = Clocks.zone(at: seconds)
  return Tm(seconds, zone: name, tzoff: offset)
}

/// From local time back to the time in Greenwich.
enum Zone {
  /// The time at which local clocks show `local`, given as if it were GMT.
  ///
  /// Where clocks are put back and show a time twice, `name` chooses; where they are put forward
  /// and never show it, the offset of before holds.
  static func seconds(ofLocal local: Int, named name: String) -> Int {
    func saturating(_ a: Int, _ b: Int) -> Int {
      let (sum, overflow) = a.addingReportingOverflow(b)
      return overflow ? a : sum
    }
    // No zone changes twice within the two days around.
    let before = Clocks.zone(at: saturating(local, -86_400))
    let after = Clocks.zone(at: saturating(local, 86_400))
    let fits = [before, after].filter { candidate in
      Clocks.zone(at: saturating(local, -candidate.offset)).offset == candidate.offset
    }
    let chosen = fits.first { $0.name == name } ?? fits.first ?? before
    return saturating(local, -chosen.offset)
  }
}

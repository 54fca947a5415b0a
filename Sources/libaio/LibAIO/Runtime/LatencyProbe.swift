// How long a loop makes others wait: theory of operation.
//
// Problem.  Whatever runs on a loop runs while everything else waits.  How long that is cannot be
// seen from the requests that were served: those that came meanwhile are the ones that suffered.
//
// Shape.  A timer that is due every millisecond, and the clock, read anew when it is told.  How
// late it was is what anything else that became ready at that moment waited.  A moment that passed
// while the loop was busy was due as well: it counts with its own lateness, so that one stall of 50
// ms is fifty late moments and not one.
//
// Invariants.
//   M1  Each moment birth + n * period that has passed is counted once.
//
// Cost.  A thousand wake-ups a second on an idle loop: for measuring, and not for every day.

import Sys9

extension Aio {
  /// Measures how late a loop is.  Belongs to its thread.
  public final class LatencyProbe: Receiver {
    /// A step of the counts, in nanoseconds, and how many there are: up to 100 ms.
    private static let stepNs: UInt64 = 10_000
    private static let steps = 10_000
    /// Moments counted after one stall; what is longer counts as if it were as long as this.
    private static let missedMax: UInt64 = 100_000

    private let periodNs: UInt64
    private var next: UInt64
    private var counts = [UInt64](repeating: 0, count: steps + 1)
    /// Moments counted.
    public private(set) var total: UInt64 = 0
    /// The worst one, in nanoseconds.
    public private(set) var most: UInt64 = 0
    private var timer = TimerToken.none

    /// A probe that looks at `loop` every `period` from now on, and is held by it.
    public init(on loop: Loop, every period: Duration = .milliseconds(1)) {
      periodNs = max(UInt64(period.components.attoseconds) / 1_000_000_000, 1000)
      next = loop.clock() &+ periodNs
      super.init()
      timer = loop.addOneShot(at: next, to: self)
    }

    /// Counts the moments that have passed.
    public override func completed(_ completion: inout Completion, on loop: Loop) {
      let now = loop.clock()
      var missed: UInt64 = 0
      while next <= now && missed < Self.missedMax {
        count(now - next)
        next &+= periodNs
        missed += 1
      }
      if next <= now { next = now &+ periodNs }
      timer = loop.addOneShot(at: next, to: self)
    }

    private func count(_ late: UInt64) {
      counts[Int(min(late / Self.stepNs, UInt64(Self.steps)))] += 1
      total += 1
      most = max(most, late)
    }

    /// Looks no longer.
    public func stop(on loop: Loop) { loop.removeTimer(timer) }

    /// The lateness in nanoseconds that a part of all moments did not exceed, such as 0.99 of them,
    /// to 10 us; 0 if there were none.
    public func quantile(_ part: Double) -> UInt64 {
      let wanted = max(UInt64((Double(total) * part).rounded(.up)), 1)
      var seen: UInt64 = 0
      for step in counts.indices {
        seen += counts[step]
        if seen >= wanted {
          return step == Self.steps ? most : min(UInt64(step + 1) * Self.stepNs, most)
        }
      }
      return 0
    }

    /// One line for people, and for programs that read it.
    public var description: String {
      """
      late us: median \(quantile(0.5) / 1000), 99 % \(quantile(0.99) / 1000), \
      most \(most / 1000) (of \(total))
      """
    }
  }
}

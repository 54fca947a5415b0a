// How long a comparison takes.

internal import Glibc
internal import MiniStat

/// The processor time of comparisons of many values.
package enum Speed {
  /// Prints the seconds of processor time for the parts of comparing two arms of `count` values.
  package static func run(count: Int, write: (String) -> Void) {
    var generator = Generator(seed: 1)
    var sets = [[Double]](repeating: [], count: 2)
    for set in sets.indices {
      sets[set] = (0..<count).map { _ in (1e6 * (100 + 15 * generator.normal())).rounded() / 1e6 }
    }
    var last = seconds()
    func lap(_ what: String) {
      let now = seconds()
      write(NumberText.fixed(now - last, decimals: 3) + " s  " + what + "\n")
      last = now
    }
    lap("before")
    let arms = sets.map { Arm(name: "arm", values: $0) }
    lap("sorting both arms of \(count)")
    let summary = Summary(arms[0])
    lap("summary of one: median \(summary.median.value)")
    let ranks = MannWhitney(base: arms[0].sorted, other: arms[1].sorted)
    lap("ranks: p \(ranks.p)")
    let comparison = Comparison(base: arms[0], other: arms[1])
    lap("the whole comparison: p \(comparison.p), \(comparison.findings.map(\.code))")
  }

  private static func seconds() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

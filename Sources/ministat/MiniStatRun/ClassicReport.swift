// The classic report: names, plot, vital numbers, and a test of each set against the first.
//
// Byte for byte what the original prints, where it is not mistaken.  Two places deserve a word:
//
// The mean.  The original prints the plain sum over n, and where a mean falls on the border of
// two columns, its last bit decides where the `A` stands.  So that sum is used here too, as long
// as its rounding error is far below what can be seen; otherwise the exact mean.
//
// The height.  The original cut the plot to the height of the last set; here it is that of the
// highest.

public import MiniStat
public import Sys9

/// A named set of measurements, with what the report needs of it.
public struct ClassicSet {
  /// The name, usually a file's, as bytes that need not be UTF-8.
  public let name: [UInt8]
  /// The values, in an order of their own: the median has been looked for.
  public let samples: Samples
  /// Count, range and deviation.
  public let moments: Moments
  /// The median by the report's rule.
  public let median: Double
  /// The mean as it is printed.
  public let mean: Double

  /// The fewest values of which anything can be said.
  public static let countMin = 3

  /// The mean is the plain sum's if that is off by less than this part of the deviation: then
  /// no digit of a result can differ by it, except by falling to the other side of a tie.
  private static let meanTolerance = 1e-9

  /// Describes `samples`, at least ``countMin`` of them, and reorders them.
  public init(name: [UInt8], samples: Samples, rules: ClassicRules) {
    precondition(samples.count >= Self.countMin, "too few values for a report")
    self.name = name
    self.samples = samples
    let moments = samples.withSpan { Moments($0) }
    self.moments = moments
    median = samples.withMutableSpan { Selection.median(of: &$0, rule: rules.median) }
    let plain = moments.sum / Double(moments.count)
    let isPlain =
      abs(plain - moments.mean) < Self.meanTolerance * moments.standardDeviation
    mean = isPlain ? plain : moments.mean
  }

  /// What the test needs to know.
  var side: PooledTest.Side {
    PooledTest.Side(count: moments.count, mean: mean, deviation: moments.standardDeviation)
  }
}

/// The report of the classic program.
public struct ClassicReport {
  /// What is printed.
  public struct Options: Equatable, Sendable {
    /// Whose decisions are followed.
    public var rules = ClassicRules.own
    /// The level of the tests.
    public var level = ConfidenceLevel.standard
    /// Columns of the plot; nil for no plot.
    public var plotColumns: Int? = 74
    /// True for a bar on a line of its own for each set.
    public var hasSeparateBars = false
    /// False for the vital numbers only.
    public var hasTests = true
    /// Rows that the plot must not exceed; nil for as many as there are.
    public var plotHeightMax: Int?

    /// The classic defaults.
    public init() {}
  }

  private let sets: [ClassicSet]
  private let options: Options

  /// A report on `sets`, one to seven of them; the first is the base of the tests.
  public init(_ sets: [ClassicSet], _ options: Options) {
    precondition(!sets.isEmpty && sets.count <= DotPlot.seriesMax, "one to seven sets")
    self.sets = sets
    self.options = options
  }

  /// Writes the report; the caller flushes.
  public func write(to output: inout BufferedWriter) throws(SystemError) {
    for (index, set) in sets.enumerated() {
      try output.write([DotPlot.symbols[index + 1], UInt8(ascii: " ")])
      try output.write(set.name)
      try output.write("\n")
    }
    if let columns = options.plotColumns { try writePlot(columns: columns, to: &output) }
    try output.write(
      "    N           Min           Max        Median           Avg        Stddev\n")
    for (index, set) in sets.enumerated() {
      try output.write(vitals(set, number: index + 1))
      if index > 0 && options.hasTests { try output.write(test(set)) }
    }
  }

  private func writePlot(
    columns: Int, to output: inout BufferedWriter
  ) throws(SystemError) {
    var points: [Double] = []
    for set in sets {
      let deviation = set.moments.standardDeviation
      points += [set.moments.minimum, set.moments.maximum]
      points += [set.mean - deviation, set.mean + deviation]
    }
    guard let scale = PlotScale(columns: columns, showing: points) else {
      try output.write("[no plot, span is zero width]\n")
      return
    }
    let plot = DotPlot(
      sets.map { series($0, on: scale) }, separateBars: options.hasSeparateBars,
      heightMax: options.plotHeightMax)
    try plot.forEachLine { (line) throws(SystemError) in
      try output.write(line)
      try output.write("\n")
    }
    if plot.valuesPerMark > 1 {
      try output.write("Each mark stands for up to \(plot.valuesPerMark) values\n")
    }
  }

  private func series(_ set: ClassicSet, on scale: PlotScale) -> DotPlot.Series {
    let deviation = set.moments.standardDeviation
    return DotPlot.Series(
      counts: set.samples.withSpan { scale.counts(of: $0) },
      low: scale.column(of: set.mean - deviation),
      high: scale.column(of: set.mean + deviation),
      median: scale.column(of: set.median), mean: scale.column(of: set.mean))
  }

  private func vitals(_ set: ClassicSet, number: Int) -> String {
    let symbol = Unicode.Scalar(DotPlot.symbols[number])
    var line = "\(symbol) " + NumberText.integer(set.moments.count, width: 3)
    for value in [
      set.moments.minimum, set.moments.maximum, set.median, set.mean,
      set.moments.standardDeviation,
    ] {
      line += " " + NumberText.general(value, digits: 8, width: 13)
    }
    return line + "\n"
  }

  private func test(_ set: ClassicSet) -> String {
    let base = sets[0].side
    let degrees = PooledTest.degreesOfFreedom(base, set.side)
    let critical = options.level.critical(
      degreesOfFreedom: degrees, from: options.rules.critical)
    let test = PooledTest(
      base: base, other: set.side, critical: critical, relative: options.rules.relative)
    if !test.isSignificant { return "No difference proven at \(options.level) confidence\n" }
    let pooled = NumberText.general(test.pooledDeviation)
    return """
      Difference at \(options.level) confidence
      \t\(NumberText.general(test.difference)) +/- \(NumberText.general(test.halfWidth))
      \t\(relative(test))
      \t(Student's t, pooled s = \(pooled))

      """
  }

  private func relative(_ test: PooledTest) -> String {
    guard let relative = test.relative, let halfWidth = test.relativeHalfWidth else {
      return "(no relative difference: the first average is 0)"
    }
    return "\(NumberText.general(relative))% +/- \(NumberText.general(halfWidth))%"
  }
}

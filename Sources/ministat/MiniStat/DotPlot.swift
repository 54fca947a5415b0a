// The classic plot: theory of operation.
//
//     +--------------------------------------------------------------------------+
//     |                    x                     +                               |  row 2
//     |x      *       *    x x      *            + +             +              +|  row 1
//     |   |________|__A__________|___________A_____M__________________|          |  bars
//     +--------------------------------------------------------------------------+
//
// Each value is a mark in the column where it falls, stacked from the bottom.  Set k draws with
// symbol k; where sets meet in a cell, the cell holds the bitwise OR of their numbers and shows
// that symbol.  Below, each set draws a bar: `|` at the mean less and plus one standard deviation,
// `_` between where nothing is yet, `M` at the median, then `A` at the mean, over the M.
//
// Only the number of values in each column matters, so the plot never sees the values.
//
// Invariants.
//   P1  The plot is as high as the highest stack of any set.
//   P2  Every line is as wide as the plot and two edges.
//
// Speed.  A plot of 10^7 values may be 10^5 rows high.  Going down, a cell once marked stays
// marked, so one line is kept and changed where a stack begins.

/// A plot of one to seven sets, as lines of text.
public struct DotPlot: Equatable, Sendable {
  /// What is drawn of one set.
  public struct Series: Equatable, Sendable {
    /// The number of values in each column.
    public var counts: [Int]
    /// The column of the mean less one standard deviation.
    public var low: Int
    /// The column of the mean plus one standard deviation.
    public var high: Int
    /// The column of the median.
    public var median: Int
    /// The column of the mean.
    public var mean: Int

    /// A set that has `counts` values in the columns, and marks in the columns given.
    public init(counts: [Int], low: Int, high: Int, median: Int, mean: Int) {
      self.counts = counts
      self.low = low
      self.high = high
      self.median = median
      self.mean = mean
    }
  }

  /// What a cell shows: blank, or by the OR of the numbers of the sets that are in it.
  public static let symbols: [UInt8] = Array(" x+*%#@O".utf8)

  /// How many sets a plot can show.
  public static let seriesMax = symbols.count - 1

  /// The number of columns between the edges.
  public let columns: Int
  /// The number of values for which one mark stands.
  public let valuesPerMark: Int
  /// The number of rows of marks.
  public let height: Int

  private let series: [Series]
  private let separateBars: Bool

  /// Lays out a plot.
  ///
  /// - Parameters:
  ///   - series: one to seven sets, all with as many counts as there are columns.
  ///   - separateBars: a line for each bar rather than one for all.
  ///   - heightMax: rows to stay within by letting marks stand for more values; nil for no limit.
  public init(_ series: [Series], separateBars: Bool = false, heightMax: Int? = nil) {
    precondition(!series.isEmpty && series.count <= Self.seriesMax, "one to seven sets")
    let columns = series[0].counts.count
    for one in series {
      precondition(one.counts.count == columns, "all sets have the plot's columns")
      for mark in [one.low, one.high, one.median, one.mean] {
        precondition(mark >= 0 && mark < columns, "a mark lies in the plot")
      }
    }
    let highest = series.reduce(0) { max($0, $1.counts.max() ?? 0) }
    let limit = max(1, heightMax ?? highest)
    self.columns = columns
    self.series = series
    self.separateBars = separateBars
    valuesPerMark = max(1, (highest + limit - 1) / limit)
    height = (highest + valuesPerMark - 1) / valuesPerMark  // P1
  }

  /// Calls `body` with each line from the top, without its newline.
  public func forEachLine<Failure: Error>(
    _ body: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let border = framed([UInt8](repeating: UInt8(ascii: "-"), count: columns), by: "+")
    try body(border)
    try forEachRow(body)
    for bar in bars() { try body(framed(bar, by: "|")) }
    try body(border)
  }

  private func forEachRow<Failure: Error>(
    _ body: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let tops = stackTops()
    var line = framed([UInt8](repeating: Self.symbols[0], count: columns), by: "|")
    var cells = [Int](repeating: 0, count: columns)
    var next = 0
    for row in stride(from: height, to: 0, by: -1) {
      while next < tops.count, tops[next].row >= row {
        cells[tops[next].column] |= tops[next].number
        line[tops[next].column + 1] = Self.symbols[cells[tops[next].column]]
        next += 1
      }
      assert(line.count == columns + 2, "P2")
      try body(line)
    }
  }

  /// Where each stack of each set begins, from the top.
  private func stackTops() -> [(row: Int, column: Int, number: Int)] {
    var tops: [(row: Int, column: Int, number: Int)] = []
    for (index, one) in series.enumerated() {
      for (column, count) in one.counts.enumerated() where count > 0 {
        let row = (count + valuesPerMark - 1) / valuesPerMark
        tops.append((row: row, column: column, number: index + 1))
      }
    }
    tops.sort { $0.row > $1.row }
    return tops
  }

  private func bars() -> [[UInt8]] {
    let blank = [UInt8](repeating: Self.symbols[0], count: columns)
    var lines = [[UInt8]](repeating: blank, count: separateBars ? series.count : 1)
    for (index, one) in series.enumerated() {
      Self.draw(one, on: &lines[separateBars ? index : 0])
    }
    return lines
  }

  private static func draw(_ one: Series, on line: inout [UInt8]) {
    line[one.low] = UInt8(ascii: "|")
    line[one.high] = UInt8(ascii: "|")
    for column in one.low..<max(one.low, one.high) where line[column] == symbols[0] {
      line[column] = UInt8(ascii: "_")
    }
    line[one.median] = UInt8(ascii: "M")
    line[one.mean] = UInt8(ascii: "A")
  }

  private func framed(_ line: [UInt8], by edge: Unicode.Scalar) -> [UInt8] {
    [UInt8(ascii: edge)] + line + [UInt8(ascii: edge)]
  }
}

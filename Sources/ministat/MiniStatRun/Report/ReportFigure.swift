// Figures of a page: SVG that stretches, with text that does not.
//
// Problem.  The same page is read on a telephone 360 pixels wide, on a screen and on paper,
// without scripts.  An SVG drawing with text in it shrinks as a whole, and its text with it.
//
// Shape.  The drawing holds no text.  It has coordinates from 0 to 1000 in both directions, is
// stretched to whatever room there is (preserveAspectRatio="none"), and its strokes keep their
// width (vector-effect).  A point is a line of length 0 with round caps, which stays round.
// Labels are HTML beside it, placed in percent:
//
//     +--------+---------------------------+
//     | y tick |  svg, stretched           |     figure.plot, a grid of two columns
//     | y tick |                           |
//     +--------+---------------------------+
//              |  x tick      x tick       |     div.x, labels at left: 23.4%
//              +---------------------------+
//
// Colours are classes: the style sheet has them for light, dark and paper.
//
// Every figure has a sentence for those who do not see it (aria-label).

import Glibc
import MiniStat

/// The drawings of a page, from the same series as the plots of a terminal.
struct ReportFigure {
  /// The side of a drawing in its own coordinates.
  private static let side = 1000.0
  /// Points of a curve: as many as the widest column has pixels.
  private static let curvePoints = 360
  /// With more points than this, their values are not kept for pointing at them.
  private static let titledPointsMax = 400

  /// The unit written at the axis.
  var unit = ""

  // MARK: Parts

  private static func number(_ value: Double) -> String {
    let clamped = min(max(value, -side), 2 * side)
    return NumberText.general((clamped * 10).rounded() / 10, digits: 6)
  }

  private static func percent(_ part: Double) -> String {
    NumberText.fixed(min(max(part, 0), 1) * 100, decimals: 2) + "%"
  }

  private func x(_ value: Double, _ axis: PlotAxis) -> String {
    Self.number(axis.place(of: value) * Self.side)
  }

  private static func drawing(
    _ markup: inout Markup, label: String, height: Int, _ body: (inout Markup) -> Void
  ) {
    let attributes: [Markup.Attribute] = [
      ("class", "plot"), ("viewBox", "0 0 1000 1000"), ("preserveAspectRatio", "none"),
      ("role", "img"), ("aria-label", label), ("style", "height:\(height)px"),
    ]
    markup.element("svg", attributes, body)
  }

  private static func line(
    _ markup: inout Markup, _ ends: (String, String, String, String), _ type: String
  ) {
    markup.element(
      "line",
      [("class", type), ("x1", ends.0), ("y1", ends.1), ("x2", ends.2), ("y2", ends.3)])
  }

  private static func grid(_ markup: inout Markup, _ ticks: [PlotAxis.Tick], _ axis: PlotAxis) {
    for tick in ticks {
      let x = number(axis.place(of: tick.value) * side)
      line(&markup, (x, "0", x, "1000"), "grid")
    }
  }

  /// The labels below a drawing.
  private func ticks(
    _ markup: inout Markup, _ axis: PlotAxis, unit: String, isWhole: Bool = false
  ) {
    markup.element("div", [("class", "x")]) { markup in
      for tick in axis.ticks(5, isWhole: isWhole) {
        let place = Self.percent(axis.place(of: tick.value))
        markup.element("span", [("style", "left:\(place)")], text: Self.minus(tick.text))
      }
    }
    if !unit.isEmpty { markup.element("div", [("class", "unit")], text: unit) }
    markup.newline()
  }

  /// A hyphen before a number becomes a minus: figures are read, not pasted.
  static func minus(_ text: String) -> String {
    var result = ""
    var last: Character = " "
    for (index, character) in text.indices.lazy.map({ ($0, text[$0]) }) {
      let next = text.index(after: index)
      let isSign =
        character == "-" && !(last.isLetter || last.isNumber || "/._-".contains(last))
        && next < text.endIndex && text[next].isNumber
      result.append(isSign ? "−" : character)
      last = character
    }
    return result
  }

  private static func path(_ points: [(x: Double, y: Double)], close: Bool = false) -> String {
    var text = ""
    for (index, point) in points.enumerated() {
      text += (index == 0 ? "M" : "L") + number(point.x) + " " + number(point.y)
    }
    return text + (close ? "Z" : "")
  }

  // MARK: Figures

  /// Violins with quartiles, a row for each set.
  func violins(_ markup: inout Markup, _ series: [PlotSeries]) {
    guard let axis = series.first?.bins.axis else { return }
    let densities = series.map {
      $0.bins.density(columns: Self.curvePoints, bandwidth: $0.marks.bandwidth)
    }
    let highest = densities.reduce(0) { max($0, $1.max() ?? 0) }
    markup.element("figure", [("class", "rows")]) { markup in
      for (one, density) in zip(series, densities) {
        markup.element("div", [("class", "name arm\(one.index % 7)")], text: one.name)
        let label =
          "density of \(one.name): median \(text(one.marks.median)), from "
          + "\(text(one.marks.minimum)) to \(text(one.marks.maximum))"
        Self.drawing(&markup, label: label, height: 56) { markup in
          Self.grid(&markup, axis.ticks(5), axis)
          violin(&markup, one, density, highest: highest, axis: axis)
        }
        markup.newline()
      }
      markup.element("div", [("class", "name")])
      ticks(&markup, axis, unit: unit)
    }
  }

  private func text(_ value: Double) -> String {
    let digits = NumberText.general(value, digits: 4)
    return unit.isEmpty ? digits : digits + " " + unit
  }

  private func violin(
    _ markup: inout Markup, _ one: PlotSeries, _ density: [Double], highest: Double,
    axis: PlotAxis
  ) {
    let middle = Self.side / 2
    var upper: [(x: Double, y: Double)] = []
    for (index, value) in density.enumerated() where highest > 0 {
      let x = (Double(index) + 0.5) / Double(density.count) * Self.side
      // Where nothing is to be seen nothing is drawn: the tails end.
      if value > highest * 1e-3 { upper.append((x, middle - value / highest * 470)) }
    }
    let lower = upper.reversed().map { (x: $0.x, y: Self.side - $0.y) }
    markup.element(
      "path",
      [("class", "body arm\(one.index % 7)"), ("d", Self.path(upper + lower, close: true))])
    let marks = one.marks
    let type = "arm\(one.index % 7)"
    let quartiles = (x(marks.lowerQuartile, axis), "500", x(marks.upperQuartile, axis), "500")
    Self.line(&markup, (x(marks.minimum, axis), "500", x(marks.maximum, axis), "500"), type)
    Self.line(&markup, quartiles, "thick \(type)")
    let median = x(marks.median, axis)
    Self.line(&markup, (median, "500", median, "500"), "median")
  }

  /// Distribution functions over one another.
  func distribution(_ markup: inout Markup, _ series: [PlotSeries]) {
    guard let axis = series.first?.bins.axis else { return }
    markup.element("figure", [("class", "graph")]) { markup in
      markup.element("div", [("class", "y")]) { markup in
        for part in [0.0, 0.25, 0.5, 0.75, 1] {
          let place = Self.percent(1 - part)
          markup.element(
            "span", [("style", "top:\(place)")], text: "\(Int(part * 100)) %")
        }
      }
      let names = series.map(\.name).joined(separator: ", ")
      Self.drawing(&markup, label: "distribution functions of \(names)", height: 220) { markup in
        Self.grid(&markup, axis.ticks(5), axis)
        for part in ["0", "250", "500", "750", "1000"] {
          Self.line(&markup, ("0", part, "1000", part), "grid")
        }
        for one in series { curve(&markup, one) }
      }
      markup.element("div")
      ticks(&markup, axis, unit: unit)
    }
  }

  private func curve(_ markup: inout Markup, _ one: PlotSeries) {
    let parts = one.bins.cumulative()
    var points: [(x: Double, y: Double)] = []
    var last = -1.0
    let count = Double(parts.count)
    for (index, part) in parts.enumerated() where part != last || index == parts.count - 1 {
      // A step: to the right at the old height, then up.
      let x = (Double(index) + 0.5) / count * Self.side
      points.append((x, (1 - max(last, 0)) * Self.side))
      points.append((x, (1 - part) * Self.side))
      last = part
    }
    markup.element(
      "path", [("class", "curve arm\(one.index % 7)"), ("d", Self.path(points))])
  }

  /// Values in the order of their measurement, all sets in one frame.
  func order(_ markup: inout Markup, _ series: [PlotSeries]) {
    let values = PlotAxis(showing: series.flatMap(\.order.values), margin: 0.05)
    let last = series.reduce(0) { max($0, $1.order.last) }
    let runs = PlotAxis(from: 1, to: Double(max(2, last + 1)), margin: 0.01)
    markup.element("figure", [("class", "graph")]) { markup in
      markup.element("div", [("class", "y")]) { markup in
        for tick in values.ticks(5) {
          let place = Self.percent(1 - values.place(of: tick.value))
          markup.element("span", [("style", "top:\(place)")], text: Self.minus(tick.text))
        }
      }
      let names = series.map(\.name).joined(separator: ", ")
      let label = "values of \(names) in the order of their measurement"
      Self.drawing(&markup, label: label, height: 220) { markup in
        for tick in values.ticks(5) {
          let y = Self.number((1 - values.place(of: tick.value)) * Self.side)
          Self.line(&markup, ("0", y, "1000", y), "grid")
        }
        for one in series { points(&markup, one, values: values, runs: runs) }
      }
      markup.element("div")
      ticks(&markup, runs, unit: "run", isWhole: true)
    }
  }

  private func points(
    _ markup: inout Markup, _ one: PlotSeries, values: PlotAxis, runs: PlotAxis
  ) {
    let median = Self.number((1 - values.place(of: one.marks.median)) * Self.side)
    let type = "arm\(one.index % 7)"
    Self.line(&markup, ("0", median, "1000", median), "middle \(type)")
    let order = one.order
    if order.values.count > Self.titledPointsMax {
      var path = ""
      for (position, value) in zip(order.positions, order.values) {
        let y = Self.number((1 - values.place(of: value)) * Self.side)
        path += "M\(x(Double(position + 1), runs)) \(y)h0"
      }
      markup.element("path", [("class", "dots \(type)"), ("d", path)])
      return
    }
    for (position, value) in zip(order.positions, order.values) {
      let x = x(Double(position + 1), runs)
      let y = Self.number((1 - values.place(of: value)) * Self.side)
      markup.element("path", [("class", "dot \(type)"), ("d", "M\(x) \(y)h0")])
    }
  }

  /// Intervals around a reference, each with its name and a note.
  func intervals(
    _ markup: inout Markup, _ rows: [PlotInterval.Row], reference: Double, margin: Double,
    unit: String
  ) {
    let axis = PlotInterval.axis(rows, reference: reference, margin: margin)
    markup.element("figure", [("class", "rows")]) { markup in
      for row in rows {
        markup.element("div", [("class", "name")]) { markup in
          markup.write(row.name)
          let note = [("class", "note \(Self.type(row.ink))")]
          if !row.note.isEmpty {
            markup.write(" ")
            markup.element("span", note.map { (name: $0.0, value: $0.1) }, text: row.note)
          }
        }
        let label =
          "\(row.name): \(NumberText.general(row.middle, digits: 4)), from "
          + "\(NumberText.general(row.low, digits: 4)) to "
          + "\(NumberText.general(row.high, digits: 4)) \(row.note)"
        Self.drawing(&markup, label: label, height: 30) { markup in
          interval(&markup, row, axis: axis, reference: reference, margin: margin)
        }
        markup.newline()
      }
      markup.element("div", [("class", "name")])
      ticks(&markup, axis, unit: unit)
    }
  }

  private static func type(_ ink: PlotInk) -> String {
    switch ink {
    case .good: "good"
    case .bad: "bad"
    case .caution: "caution"
    default: "plain"
    }
  }

  private func interval(
    _ markup: inout Markup, _ row: PlotInterval.Row, axis: PlotAxis, reference: Double,
    margin: Double
  ) {
    if margin > 0 {
      let low = axis.place(of: reference - margin) * Self.side
      let high = axis.place(of: reference + margin) * Self.side
      markup.element(
        "rect",
        [
          ("class", "margin"), ("x", Self.number(low)), ("y", "0"),
          ("width", Self.number(high - low)), ("height", "1000"),
        ])
    }
    let zero = x(reference, axis)
    Self.line(&markup, (zero, "0", zero, "1000"), "reference")
    guard !row.middle.isNaN else { return }
    let type = Self.type(row.ink)
    let low = row.low.isNaN ? -Double.infinity : row.low
    let high = row.high.isNaN ? Double.infinity : row.high
    if low > axis.high || high < axis.low {
      // All of it lies beyond the axis: an arrow says where.
      let arrow = low > axis.high ? "M970 250L1000 500L970 750" : "M30 250L0 500L30 750"
      markup.element("path", [("class", "whisker \(type)"), ("d", arrow)])
      return
    }
    let (left, right) = (x(max(low, axis.low), axis), x(min(high, axis.high), axis))
    Self.line(&markup, (left, "500", right, "500"), "whisker \(type)")
    if low >= axis.low { Self.line(&markup, (left, "300", left, "700"), "whisker \(type)") }
    if high <= axis.high { Self.line(&markup, (right, "300", right, "700"), "whisker \(type)") }
    if row.middle < axis.low || row.middle > axis.high { return }
    let middle = x(row.middle, axis)
    markup.element("path", [("class", "estimate \(type)"), ("d", "M\(middle) 500h0")])
  }
}

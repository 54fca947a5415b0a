import LibJSON
import MiniStat
import Support
import Sys9
import Testing

@testable import MiniStatRun

@Suite("Reports of any values") struct ExtremeReportTests {
  @Test("any finite values have reports of every form")
  func anyValues() throws {
    var (random, seed) = SplitMix.printed(
      "ExtremeReportTests", environment: Environment["TEST_SEED"])
    for round in 0..<60 {
      var measurement = Measurement()
      let sides = [AnyValues.some(&random), AnyValues.some(&random)]
      measurement.add(Series(arm: "a", metric: "m", values: sides[0]))
      measurement.add(Series(arm: "b", metric: "m", values: sides[1]))
      var request = ReportRequest(round % 2 == 0 ? .compare : .summary)
      request.pairing = round % 3 == 0 ? .paired : .independent
      let report = try Report(measurement, request)
      let texts = [
        TextReport(report).text(), MarkdownReport(report).text(), PageReport(report).text(),
        CSVReport(report).text(), JSONReport(report).text(),
      ]
      let place = "seed \(seed) round \(round): \(sides)"
      for text in texts { #expect(!text.isEmpty, "\(place)") }
      // JSON has no word for what is no number: the text would not be read again.
      #expect(throws: Never.self, "\(place)") { try JSON.parse(bytes: Array(texts[4].utf8)) }
      #expect(!texts[0].contains("nan"), "\(place)")
    }
  }
}

@Suite("Advice in a report") struct ReportAdviceTests {
  @Test("to run the arms in turn is not given where they were", arguments: [false, true])
  func inTurn(isInterleaved: Bool) throws {
    var measurement = Measurement()
    if isInterleaved { measurement.design = .interleaved(seed: 1) }
    for arm in ["a", "b"] {
      let values = (0..<40).map { 100 + Double($0) + Double($0 * 7 % 5) }
      measurement.add(Series(arm: arm, metric: "m", values: values))
    }
    let report = try Report(measurement, ReportRequest(.compare))
    let texts = [
      TextReport(report).text().split(whereSeparator: \.isWhitespace).joined(separator: " "),
      MarkdownReport(report).text(), PageReport(report).text(), JSONReport(report).text(),
    ]
    for text in texts {
      #expect(text.contains("steadily"))
      #expect(text.lowercased().contains("run the arms in turn") == !isInterleaved)
    }
  }
}

// modules: MiniStatRun
//
// Fuzzing ministat: any bytes, read in any pieces, by any rules, to the classic report; and any
// bytes as a file of some program's results.
//
// The first bytes of an input choose the options, the rest is a file; a byte 0xFF begins the next
// file.  Beyond not crashing (with address checks and assertions), promises are checked by name.
// Nearly every input that is no classic file is none of the others either, which is quick to find
// out; the seeds in the corpus lead into each format.

import Glibc
import MiniStat
import MiniStatRun
import Sys9

/// Takes what it needs from the front of an input.
private struct Choices {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func below(_ bound: Int) -> Int { Int(rest.popFirst() ?? 0) % bound }

  var remainder: ArraySlice<UInt8> { rest }
}

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

/// The set in `text`, or nil if it holds a fault or too few numbers.
private func readSet(
  _ text: ArraySlice<UInt8>, _ format: ColumnFormat, _ rules: ClassicRules, piece: Int
) -> ClassicSet? {
  func read(by size: Int) -> Result<[Double], ReadFailure> {
    var rest = text
    return Result { () throws(ReadFailure) in
      let reading = try unsafe SampleReader.read(format, pieceSize: 1 + size % 512) { room in
        let part = rest.prefix(min(size, room.count))
        unsafe room.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
      }
      return reading.samples.withSpan { span in span.indices.map { span[$0] } }
    }
  }
  let whole = read(by: .max)
  promise("\(whole)" == "\(read(by: piece))", "pieces do not matter")
  guard case .success(let values) = whole else { return nil }
  promise(values.allSatisfy { $0.isFinite }, "only finite numbers are read")
  if values.count < ClassicSet.countMin { return nil }
  let set = ClassicSet(name: Array("set".utf8), samples: Samples(values), rules: rules)
  let moments = set.moments
  promise(moments.minimum <= set.mean && set.mean <= moments.maximum, "the mean is in the range")
  promise(moments.minimum <= set.median && set.median <= moments.maximum, "so is the median")
  promise(moments.standardDeviation >= 0, "the deviation is a number")
  let sorted = values.sorted()
  promise(sorted[values.count / 2] >= set.median, "the median is not above the upper middle")
  promise(set.samples.withSpan { Moments($0).minimum } == sorted[0], "no value is lost")
  return set
}

private func report(_ sets: [ClassicSet], _ options: ClassicReport.Options) {
  var output = BufferedWriter(sink)
  do {
    try ClassicReport(sets, options).write(to: &output)
    try output.flush()
  } catch {
    fatalError("the sink does not take the report: \(error)")
  }
}

/// Reads `bytes` as whatever they are: what is read is whole, told again as records it stays the
/// same, and what is refused is refused with a reason.
private func readResults(_ bytes: [UInt8]) {
  let read: Measurement
  do {
    read = try SourceReader.read(bytes, name: "file", arm: "arm")
  } catch {
    promise(!error.text.isEmpty && error.name.hasPrefix("file"), "an error says where and what")
    return
  }
  read.checkInvariants()
  promise(read.valueCount > 0 || !read.failures.isEmpty, "what is read holds something")
  let text = MeasurementText.records(read)
  guard let again = try? SourceReader.read(Array(text.utf8), name: "again", arm: "other") else {
    fatalError("broken promise: our own records can be read")
  }
  promise(again.series.count == read.series.count, "records keep every series")
  for series in read.series {
    let same = again[series.arm, series.benchmark, series.metric]
    promise(same?.values == series.values, "records keep every value")
  }
  promise(!MeasurementText.csv(read).isEmpty, "there is a table of it")
  for file in MeasurementText.columns(read, by: MeasurementText.Key.allCases) {
    promise(!file.name.contains("/") && file.name.first != ".", "names of files are names")
  }
  let two = Gathering.measurement(of: [("one", read), ("two", again)])
  two.checkInvariants()
  promise(two.valueCount == 2 * read.valueCount, "two files have the values of both")
}

private let sink = unsafe open("/dev/null", O_WRONLY)

/// Called by libFuzzer with each input; 0 keeps it for its corpus if it reached something new.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  readResults(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
  var choices = Choices(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
  let rules = ClassicRules.allCases[choices.below(3)]
  let delimiters = [" \t", ",", " ,", "0", ".e", "\n", "#"][choices.below(7)]
  let format = ColumnFormat(
    column: 1 + choices.below(3), delimiters: Array(delimiters.utf8),
    endsLinesAtNUL: rules.endsLinesAtNUL)
  var options = ClassicReport.Options()
  options.rules = rules
  options.plotColumns = [nil, 2, 3, 74, 200][choices.below(5)]
  options.hasSeparateBars = choices.below(2) == 1
  options.plotHeightMax = [nil, 1, 5][choices.below(3)]
  let levels = ConfidenceLevel.classic + [50, 0.001, 99.99999]
  options.level = ConfidenceLevel(percent: levels[choices.below(levels.count)]) ?? .standard
  let piece = 1 + choices.below(64)
  var sets: [ClassicSet] = []
  for text in choices.remainder.split(separator: 0xFF).prefix(DotPlot.seriesMax) {
    if let set = readSet(text, format, rules, piece: piece) { sets.append(set) }
  }
  if !sets.isEmpty { report(sets, options) }
  return 0
}

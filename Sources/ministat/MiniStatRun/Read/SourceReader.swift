// Reading results of other programs: theory of operation.
//
// Problem.  People have results already, in the format of whatever measured them, and should not
// have to say which: a wrong guess about units or about what a number stands for is worse than
// none.
//
// Shape.  A file is taken whole and recognised by its content:
//
//     {  or  [      JSON: by the members that only one format has
//     lines         Go's text if a line begins with Benchmark and holds pairs of value and unit,
//                   package-benchmark's samples if the first line names a metric, else columns
//
// Each format has a file of its own here, and gives a Measurement: base units, values in their
// order, nothing averaged.  Several files become one Measurement: where a file holds one arm, the
// file is the arm; where files hold the same arms, they are runs of the same arms.
//
// Invariants.
//   R1  An error names the file, the place and the remedy.
//   R2  A value that is no finite number is an error, never passed over; so is a file without any.
//   R3  The same bytes give the same measurement.
//
// Rejected.  An option that names the format: it would be needed only where recognition fails,
// and there the message can say what was looked for.

import Glibc
internal import LibJSON
internal import MiniStat
internal import Sys9

/// What is wrong with a file of results.
public struct SourceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file's name.
  public let name: String
  /// The line, from 1; 0 where the file as a whole is meant.
  public let line: Int
  /// Where in the structure it is, such as `results[2].times[0]`; "" where the line says it.
  public let place: String
  /// What was found, and what to do about it.
  public let text: String

  /// Something wrong in `name`.
  public init(name: String, line: Int = 0, place: String = "", text: String) {
    self.name = name
    self.line = line
    self.place = place
    self.text = text
  }

  /// What the system said when `name` was read.
  init(name: String, _ fault: SystemError) {
    self.init(name: name, text: "cannot read: \(fault.reason)")
  }

  /// `name:line: place: text`, without what is not known.
  public var description: String {
    "\(name)\(line > 0 ? ":\(line)" : ""): \(place.isEmpty ? "" : place + ": ")\(text)"
  }
}

/// Reading files of results.
public enum SourceReader {
  /// The measurement in `bytes`.
  ///
  /// O(bytes).
  ///
  /// - Parameters:
  ///   - bytes: the whole content of a file.
  ///   - name: the file's name for messages.
  ///   - arm: the name of the arm, where the content names none.
  ///   - column: how numbers lie in lines, for files of plain columns.
  public static func read(
    _ bytes: [UInt8], name: String, arm: String, column: ColumnFormat = .standard
  ) throws(SourceError) -> Measurement {
    let source = Source(bytes: bytes, name: name, arm: arm, column: column)
    var measurement: Measurement
    switch bytes.first(where: { !isBlank($0) }) {
    case UInt8(ascii: "{"), UInt8(ascii: "["): measurement = try readJSON(source)
    default: measurement = try readLines(source)
    }
    if measurement.valueCount == 0 && measurement.failures.isEmpty {
      throw SourceError(name: name, text: "there are no values in it")  // R2
    }
    measurement.checkInvariants()
    return measurement
  }

  /// The measurement in what the descriptor `fd`, which the caller owns, gives to its end.
  ///
  /// As ``read(_:name:arm:column:)`` of all the bytes; but a file that begins with a digit holds
  /// plain numbers, and is never held as a whole.
  ///
  /// - Throws: what is wrong with the content, or why the system would not give it.
  public static func read(
    descriptor fd: CInt, name: String, arm: String, column: ColumnFormat = .standard
  ) throws(SourceError) -> Measurement {
    var bytes: [UInt8]
    do throws(SystemError) {
      bytes = try beginning(of: fd)
      if !Columns.recognises(beginning: bytes) { bytes += try Files.read(all: fd) }
    } catch {
      throw SourceError(name: name, error)
    }
    if !Columns.recognises(beginning: bytes) {
      return try read(bytes, name: name, arm: arm, column: column)
    }
    let source = Source(bytes: bytes, name: name, arm: arm, column: column)
    return try Columns.read(source, thenFrom: fd)
  }

  /// The first bytes that `fd` gives; none at its end.
  private static func beginning(of fd: CInt) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: SampleReader.pieceSize)
    let count = try unsafe bytes.withUnsafeMutableBufferPointer { (room) throws(SystemError) in
      try unsafe Sys9.read(fd, into: UnsafeMutableRawBufferPointer(room))
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func readJSON(_ source: Source) throws(SourceError) -> Measurement {
    if RecordReader.recognises(source.bytes) { return try RecordReader.read(source) }
    let value: JSON
    do throws(JSONError) {
      value = try JSON.parse(bytes: source.bytes)
    } catch {
      throw SourceError(
        name: source.name, line: error.line,
        text: "column \(error.column): \(error.message); was the file cut off?")
    }
    if let results = value["results"]?.array { return try Hyperfine.read(results, source) }
    if value["context"] != nil, let runs = value["benchmarks"]?.array {
      return try GoogleBenchmark.read(value, runs, source)
    }
    if let suite = value["benchmarks"]?.array { return try Pyperf.read(value, suite, source) }
    if let times = value["times"]?.array, let iterations = value["iters"]?.array {
      return try Criterion.read(value, times, iterations, source)
    }
    if let list = value.array { return try SmallerIsBetter.read(list, source) }
    throw SourceError(
      name: source.name,
      text: "this JSON is none that we know: hyperfine has 'results', google-benchmark 'context'"
        + " and 'benchmarks', pyperf 'benchmarks', criterion's sample.json 'iters' and 'times';"
        + " write plain numbers, one a line")
  }

  private static func readLines(_ source: Source) throws(SourceError) -> Measurement {
    if GoBenchmark.recognises(source.bytes) { return try GoBenchmark.read(source) }
    if PackageBenchmark.recognises(source.bytes) { return try PackageBenchmark.read(source) }
    return try Columns.read(source)
  }
}

/// A file that is being read.
struct Source {
  let bytes: [UInt8]
  let name: String
  let arm: String
  let column: ColumnFormat

  /// The finite number that `value` is.
  func number(_ value: JSON?, _ place: String) throws(SourceError) -> Double {
    guard let number = value?.double, number.isFinite else {
      let found = value.map { String($0.text.prefix(40)) } ?? "nothing"
      throw SourceError(name: name, place: place, text: "\(found) where a number was expected")
    }
    return number
  }

  /// The text that `value` is.
  func text(_ value: JSON?, _ place: String) throws(SourceError) -> String {
    guard let text = value?.string else {
      let found = value.map { String($0.text.prefix(40)) } ?? "nothing"
      throw SourceError(name: name, place: place, text: "\(found) where a text was expected")
    }
    return text
  }

  /// The finite numbers of `list`.
  func numbers(_ list: [JSON], _ place: String) throws(SourceError) -> [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(list.count)
    for (index, element) in list.enumerated() {
      numbers.append(try number(element, "\(place)[\(index)]"))
    }
    return numbers
  }

  /// `bytes` as lines of text, without their ends; each with its number.
  var lines: [(number: Int, text: Substring)] {
    let text = String(decoding: bytes, as: UTF8.self)
    var number = 0
    return text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line in
      number += 1
      return (number, line)
    }
  }
}

// Plain numbers in a column, as the classic mode reads them.

internal import MiniStat
internal import Sys9

enum Columns {
  static func read(_ source: Source) throws(SourceError) -> Measurement {
    var rest = source.bytes[...]
    let reading: Reading
    do throws(ReadFailure) {
      reading = try unsafe SampleReader.read(source.column) { room in
        let piece = rest.prefix(room.count)
        unsafe room.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
      }
    } catch {
      switch error {
      case .system(let fault): throw SourceError(name: source.name, text: fault.reason)
      case .data(let fault): throw complaint(fault, source)
      }
    }
    var result = Measurement()
    result.format = .columns
    let values = reading.samples.withSpan { span in
      unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }
    if values.isEmpty {
      throw SourceError(
        name: source.name,
        text: "its \(reading.lines) lines hold no number in column \(source.column.column);"
          + " choose columns with -C and -d")
    }
    result.add(Metric(name: "value", unit: "", better: .lower))
    result.add(Series(arm: source.arm, metric: "value", values: values))
    return result
  }

  private static func complaint(_ fault: DataFault, _ source: Source) -> SourceError {
    let found = String(decoding: fault.text, as: UTF8.self)
    let text =
      switch fault.kind {
      case .notNumber:
        "'\(found)' is not a number; begin the line with # to pass it over, or choose columns"
          + " with -C and -d"
      case .notFinite: "'\(found)' is no finite number; begin the line with # to pass it over"
      case .nul: "a NUL byte; this is no text, or not one in ASCII or UTF-8 (see iconv(1))"
      case .lineTooLong: "the line is too long; write one value a line"
      }
    return SourceError(name: source.name, line: fault.line, text: text)
  }
}

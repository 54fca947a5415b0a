// The files: opened, read, and complained of.

import Glibc
import MiniStat
import MiniStatRun
import Sys9
import SystemPackage

/// A file that is open for reading.
private final class Source {
  let name: [UInt8]
  let shown: String
  /// The file's own descriptor; nil for the standard input, which is not ours to close.
  private let file: Descriptor?

  var descriptor: CInt {
    switch file {
    case .some(let file): file.raw
    case .none: 0
    }
  }

  init(standardInput: Void) {
    name = Array("<stdin>".utf8)
    shown = "<stdin>"
    file = nil
  }

  /// Opens the file `name`.
  init(_ name: [UInt8], _ rules: ClassicRules) throws(Failure) {
    self.name = name
    shown = String(decoding: name, as: UTF8.self)
    let text = name.map { CChar(bitPattern: $0) } + [0]
    let path = unsafe text.withUnsafeBufferPointer { room in
      unsafe room.baseAddress.map { unsafe FilePath(platformString: $0) } ?? FilePath()
    }
    do {
      file = try Descriptor.open(path, O_RDONLY)
    } catch {
      throw Failure(
        "Cannot open \(shown): \(error.reason)", status: rules.statusOfMissingFile)
    }
  }
}

/// Reading the sets that a request names.
enum Input {
  /// The sets of `request`, in its order.
  static func read(_ request: Request) throws(Failure) -> [ClassicSet] {
    let rules = request.report.rules
    if request.files.isEmpty { return [try read(Source(standardInput: ()), request)] }
    var sets: [ClassicSet] = []
    if rules.opensFirst {
      // All faults of names come before any work on data.
      var sources: [Source] = []
      for name in request.files { sources.append(try open(name, rules)) }
      for source in sources { sets.append(try read(source, request)) }
    } else {
      for name in request.files { sets.append(try read(open(name, rules), request)) }
    }
    return sets
  }

  private static func open(_ name: [UInt8], _ rules: ClassicRules) throws(Failure) -> Source {
    if name == Array("-".utf8) && rules.readsDash { return Source(standardInput: ()) }
    return try Source(name, rules)
  }

  private static func read(_ source: Source, _ request: Request) throws(Failure) -> ClassicSet {
    let rules = request.report.rules
    let format = ColumnFormat(
      column: request.format.column, delimiters: request.format.delimiters,
      endsLinesAtNUL: rules.endsLinesAtNUL)
    let reading: Reading
    do throws(ReadFailure) {
      reading = try SampleReader.read(descriptor: source.descriptor, format)
    } catch {
      switch error {
      case .system(let fault): throw Failure("\(source.shown): cannot read: \(fault.reason)")
      case .data(let fault): throw Failure(complaint(fault, source.shown, request))
      }
    }
    if reading.samples.count < ClassicSet.countMin {
      throw Failure(tooFew(reading, source.shown, request))
    }
    return ClassicSet(name: source.name, samples: reading.samples, rules: rules)
  }

  private static func complaint(_ fault: DataFault, _ name: String, _ request: Request) -> String {
    let text = String(decoding: fault.text, as: UTF8.self)
    let place = "Invalid data on line \(fault.line) in \(name)"
    switch fault.kind {
    case .notNumber:
      return "\(place): '\(text)' is not a number; begin the line with # to pass it over,"
        + " or choose columns with -C and -d"
    case .notFinite:
      return "\(place): '\(text)' is no finite number; begin the line with # to pass it over"
    case .nul:
      return "\(place): a NUL byte; this is no text, or not one in ASCII or UTF-8 (see iconv(1))"
    case .lineTooLong:
      return "\(place): the line is longer than \(SampleReader.lineSizeMax >> 20) MiB;"
        + " write one value a line"
    }
  }

  private static func tooFew(_ reading: Reading, _ name: String, _ request: Request) -> String {
    let count = reading.samples.count
    var text = "Dataset \(name) must contain at least \(ClassicSet.countMin) data points;"
    if reading.lines == 0 {
      text += " it is empty"
    } else {
      text += " its \(reading.lines) lines hold \(count) in column \(request.format.column)"
      if count == 0 { text += " (choose columns with -C and -d)" }
    }
    return text
  }
}

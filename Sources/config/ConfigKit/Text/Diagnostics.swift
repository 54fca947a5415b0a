// Diagnostics: what is wrong, where, and what to do about it.
//
// All faults of a run are collected and reported together, up to a bound; nothing is written to
// the build directory when one of them is an error.  The text of each is a sentence that names
// things in single quotes and ends with the cure where there is one.

/// How bad a diagnostic is.
enum Severity: String {
  case error, warning, note
}

/// One message about one place.
struct Message {
  let severity: Severity
  let place: Place
  let text: String
  /// True for a note that belongs to the message before it.
  var isDetail = false
}

/// Collects what is found wrong in a run.
final class Diagnostics {
  /// Errors shown in one run; beyond, the reader has enough to do.
  static let errorsMax = 50

  private(set) var messages: [Message] = []
  private(set) var errorCount = 0
  private(set) var warningCount = 0
  /// True for `-W error`: warnings count as errors.
  let warningsAreErrors: Bool

  init(warningsAreErrors: Bool = false) {
    self.warningsAreErrors = warningsAreErrors
  }

  /// True once nothing may be written.
  var failed: Bool { errorCount > 0 }

  /// Reports an error at `place`, with notes at other places.
  func error(_ place: Place, _ text: String, notes: (Place, String)...) {
    report(.error, place, text, notes)
  }

  /// Reports a warning at `place`, with notes at other places.
  func warning(_ place: Place, _ text: String, notes: (Place, String)...) {
    report(warningsAreErrors ? .error : .warning, place, text, notes)
  }

  /// Reports something worth knowing that is neither error nor warning.
  func note(_ place: Place, _ text: String) {
    report(.note, place, text, [])
  }

  private func report(
    _ severity: Severity, _ place: Place, _ text: String, _ notes: [(Place, String)]
  ) {
    switch severity {
    case .error: errorCount += 1
    case .warning: warningCount += 1
    case .note: break
    }
    if errorCount > Self.errorsMax { return }
    messages.append(Message(severity: severity, place: place, text: text))
    for note in notes {
      messages.append(
        Message(severity: .note, place: note.0, text: note.1, isDetail: true))
    }
  }

  /// All messages as text: `file:line:col: severity: text`, one a line.
  ///
  /// - Parameters:
  ///   - caret: adds the source line and a caret under the place, for people at a terminal.
  ///   - colour: sets the severity off with ANSI colour.
  func render(_ files: SourceFiles, caret: Bool, colour: Bool) -> String {
    var text = ""
    for message in messages {
      text += prefix(message, files)
      text += colour ? Self.coloured(message.severity) : message.severity.rawValue
      text += ": \(message.text)\n"
      if caret && message.place.file >= 0 { text += Self.excerpt(message.place, files) }
    }
    if errorCount > Self.errorsMax {
      text += "config: error: \(errorCount - Self.errorsMax) more errors are not shown\n"
    }
    return text
  }

  private func prefix(_ message: Message, _ files: SourceFiles) -> String {
    guard message.place.file >= 0 else { return "config: " }
    let (line, column) = files.position(message.place)
    return "\(files[message.place.file].name):\(line):\(column): "
  }

  private static func coloured(_ severity: Severity) -> String {
    let code =
      switch severity {
      case .error: "1;31"
      case .warning: "1;35"
      case .note: "1;36"
      }
    return "\u{1B}[\(code)m\(severity.rawValue)\u{1B}[0m"
  }

  /// The line that holds `place` and a caret below it; tabs stay tabs in both.
  private static func excerpt(_ place: Place, _ files: SourceFiles) -> String {
    let line = files.line(place)
    let column = files.position(place).column
    let pad = line.prefix(column - 1).map { $0 == Byte.tab ? "\t" : " " }.joined()
    let shown = line.map { $0 < 0x20 && $0 != Byte.tab || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
    return "    \(String(decoding: shown, as: UTF8.self))\n    \(pad)^\n"
  }
}

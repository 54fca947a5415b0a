// Diagnostics for machines: theory of operation.
//
// Problem.  Editors, reviews and servers want what `config` says as data: which file, which range,
// how bad, and which other places belong to it.
//
// Shape.  `Diagnostics` collects messages as people read them, one behind the other, a message's
// notes behind it.  Here they become findings, each with its notes and with ranges, and a report
// that writes them as JSON of our own or as SARIF 2.1.0, which others read.
//
//     Diagnostics + SourceFiles -> [Finding] -> JSON | SARIF | LSP's diagnostics
//
// The rule of a message, which SARIF wants as a stable name, is made of its first words without
// the names in quotes: `unknown library 'libfooo'` is `unknown-library`.  So that a reworded
// message is a new rule, and no table of numbers has to be kept beside the texts.
//
// Invariants.
//   D1  Every message is in exactly one finding; the order is that of the text.
//   D2  A range lies in its line: 1 <= column <= endColumn <= length + 1.

/// A place with its extent, in a file that was read.
public struct FindingSpot: Equatable, Sendable {
  /// The file as messages show it: relative to the working directory where it was given so.
  public let file: String
  /// The line, from 1.
  public let line: Int
  /// The column in bytes, from 1, as the text of messages counts.
  public let column: Int
  /// The column behind the last byte of the word there.
  public let endColumn: Int
  /// The same columns in Unicode scalars, as SARIF counts.
  public let scalarColumn: Int, endScalarColumn: Int
}

/// A note that belongs to a finding.
public struct FindingNote: Equatable, Sendable {
  /// Where; nil for no place.
  public let spot: FindingSpot?
  /// What is there.
  public let text: String
}

/// One thing that was found: a fault, or something worth knowing.
public struct Finding: Equatable, Sendable {
  /// `error`, `warning` or `note`.
  public let severity: String
  /// Where; nil for what has no place, such as the command line.
  public let spot: FindingSpot?
  /// What was found, and the cure.
  public let text: String
  /// Other places that belong to it.
  public let notes: [FindingNote]
  /// The name of the kind of finding, where it has one.
  public var name: String?

  /// A stable name of the kind of finding: its own, or the words of the text before its first `:`,
  /// `;` or parenthesis, without what is quoted; at most six.
  public var rule: String { name ?? Self.rule(of: text) }

  static func rule(of text: String) -> String {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    func finish() {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    for scalar in text.unicodeScalars {
      if scalar == "'" && (isQuoted || word.isEmpty) {
        isQuoted.toggle()
      } else if isQuoted {
        continue
      } else if ":;(".unicodeScalars.contains(scalar) && !words.isEmpty || words.count == 6 {
        break
      } else if scalar.properties.isAlphabetic && scalar.isASCII {
        word += String(scalar).lowercased()
      } else {
        finish()
      }
    }
    finish()
    return words.isEmpty ? "message" : words.prefix(6).joined(separator: "-")
  }
}

extension Diagnostics {
  /// The messages as findings, in their order.  O(messages x size of a file).
  func findings(_ files: SourceFiles) -> [Finding] {
    var result: [Finding] = []
    var index = messages.startIndex
    while index < messages.endIndex {
      let message = messages[index]
      index += 1
      var notes: [FindingNote] = []
      while index < messages.endIndex, messages[index].isDetail {
        notes.append(
          FindingNote(spot: files.spot(messages[index].place), text: messages[index].text))
        index += 1
      }
      result.append(
        Finding(
          severity: message.severity.rawValue, spot: files.spot(message.place),
          text: message.text, notes: notes))
    }
    return result
  }
}

extension SourceFiles {
  /// The word at `place`, with the columns that others count in; nil for no place.
  func spot(_ place: Place) -> FindingSpot? {
    guard place.file >= 0 else { return nil }
    let (line, column) = position(place)
    let text = self.line(place)
    let start = min(column - 1, text.count)
    let end = Self.wordEnd(text, from: start)
    func scalars(_ count: Int) -> Int { text[..<count].count { $0 & 0xC0 != 0x80 } + 1 }
    return FindingSpot(
      file: self[place.file].name, line: line, column: start + 1, endColumn: end + 1,
      scalarColumn: scalars(start), endScalarColumn: scalars(end))
  }

  /// Where the word ends that begins at `start` of a line; behind its quote if it has one.
  static func wordEnd(_ line: [UInt8], from start: Int) -> Int {
    guard start < line.count else { return start }
    let first = line[start]
    var index = start
    if first == Byte.quote || first == Byte.apostrophe {
      index += 1
      while index < line.count && line[index] != first {
        index += line[index] == Byte.backslash && first == Byte.quote ? 2 : 1
      }
      return min(index + 1, line.count)
    }
    while index < line.count && !Byte.isBlank(line[index]) && line[index] != Byte.hash {
      index += 1
    }
    return max(index, min(start + 1, line.count))
  }
}

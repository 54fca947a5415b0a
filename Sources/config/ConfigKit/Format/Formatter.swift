// The one layout: theory of operation.
//
// Problem.  Descriptions are written by many hands and changed by programs.  One canonical layout
// ends the discussion, makes differences small, and lets a program write what a person would.
//
// Shape.  The parser says where every word stands and what belongs together; what lies between two
// words (blanks, line ends, comments, `;`) is read a second time from the source, as a `Gap`.
// Words keep their bytes, quotes and all; only gaps are written anew:
//
//     bytes -> Parser -> statements      \
//           -> Gap between all words      > lines of cells -> columns aligned -> bytes
//
//     program<tab>p<tab><tab><tab>option SMALL        a head, a tab, a name; attachments apart
//     <tab>src/a.c src/b.c<tab>option LARGE           a clause a line, one tab in
//     <tab>src/c.c \                                  a joined line, one tab more
//     <tab><tab>src/d.c<tab><tab>option SMALL
//
// Attachments of neighbouring lines begin in one column, a tab stop; so do comments behind code.
// A blank line separates neighbours; there is never more than one.  The arguments of settings begin
// in one column everywhere, so that a new line moves no other.  A statement that began behind `;`
// gets a line of its own.
//
// Invariants.
//   F1  Statements, clauses and words are the same before and after, quotes included; the value of
//       a makeoption, which is raw text, is not touched.
//   F2  Every comment is there, in order, byte for byte but for blanks at its end.
//   F3  What was laid out is laid out: format(format(x)) == format(x).
//   F4  A file with a syntax error is not laid out at all.
//
// F1 and F2 are checked on every file (`isFaithful`), since losing a line of somebody's
// description is worse than any layout.
//
// Rejected.  Breaking long lines: where a clause is divided is the author's, as it says what goes
// together.  Sorting items: the order of a link is the order of its items.

import SystemPackage

/// How the layout of one file went.
public enum FormatOutcome: Equatable, Sendable {
  /// The file in the one layout; equal to the source if it was laid out already.
  case formatted([UInt8])
  /// The syntax is wrong; the messages say where, as `config` says it.
  case faulty(messages: String, findings: [Finding])
}

/// Lays out files of the configuration language.
public enum Formatter {
  /// The layout of `source`.  O(bytes); no I/O.
  ///
  /// - Parameter name: what messages call the file.
  public static func format(_ source: [UInt8], name: String) -> FormatOutcome {
    let names = Names()
    let diagnostics = Diagnostics()
    let text = SourceText(source, names: names, diagnostics: diagnostics)
    if diagnostics.failed {
      let files = SourceFiles()
      _ = files.add(
        SourceFile(name: name, path: "", bytes: source, includedFrom: .none))
      return .faulty(
        messages: diagnostics.render(files, caret: false, colour: false),
        findings: diagnostics.findings(files))
    }
    var layout = Layout(text)
    let result = layout.render()
    guard isFaithful(text, result) else {
      let text = "this layout would change the meaning: it is left alone"
      let finding = Finding(severity: "error", spot: nil, text: text, notes: [])
      return .faulty(messages: "\(name): error: \(text)\n", findings: [finding])
    }
    return .formatted(result)
  }

  /// True if `result` says what `text` says (F1), with the same comments (F2).
  static func isFaithful(_ text: SourceText, _ result: [UInt8]) -> Bool {
    let diagnostics = Diagnostics()
    let again = SourceText(result, names: text.names, diagnostics: diagnostics)
    if diagnostics.failed || again.statements.count != text.statements.count { return false }
    for (before, after) in zip(text.statements, again.statements) {
      let isSame =
        before.clauseEnds == after.clauseEnds && before.words.count == after.words.count
        && zip(before.words, after.words).allSatisfy {
          $0.name == $1.name && $0.isQuoted == $1.isQuoted
        }
      if !isSame { return false }
      if text.isRaw(before), text.rawValue(before) != again.rawValue(after) { return false }
    }
    return text.comments.elementsEqual(again.comments) { $0 == $1 }
  }
}

/// What kind of neighbours a statement has its columns with.
enum LayoutKind {
  case setting, source, owner, test, plain
  /// Where the arguments of a setting begin: behind `makeoption`, `includeconfig` and `no option`.
  static let settingColumn = 16
}

/// The lines of a file, made from its statements.
struct Layout {
  private let text: SourceText
  private var lines: [LayoutLine] = []
  private var group = 0
  /// The kind of the last statement if it took one line and no blank line followed.
  private var neighbour: LayoutKind?

  init(_ text: SourceText) { self.text = text }

  /// The whole file in the one layout.
  mutating func render() -> [UInt8] {
    put(text.head, isInside: false, indent: 0)
    for index in text.statements.indices { put(index) }
    while lines.last?.isBlank ?? false { lines.removeLast() }
    var bytes = Columns(lines).render()
    if text.hasMark || bytes.starts(with: SourceText.mark) { bytes = SourceText.mark + bytes }
    return bytes
  }

  // MARK: Gaps

  /// Adds the lines of a gap: comments, and a blank line where there was at least one.
  private mutating func put(_ gap: Gap, isInside: Bool, indent: Int) {
    for line in gap.lines {
      switch line {
      case .blank:
        if lines.isEmpty || lines.last?.isBlank ?? false || gap.isJoined { continue }
        lines.append(.blank)
        group += 1
        neighbour = nil
      case .comment(let range, let isIndented):
        let depth = isInside ? indent : isIndented && !text.isBeforeAll(range) ? 1 : 0
        lines.append(.comment(Array(text.bytes[range]), indent: depth))
      }
    }
  }

  // MARK: Statements

  private mutating func put(_ index: Int) {
    let statement = text.statements[index]
    let kind = text.kind(statement)
    let isShort = statement.clauseEnds.count == 1
    if neighbour != kind || !isShort { group += 1 }
    neighbour = nil
    if kind == .setting && text.isRaw(statement) {
      putRaw(index, statement)
    } else {
      for clause in statement.clauseEnds.indices { put(index, statement, clause, kind) }
    }
    if isShort { neighbour = kind }
    put(text.gaps[index].last ?? Gap(), isInside: false, indent: 0)
  }

  /// A makeoption: the value is raw, and stays as it is.
  private mutating func putRaw(_ index: Int, _ statement: Statement) {
    let words = statement.words
    var line = LayoutLine(group: group)
    line.second = LayoutKind.settingColumn
    if words.count > 1, text.gaps[index][0].isBlank {
      var value = text.verbatim(words[1], words[words.count - 1])
      if words.count > 2, text.gaps[index][1].isBlank, text.isVariable(words[1]) {
        value = text.raw(words[1]) + [Byte.space] + text.verbatim(words[2], words[words.count - 1])
      }
      line.cells = [text.raw(words[0]), value]
    } else {
      line.cells = [text.verbatim(words[0], words[words.count - 1])]
    }
    finish(&line, index, words.count - 1)
    lines.append(line)
  }

  /// One clause: a line, or several where the author joined them.
  private mutating func put(
    _ index: Int, _ statement: Statement, _ clause: Int, _ kind: LayoutKind
  ) {
    let range = statement.clause(clause)
    let split = text.split(statement, clause, kind)
    var start = range.lowerBound
    var indent = clause == 0 ? 0 : 1
    for word in range {
      let gap = text.gaps[index][word]
      let isEnd = word + 1 == range.upperBound
      if !isEnd && !gap.isJoined { continue }
      var line = LayoutLine(group: group)
      line.indent = indent
      if kind == .setting && start == 0 { line.second = LayoutKind.settingColumn }
      line.cells = cells(statement, start..<(word + 1), split, isHead: clause == 0, kind)
      line.isJoined = !isEnd
      finish(&line, index, word)
      lines.append(line)
      if kind == .test && clause == 0 { group += 1 }  // its lines have columns of their own
      if isEnd && clause + 1 == statement.clauseEnds.count { return }
      start = word + 1
      indent = isEnd ? 1 : clause == 0 ? 1 : 2
      put(gap, isInside: true, indent: indent)
    }
  }

  /// The words of one line, divided where columns are aligned.
  private func cells(
    _ statement: Statement, _ range: Range<Int>, _ split: Int, isHead: Bool, _ kind: LayoutKind
  ) -> [[UInt8]] {
    func joined(_ range: Range<Int>) -> [UInt8] {
      Array(statement.words[range].map { text.raw($0) }.joined(separator: [Byte.space]))
    }
    let first = range.lowerBound
    if kind == .setting && first == 0 {
      let head = text.headCount(statement)
      if range.count > head { return [joined(0..<head), joined(head..<range.upperBound)] }
    }
    let middle = min(max(split, first), range.upperBound)
    var lead = joined(first..<middle)
    // The name of what a head declares, or the file behind `source`, stands behind a tab.
    if first == 0 && text.hasTab(statement, kind) && middle > 1 {
      lead = joined(0..<1) + [Byte.tab] + joined(1..<middle)
    }
    if middle == first { return [joined(range)] }
    return middle == range.upperBound ? [lead] : [lead, joined(middle..<range.upperBound)]
  }

  /// Adds to a line what follows its last word.
  private func finish(_ line: inout LayoutLine, _ index: Int, _ word: Int) {
    let statement = text.statements[index]
    let last = statement.words[word]
    line.comment = text.gaps[index][word].trailing.map { Array(text.bytes[$0]) }
    if last.isQuoted { return }
    let end = text.bytes[Int(last.end) - 1]
    // A `;` that ends a word would end the statement: one more does, and this one stays.
    if end == Byte.semicolon && word + 1 == statement.words.count {
      line.cells[line.cells.count - 1].append(Byte.semicolon)
    }
    // A backslash that ends a line would join the next.
    line.endsInBackslash = end == Byte.backslash
  }
}

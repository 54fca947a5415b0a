// Lint: theory of operation.
//
// Problem.  A description can be right and still not be what was meant: an option that no line
// tests, a file that no line names, a header that is included behind the description's back.
//
// Shape.  Each check is a function from surveys to findings, and has a name, by which a finding is
// turned off: `-W no-NAME` for a run, a comment `lint-allow: NAME` for a line.  Several
// configurations are looked at together: what one sets and another tests is in order.
//
//     Lint+Options   unused-option undefined-option param-tested zero-value near-miss no-number
//     Lint+Sources   unlisted-source unused-module object-clash
//     Lint+Headers   undeclared-header missing-depend shadowed-header missing-option-header
//
// Invariants.
//   F1  A finding names its place and a cure.
//   F2  A finding is reported once, however many variants have it.
//   F3  Nothing is reported that another line of the description, read or not in this variant,
//       plainly speaks of: a false alarm costs more than a missed one.

public import LibJSON
import SystemPackage

/// What lint looks for.
public enum LintCheck: String, CaseIterable, Sendable {
  case unusedOption = "unused-option"
  case undefinedOption = "undefined-option"
  case paramTested = "param-tested"
  case zeroValue = "zero-value"
  case nearMiss = "near-miss"
  case noNumber = "no-number"
  case unlistedSource = "unlisted-source"
  case unusedModule = "unused-module"
  case objectClash = "object-clash"
  case undeclaredHeader = "undeclared-header"
  case missingDepend = "missing-depend"
  case shadowedHeader = "shadowed-header"
  case missingOptionHeader = "missing-option-header"

  /// What it finds, in a line.
  public var about: String {
    switch self {
    case .unusedOption: "an option that no condition, no `uses` and no source asks for"
    case .undefinedOption: "a condition on an option that no configuration turns on or off"
    case .paramTested: "a condition on a param, which is never on for conditions"
    case .zeroValue: "an option with the value 0, off or no, which is on all the same"
    case .nearMiss: "names, or a value and those that are tested, that differ in a letter or so"
    case .noNumber: "an option without a number whose number is compared"
    case .unlistedSource: "a source beside described ones, or below, that no description names"
    case .unusedModule: "a module that no library or program brings in"
    case .objectClash: "a source that is linked twice, or objects that differ in case alone"
    case .undeclaredHeader: "an include of a module's or library's header without depending on it"
    case .missingDepend: "an include of a generated header that may not have been made yet"
    case .shadowedHeader: "a generated file that a file of the tree hides"
    case .missingOptionHeader: "an opt/NAME.h that is not made in this variant"
    }
  }
}

/// Something that is probably not meant.
public struct LintFinding: Sendable {
  /// Which check found it.
  public let check: LintCheck
  /// Where.
  public let place: Position
  /// What, and the cure.
  public let text: String
  /// Other places that belong to it.
  public var notes: [Note] = []
  /// The file that `place` is in, for its line.
  let file: FilePath

  /// A sentence about another place.
  public struct Note: Sendable {
    /// Where.
    public let place: Position
    /// What.
    public let text: String
  }
}

/// Looks for what is probably not meant in variants of a project.
public struct Lint {
  let surveys: [Survey]
  let includes: [Includes]
  var findings: [LintFinding] = []

  /// Looks at all of `surveys` together, but for the checks named in `off`.
  ///
  /// Reads the sources and the directories of the tree.
  public static func findings(_ surveys: [Survey], off: Set<LintCheck> = []) -> [LintFinding] {
    var lint = Lint(surveys)
    lint.checkOptions()
    lint.checkSources()
    lint.checkHeaders()
    return lint.reported(off)
  }

  init(_ surveys: [Survey]) {
    self.surveys = surveys
    includes = surveys.map { Includes($0) }
  }

  /// Adds a finding at a place of the description; none for what the command line said.
  mutating func report(
    _ check: LintCheck, _ survey: Survey, _ place: Place, _ text: String,
    notes: [(Place, String)] = []
  ) {
    guard let position = survey.position(place) else { return }
    let shown = notes.compactMap { note in
      survey.position(note.0).map { LintFinding.Note(place: $0, text: note.1) }
    }
    findings.append(
      LintFinding(
        check: check, place: position, text: text, notes: shown,
        file: survey.files[place.file].path))
  }

  /// Adds a finding at a place of a file of the tree.
  mutating func report(
    _ check: LintCheck, _ survey: Survey, file: String, line: Int, column: Int, _ text: String,
    notes: [(Place, String)] = []
  ) {
    let shown = notes.compactMap { note in
      survey.position(note.0).map { LintFinding.Note(place: $0, text: note.1) }
    }
    findings.append(
      LintFinding(
        check: check, place: Position(file: survey.shown(file), line: line, column: column),
        text: text, notes: shown, file: survey.root.pushing(FilePath(file))))
  }

  /// What is left of the findings: each once, in order of place, without what is turned off.
  private func reported(_ off: Set<LintCheck>) -> [LintFinding] {
    struct Key: Hashable {
      let check: LintCheck
      let place: Position
      let text: String
    }
    var seen: Set<Key> = []
    var lines: [FilePath: [ArraySlice<UInt8>]] = [:]
    func isAllowed(_ finding: LintFinding) -> Bool {
      if lines[finding.file] == nil {
        let bytes = (try? surveys.first?.machine.read(finding.file)) ?? []  // then nothing allows
        lines[finding.file] = bytes.split(
          separator: Byte.newline, omittingEmptySubsequences: false)
      }
      guard let all = lines[finding.file], finding.place.line <= all.count,
        finding.place.line > 0
      else { return false }
      let line = String(decoding: all[finding.place.line - 1], as: UTF8.self)
      guard let mark = line.firstRange(of: "lint-allow:") else { return false }
      return line[mark.upperBound...].split { " \t,*/".contains($0) }
        .contains { $0 == finding.check.rawValue }
    }
    return findings.filter { finding in
      let key = Key(check: finding.check, place: finding.place, text: finding.text)
      return !off.contains(finding.check) && seen.insert(key).inserted && !isAllowed(finding)
    }.sorted { $0.place < $1.place }
  }
}

extension Array where Element == LintFinding {
  /// `file:line:column: warning: text [name]`, and a line for each note.
  ///
  /// - Parameter severity: `warning`, or `error`.
  public func text(_ severity: String) -> String {
    map { finding in
      "\(finding.place): \(severity): \(finding.text) [\(finding.check.rawValue)]\n"
        + finding.notes.map { "\($0.place): note: \($0.text)\n" }.joined()
    }.joined()
  }

  /// The findings as those of other checks are written, for machines.
  public func findings(_ severity: String) -> [Finding] {
    map { finding in
      Finding(
        severity: severity, spot: finding.place.spot, text: finding.text,
        notes: finding.notes.map { FindingNote(spot: $0.place.spot, text: $0.text) },
        name: finding.check.rawValue)
    }
  }

  /// An array of `{"name", "severity", "place", "text", "notes"}`.
  public func json(_ severity: String) -> JSON {
    .array(
      map { finding in
        [
          "name": .string(finding.check.rawValue), "severity": .string(severity),
          "place": finding.place.json, "text": .string(finding.text),
          "notes": .array(
            finding.notes.map { ["place": $0.place.json, "text": .string($0.text)] }),
        ]
      })
  }
}

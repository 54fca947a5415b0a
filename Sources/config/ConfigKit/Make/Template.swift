// Templates: `conf/Makefile.${ARCH}`, whose `%` lines stand for what config generates.

/// A line of a template.
enum TemplateLine {
  /// Copied as it is.
  case verbatim([UInt8])
  /// `%INCLUDE NAME`: the assignments of `conf/NAME`, which are copied in.
  case assignments(file: String, [[UInt8]])
  /// `%PREAMBLE` and its kin.
  case section(Section)

  enum Section: Hashable {
    case preamble, makeOptions, beforeDep, objects, libraries, programs, clean, nuke, rules
    /// `%FILES.c`: the sources of one suffix.
    case files(String)
  }
}

/// A template, read and checked, with the makefiles it includes.
struct Template {
  /// The version of templates that this config understands: `%VERSREQ=n` asks for it.
  static let version = 1

  private(set) var lines: [TemplateLine] = []
  /// `%DIALECT gnu` or `%DIALECT bsd`: the make that the template's own lines are written for.
  private(set) var dialect: (Dialect, Place)?

  /// Reads the template `file`; `load` finds the files that it includes.
  init(
    _ file: FoundFile, _ files: SourceFiles, _ diagnostics: Diagnostics,
    load: (String, Place) -> FoundFile?
  ) {
    let number = files.add(
      SourceFile(name: file.name, path: file.path, bytes: file.bytes, includedFrom: .none))
    var offset = 0
    for line in file.bytes.split(separator: Byte.newline, omittingEmptySubsequences: false) {
      let place = Place(file: number, offset: UInt32(offset))
      offset += line.count + 1
      if line.first == Byte.percent {
        read(trimmed(line.dropFirst()), place, files, diagnostics, load)
      } else if offset <= file.bytes.count || !line.isEmpty {
        lines.append(.verbatim(Array(line)))
      }
    }
  }

  private mutating func read(
    _ line: [UInt8], _ place: Place, _ files: SourceFiles, _ diagnostics: Diagnostics,
    _ load: (String, Place) -> FoundFile?
  ) {
    let text = String(decoding: line, as: UTF8.self)
    let words = text.split(separator: " ").map(String.init)
    let head = words.first ?? ""
    if let section = Self.sections[head], words.count == 1 {
      lines.append(.section(section))
    } else if head.hasPrefix("FILES."), words.count == 1 {
      lines.append(.section(.files(String(head.dropFirst(6)))))
    } else if head == "INCLUDE", words.count == 2 {
      guard let found = load(words[1], place) else { return }
      lines.append(.assignments(file: words[1], readMakefile(found, files, diagnostics)))
    } else if head == "DIALECT", words.count == 2, let dialect = Dialect(rawValue: words[1]) {
      self.dialect = (dialect, place)
    } else if head.hasPrefix("VERSREQ="), let wanted = Int(head.dropFirst(8)) {
      if wanted > Self.version {
        diagnostics.error(
          place,
          "the template needs templates of version \(wanted); "
            + "this config knows version \(Self.version)")
      }
    } else {
      let others = ["FILES.c", "INCLUDE", "DIALECT", "VERSREQ=1"]
      let known = (Self.sections.keys.sorted() + others).map { "%\($0)" }
      diagnostics.error(
        place, "unknown template line '%\(head)'\(suggestion(for: "%\(head)", among: known))")
    }
  }

  private static let sections: [String: TemplateLine.Section] = [
    "PREAMBLE": .preamble, "MAKEOPTIONS": .makeOptions, "BEFORE_DEP": .beforeDep,
    "OBJS": .objects, "LIBS": .libraries, "PROGS": .programs, "CLEAN": .clean, "NUKE": .nuke,
    "RULES": .rules,
  ]

  /// The logical lines of an included makefile, which holds assignments and comments only.
  private func readMakefile(
    _ file: FoundFile, _ files: SourceFiles, _ diagnostics: Diagnostics
  ) -> [[UInt8]] {
    let number = files.add(
      SourceFile(name: file.name, path: file.path, bytes: file.bytes, includedFrom: .none))
    var result: [[UInt8]] = []
    var offset = 0
    var pending: [UInt8] = []
    var start = 0
    for line in file.bytes.split(separator: Byte.newline, omittingEmptySubsequences: false) {
      if pending.isEmpty { start = offset }
      offset += line.count + 1
      if line.last == Byte.backslash {
        pending += line.dropLast() + [Byte.space]
        continue
      }
      let whole = pending + (line.last == Byte.carriageReturn ? line.dropLast() : line)
      pending = []
      let isComment = trimmed(whole[...]).first.map { $0 == Byte.hash } ?? true
      if !isComment && Assignment(line: whole[...]) == nil {
        diagnostics.error(
          Place(file: number, offset: UInt32(start)),
          "included makefiles hold assignments only: NAME = VALUE")
      }
      result.append(whole)
    }
    if result.last?.isEmpty ?? false { result.removeLast() }
    return result
  }

  /// The assignments of the template and of what it includes, in order, `%MAKEOPTIONS` in place.
  func assignments(makeOptions: [Assignment]) -> [Assignment] {
    var result: [Assignment] = []
    for line in lines {
      switch line {
      case .verbatim(let bytes):
        if bytes.first != Byte.tab, let assignment = Assignment(line: bytes[...]) {
          result.append(assignment)
        }
      case .assignments(_, let lines):
        result += lines.compactMap { line in
          line.first == Byte.hash ? nil : Assignment(line: line[...])
        }
      case .section(.makeOptions): result += makeOptions
      case .section: break
      }
    }
    return result
  }
}

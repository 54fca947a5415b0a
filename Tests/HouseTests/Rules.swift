// The rules of the house that one file can break by itself.
//
// A rule is a function from a file to its faults: no rule reads the disk, so that each can be
// shown, on three lines of text, to notice what it is there for.

/// A rule: the faults of one file.
typealias Rule = (TextFile) -> [Fault]

/// The rules, by the name of what they ask for.
enum Rules {
  /// The longest line: two files fit side by side on a laptop.
  static let columnsMax = 100
  /// The longest function: one screen.
  static let functionLinesMax = 70
  /// The longest file of ours: above this it holds more than one idea.
  static let fileLinesMax = 600

  private static func faults(
    _ file: TextFile, _ lines: some Sequence<some StringProtocol>, _ text: String,
    where isFault: (String) -> Bool
  ) -> [Fault] {
    zip(1..., lines).compactMap { number, line in
      isFault(String(line)) ? Fault(path: file.path, line: number, text: text) : nil
    }
  }

  /// Swift is indented by blanks.
  static func noTabs(_ file: TextFile) -> [Fault] {
    faults(file, file.lines, "a tab: indent with two blanks") { $0.contains("\t") }
  }

  /// No line is longer than `columnsMax`, but for the text in a long string: that is not layout.
  static func lineLength(_ file: TextFile) -> [Fault] {
    let long = faults(file, file.lines, "longer than \(columnsMax) columns") {
      $0.utf8.count > columnsMax && $0.count > columnsMax
    }
    if long.isEmpty { return [] }
    let text = SwiftText(file.text)
    return long.filter { fault in
      !text.code[fault.line - 1].isEmpty || !text.comments[fault.line - 1].isEmpty
    }
  }

  /// Lines end in a newline alone, nothing hangs on their right, and the last one ends too.
  static func lineEnds(_ file: TextFile) -> [Fault] {
    var found = faults(file, file.lines, "blanks at the end of the line") {
      $0.last?.isWhitespace ?? false
    }
    if !file.text.isEmpty && file.text.unicodeScalars.last != "\n" {
      found.append(Fault(path: file.path, line: file.lines.count, text: "no newline at the end"))
    }
    return found
  }

  /// Nothing in the sources traps where input may reach: no `try!`, `as!`, `fatalError`.
  static func noTraps(_ file: TextFile) -> [Fault] {
    let code = SwiftText(file.text).code
    return ["try!", "as!", "fatalError("].flatMap { word in
      faults(file, code, "\(word) may meet input: throw, or return an optional") {
        $0.contains(word)
      }
    }
  }

  /// Foundation stays out: start-up, size, and what runs without it.
  static func noFoundation(_ file: TextFile) -> [Fault] {
    imports(file).compactMap { line, module in
      module.hasPrefix("Foundation")
        ? Fault(path: file.path, line: line, text: "\(module) is not for our sources") : nil
    }
  }

  /// What is left to do has an owner: `TODO(name)`.
  static func ownedTasks(_ file: TextFile) -> [Fault] {
    let lines =
      file.ends(in: ".swift") ? SwiftText(file.text).comments : file.lines.map(String.init)
    return ["TODO", "FIXME", "XXX"].flatMap { mark in
      faults(file, lines, "\(mark) has no owner: write \(mark)(name), or do it") { line in
        let words = line.split { !($0.isLetter || $0.isNumber || "_(-".contains($0)) }
        return words.contains { $0 == mark || $0 == mark + "(" }
      }
    }
  }

  private static let declarations: Set<Substring> = [
    "func", "init", "struct", "class", "enum", "protocol", "actor", "var", "let", "subscript",
    "typealias", "macro", "associatedtype", "init?", "init(", "subscript(",
  ]

  /// Every public declaration says what it promises.
  static func documented(_ file: TextFile) -> [Fault] {
    let code = SwiftText(file.text).code
    var hasComment = false
    var found: [Fault] = []
    for (index, line) in file.lines.enumerated() {
      let words = code[index].split { !($0.isLetter || $0.isNumber || "_@".contains($0)) }
      if line.drop(while: { $0 == " " }).hasPrefix("///") {
        hasComment = true
      } else if words.contains("public") && words.contains(where: declarations.contains) {
        if !hasComment {
          found.append(
            Fault(path: file.path, line: index + 1, text: "public, but nothing says what it does"))
        }
        hasComment = false
      } else if !(words.first?.hasPrefix("@") ?? false) {
        hasComment = false
      }
    }
    return found
  }

  /// No function is longer than a screen.  Reads formatted text: a `}` ends what began above it.
  static func functionLength(_ file: TextFile) -> [Fault] {
    let code = SwiftText(file.text).code
    var open: (line: Int, indent: Int)?
    var found: [Fault] = []
    for (index, line) in code.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      let begins = words.contains("func") || words.first == "init" || words.contains("subscript")
      if open == nil, begins, !line.contains("}") { open = (index, indent) }
      guard let start = open, line.dropFirst(indent).first == "}", indent == start.indent else {
        continue
      }
      let length = index - start.line + 1
      if length > functionLinesMax {
        let text = "a function of \(length) lines: \(functionLinesMax) fit a screen"
        found.append(Fault(path: file.path, line: start.line + 1, text: text))
      }
      open = nil
    }
    return found
  }

  /// No file is longer than `fileLinesMax`.
  static func fileLength(_ file: TextFile) -> [Fault] {
    let count = file.lines.count - 1
    if count <= fileLinesMax { return [] }
    return [Fault(path: file.path, line: count, text: "more than \(fileLinesMax) lines: split it")]
  }
}

extension Rules {
  private static let importWords: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private", "struct", "class", "enum",
    "protocol", "typealias", "func", "let", "var",
  ]

  /// The modules that a Swift file imports, each with the line.
  static func imports(_ file: TextFile) -> [(line: Int, module: String)] {
    zip(1..., SwiftText(file.text).code).compactMap { number, line in
      let words = line.split { $0 == " " || $0 == ";" }.drop { word in
        word.hasPrefix("@") || importWords.contains(word)
      }
      guard words.first == "import" else { return nil }
      let name = words.dropFirst().first { !importWords.contains($0) }
      guard let module = name?.split(separator: ".").first else { return nil }
      return (number, String(module))
    }
  }
}

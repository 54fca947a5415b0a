// The examples of docs/config.md: how they are written, and how they are found.
//
// A description is a fenced block that begins with "```config" and words that say what comes of
// it; "```output FILE" blocks behind it show what config writes:
//
//     ```config expect=ok                what comes of it: ok or error
//     # file: conf/HELLO                 the first file is the root; conf/EXAMPLE without this
//     ident HELLO
//     # file: conf/files                 another file
//     ...
//     ```
//     ```output Makefile                 lines of a file in the build directory, one behind the
//     ...                                other; "..." stands for any lines between
//     ```
//     ```output                          all messages, without a word more
//     ```
//
// More words: make=gnu, make=bsd, make=ninja, debug (-g), strict (-W error), os=NAME, arch=NAME.
// Every word of a description that is a path with a slash and a suffix is made as an empty file,
// and so is what stands in a comment "# exists: NAME...", but for names with "missing" in them.

/// One description of the manual.
struct Example: CustomStringConvertible, Sendable {
  /// A file of the description.
  struct File: Sendable {
    let path: String
    var text: String
  }

  /// What an output block expects: `file` is empty for the messages.
  struct Output: Sendable {
    let file: String
    var lines: [String]
  }

  /// The heading above it.
  let heading: String
  /// Where it begins in the manual.
  let line: Int
  /// The words behind `config` in its first line.
  let words: [String]
  var files: [File] = []
  var outputs: [Output] = []

  var description: String { "docs/config.md:\(line): \(heading)" }

  /// The value of the word `NAME=VALUE`.
  func value(_ name: String) -> String? {
    words.first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  /// Adds a line of its block.
  mutating func add(_ text: String) {
    if text.hasPrefix("# file: ") {
      files.append(File(path: String(text.dropFirst(8)), text: ""))
      return
    }
    if files.isEmpty { files.append(File(path: "conf/EXAMPLE", text: "")) }
    files[files.count - 1].text += text + "\n"
  }

  /// The files that the description takes for granted.
  var sources: Set<String> {
    var found: Set<String> = []
    let own = Set(files.map(\.path))
    for line in files.flatMap({ $0.text.split(separator: "\n") }) {
      if line.hasPrefix("# exists: ") {
        found.formUnion(line.dropFirst(10).split(separator: " ").map(String.init))
        continue
      }
      for word in Self.words(line) {
        if let path = Self.path(word), !own.contains(path) { found.insert(path) }
      }
    }
    return found.filter { !$0.contains("missing") }
  }

  /// The words of `line`, and for a quoted one also the words in it.
  private static func words(_ line: Substring) -> [Substring] {
    var words: [Substring] = []
    var rest = line
    while true {
      rest = rest.drop { " \t;".contains($0) }
      guard let first = rest.first, first != "#" else { return words }
      let isQuoted = first == "\"" || first == "'"
      if isQuoted { rest = rest.dropFirst() }
      let word = rest.prefix { isQuoted ? $0 != first : !" \t;".contains($0) }
      words.append(word)
      if isQuoted { words += word.split(separator: " ") }
      rest = rest.dropFirst(word.count + (isQuoted ? 1 : 0))
    }
  }

  /// The file of the tree that `word` means; nil for another word.
  private static func path(_ word: Substring) -> String? {
    let path = word.hasPrefix("$S/") ? word.dropFirst(3) : word
    guard let slash = path.lastIndex(of: "/"), path.first?.isLetter ?? false,
      path[slash...].contains("."), !path.contains("$"), !path.hasPrefix("o/")
    else { return nil }
    return path.split(separator: "*", omittingEmptySubsequences: false).joined(separator: "any")
  }

  /// The examples in the manual's `text`.
  static func all(in text: String) -> [Example] {
    var result: [Example] = []
    var heading = ""
    var block: Substring?
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in zip(1..., lines) {
      if line.hasPrefix("```") {
        if block != nil {
          block = nil
          continue
        }
        let words = line.dropFirst(3).split(separator: " ").map(String.init)
        block = words.first.map { $0[...] } ?? ""
        if block == "config" {
          result.append(
            Example(heading: heading, line: number, words: Array(words.dropFirst())))
        } else if block == "output", !result.isEmpty {
          result[result.count - 1].outputs.append(
            Output(file: words.count > 1 ? words[1] : "", lines: []))
        }
      } else if block == "config" {
        result[result.count - 1].add(String(line))
      } else if block == "output", let last = result.last, !last.outputs.isEmpty {
        result[result.count - 1].outputs[last.outputs.count - 1].lines.append(String(line))
      } else if block == nil, line.hasPrefix("#") {
        heading = String(line.drop { $0 == "#" || $0 == " " })
      }
    }
    return result
  }
}

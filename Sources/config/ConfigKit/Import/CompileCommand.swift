// A command line of a compiler, taken apart.

import SystemPackage

/// Where the paths of a command lie: what is in the tree becomes `$S/...`, what is in the old
/// build directory becomes a name in the new one.
struct ImportPlace {
  /// The root of the sources and the old build directory, absolute and without links.
  let tree: FilePath
  let build: FilePath

  /// `path` seen from the root of the sources; nil if it lies elsewhere, or in the build directory.
  func inTree(_ path: FilePath) -> String? {
    if build != tree && path.starts(with: build) { return nil }
    return Self.below(path, tree)
  }

  /// `path` seen from the build directory; nil if it lies elsewhere.
  func inBuild(_ path: FilePath) -> String? {
    // A build in the tree itself: what it makes cannot be told by its place.
    build == tree ? nil : Self.below(path, build)
  }

  private static func below(_ path: FilePath, _ base: FilePath) -> String? {
    var rest = path
    guard rest.removePrefix(base) else { return nil }
    return rest.string
  }

  /// `path`, made absolute from `directory`.
  static func absolute(_ path: String, in directory: FilePath) -> FilePath {
    directory.pushing(FilePath(path)).lexicallyNormalized()
  }

  /// `path` in make's notation, for flags and commands: `$S/...`, a name of the build directory, or
  /// as it is.
  func flag(_ path: FilePath) -> String {
    if let inner = inTree(path) { return inner.isEmpty ? "$S" : "$S/" + Self.escaped(inner) }
    if let inner = inBuild(path) { return inner.isEmpty ? "." : Self.escaped(inner) }
    return Self.escaped(path.string)
  }

  /// `text` where make's `$` stands for itself.
  static func escaped(_ text: String) -> String { text.replacing("$", with: "$$") }

  /// `text` of a command, with all paths of the tree and the build directory in make's notation.
  func command(_ text: String) -> String {
    var result = Self.escaped(text)
    // The longer one first: the build directory may lie in the tree, or the tree in it.
    let roots = [(build.string, "."), (tree.string, "$S")].sorted { $0.0.count > $1.0.count }
    for (path, new) in roots where path.count > 1 {
      result = result.replacing(path + "/", with: new == "." ? "" : new + "/")
      result = result.replacing(path, with: new)
    }
    return result
  }
}

/// What a compile command says, without what every build system adds by itself.
struct CompileCommand {
  /// The file that is compiled, absolute.
  var source: FilePath?
  /// What it makes, as written.
  var output: String?
  /// Options other than macros and include directories.
  var options: [String] = []
  /// Macros and include directories, in order.
  var definitions: [String] = []
  /// Options that were left out because they cannot be carried over.
  var lost: [String] = []

  /// Options with the next word as their argument that say where a path is.
  private static let pathOptions: Set<String> = [
    "-I", "-isystem", "-iquote", "-idirafter", "-include", "-imacros", "-isysroot",
  ]
  /// Options of dependency files and of the step itself.
  private static let dropped: Set<String> = ["-c", "-MD", "-MMD", "-MP", "-MM", "-M", "-MG"]
  private static let droppedWithArgument: Set<String> = ["-o", "-MF", "-MT", "-MQ", "--output"]

  /// Takes the words of a command apart.
  ///
  /// - Parameters:
  ///   - words: the command; the first is the compiler, and launchers before it are skipped.
  ///   - directory: where it is run, absolute.
  init(_ words: [String], directory: FilePath, place: ImportPlace) {
    var rest = words.dropFirst(Self.launchers(words) + 1)
    while let word = rest.popFirst() {
      if Self.dropped.contains(word) || word.hasPrefix("-fmodule") && word.contains("/") {
        continue
      }
      if Self.droppedWithArgument.contains(word) {
        let argument = rest.popFirst()
        if word == "-o" || word == "--output" { output = argument }
        continue
      }
      if word.hasPrefix("@") {
        lost.append(word)
        continue
      }
      if let (option, path, isApart) = Self.pathOption(word, &rest) {
        let flag = place.flag(ImportPlace.absolute(path, in: directory))
        let isHeaderName = option == "-include" && !path.contains("/")
        let shown = isHeaderName ? ImportPlace.escaped(path) : flag
        definitions += isApart ? [option, shown] : [option + shown]
        continue
      }
      add(word, &rest, directory, place)
    }
  }

  private mutating func add(
    _ word: String, _ rest: inout ArraySlice<String>, _ directory: FilePath, _ place: ImportPlace
  ) {
    if word == "-D" || word == "-U" {
      if let name = rest.popFirst() { definitions.append(place.command(word + name)) }
    } else if word.hasPrefix("-D") || word.hasPrefix("-U") {
      definitions.append(place.command(word))
    } else if ["-arch", "-target", "-x", "-Xclang", "-Xpreprocessor", "-Xassembler", "--param"]
      .contains(word), let argument = rest.popFirst()
    {
      options += [word, place.command(argument)]
    } else if !word.hasPrefix("-"), isSource(word) {
      source = ImportPlace.absolute(word, in: directory)
    } else {
      options.append(place.command(word))
    }
  }

  private func isSource(_ word: String) -> Bool {
    SourceKind(Array(word.utf8)[...]).isCompiled
  }

  /// How many words at the front are launchers such as ccache.
  private static func launchers(_ words: [String]) -> Int {
    let known: Set<String> = ["ccache", "sccache", "distcc", "icecc", "env"]
    var count = 0
    while count + 1 < words.count {
      let base = FilePath(words[count]).lastComponent?.string ?? ""
      if !known.contains(base) && !(count > 0 && words[count].contains("=")) { break }
      count += 1
    }
    return count
  }

  /// An option with a path, joined to it or behind it.
  private static func pathOption(
    _ word: String, _ rest: inout ArraySlice<String>
  ) -> (option: String, path: String, isApart: Bool)? {
    if pathOptions.contains(word) { return rest.popFirst().map { (word, $0, word != "-I") } }
    if word.hasPrefix("-I") { return ("-I", String(word.dropFirst(2)), false) }
    if word.hasPrefix("-isystem") { return ("-isystem", String(word.dropFirst(8)), true) }
    return nil
  }

  /// The words of a shell's command line: quotes and backslashes, and nothing else of a shell.
  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isWord = false
    var quote: Character?
    var isEscape = false
    for character in line {
      if isEscape {
        if quote == "\"" && !"\"\\$`".contains(character) { word.append("\\") }
        word.append(character)
        isEscape = false
      } else if character == "\\" && quote != "'" {
        isEscape = true
        isWord = true
      } else if character == quote {
        quote = nil
      } else if quote == nil && (character == "\"" || character == "'") {
        quote = character
        isWord = true
      } else if quote == nil && (character == " " || character == "\t" || character == "\n") {
        if isWord { words.append(word) }
        word = ""
        isWord = false
      } else {
        word.append(character)
        isWord = true
      }
    }
    if isWord { words.append(word) }
    return words
  }
}

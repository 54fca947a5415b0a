// The two descriptions of what is built: Package.swift for SwiftPM, conf/files* for config.
//
// Both are read as text, as far as this repository writes them: the targets of Package.swift are
// calls in the list `targets:`, one a target, and a statement of conf/ begins in the first column.

/// A module or a program in one of the descriptions.
struct Described: Equatable {
  var name: String
  var isProgram: Bool
  /// The folder that its sources lie in.
  var folder: String
  /// The modules that it needs.
  var needs: Set<String>
  var line: Int
}

/// What Package.swift says.
struct PackageText {
  /// Each target below Sources, by its folder.
  private(set) var targets: [String: Described] = [:]
  /// The names under which programs are built.
  private(set) var programs: Set<String> = []
  /// Names of dependencies that are constants in Package.swift.
  private static let constants = ["argumentParser": "ArgumentParser", "system": "SystemPackage"]

  init(_ file: TextFile) {
    for call in Self.calls(file.text, in: "\n  targets: [") {
      guard let target = Self.target(call) else { continue }
      targets[target.folder] = target
    }
    for call in Self.calls(file.text, in: "\n  products: [") where call.name == ".executable" {
      if let name = Self.strings(call.arguments).first { programs.insert(name) }
    }
  }

  private static func target(_ call: Call) -> Described? {
    guard let name = strings(call.arguments).first else { return nil }
    let room = value(of: "in:", in: call.arguments)
    let path = value(of: "path:", in: call.arguments)
    let folder = path ?? room.map { "Sources/\($0)/\(name)" } ?? ""
    if !folder.hasPrefix("Sources/") { return nil }
    let list =
      list(of: "needs:", in: call.arguments) ?? list(of: "dependencies:", in: call.arguments)
    let needs = Set(
      (list ?? "").split { ", \n[]".contains($0) }.map { word in
        let text = word.filter { $0 != "\"" }
        return constants[text] ?? text
      })
    return Described(
      name: name, isProgram: ["program", ".executableTarget"].contains(call.name), folder: folder,
      needs: needs, line: call.line)
  }

  struct Call {
    let name: String
    let arguments: String
    let line: Int
  }

  /// The calls that are the elements of the list behind `head`.
  private static func calls(_ text: String, in head: String) -> [Call] {
    var result: [Call] = []
    var name = ""
    var arguments = ""
    var depth = 0
    var isComment = false
    var start = 0
    let parts = text.split(separator: head, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return [] }
    var line = parts[0].split(separator: "\n", omittingEmptySubsequences: false).count + 1
    var rest = parts[1]
    while let character = rest.popFirst() {
      if character == "\n" { (line, isComment) = (line + 1, false) }
      if character == "/", rest.first == "/" { isComment = true }
      if isComment { continue }
      if depth == 0 && character == "]" { break }
      if character == "(" || character == "[" { depth += 1 }
      if depth == 0 {
        if character == "," { continue }
        if !character.isWhitespace { name.append(character) }
      } else if depth == 1 && character == "(" && arguments.isEmpty {
        start = line
      } else {
        arguments.append(character)
      }
      if character == ")" || character == "]" {
        depth -= 1
        if depth == 0 {
          result.append(Call(name: name, arguments: arguments, line: start))
          (name, arguments) = ("", "")
        }
      }
    }
    return result
  }

  /// The strings in `text`.
  private static func strings(_ text: String) -> [String] {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  private static func value(of label: String, in text: String) -> String? {
    let parts = text.split(separator: label, maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count > 1 ? strings(String(parts[1])).first : nil
  }

  private static func list(of label: String, in text: String) -> String? {
    let parts = text.split(separator: label, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count > 1 else { return nil }
    return String(parts[1].drop { $0 != "[" }.prefix { $0 != "]" })
  }
}

/// What conf/files* say.
struct ConfText {
  /// A library: the modules and the libraries that it names.
  struct Library: Equatable {
    var modules: [String] = []
    var libraries: Set<String> = []
    var place = ""
  }

  /// Each module and program with sources below Sources, by its folder.
  private(set) var owners: [String: Described] = [:]
  /// The sources that are named, each with its place.
  private(set) var sources: [String: String] = [:]
  private(set) var libraries: [String: Library] = [:]
  /// What programs link where libraries are shared, by program.
  private(set) var shared: [String: Set<String>] = [:]
  /// Modules whose interface is installed.
  private(set) var installed: Set<String> = []

  init(_ files: [TextFile]) {
    for file in files { read(file) }
  }

  private mutating func read(_ file: TextFile) {
    var head: (kind: String, name: String, line: Int)?
    var owner: Described?
    for (number, line) in zip(1..., file.lines) {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard let first = words.first else { continue }
      if line.first != "\t" && line.first != " " {
        keep(owner)
        owner = nil
        head = words.count > 1 ? (first, words[1], number) : nil
        if first == "library" { libraries[words[1]] = Library(place: "\(file.path):\(number)") }
        continue
      }
      guard let head else { continue }
      let names = words.dropFirst().prefix { $0 != "option" }
      switch (first, head.kind) {
      case (_, _) where first.hasPrefix("Sources/"):
        sources[first] = "\(file.path):\(number)"
        if owner == nil {
          owner = Described(
            name: head.name, isProgram: head.kind == "program", folder: Self.folder(first),
            needs: [], line: head.line)
        }
      case ("module", "library"): libraries[head.name]?.modules += names
      case ("library", "library"): libraries[head.name]?.libraries.formUnion(names)
      case ("library", "program"): shared[head.name, default: []].formUnion(names)
      case ("module", _): owner?.needs.formUnion(names)
      case ("install", "module"): installed.insert(head.name)
      default: break
      }
    }
    keep(owner)
  }

  private mutating func keep(_ owner: Described?) {
    if let owner { owners[owner.folder] = owner }
  }

  /// `Sources/ROOM/NAME`, and one folder deeper for a benchmark.
  static func folder(_ path: String) -> String {
    let parts = path.split(separator: "/")
    return parts.prefix(parts.count > 1 && parts[1] == "bench" ? 4 : 3).joined(separator: "/")
  }

  /// The library of the module LibX is libX, that of another module M libM.
  static func library(of module: String) -> String {
    if module == "NineFace" { return "libnine" }  // which C programs link as -lnine
    return module.hasPrefix("Lib") ? "lib\(module.dropFirst(3))" : "lib\(module)"
  }
}

// The targets of a CMake reply as owners of a description.

import LibJSON
import Sys9
import SystemPackage

/// The targets of one reply; several are merged, one option apart.
struct CMakeTargets {
  private let reply: CMakeReply
  private let place: ImportPlace
  var result: Description
  /// The names that our description has for CMake's targets, by CMake's id.
  private var names: [String: String] = [:]
  /// The targets that commands run while building.
  private var tools: Set<String> = []
  private var shared: [String] = []

  init(_ reply: CMakeReply, name: String) {
    self.reply = reply
    place = reply.place
    result = Description(name: name, origin: "Made by config import cmake; edit freely.")
    for target in reply.targets {
      guard let id = target["id"]?.string else { continue }
      names[id] = Self.name(target)
    }
    findTools()
    shared = CompilationDatabase.sharedOptions(
      reply.targets.flatMap { target in
        (target["compileGroups"]?.array ?? []).map { command($0) }
      })
    addRules()
    for target in reply.targets { add(target) }
    let words = shared.map(Description.shellWord).joined(separator: " ")
    result.settings = ["makeoption CFLAGS=\(words)", "makeoption INCLUDES="]
    if !tools.isEmpty { result.settings.append("makeoption HOSTCFLAGS=\(words)") }
  }

  /// What is described, with the options that were turned round.
  func description() -> Description { result }

  mutating func remark(_ text: String) { result.remark(text) }

  // MARK: Names

  /// What a target is called here: the archive or program that it makes, or its own name.
  private static func name(_ target: JSON) -> String {
    let name = target["name"]?.string ?? ""
    switch target["type"]?.string {
    case "STATIC_LIBRARY", "SHARED_LIBRARY", "MODULE_LIBRARY":
      let disk = target["nameOnDisk"]?.string ?? name
      let base = disk.prefix { $0 != "." }
      return CompilationDatabase.fileName(base.isEmpty ? name : String(base))
    default: return CompilationDatabase.programName(name)
    }
  }

  /// Programs of the project that its commands run.
  private mutating func findTools() {
    var programs: [FilePath: String] = [:]
    for target in reply.targets where target["type"]?.string == "EXECUTABLE" {
      guard let path = target["artifacts"]?[0]?["path"]?.string else { continue }
      programs[ImportPlace.absolute(path, in: place.build)] = Self.name(target)
    }
    for rule in reply.rules {
      for input in rule.inputs {
        guard let name = programs[input], rule.runs(input) else { continue }
        tools.insert(name)
      }
    }
  }

  // MARK: Commands

  /// The options and definitions of a compile group.
  private func command(_ group: JSON) -> CompileCommand {
    var words = ["cc"]
    for fragment in group["compileCommandFragments"]?.array ?? [] {
      words += CompileCommand.words(fragment["fragment"]?.string ?? "")
    }
    for item in group["defines"]?.array ?? [] {
      if let define = item["define"]?.string { words.append("-D\(define)") }
    }
    for item in group["includes"]?.array ?? [] {
      guard let path = item["path"]?.string else { continue }
      words += item["isSystem"]?.bool ?? false ? ["-isystem", path] : ["-I\(path)"]
    }
    return CompileCommand(words, directory: place.build, place: place)
  }

  /// The words for `flags`, with include directories where our files are: a directory of the old
  /// build may hold what CMake generated, which is copied, and what commands make.
  private mutating func flags(_ command: CompileCommand) -> [String] {
    var words: [String] = []
    var isPath = false
    for word in command.definitions {
      let path = isPath ? word : word.hasPrefix("-I") ? String(word.dropFirst(2)) : nil
      isPath = word == "-isystem"
      guard let path, !path.hasPrefix("$S"), !path.hasPrefix("/") else {
        words.append(word)
        continue
      }
      let copied = copyHeaders(path)
      let option = word.hasPrefix("-I") ? ["-I"] : []
      if let copied {
        words += option.isEmpty ? [copied, "-isystem"] : ["-I\(copied)"]
      }
      words += option.isEmpty ? [path] : ["-I\(path)"]
    }
    return CompilationDatabase.without(shared, words + command.options)
  }

  /// Copies the headers that CMake generated in the directory `inner` of its build; the result is
  /// where they are, nil if there are none.
  private mutating func copyHeaders(_ inner: String) -> String? {
    let directory = inner == "." ? place.build : place.build.pushing(FilePath(inner))
    let target = "conf/cmake" + (inner == "." ? "" : "/\(inner)")
    var isFound = false
    for entry in (try? Files.list(directory)) ?? [] {
      let name = String(decoding: entry, as: UTF8.self)
      let path = directory.appending(name)
      guard SourceKind(Array(name.utf8)[...]) == .header,
        !reply.rules.contains(where: { $0.outputs.contains(path) }),
        let bytes = try? Files.read(path)
      else { continue }
      isFound = true
      copy(bytes, to: "\(target)/\(name)", from: name)
    }
    return isFound ? "$S/\(target)" : nil
  }

  private mutating func copy(_ bytes: [UInt8], to path: String, from name: String) {
    if result.copies.contains(where: { $0.path == path }) { return }
    result.copies.append((path, bytes))
    result.remark("\(name): CMake generated it; a copy as it was is \(path)")
  }

  // MARK: Rules

  private mutating func addRules() {
    for rule in reply.rules {
      let outputs = rule.outputs.compactMap { place.inBuild($0) }
      if outputs.isEmpty || outputs.count != rule.outputs.count {
        result.remark(
          "the command for \(rule.outputs.map(\.string).joined(separator: " ")), outside of the "
            + "build directory")
        continue
      }
      if rule.command.contains("cmake_symlink_library") { continue }
      add(rule, outputs)
    }
  }

  private mutating func add(_ rule: NinjaRule, _ outputs: [String]) {
    var command = place.command(rule.command)
    var inputs: [String] = []
    for input in rule.inputs {
      let flag = place.flag(input)
      if let tool = tools.first(where: { isArtifact(of: $0, input) }) {
        command = command.replacing(flag.isEmpty ? tool : flag, with: "${HOST.\(tool)}")
        command = command.replacing("./${HOST", with: "${HOST")
      } else if place.inTree(input) != nil || place.inBuild(input) != nil {
        inputs.append(flag)
      }
    }
    if let inner = place.inBuild(rule.directory), !inner.isEmpty {
      result.remark("\(outputs[0]): its command ran in \(inner), and runs in the build directory")
    }
    let kinds = outputs.map { SourceKind(Array($0.utf8)[...]) }
    result.rules.append(
      DescribedRule(
        outputs: outputs, inputs: inputs, command: command,
        isBeforeAll: kinds.contains { $0.isHeader || $0 == .unknown },
        hasNoObject: !kinds.contains { $0.isCompiled }))
  }

  private func isArtifact(of name: String, _ path: FilePath) -> Bool {
    reply.targets.contains { target in
      Self.name(target) == name
        && (target["artifacts"]?.array ?? []).contains {
          ($0["path"]?.string).map { ImportPlace.absolute($0, in: place.build) } == path
        }
    }
  }

  // MARK: Targets

  private mutating func add(_ target: JSON) {
    let name = Self.name(target)
    let kind: DescribedOwner.Kind
    var modifier = ""
    var lines: [String] = []
    switch target["type"]?.string {
    case "EXECUTABLE":
      kind = .program
      if tools.contains(name) { modifier = "host" }
    case "STATIC_LIBRARY": kind = .library
    case "SHARED_LIBRARY", "MODULE_LIBRARY":
      kind = .library
      (modifier, lines) = shared(target)
    case "OBJECT_LIBRARY": kind = .module
    case "INTERFACE_LIBRARY": return  // its flags are with those who use it
    default:
      if !(target["isGeneratorProvided"]?.bool ?? false) {
        result.remark("target \(target["name"]?.string ?? name): a command without files")
      }
      return
    }
    var owner = DescribedOwner(kind: kind, name: name)
    owner.modifier = modifier
    owner.lines = lines
    addItems(target, &owner)
    CompilationDatabase.raiseFlags(&owner)
    addLinks(target, &owner)
    if name != target["name"]?.string, kind == .program {
      result.remark("program \(target["name"]?.string ?? ""): that name is config's; here \(name)")
    }
    put(owner)
  }

  /// Adds an owner; a shared and a static library of one name are one library here, made both ways.
  private mutating func put(_ owner: DescribedOwner) {
    guard
      let index = result.owners.firstIndex(where: { $0.name == owner.name && $0.kind == .library }),
      owner.kind == .library
    else {
      result.owners.append(owner)
      return
    }
    let other = result.owners[index]
    let isShared = owner.modifier.hasPrefix("shared")
    guard isShared != other.modifier.hasPrefix("shared"),
      owner.items.map(\.value.path) == other.items.map(\.value.path)
    else {
      var renamed = owner
      renamed.name += isShared ? "-shared" : "-static"
      result.remark("\(owner.name): two libraries have this name; one is \(renamed.name) here")
      result.owners.append(renamed)
      return
    }
    var both = isShared ? owner : other
    both.lines.removeAll { $0 == "no-static" }
    if owner.flags != other.flags {
      result.remark("\(owner.name).a: compiled with the flags of the shared library")
    }
    result.owners[index] = both
  }

  /// `shared VERSION`, and the lines for a soname that is not the usual one.
  private mutating func shared(_ target: JSON) -> (modifier: String, lines: [String]) {
    let disk = target["nameOnDisk"]?.string ?? ""
    guard let found = reply.sharedFiles[disk], found.file.count > disk.count else {
      return ("shared", ["no-static"])
    }
    let whole = String(found.file.dropFirst(disk.count + 1))
    var version = whole.prefix { $0.isNumber || $0 == "." }
    while version.last == "." { version.removeLast() }
    if version != whole {
      result.remark("\(found.file): the version is \(version): digits and dots alone")
    }
    let usual = "\(disk).\(version.prefix { $0 != "." })"
    return (
      "shared \(version)", ["no-static"] + (found.soname == usual ? [] : ["soname \(found.soname)"])
    )
  }

  private mutating func addItems(_ target: JSON, _ owner: inout DescribedOwner) {
    let groups = (target["compileGroups"]?.array ?? []).map { command($0) }
    for source in target["sources"]?.array ?? [] {
      guard let text = source["path"]?.string else { continue }
      let path = ImportPlace.absolute(text, in: place.tree)
      let kind = SourceKind(Array(text.utf8)[...])
      guard let index = source["compileGroupIndex"]?.int, groups.indices.contains(index) else {
        if !kind.isHeader, kind.isCompiled { result.remark("\(text): not compiled by CMake") }
        continue
      }
      for option in groups[index].lost { result.remark("\(text): the option \(option)") }
      guard let item = itemPath(path) else {
        result.remark("\(path): neither in the tree nor made by a command")
        continue
      }
      var words = flags(groups[index])
      if owner.modifier.hasPrefix("shared") { words.removeAll { $0 == "-fPIC" } }
      owner.items.append(Conditional(value: DescribedItem(path: item, flags: words)))
    }
  }

  /// The item for the file at `path`; a file that CMake generated is copied.
  private mutating func itemPath(_ path: FilePath) -> String? {
    if let inner = place.inTree(path) { return inner }
    guard let inner = place.inBuild(path) else { return nil }
    if reply.rules.contains(where: { $0.outputs.contains(path) }) { return inner }
    guard let bytes = try? Files.read(path) else { return nil }
    copy(bytes, to: "conf/cmake/\(inner)", from: inner)
    return "conf/cmake/\(inner)"
  }

  private mutating func addLinks(_ target: JSON, _ owner: inout DescribedOwner) {
    func use(_ name: String) {
      if !owner.libraries.contains(where: { $0.value == name }) {
        owner.libraries.append(Conditional(value: name))
      }
    }
    for dependency in target["dependencies"]?.array ?? [] {
      guard let id = dependency["id"]?.string, let name = names[id],
        let other = reply.targets.first(where: { $0["id"]?.string == id })
      else { continue }
      switch other["type"]?.string {
      case "STATIC_LIBRARY":
        let hasTwin = reply.targets.contains {
          $0["type"]?.string == "SHARED_LIBRARY" && Self.name($0) == name
        }
        use(hasTwin ? "\(name).a" : name)
      case "SHARED_LIBRARY": use(name)
      case "OBJECT_LIBRARY": owner.modules.append(Conditional(value: name))
      default: break  // order alone, which `depend` and commands say
      }
    }
    for fragment in target["link"]?["commandFragments"]?.array ?? [] {
      let text = fragment["fragment"]?.string ?? ""
      for word in CompileCommand.words(text) {
        switch fragment["role"]?.string {
        case "libraries": if let name = library(word) { use(name) }
        case "flags" where word.hasPrefix("-Wl,--version-script"):
          let path = ImportPlace.absolute(
            String(word.dropFirst("-Wl,--version-script,".count)), in: place.build)
          if let inner = place.inTree(path) {
            owner.lines.append("exports \(Description.word(inner))")
          } else {
            result.remark("\(owner.name): the link option \(place.command(word))")
          }
        case "flags":
          if !shared.contains(word) && !Self.isForCompiler(word) {
            result.remark("\(owner.name): the link option \(place.command(word))")
          }
        default: result.remark("\(owner.name): \(word) of its link")
        }
      }
    }
  }

  /// True for words of a link that CMake repeats from the compile commands, and that do nothing
  /// there.
  private static func isForCompiler(_ word: String) -> Bool {
    if word == "-rdynamic" || word == "-fPIC" || word.hasPrefix("-W") && !word.hasPrefix("-Wl,") {
      return true
    }
    return ["-D", "-U", "-I", "-O", "-g", "-std="].contains { word.hasPrefix($0) }
  }

  /// What `library` says for a word of a link; nil for libraries of the project, which are known by
  /// their dependency, and for where to look for them.
  private func library(_ word: String) -> String? {
    if word.hasPrefix("-l") { return word }
    if word.hasPrefix("-") { return nil }
    let path = ImportPlace.absolute(word, in: place.build)
    if place.inBuild(path) != nil { return nil }
    guard let base = path.lastComponent?.string, base.hasPrefix("lib") else { return nil }
    let name = base.dropFirst(3).prefix { $0 != "." }
    return name.isEmpty ? nil : "-l\(name)"
  }
}

// Shared libraries: their objects, what they export, and the names that lead to them.
//
//     o/.pic/src/a.c.o ... -> libz.so.1.2.3 <- libz.so.1 <- libz.so
//     o/.pic/libk.a        an archive for shared libraries that need a library without `shared`
//
// Position-independent objects are objects of their own, shared by all shared libraries but those
// that compile with flags of their own (V2).  config.c is in programs alone: nothing of it can
// clash.

import Sys9
import SystemPackage

extension Resolver {
  /// The shared library's file and the names that lead to it.
  func sharedFiles(_ owner: Owner) -> (file: Node, soname: String, links: [Node]) {
    guard let shared = owner.shared else { preconditionFailure("a shared library") }
    let files = platform.shared(
      text(owner.name), version: text(shared.version), soname: shared.soname.map { text($0.text) })
    return (built(files.file), files.soname, files.links.map { built($0) })
  }

  /// The file that whoever needs `library` links.
  ///
  /// - Parameter isPIC: for a shared library, which cannot hold the objects of a plain archive.
  mutating func linkedFile(of library: Int, isStatic: Bool, isPIC: Bool) -> Node {
    let owner = model.owners[library]
    if owner.shared != nil && !isStatic { return sharedFiles(owner).file }
    return isPIC && platform.compilesShared ? sharedArchive(library) : archiveFile(owner)
  }

  /// `NAME.a`.
  func archiveFile(_ owner: Owner) -> Node { built(names.bytes(owner.name) + Array(".a".utf8)) }

  /// The archive of position-independent objects of `library`.
  private mutating func sharedArchive(_ library: Int) -> Node {
    let owner = model.owners[library]
    let output = built(Array("o/.pic/".utf8) + names.bytes(owner.name) + Array(".a".utf8))
    if producer(of: output) == nil {
      addArchive(owner, output, parts(of: library, isPIC: true))
    }
    return output
  }

  /// Makes the shared library `index`.
  mutating func share(_ index: Int, _ shared: SharedLibrary) {
    let owner = model.owners[index]
    let parts = parts(of: index, isPIC: platform.compilesShared)
    if parts.objects.isEmpty {
      diagnostics.error(owner.place, "shared library '\(text(owner.name))' has no sources")
      return
    }
    let (file, soname, links) = sharedFiles(owner)
    let needs = linkNeeds(of: index, isPIC: true)
    let bundle = addBundle(owner, file, parts, libraries: needs.files, isProgram: false)
    finish(bundle, index, needs)
    let isSwift = graph.bundles[Int(bundle)].linker == "SWIFTC"
    var command = isSwift ? words.normalSharedSwift : words.normalShared
    for flag in platform.naming(soname, version: text(shared.version)) {
      command = command.appending(Self.linkerFlag(flag))
    }
    var depends = owner.depends.flatMap { nodes(of: $0) }
    if let exports = shared.exports, let list = exportFile(exports, of: owner) {
      for flag in platform.exporting("\u{1}") {
        command = command.appending(exportFlag(flag, list))
      }
      depends.append(list)
    }
    addStep(
      Step(
        kind: .share, outputs: graph.list([file]), inputs: graph.list(parts.objects),
        implicit: graph.list(needs.files + depends), waits: false,
        command: graph.command(command), bundle: bundle), at: owner.place)
    graph.goals.append(file)
    addLinks(links, to: file, at: owner.place)
  }

  /// `-Xlinker FLAG`, which every compiler takes.
  static func linkerFlag(_ flag: String) -> MakeText {
    MakeText(pieces: [.text(Array("-Xlinker \(flag)".utf8))])
  }

  /// A flag that names the export list, which stands for the byte 1 in it.
  private func exportFlag(_ flag: String, _ list: Node) -> MakeText {
    // A `.def` file is an input of the link, not a flag of it.
    let isInput = flag == "\u{1}" && platform.format == .pe
    let parts = flag.split(separator: "\u{1}", omittingEmptySubsequences: false)
    let start = isInput ? "" : "-Xlinker \(parts[0])"
    if parts.count == 1 { return MakeText(pieces: [.text(Array(start.utf8))]) }
    return MakeText(pieces: [.text(Array(start.utf8))] + pathPieces(list))
  }

  /// The names that lead to a shared library: links, each by a step, so that they are made again.
  private mutating func addLinks(_ links: [Node], to file: Node, at place: Place) {
    for link in links {
      let command = MakeText(pieces: [
        .text(Array("ln -sf ".utf8) + names.bytes(file.name) + [Byte.space]), .automatic(.target),
      ])
      addStep(
        Step(
          kind: .generate, outputs: graph.list([link]), inputs: graph.list([file]),
          implicit: NodeList(), waits: false, command: graph.command(command)), at: place)
      graph.goals.append(link)
    }
  }

  // MARK: What is linked

  /// The libraries that a program or shared library links, and whether it finds some at run time.
  struct LinkNeeds {
    var files: [Node] = []
    var isShared = false
    var hasCXX = false
    var hasSwift = false
  }

  mutating func linkNeeds(of owner: Int, isPIC: Bool) -> LinkNeeds {
    var needs = LinkNeeds()
    let closure = libraryClosure(of: owner)
    var asArchives: Set<Int> = []
    for index in [owner] + closure { asArchives.formUnion(links[index].archives) }
    for library in closure {
      let isArchive = model.owners[library].shared == nil || asArchives.contains(library)
      needs.isShared = needs.isShared || !isArchive
      needs.files.append(linkedFile(of: library, isStatic: isArchive, isPIC: isPIC))
      let parts = parts(of: library, isPIC: isPIC && platform.compilesShared || !isArchive)
      needs.hasCXX = needs.hasCXX || parts.hasCXX
      needs.hasSwift = needs.hasSwift || parts.hasSwift
    }
    return needs
  }

  /// Completes a bundle that is linked: its linker, where it finds libraries, the system's own.
  mutating func finish(_ bundle: Int32, _ owner: Int, _ needs: LinkNeeds) {
    let index = Int(bundle)
    graph.bundles[index].systemLibraries = systemLibraries(of: [owner] + libraryClosure(of: owner))
    if needs.isShared { graph.bundles[index].rpaths = platform.rpaths }
    if graph.bundles[index].linker == "HOSTCC" { return }
    if needs.hasSwift {
      graph.bundles[index].linker = "SWIFTC"
    } else if needs.hasCXX && graph.bundles[index].linker == "CC" {
      graph.bundles[index].linker = "CXX"
    }
  }

  // MARK: Exports

  /// The file with the exported names that the linker reads: the description's own if it is a
  /// version script and the linker takes those, else one that config makes of it.
  private mutating func exportFile(_ exports: Phrase, of owner: Owner) -> Node? {
    let path = names.bytes(exports.text)
    let file: FoundFile
    do {
      file = try inputs.load(sourceRoot.pushing(FilePath(String(decoding: path, as: UTF8.self))))
    } catch {
      diagnostics.error(exports.place, "cannot open '\(text(exports.text))': \(error.reason)")
      return nil
    }
    let isScript = file.bytes.contains(UInt8(ascii: "{"))
    if isScript && platform.format == .elf { return Node(exports.text, isInTree: true) }
    let symbols = isScript ? Self.scriptSymbols(file.bytes) : Self.listedSymbols(file.bytes)
    if let pattern = symbols.first(where: { $0.contains("*") || $0.contains("?") }),
      platform.format == .pe
    {
      diagnostics.error(
        exports.place, "'\(text(exports.text))' exports '\(pattern)': Windows wants whole names")
    }
    if symbols.isEmpty {
      diagnostics.error(exports.place, "'\(text(exports.text))' names no symbol to export")
    }
    let suffix = platform.format == .pe ? "def" : "exports"
    let output = "o/.exports/\(text(owner.name)).\(suffix)"
    graph.generated.append((Array(output.utf8), Array(platform.exportList(symbols).utf8)))
    return built(output)
  }

  /// One name a line, `#` begins a comment.
  static func listedSymbols(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: Byte.newline).compactMap { line in
      let word = trimmed(line.prefix { $0 != Byte.hash && $0 != Byte.carriageReturn }[...])
      return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }
  }

  /// The global names of a version script: `{ global: a; b*; local: *; };`, perhaps versioned.
  static func scriptSymbols(_ bytes: [UInt8]) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var isComment = false
    var last: UInt8 = 0
    for byte in bytes {
      if isComment {
        isComment = !(last == UInt8(ascii: "*") && byte == Byte.slash)
      } else if last == Byte.slash && byte == UInt8(ascii: "*") {
        isComment = true
        word.removeLast()
      } else if "{};".utf8.contains(byte) || byte <= Byte.space || byte == Byte.colon {
        if !word.isEmpty || byte == Byte.colon {
          let colon = byte == Byte.colon ? ":" : ""
          words.append(String(decoding: word, as: UTF8.self) + colon)
        }
        if "{};".utf8.contains(byte) { words.append(String(UnicodeScalar(byte))) }
        word = []
      } else {
        word.append(byte)
      }
      last = byte
    }
    var result: [String] = []
    var isGlobal = false
    var depth = 0
    for word in words {
      switch word {
      case "{": (depth, isGlobal) = (depth + 1, true)
      case "}": depth -= 1
      case "global:": isGlobal = true
      case "local:": isGlobal = false
      case ";": break
      default: if isGlobal && depth > 0 && !result.contains(word) { result.append(word) }
      }
    }
    return result
  }
}

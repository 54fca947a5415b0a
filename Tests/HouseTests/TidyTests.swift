// The rules of the house, asked of every file in it.

import Sys9
import Testing

@Suite("The house is tidy") struct TidyTests {
  private func expectNone(_ faults: [Fault]) {
    #expect(faults.isEmpty, "\n\(faults.map(\.description).joined(separator: "\n"))")
  }

  private func expect(_ rule: Rule, of files: [TextFile]) {
    #expect(!files.isEmpty, "a rule with nothing to look at proves nothing")
    expectNone(files.flatMap(rule))
  }

  private func swift() throws -> [TextFile] {
    try Repository.files().filter { $0.ends(in: ".swift") }
  }
  private func sources() throws -> [TextFile] { try Repository.swift(under: "Sources") }

  @Test func swiftHasNoTabs() throws { expect(Rules.noTabs, of: try swift()) }
  @Test func swiftFitsTheColumns() throws { expect(Rules.lineLength, of: try swift()) }
  @Test func sourcesDoNotTrap() throws { expect(Rules.noTraps, of: try sources()) }
  @Test func sourcesDoWithoutFoundation() throws { expect(Rules.noFoundation, of: try sources()) }
  @Test func publicNamesAreDocumented() throws { expect(Rules.documented, of: try sources()) }
  @Test func functionsFitTheScreen() throws { expect(Rules.functionLength, of: try sources()) }
  @Test func filesHoldOneIdea() throws { expect(Rules.fileLength, of: try sources()) }

  /// Test data may look as it likes; Markdown breaks lines with blanks.
  @Test func linesEndProperly() throws {
    let files = try Repository.files().filter { file in
      !file.ends(in: ".md") && (!file.isUnder("Tests") || file.ends(in: ".swift"))
    }
    expect(Rules.lineEnds, of: files)
  }

  @Test func whatIsLeftToDoHasAnOwner() throws {
    let files = try Repository.files().filter { file in
      !file.ends(in: ".md") && (!file.isUnder("Tests") || file.ends(in: ".swift"))
    }
    expect(Rules.ownedTasks, of: files)
  }

  @Test func arrowsGoDown() throws {
    let graph = ModuleGraph(try Repository.files())
    #expect(graph.rooms["Sys9"] == "9unix", "the graph sees our modules")
    expectNone(graph.wrongArrows())
    #expect(graph.circle() == nil)
  }

  @Test func roomsAreThoseOfThePlan() throws {
    let rooms = Set(ModuleGraph(try Repository.files()).rooms.values)
    #expect(rooms.subtracting(Plan.arrows.keys).isEmpty)
    for file in try sources() {
      #expect(Home(file.path) != nil, "\(file.path) lies in no module")
    }
  }

  /// `Tests/XTests` holds the tests of the module X, so that they are found by name.
  @Test func testsAreNamedAfterModules() throws {
    let modules = Set(ModuleGraph(try Repository.files()).rooms.keys)
    let others: Set<String> = ["House", "Bench", "Manual", "Answers"]
    for file in try Repository.swift(under: "Tests") {
      let folder = String(file.path.split(separator: "/")[1])
      if ["Support", "Fuzz", "Scripts"].contains(folder) { continue }
      let name = folder.hasSuffix("Tests") ? String(folder.dropLast("Tests".count)) : folder
      #expect(modules.contains(name) || others.contains(name), "\(file.path): no module '\(name)'")
    }
  }
}

@Suite("Twins") struct TwinTests {
  /// What follows the imports of a file, with 64 bits read as 32.
  private func narrowed(_ path: String) throws -> String {
    let file = try #require(try Repository.read(path))
    let start = try #require(file.lines.firstIndex { $0.hasPrefix("/// ") })
    var words = file.lines[start...].flatMap { $0.split { " \n(".contains($0) }.map(String.init) }
    for (wide, narrow) in [("64", "32"), ("63", "31")] {
      words = words.map { word in
        word.split(separator: wide, omittingEmptySubsequences: false).joined(separator: narrow)
      }
    }
    return words.joined(separator: " ")
  }

  /// The operations of atomic(9) are written out for both widths: neither is changed alone.
  @Test func atomicOperationsAreTheSameForBothWidths() throws {
    let narrow = try narrowed("Sources/9unix/Lib9c/CPU/Atomics32.swift")
    let wide = try narrowed("Sources/9unix/Lib9c/CPU/Atomics64.swift")
    #expect(narrow.hasPrefix(wide), "the fences, which have no width, stand behind the narrow ones")
    #expect(wide.contains("atomic_testandclear_32"))
  }
}

@Suite("The newcomer") struct NewcomerTests {
  private func markdown() throws -> [TextFile] {
    try Repository.files().filter { $0.ends(in: ".md") && !$0.isUnder("Tests") }
  }

  @Test("finds the two commands of the README", arguments: ["bin/quickstart", "bin/check"])
  func readme(command: String) throws {
    let readme = try #require(try Repository.read("README.md"))
    #expect(Rules.commands(readme).contains { $0.path == command })
  }

  @Test func canRunEveryCommandThatIsNamed() throws {
    for file in try markdown() {
      for (line, path) in Rules.commands(file) {
        let status = try Repository.status(path)
        #expect(status?.isRegular == true, "\(file.path):\(line): there is no \(path)")
        let isProgram = !path.hasSuffix(".sh")
        let mode = status?.mode ?? 0
        #expect(!isProgram || mode & 0o111 != 0, "\(file.path):\(line): \(path) cannot be run")
      }
    }
  }

  @Test func findsEveryPageOfTheManualInItsIndex() throws {
    let index = try #require(try Repository.read("docs/README.md"))
    let linked = Set(Rules.links(index).map(\.path))
    for file in try markdown() where file.isUnder("docs") && file.path != index.path {
      #expect(linked.contains(file.path), "docs/README.md does not list \(file.path)")
    }
  }

  @Test func followsLinksThatLeadSomewhere() throws {
    for file in try markdown() {
      for (line, path) in Rules.links(file) {
        #expect(try Repository.status(path) != nil, "\(file.path):\(line): no \(path)")
      }
    }
  }
}

@Suite("Two descriptions, one set of sources") struct DescriptionTests {
  private func descriptions() throws -> [TextFile] {
    try Repository.files().filter { $0.path.hasPrefix("conf/files") }
  }

  @Test func whatIsDescribedExists() throws {
    for file in try descriptions() {
      for (line, path) in Rules.described(file) {
        #expect(try Repository.status(path) != nil, "\(file.path):\(line): there is no \(path)")
      }
    }
  }

  /// A benchmark that `config` builds is described whole: `Sources/bench/NAME` is, if any file is.
  @Test func everyFileOfADescribedBenchmarkIsDescribed() throws {
    let described = Set(try descriptions().flatMap { Rules.described($0).map(\.path) })
    let benchmarks = Set(described.compactMap(Self.benchmark))
    for file in try Repository.files() {
      guard let name = Self.benchmark(file.path), benchmarks.contains(name) else { continue }
      if !described.contains(file.path) { Issue.record("\(file.path) is in no conf/files*") }
    }
  }

  private static func benchmark(_ path: String) -> Substring? {
    let parts = path.split(separator: "/")
    return parts.starts(with: ["Sources", "bench"]) && parts.count > 3 ? parts[2] : nil
  }
}

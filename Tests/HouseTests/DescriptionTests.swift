// Package.swift and conf/files* name the same modules, programs, sources and needs.

import Sys9
import Testing

@Suite("Package.swift and conf/files*") struct PackageAndConfTests {
  private let package: PackageText
  private let conf: ConfText

  init() throws {
    package = PackageText(try #require(try Repository.read("Package.swift")))
    conf = ConfText(try Repository.files().filter { $0.path.hasPrefix("conf/files") })
  }

  /// Targets whose programs config builds whole, while SwiftPM's tests know their parts.
  private let takenApart: Set<String> = ["TreeBench"]

  /// Where the peers lie that ours are measured against, which SwiftPM does not build.
  private let peers = "Sources/bench/peers"

  @Test func areRead() {
    #expect(package.targets["Sources/9unix/Sys9"]?.needs == ["CNine", "SystemPackage"])
    #expect(package.targets["Sources/config/config"]?.isProgram == true)
    #expect(package.programs.contains("9cat"))
    #expect(conf.owners["Sources/9unix/LibFmt"]?.needs == ["LibUTF", "Sys9"])
    #expect(conf.libraries["libFmt"]?.modules == ["LibFmt"])
    #expect(conf.sources["Sources/bench/tree/treebench/SplayTree.swift"] != nil)
  }

  @Test func nameTheSameModulesAndPrograms() {
    for (folder, target) in package.targets.sorted(by: { $0.key < $1.key }) {
      guard let owner = conf.owners[folder] else {
        Issue.record("Package.swift:\(target.line): no conf/files* has \(folder)")
        continue
      }
      if takenApart.contains(target.name) { continue }
      #expect(owner.isProgram == target.isProgram, "\(folder)")
      #expect(target.isProgram || owner.name == target.name, "\(folder)")
    }
    for owner in conf.owners.values
    where package.targets[owner.folder] == nil && !owner.folder.hasPrefix(peers) {
      Issue.record("conf has \(owner.name), and Package.swift nothing at \(owner.folder)")
    }
  }

  @Test func nameTheSameNeeds() {
    for (folder, owner) in conf.owners {
      guard let target = package.targets[folder] else { continue }
      #expect(owner.needs == target.needs, "\(owner.name)")
    }
  }

  @Test func programsAreCalledAsTheyAreInProducts() {
    let names = Set(conf.owners.values.filter(\.isProgram).map(\.name))
    #expect(package.programs.subtracting(names).isEmpty)
  }

  /// What is below a described folder is described, and what is described is there.
  @Test func listAllSources() throws {
    let suffixes = [".swift", ".c", ".cpp", ".h", ".S", ".modulemap"]
    let files = try Repository.files().filter { file in
      file.isUnder("Sources") && suffixes.contains { file.path.hasSuffix($0) }
    }
    #expect(files.count > 200)
    let missing = files.map(\.path).filter { conf.sources[$0] == nil }
    #expect(missing.isEmpty, "bin/describe writes these into conf/files*")
    let there = Set(files.map(\.path))
    let gone = conf.sources.filter { !there.contains($0.key) }.map { "\($0.value): \($0.key)" }
    #expect(gone.isEmpty, "bin/describe takes these out of conf/files*")
  }

  @Test func eachInstalledModuleHasALibraryOfItsName() {
    let swift = conf.owners.values.filter { owner in
      conf.sources.keys.contains { $0.hasPrefix(owner.folder + "/") && $0.hasSuffix(".swift") }
    }
    let modules = Dictionary(uniqueKeysWithValues: swift.map { ($0.name, $0) })
    for name in conf.installed {
      guard let module = modules[name] else { continue }  // C: in its wrapper's library
      let library = ConfText.library(of: name)
      #expect(conf.libraries[library]?.modules == [name], "\(library)")
      // A library names those of the modules that its module needs, but for their C.
      let wanted = module.needs.filter { modules[$0] != nil }.map(ConfText.library)
      let below = conf.libraries[library]?.libraries ?? []
      #expect(Set(wanted).isSubset(of: below), "\(library) needs \(wanted)")
      #expect(below.isSubset(of: conf.libraries.keys))
    }
    #expect(conf.libraries.count == conf.installed.filter { modules[$0] != nil }.count)
  }

  /// With SHARED a program links the library of each module that it names and that has one.
  @Test func programsLinkTheLibrariesOfTheirModules() {
    for owner in conf.owners.values where owner.isProgram {
      guard let shared = conf.shared[owner.name] else { continue }
      let wanted = owner.needs.map(ConfText.library).filter { conf.libraries[$0] != nil }
      #expect(Set(wanted).isSubset(of: shared), "\(owner.name)")
      let ours = shared.filter { !$0.hasPrefix("-l") }
      #expect(ours.isSubset(of: conf.libraries.keys), "\(owner.name)")
    }
  }
}

@Suite("Reading descriptions") struct DescriptionReaderTests {
  @Test func aTargetIsACall() {
    let text = """
      let a = f("x")
      let package = Package(
        products: [ .executable(name: "9p", targets: ["p9"]), .library(name: "L", targets: ["L"]) ],
        targets: [
          // library("Not", in: "9unix"),
          library("A", in: "9unix"), library("B", in: "9unix", needs: ["A", system]),
          .target(
            name: "C", dependencies: ["B"], path: "Sources/bench/c/C",
            exclude: ["x"]),
          program("p9", in: "examples", needs: ["A"]), tests("A", needs: ["A"]),
        ])
      """
    let package = PackageText(TextFile(path: "Package.swift", text: text))
    #expect(package.programs == ["9p"])
    #expect(Set(package.targets.values.map(\.name)) == ["A", "B", "C", "p9"])
    #expect(package.targets["Sources/9unix/B"]?.needs == ["A", "SystemPackage"])
    #expect(package.targets["Sources/bench/c/C"]?.needs == ["B"])
    #expect(package.targets["Sources/examples/p9"]?.isProgram == true)
  }

  @Test func aStatementBeginsInTheFirstColumn() {
    let text = """
      # module Not
      module\tA
      \tSources/9unix/A/a.swift\toption X
      \tmodule B C
      \tinstall include
      program\tp
      \tSources/x/p/main.swift
      \tmodule A
      \tlibrary libA option SHARED
      library\tlibA shared 1
      \tmodule A
      \tlibrary libB
      """
    let conf = ConfText([TextFile(path: "conf/files", text: text)])
    #expect(conf.owners["Sources/9unix/A"]?.needs == ["B", "C"])
    #expect(conf.owners["Sources/x/p"]?.isProgram == true)
    #expect(conf.shared == ["p": ["libA"]])
    #expect(conf.libraries["libA"]?.libraries == ["libB"])
    #expect(conf.installed == ["A"])
    #expect(conf.sources["Sources/9unix/A/a.swift"] == "conf/files:3")
  }
}

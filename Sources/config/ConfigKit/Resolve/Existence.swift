// Phase three: every source of the tree is there.
//
// One look at each directory instead of one at each file: 10,000 sources lie in some 100
// directories, and the names found are compared as interned words.

import Sys9
import SystemPackage

extension Resolver {
  /// Says where the sources of each `root` lie.
  mutating func placeSources() {
    if model.roots.isEmpty { return }
    for (name, root) in model.roots.pairs {
      let path = FilePath(text(root.path))
      if machine.list(sourceRoot.pushing(path)) == nil {
        diagnostics.error(root.place, "root '\(text(name))': no such directory: \(path)")
      }
    }
    for index in model.sources.indices {
      let path = names[model.sources[index].path]
      guard let slash = path.firstIndex(of: Byte.slash),
        let name = names.find(Array(path[..<slash])), let root = model.roots[name]
      else { continue }
      let file = names.bytes(root.path) + path[slash...]
      model.sources[index].file = names.intern(file)
    }
  }

  /// Decides which sources are generated, and reports those that neither exist nor are made.
  mutating func existence() {
    markGenerated()
    var wanted: [Name: [Int]] = [:]
    for index in model.sources.indices where isFileOfTree(index) {
      wanted[names.directory(of: model.sources[index].file), default: []].append(index)
    }
    for (directory, sources) in wanted.sorted(by: { $0.value[0] < $1.value[0] }) {
      look(in: directory, for: sources)
    }
  }

  private mutating func markGenerated() {
    isGenerated = model.sources.map { source in
      source.rule >= 0 && model.rules[Int(source.rule)].noImplicitRule
    }
    for (index, source) in model.sources.enumerated() {
      guard let rule = model.rule(of: Int32(index)) else { continue }
      if rule.noImplicitRule && rule.compileWith == nil {
        diagnostics.error(
          source.place,
          "no-implicit-rule needs compile-with: nothing else says how to make "
            + "'\(text(source.path))'")
      }
      if rule.isLocal { isGenerated[index] = true }
    }
  }

  /// True for sources that must exist: not generated, and not config's own Config.swift.
  private func isFileOfTree(_ index: Int) -> Bool { !isGenerated[index] }

  private mutating func look(in directory: Name, for sources: [Int]) {
    let path = names.bytes(directory)
    listedDirectories.append(path)
    let there = sourceRoot.pushing(FilePath(String(decoding: path, as: UTF8.self)))
    var present = Marks()
    var prefix = path
    if !prefix.isEmpty && prefix.last != Byte.slash { prefix.append(Byte.slash) }
    for entry in machine.list(there) ?? [] {
      if let name = names.find(prefix + entry) { _ = present.insert(Int(name.index)) }
    }
    for index in sources where !present.contains(Int(model.sources[index].file.index)) {
      report(missing: model.sources[index], in: there)
    }
  }

  private func report(missing source: Source, in directory: FilePath) {
    let path = text(source.path)
    let base = FilePath(path).lastComponent?.string ?? ""
    let entries = (machine.list(directory) ?? []).map { String(decoding: $0, as: UTF8.self) }
    if entries.contains("\(base)/") {
      diagnostics.error(source.place, "'\(path)' is a directory, not a source")
      return
    }
    var near = ""
    if let found = nearest(to: base, among: entries) {
      near = " (did you mean '\(path.dropLast(base.count))\(found)'?)"
    } else {
      let attachments = Keyword.allCases.filter(\.isAttachment).map(\.rawValue)
      near = suggestion(for: path, among: generatedPaths() + attachments)
    }
    diagnostics.error(source.place, "no such file: \(path)\(near)")
  }

  /// What rules of the description make.
  private func generatedPaths() -> [String] {
    model.sources.indices.filter { isGenerated[$0] }.map { text(model.sources[$0].path) }
  }
}

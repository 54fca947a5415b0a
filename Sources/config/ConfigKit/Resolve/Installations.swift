// What `install` puts where: programs, libraries with their names, headers, manuals.

extension Resolver {
  /// Gathers all that is installed, in the order of the description.
  mutating func install() {
    for index in model.owners.indices where isEnabled[index] {
      let owner = model.owners[index]
      for phrase in owner.installs where model.conditions[phrase.condition] {
        switch owner.kind {
        case .program: place(programFile(owner), phrase, isExecutable: true)
        case .library: placeLibrary(owner, phrase)
        case .module: placeInterface(of: index, phrase)
        case .host:
          diagnostics.error(phrase.place, "a host program is for the build, and is not installed")
        }
      }
    }
    for index in model.sources.indices where model.sources[index].rule >= 0 {
      let rule = model.rules[Int(model.sources[index].rule)]
      for phrase in rule.installs where model.conditions[phrase.condition] {
        if isEnabled(source: index) { place(node(of: index), phrase, isExecutable: false) }
      }
    }
    reportClashes()
  }

  private mutating func placeLibrary(_ owner: Owner, _ phrase: Phrase) {
    if let shared = owner.shared {
      let files = sharedFiles(owner)
      place(files.file, phrase, isExecutable: true)
      for link in files.links {
        graph.installations.append(
          Installation(
            node: files.file, directory: names.bytes(phrase.text), name: names.bytes(link.name),
            isExecutable: false, isLink: true))
        installPlaces.append(phrase.place)
      }
      if !shared.hasArchive { return }
    }
    place(archiveFile(owner), phrase, isExecutable: false)
  }

  /// What others import a module by: its headers and module map, or its Swift interface.
  private mutating func placeInterface(of owner: Int, _ phrase: Phrase) {
    if let interface = swiftModule(owner).interface {
      place(interface, phrase, isExecutable: false)
    }
    for use in model.owners[owner].uses where model.conditions[use.condition] {
      let index = Int(use.source)
      if model.sources[index].kind.isHeader && isEnabled(source: index) {
        place(node(of: index), phrase, isExecutable: false)
      }
    }
  }

  private mutating func place(_ node: Node, _ phrase: Phrase, isExecutable: Bool) {
    let base = names.bytes(names.base(of: node.name))
    var directory = names.text(phrase.text)
    if directory == "man" { directory = "share/man/man\(Self.section(of: base))" }
    let runs = directory.split(separator: "/").first.map {
      ["bin", "sbin", "libexec"].contains(String($0))
    }
    graph.installations.append(
      Installation(
        node: node, directory: Array(directory.utf8), name: base,
        isExecutable: isExecutable || runs ?? false, isLink: false))
    installPlaces.append(phrase.place)
  }

  /// The section of a manual page, by its suffix: `1` for `hello.1`.
  private static func section(_ suffix: ArraySlice<UInt8>) -> String {
    String(decoding: suffix, as: UTF8.self)
  }

  private static func section(of base: [UInt8]) -> String {
    guard let dot = base.lastIndex(of: Byte.dot), dot + 1 < base.count else { return "1" }
    return section(base[(dot + 1)...].prefix(1))
  }

  /// Two files that would be installed under one name.
  private func reportClashes() {
    var first: [[UInt8]: Int] = [:]
    for (index, item) in graph.installations.enumerated() {
      let path = item.directory + [Byte.slash] + item.name
      guard let before = first.updateValue(index, forKey: path) else { continue }
      if graph.installations[before].node == item.node { continue }
      diagnostics.error(
        installPlaces[index],
        "two files are installed as '\(String(decoding: path, as: UTF8.self))'",
        notes: (installPlaces[before], "the other is here"))
    }
  }
}

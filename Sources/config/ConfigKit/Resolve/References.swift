// Phase two: what refers to what; nothing undefined, no cycle, nothing disabled that is needed.

extension Resolver {
  /// Resolves every edge, and reports those that lead nowhere or round in a circle.
  mutating func references() {
    isEnabled = model.owners.map { model.conditions[$0.condition] }
    links = Array(repeating: Links(), count: model.owners.count)
    for index in model.owners.indices { resolveEdges(of: index) }
    checkMemberships()
    if diagnostics.failed { return }
    reportCycles(.module) { links, next in links[next].modules }
    reportCycles(.library) { links, next in links[next].libraries }
  }

  private mutating func resolveEdges(of index: Int) {
    let owner = model.owners[index]
    for edge in owner.edges {
      let holds = model.conditions[edge.condition]
      switch edge.kind {
      case .module:
        guard let target = module(edge.name, at: edge.place) else { continue }
        if !holds { continue }
        if isEnabled[Int(target)] {
          links[index].modules.append((target, edge.place))
        } else if owner.kind == .module && isEnabled[index] {
          diagnostics.error(
            edge.place,
            "module '\(text(owner.name))' needs module '\(text(edge.name))', which is disabled; "
              + "disable both, or give this line the option")
        }
      case .library:
        resolveLibrary(edge, of: index, holds: holds)
      }
    }
  }

  /// The module called `name`; nil, and an error, if no statement defines it.
  private func module(_ name: Name, at place: Place) -> Int32? {
    if let index = model.modules[name], model.owners[Int(index)].place != .none { return index }
    let known = model.owners.filter { $0.kind == .module && $0.place != .none }
    let near = suggestion(for: text(name), among: known.map { names.text($0.name) })
    diagnostics.error(place, "undefined module '\(text(name))'\(near)")
    return nil
  }

  /// Sources that were put into modules that nobody defined.
  private func checkMemberships() {
    for owner in model.owners where owner.kind == .module && owner.place == .none {
      if let use = owner.uses.first { _ = module(owner.name, at: use.place) }
    }
  }

  private mutating func resolveLibrary(_ edge: Edge, of index: Int, holds: Bool) {
    let name = text(edge.name)
    if name.hasPrefix("-") {
      if holds { links[index].system.append(names.bytes(edge.name)) }
      return
    }
    if name.hasPrefix("framework:") {
      if holds {
        links[index].system += [Array("-framework".utf8), Array(name.utf8.dropFirst(10))]
      }
      return
    }
    if name.hasPrefix("pkg:") {
      if holds && isEnabled[index] { resolvePackage(String(name.dropFirst(4)), edge, of: index) }
      return
    }
    if resolveArchive(name, edge, of: index, holds: holds) { return }
    guard let target = model.libraries[edge.name] else {
      let known = model.owners.filter { $0.kind == .library }.map { names.text($0.name) }
      var near = suggestion(for: name, among: known)
      if near.isEmpty && name.hasPrefix("lib") {
        near = " (a library of the system is written '-l\(name.dropFirst(3))')"
      }
      diagnostics.error(edge.place, "unknown library '\(name)'\(near)")
      return
    }
    let other = model.owners[Int(target)]
    if other.kind != .library {
      diagnostics.error(
        edge.place, "'\(name)' is a \(other.kind.rawValue), not a library",
        notes: (other.place, "it is defined here"))
    } else if holds && isEnabled[Int(target)] {
      links[index].libraries.append((target, edge.place))
    }
  }

  /// `library L.a`: the archive of a library that is shared as well; false for other names.
  private mutating func resolveArchive(
    _ name: String, _ edge: Edge, of index: Int, holds: Bool
  ) -> Bool {
    guard name.hasSuffix(".a"), model.libraries[edge.name] == nil,
      let library = names.find(Array(name.utf8.dropLast(2))),
      let target = model.libraries[library], model.owners[Int(target)].kind == .library
    else { return false }
    if model.owners[Int(target)].shared.map({ !$0.hasArchive }) ?? false {
      diagnostics.error(edge.place, "library '\(text(library))' is no-static: it has no archive")
    } else if holds && isEnabled[Int(target)] {
      links[index].libraries.append((target, edge.place))
      links[index].archives.insert(Int(target))
    }
    return true
  }

  /// `library pkg:NAME`: asks pkg-config, once a package.
  private mutating func resolvePackage(_ package: String, _ edge: Edge, of index: Int) {
    let answer: [UInt8]?
    if let known = packages[package] {
      answer = known
    } else {
      answer = machine.run(["pkg-config", "--cflags", "--libs", package])
      packages[package] = .some(answer)
    }
    guard let flags = answer else {
      let debian = Self.debianPackages[package].map { "; install it: apt-get install \($0)" }
      diagnostics.error(
        edge.place,
        "pkg-config does not know '\(package)'"
          + (debian ?? "; install its development package, and pkg-config"))
      return
    }
    for word in flags.split(whereSeparator: { Byte.isBlank($0) || $0 == Byte.newline }) {
      if word.starts(with: "-l".utf8) || word.starts(with: "-L".utf8)
        || word.starts(with: "-Wl,".utf8)
      {
        links[index].system.append(Array(word))
      } else {
        let flag = names.intern(Array(word))
        model.owners[index].flags.append(Phrase(text: flag, place: edge.place))
      }
    }
  }

  private static let debianPackages = [
    "openssl": "libssl-dev", "libssl": "libssl-dev", "zlib": "zlib1g-dev",
    "libbsd": "libbsd-dev", "ncurses": "libncurses-dev", "readline": "libreadline-dev",
    "libcurl": "libcurl4-openssl-dev", "sqlite3": "libsqlite3-dev", "liburing": "liburing-dev",
    "libpcre2-8": "libpcre2-dev", "bzip2": "libbz2-dev", "liblzma": "liblzma-dev",
  ]

  // MARK: Cycles

  /// Reports each cycle of owners once, edge by edge.
  private func reportCycles(
    _ kind: OwnerKind, _ edges: ([Links], Int) -> [(owner: Int32, place: Place)]
  ) {
    var state = [UInt8](repeating: 0, count: model.owners.count)  // 0 new, 1 on the path, 2 done
    for start in model.owners.indices where state[start] == 0 && isEnabled[start] {
      var path: [(owner: Int, edges: [(owner: Int32, place: Place)], next: Int)] = [
        (start, edges(links, start), 0)
      ]
      state[start] = 1
      while let top = path.last {
        if top.next == top.edges.count {
          state[top.owner] = 2
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let target = Int(top.edges[top.next].owner)
        if state[target] == 1 {
          let from = path.firstIndex { $0.owner == target } ?? 0
          reportCycle(path[from...].map { ($0.owner, $0.edges[$0.next - 1].place) }, kind)
        } else if state[target] == 0 {
          state[target] = 1
          path.append((target, edges(links, target), 0))
        }
      }
    }
  }

  private func reportCycle(_ cycle: [(owner: Int, place: Place)], _ kind: OwnerKind) {
    let members = cycle.map { text(model.owners[$0.owner].name) }
    if members.count == 1 {
      diagnostics.error(cycle[0].place, "\(kind.rawValue) '\(members[0])' includes itself")
      return
    }
    diagnostics.error(
      cycle[0].place, "cycle: \((members + [members[0]]).joined(separator: " -> "))")
    for (index, edge) in cycle.enumerated().dropFirst() {
      let next = members[(index + 1) % members.count]
      diagnostics.note(edge.place, "'\(members[index])' needs '\(next)' here")
    }
  }

  // MARK: Closures

  /// The modules that `owner` brings in, with what they need, each once, in order of first need.
  func moduleClosure(of owner: Int) -> [Int] {
    var result: [Int] = []
    var seen: Set<Int> = []
    var pending = links[owner].modules.reversed().map { Int($0.owner) }
    while let next = pending.popLast() {
      if !seen.insert(next).inserted { continue }
      result.append(next)
      pending += links[next].modules.reversed().map { Int($0.owner) }
    }
    return result
  }

  /// The libraries that `owner` and its modules link, dependents before what they depend on.
  func libraryClosure(of owner: Int) -> [Int] {
    var order: [Int] = []
    var seen: Set<Int> = []
    func direct(_ index: Int) -> [Int] {
      var found = links[index].libraries.map { Int($0.owner) }
      for module in moduleClosure(of: index) {
        found += links[module].libraries.map { Int($0.owner) }
      }
      return found
    }
    var stack: [(owner: Int, libraries: [Int], next: Int)] = [(owner, direct(owner), 0)]
    while let top = stack.last {
      if top.next == top.libraries.count {
        if top.owner != owner { order.append(top.owner) }
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].next += 1
      let library = top.libraries[top.libraries.count - 1 - top.next]
      if seen.insert(library).inserted { stack.append((library, direct(library), 0)) }
    }
    return order.reversed()
  }
}

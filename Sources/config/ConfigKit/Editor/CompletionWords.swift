// The words that a shell completes: configurations, and what is declared in them.

public import SystemPackage

/// Lists of words that depend on the project, for the completions of shells.
public enum CompletionWords: String, CaseIterable, Sendable {
  /// The configurations in `conf/`, as `conf/NAME`.
  case configurations
  /// The options of a configuration, declared or tested, each as `NAME=`.
  case options
  /// Its tests and benchmarks.
  case tests
  /// Its probes.
  case probes
  /// The toolchains, shipped and in `conf/toolchain`.
  case toolchains
  /// Platforms that a shipped toolchain builds for.
  case platforms

  /// The words, sorted; empty where there is nothing to list.
  ///
  /// Reads the configurations beside `configuration`, or in `conf/`; runs and writes nothing.
  public func words(_ configuration: FilePath?, machine: Machine) -> [String] {
    let directory = configuration?.removingLastComponent() ?? "conf"
    let place = directory.isEmpty ? FilePath(".") : directory
    switch self {
    case .configurations:
      return Project.rootNames("conf", machine).map { "conf/\($0)" }
    case .options: return names(.option, place, machine).map { "\($0)=" }
    case .tests: return names(.test, place, machine)
    case .probes: return probes(place, machine)
    case .toolchains:
      let own = (machine.list(place.appending("toolchain")) ?? []).map {
        String(decoding: $0, as: UTF8.self)
      }
      let shipped = ShippedToolchains.files.map { String($0.name.prefix { $0 != "." }) }
      return Set(own + shipped).sorted()
    case .platforms:
      let shipped = ShippedToolchains.files.compactMap { file -> String? in
        let parts = file.name.split(separator: ".")
        return parts.count == 3 ? "\(parts[1])/\(parts[2])" : nil
      }
      let own = "\(machine.system.os)/\(Architecture.normalised(machine.system.arch))"
      return Set(shipped + [own]).sorted()
    }
  }

  private func names(_ kind: SymbolKind, _ place: FilePath, _ machine: Machine) -> [String] {
    var result: Set<String> = []
    for source in sources(place, machine) {
      let roles = Roles(names: source.names)
      for statement in source.statements {
        // Params and probes share the options' names; nobody sets them on a command line.
        let head = statement.words[0].keyword
        if kind == .option && (head == .param || head == .probe) { continue }
        for found in roles.occurrences(statement)
        where found.kind == kind && (found.isDefinition || kind == .option) {
          result.insert(String(decoding: found.name, as: UTF8.self))
        }
      }
    }
    return result.sorted()
  }

  private func probes(_ place: FilePath, _ machine: Machine) -> [String] {
    var result: Set<String> = []
    for statement in statements(place, machine)
    where statement.count > 1 && statement[0] == Keyword.probe.rawValue {
      result.insert(statement[1])
    }
    return result.sorted()
  }

  /// Every file in `place` is looked at, included or not: nothing is resolved, so that a key press
  /// costs a parse.
  private func sources(_ place: FilePath, _ machine: Machine) -> [SourceText] {
    let names = Names()
    return (machine.list(place) ?? []).compactMap { entry in
      let name = String(decoding: entry, as: UTF8.self)
      guard Project.isCandidate(name), let bytes = try? machine.read(place.appending(name)) else {
        return nil
      }
      return SourceText(bytes, names: names, diagnostics: Diagnostics())
    }
  }

  private func statements(_ place: FilePath, _ machine: Machine) -> [[String]] {
    sources(place, machine).flatMap { source in
      source.statements.map { $0.words.map { source.names.text($0.name) } }
    }
  }
}

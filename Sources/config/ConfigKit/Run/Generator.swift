// A run of config, from the request to the build directory.
//
//     request -> (record says unchanged? done) -> read -> resolve -> plan -> outputs -> commit
//
// Nothing below the build directory is touched before the whole description was found right.
// Then outputs are prepared beside their places; stale objects go; outputs take their places; the
// record is written last (L1).

import Sys9
public import SystemPackage

/// How a run ended.
public struct Report: Sendable {
  /// The messages, ready to be shown.
  public let messages: String
  /// The same, for machines.
  public let findings: [Finding]
  /// True if the run found an error, and wrote nothing.
  public let failed: Bool
  /// The build directory, where the run got as far.
  public let buildDirectory: FilePath?
  /// The outputs that were rewritten; empty when nothing had changed.
  public let changed: [String]
  /// How many sources are compiled; 0 where the run failed.
  public let sources: Int
  /// True if the record alone was enough to see that nothing had changed.
  public let wasCurrent: Bool
}

/// Generates build directories.
public struct Generator {
  let request: Request
  let machine: Machine
  /// The machine without what variants share: for files that are read once, such as sources.
  let uncached: Machine
  let names: Names
  /// What other variants have read.
  let shared: SharedReading?
  let files = SourceFiles()
  let diagnostics: Diagnostics
  /// True if `probeReport` says what led to each answer.
  public var isExplaining = false

  /// A generator for one request.
  ///
  /// - Parameter shared: what was read for other variants of the description.
  public init(_ request: Request, machine: Machine, shared: SharedReading? = nil) {
    self.request = request
    self.shared = shared
    names = shared?.names ?? Names()
    uncached = machine
    self.machine = shared?.machine(machine) ?? machine
    diagnostics = Diagnostics(warningsAreErrors: request.warningsAreErrors)
  }

  /// Generates the build directory, or says why it cannot.
  ///
  /// - Parameter caret: shows source lines with the messages; `colour` colours them.
  public func run(caret: Bool = false, colour: Bool = false) -> Report {
    func report(
      _ directory: FilePath?, _ changed: [String], wasCurrent: Bool = false, sources: Int = 0
    ) -> Report {
      Report(
        messages: diagnostics.render(files, caret: caret, colour: colour),
        findings: diagnostics.findings(files),
        failed: diagnostics.failed, buildDirectory: directory, changed: changed,
        sources: sources, wasCurrent: wasCurrent)
    }
    guard let place = locate() else { return report(nil, []) }
    if let (directory, sources) = currentDirectory(place) {
      return report(directory, [], wasCurrent: true, sources: sources)
    }
    guard let reading = read(place) else { return report(nil, []) }
    guard let plan = resolve(reading) else { return report(reading.buildDirectory, []) }
    do {
      var directory = try BuildDirectory(self, reading, plan)
      let changed = try directory.write()
      return report(reading.buildDirectory, changed, sources: plan.graph.sourceCount)
    } catch {
      diagnostics.error(.none, Self.text(error))
      return report(reading.buildDirectory, [])
    }
  }

  /// Reads and decides like `run`, writes nothing and looks at no build directory.
  ///
  /// All that is asked of the machine goes through `Machine`, but for the directory of the
  /// configuration, which must exist.
  public func check() -> Report {
    let reading = locate().flatMap { read($0) }
    if let reading { _ = resolve(reading) }
    return Report(
      messages: diagnostics.render(files, caret: true, colour: true),
      findings: diagnostics.findings(files), failed: diagnostics.failed,
      buildDirectory: reading?.buildDirectory, changed: [], sources: 0, wasCurrent: false)
  }

  /// A system error in words, with the cure where one is known.
  static func text(_ error: SystemError) -> String {
    let cure =
      switch error.errno {
      case 28: "; nothing was changed, free some space and run config again"
      case 13, 1, 30: "; it may belong to someone else: choose another build directory with -d"
      default: ""
      }
    return "\(error.subject.isEmpty ? error.call : "cannot \(error.call) '\(error.subject)'"): "
      + "\(error.reason)\(cure)"
  }

  // MARK: Where things are

  /// The root configuration and the places that follow from it.
  struct Location {
    /// The root configuration, as messages show it.
    let configuration: FilePath
    /// The root of the source tree, absolute, without links.
    let root: FilePath
    /// Where included files and templates are looked for.
    let searchPath: [FilePath]
    let os: String
    let arch: String
  }

  func locate() -> Location? {
    let configuration = request.configuration
    let given = configuration.removingLastComponent()
    do {
      let directory = try Files.real(given.isEmpty ? "." : given)
      let isConf = directory.lastComponent?.string == "conf"
      let root =
        try request.sourceRoot.map { (path) throws(SystemError) in try Files.real(path) }
        ?? (isConf ? directory.removingLastComponent() : directory)
      return Location(
        configuration: configuration, root: root, searchPath: searchPath(given, root, isConf),
        os: request.os ?? machine.system.os,
        arch: request.arch ?? Architecture.normalised(machine.system.arch))
    } catch {
      diagnostics.error(.none, "cannot open '\(configuration)': \(error.reason)")
      return nil
    }
  }

  /// The directory of the root file, the project's conf/, each -I, and what is installed.
  private func searchPath(_ directory: FilePath, _ root: FilePath, _ isConf: Bool) -> [FilePath] {
    var result = [directory]
    if !isConf { result.append(directory.appending("conf")) }
    result += request.includeDirectories
    if let path = environment("CONFIG_CONF") { result.append(FilePath(path)) }
    if let path = environment("P9UNIX") { result.append(FilePath(path).appending("conf")) }
    if let program = machine.program {
      let prefix = program.removingLastComponent().removingLastComponent()
      result.append(prefix.appending("share").appending("config"))
      result.append(prefix.appending("conf"))
    }
    return result
  }

  /// The build directory, if its record says that nothing has changed since it was written.
  ///
  /// The directory is found without parsing: a guess by what the root file seems to say.  A wrong
  /// guess is harmless, since the record tells which request it answers.
  private func currentDirectory(
    _ location: Location
  ) -> (directory: FilePath, sources: Int)? {
    guard let given = request.buildDirectory ?? guess(location),
      let directory = try? Files.real(given),
      let record = try? machine.read(directory.appending(".config.log")),
      let head = RecordHead(record)
    else { return nil }
    let vantage = Vantage(directory: directory, tree: location.root)
    guard head.request == vantage.lines(request), head.isCurrent(in: directory, machine) else {
      return nil
    }
    do { try Files.touch(directory.appending(".config.log")) } catch { return nil }
    return (given, head.sources)
  }

  /// Where the build directory lies if `ident` and `arch` stand plainly in the root file.
  private func guess(_ location: Location) -> FilePath? {
    guard let bytes = try? machine.read(location.configuration) else { return nil }
    var ident = location.configuration.lastComponent?.string ?? ""
    var arch = location.arch
    for line in bytes.split(separator: Byte.newline) {
      guard line.starts(with: "ident".utf8) || line.starts(with: "arch".utf8) else { continue }
      let words = line.split(whereSeparator: Byte.isBlank).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard words.count >= 2 else { continue }
      if words[0] == "ident" { ident = words[1] }
      if words[0] == "arch" && request.arch == nil { arch = words[1] }
    }
    return location.root.appending("compile").appending(
      "\(ident).\(location.os).\(arch)\(request.tag)")
  }

  private func environment(_ name: String) -> String? {
    machine.environment(Array(name.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  // MARK: Reading

  /// A description that was read.
  struct Reading {
    let location: Location
    let model: Model
    let toolchain: Toolchain?
    let inputs: Inputs
    let ident: String
    let arch: String
    let root: FoundFile
    let buildDirectory: FilePath
    let environmentNames: Set<[UInt8]>
  }

  func read(_ location: Location) -> Reading? {
    let inputs = Inputs(machine, directories: location.searchPath)
    let file: FoundFile
    do { file = try inputs.load(location.configuration) } catch {
      diagnostics.error(.none, "cannot open '\(location.configuration)': \(error.reason)")
      return nil
    }
    let base = location.configuration.lastComponent?.string ?? ""
    let facts = [
      "OS": location.os, "ARCH": location.arch, "IDENT": base, "S": location.root.description,
      "CONFDIR": location.root.appending("conf").description,
    ]
    let reader = Reader(
      names: names, files: files, diagnostics: diagnostics, inputs: inputs, machine: machine,
      facts: facts, archIsFixed: request.arch != nil)
    reader.shared = shared
    reader.readRoot(file)
    let ident = reader.model.ident.map { names.text($0.text) } ?? base
    if reader.model.ident == nil && !reader.isFileName(names.intern(base)) {
      diagnostics.error(
        .none, "'\(base)' cannot name a build directory: give the configuration an 'ident'")
    }
    let arch = reader.facts["ARCH"] ?? location.arch
    let directory =
      request.buildDirectory
      ?? location.root.appending("compile")
      .appending("\(ident).\(location.os).\(arch)\(request.tag)")
    let toolchain = loadToolchain(location, reader)
    for setting in request.settings { apply(setting, to: reader) }
    return Reading(
      location: location, model: reader.model, toolchain: toolchain, inputs: inputs, ident: ident,
      arch: arch,
      root: file, buildDirectory: directory, environmentNames: reader.environmentNames)
  }

  /// `--with NAME=VALUE`.
  private func apply(_ setting: Override, to reader: Reader) {
    let name = names.intern(setting.name)
    if !reader.checkIdentifier(name, .none) { return }
    guard let value = setting.value else {
      reader.model.options.remove(name)
      reader.model.optionsOff.insert(name)
      return
    }
    reader.model.options.set(
      name, Setting(value: names.intern(value), place: .none, isInherited: false))
    reader.model.optionsOff.remove(name)
  }

  // MARK: Resolving

  /// What was decided: the graph and what the outputs need beside it.
  struct Resolution {
    let graph: Graph
    let model: Model
    let template: Template
    let makeOptions: [Assignment]
    let assignments: [Assignment]
    let listedDirectories: [[UInt8]]
    let packageInputs: [String]
    let variables: Variables
    let probing: Probing
  }

  func resolve(_ reading: Reading) -> Resolution? {
    guard let template = loadTemplate(reading) else { return nil }
    var makeOptions = reading.toolchain?.assignments(names) ?? []
    makeOptions += reading.model.makeOptions.assignments(names)
    makeOptions += sanitizing(reading.toolchain)
    if request.isDebug { makeOptions.append(Assignment(Array("DEBUG".utf8), .set, [0x31])) }
    var variables = Variables(environment: machine.environment)
    variables.define(
      root: [treeMarker], ident: reading.ident, os: reading.location.os,
      arch: reading.arch)
    for assignment in template.assignments(makeOptions: makeOptions) {
      assign(assignment, &variables)
    }
    var model = reading.model
    let probing = probe(&model, reading, variables)
    let makes = request.backEnds.compactMap { Dialect(rawValue: $0.rawValue) }
    let only = request.backEnds.count == 1 ? makes.first : nil
    var resolver = Resolver(
      model: model, names: names, diagnostics: diagnostics, machine: machine,
      sourceRoot: reading.location.root, inputs: reading.inputs, os: reading.location.os,
      variables: variables, foreignDialect: only)
    resolver.lacks = reading.toolchain?.lacks ?? [:]
    resolver.toolchainName = reading.toolchain?.name ?? ""
    let graph = resolver.resolve { place in
      let (line, column) = files.position(place)
      return "\(files[place.file].name):\(line):\(column)"
    }
    if let toolchain = reading.toolchain {
      let linkers = Set(graph.bundles.map(\.linker))
      let purposes: [Toolchain.Need.Purpose] =
        [.always] + (linkers.contains("CXX") ? [.cxx] : [])
        + (linkers.contains("SWIFTC") ? [.swift] : [])
      checkNeeds(of: toolchain, variables, Set(purposes))
    }
    if diagnostics.failed { return nil }
    for directory in resolver.includeDirectories {
      let more = Assignment(
        Array("INCLUDES".utf8), .append, Array("-I".utf8) + Quoting.shell(directory))
      makeOptions.append(more)
    }
    return Resolution(
      graph: graph, model: resolver.model, template: template, makeOptions: makeOptions,
      assignments: template.assignments(makeOptions: makeOptions),
      listedDirectories: resolver.listedDirectories, packageInputs: resolver.packages.keys.sorted(),
      variables: resolver.variables, probing: probing)
  }

  private func assign(_ assignment: Assignment, _ variables: inout Variables) {
    do { try variables.assign(assignment) } catch {
      let name = String(decoding: assignment.name, as: UTF8.self)
      diagnostics.error(.none, "variable '\(name)': \(error.text)")
    }
  }

  private func loadTemplate(_ reading: Reading) -> Template? {
    let arch = reading.arch
    let isEmbedded = Architecture.known.contains(arch)
    guard let file = find("Makefile.\(arch)", reading, allowEmbedded: isEmbedded) else {
      let near = suggestion(for: arch, among: Architecture.known)
      let cure = near.isEmpty ? ": there is no conf/Makefile.\(arch)" : near
      let place = request.arch == nil ? reading.model.arch?.place ?? .none : .none
      diagnostics.error(place, "unknown architecture '\(arch)'\(cure)")
      return nil
    }
    let template = Template(file, files, diagnostics) { name, place in
      if let found = find(name, reading, allowEmbedded: true) { return found }
      diagnostics.error(place, "cannot open '\(name)': no such file in conf/, and none built in")
      return nil
    }
    if let (dialect, place) = template.dialect {
      for backEnd in request.backEnds where backEnd.rawValue != dialect.rawValue {
        diagnostics.error(
          place,
          "this template is for \(dialect.title), not for \(backEnd.rawValue): "
            + "generate with --make \(dialect.rawValue)")
      }
    }
    return template
  }

  /// A file of conf/: in the search path, else the one built in.
  private func find(_ name: String, _ reading: Reading, allowEmbedded: Bool) -> FoundFile? {
    for directory in reading.location.searchPath {
      if let found = try? reading.inputs.loadIfPresent(directory.appending(name)) { return found }
    }
    guard allowEmbedded, let text = EmbeddedDefaults.file(name) else { return nil }
    return FoundFile(path: FilePath(name), name: "<built in>/\(name)", bytes: Array(text.utf8))
  }
}

extension Variables {
  /// Sets the names that config itself gives.
  mutating func define(root: [UInt8], ident: String, os: String, arch: String) {
    for (name, value) in [("IDENT", ident), ("OS", os), ("ARCH", arch)] {
      set(Array(name.utf8), literal: Array(value.utf8))
    }
    set(Array("S".utf8), literal: root)
  }
}

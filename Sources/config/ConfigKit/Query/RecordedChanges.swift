// What differs between the record of a build directory and the world as it is now: commands, tools,
// the flags of make, and the inputs of the description.

public import Sys9
public import SystemPackage

/// Why config removes outputs, or has removed them.
struct RecordedChanges {
  let survey: Survey
  let body: RecordBody
  let head: RecordHead
  let replaced: RecordReplaced
  let directory: FilePath

  /// The reason for each output whose command is another than the one recorded, or was.
  func reasons(_ hashes: [UInt64], _ shapes: [UInt64: [UInt8]]) -> [String: RebuildReason] {
    var result: [String: RebuildReason] = [:]
    let tool = changedTool
    for (index, step) in survey.graph.steps.enumerated() {
      let shape = String(decoding: shapes[hashes[index]] ?? [], as: UTF8.self)
      for output in survey.graph[step.outputs] {
        let name = survey.label(output)
        guard let recorded = body.hashes[survey.names[output.name]] else { continue }
        if recorded == hashes[index] {
          if let old = replaced.commands[name], !isThere(name), !wasMadeSince(output) {
            result[name] = .removed(Self.words(old, shape))
          }
          continue
        }
        let changes = body.texts[recorded].map { Self.words($0, shape) } ?? []
        if !changes.isEmpty {
          result[name] = .command(changes)
        } else if let tool {
          result[name] = .tool(tool)
        } else {
          result[name] = inputs(of: step)
        }
      }
    }
    return result
  }

  private static func words(_ old: String, _ new: String) -> [WordChange] {
    WordDifference.changes(from: WordDifference.words(old), to: WordDifference.words(new))
  }

  private func isThere(_ name: String) -> Bool {
    ((try? Files.status(directory.pushing(FilePath(name)))) ?? nil) != nil
  }

  /// True if something was made of `output` after config removed it: then someone else removed it.
  private func wasMadeSince(_ output: Node) -> Bool {
    survey.graph.steps.contains { step in
      guard survey.graph[step.inputs].contains(output) else { return false }
      return survey.graph[step.outputs].contains { node in
        let path = directory.pushing(FilePath(survey.label(node)))
        let status = (try? Files.status(path)) ?? nil
        return (status?.modifiedNs ?? 0) > replaced.timeNs
      }
    }
  }

  /// The first tool that is another than the record says.
  private var changedTool: String? {
    head.tools.first { tool in
      let status = (try? Files.status(directory.pushing(FilePath(tool.path)))) ?? nil
      return status.map(RecordHead.identity(tool:)) ?? "" != tool.identity
    }?.path
  }

  /// What a step has as input that no record knows, and what no step makes any more.
  private func inputs(of step: Step) -> RebuildReason {
    let made = Set(
      survey.graph.steps.flatMap { survey.graph[$0.outputs].map { survey.label($0) } })
    let added = survey.graph[step.inputs].filter {
      !$0.isInTree && body.hashes[survey.names[$0.name]] == nil
    }.map { survey.label($0) }
    let removed = body.hashes.keys.map { String(decoding: $0, as: UTF8.self) }
      .filter { $0.hasSuffix(".o") && !made.contains($0) }.sorted()
    return .inputs(added: added, removed: removed)
  }
}

/// The stamp of what make's command line and the environment say.
struct FlagsState {
  private let backEnd: BackEnd
  /// What a make without anything on its command line will write.
  private let wanted: String

  init(
    _ backEnd: BackEnd, _ head: RecordHead, _ assignments: [Assignment], _ machine: Machine
  ) {
    self.backEnd = backEnd
    let assigned = Set(assignments.filter { $0.operation != .setIfUnset }.map(\.name))
    var words: [String] = []
    for name in head.variables {
      guard let value = machine.environment(Array(name.utf8)) else { continue }
      // A makefile's own value beats the environment's.
      if backEnd == .gnu && assigned.contains(Array(name.utf8)) { continue }
      words.append("\(name)=\(String(decoding: value, as: UTF8.self))")
    }
    wanted = words.joined(separator: " ")
  }

  /// What the stamp says and what it will say, if that differs.
  func change(in directory: FilePath) -> (old: String, new: String)? {
    guard backEnd.isMake else { return nil }
    let path = directory.appending("o").appending(".flags")
    guard let bytes = try? Files.read(path) else { return nil }
    // BSD make tells its own business among the words of its command line.
    let old = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
      .filter { !$0.hasPrefix(".MAKE.") }
    // Its command line comes by the environment as well.
    var seen: Set<Substring> = []
    let told = old.filter { seen.insert($0).inserted }.joined(separator: " ")
    return told == wanted ? nil : (told, wanted)
  }
}

extension Generator {
  /// What the build directory at `path` was made for, to be asked about from here.
  ///
  /// - Throws: what reading its record reports.
  public static func request(of path: FilePath, machine: Machine) throws(SystemError) -> Request {
    let record = path.appending(".config.log")
    guard let head = RecordHead(try machine.read(record)) else {
      throw SystemError(call: "read", text: "it is no record of config", subject: record.string)
    }
    return Vantage.request(head.request).seen(from: path)
  }
}

extension Request {
  /// The request of a record, which names files from the build directory, from elsewhere.
  func seen(from directory: FilePath) -> Request {
    func moved(_ path: FilePath) -> FilePath {
      path.isAbsolute ? path : directory.pushing(path).lexicallyNormalized()
    }
    var request = self
    request.configuration = moved(configuration)
    request.includeDirectories = includeDirectories.map(moved)
    request.sourceRoot = sourceRoot.map(moved)
    request.buildDirectory = directory
    return request
  }
}

extension RecordHead {
  /// What differs between the world and the record, in words; empty if it is current.
  func changes(in directory: FilePath, _ machine: Machine) -> [String] {
    func status(_ path: String) -> FileStatus? {
      (try? Files.status(directory.pushing(FilePath(path)))) ?? nil
    }
    func shown(_ path: String) -> String {
      let full = directory.pushing(FilePath(path)).lexicallyNormalized()
      return full.isEmpty ? "." : full.description
    }
    var found: [String] = []
    if status("o/.d") == nil { found.append("\(shown("o")) is not there") }
    for output in outputs {
      let now = status(output.name).map(Self.identity(output:))
      if now == nil {
        found.append("\(shown(output.name)) is not there")
      } else if now != output.identity {
        found.append("\(shown(output.name)) was changed by someone else")
      }
    }
    for pair in environment {
      let value = machine.environment(Array(pair.name.utf8)).map {
        String(decoding: $0, as: UTF8.self)
      }
      if value != pair.value {
        found.append("the environment's \(pair.name) is another")
      }
    }
    for input in inputs {
      guard let bytes = try? machine.read(directory.pushing(FilePath(input.path))) else {
        found.append("\(shown(input.path)) is not there")
        continue
      }
      if Hash64(bytes).text != input.hash { found.append("\(shown(input.path)) has changed") }
    }
    for tool in tools where status(tool.path).map(Self.identity(tool:)) ?? "" != tool.identity {
      found.append(
        tool.path == ".configtool" ? "config itself was replaced" : "\(tool.path) was replaced")
    }
    // A folder changes with whatever an editor does there: told only if it is the one reason.
    if !found.isEmpty { return found }
    for folder in directories where status(folder.path)?.modifiedNs ?? 0 != folder.time {
      found.append("files came to, or went from, \(shown(folder.path))")
    }
    return found
  }
}

// The record: what was read, run and written, by which the next run knows what is stale.

import Sys9
import SystemPackage

extension BuildDirectory {
  /// Removes what the old record has and the graph has not, or by another command.
  ///
  /// - Returns: the section of the record that says what was removed, or the one it had.
  func removeStale(
    _ commands: [UInt64], but outputs: OutputSet
  ) throws(SystemError) -> [UInt8] {
    let path = directory.appending(".config.log")
    guard try Files.status(path) != nil else { return [] }
    let bytes = try Files.read(path)
    let body = RecordBody(bytes)
    var old = body.hashes
    for (index, step) in resolution.graph.steps.enumerated() {
      for output in resolution.graph[step.outputs] {
        let name = names[output.name]
        if let hash = old[name], hash == commands[index] { old[name] = nil }
      }
    }
    for name in old.keys { try remove(name) }
    let current = Set(outputs.names.map(\.name))
    for output in RecordHead(bytes)?.outputs ?? [] where !current.contains(output.name) {
      try Files.remove(directory.pushing(FilePath(output.name)))
    }
    return old.isEmpty
      ? RecordReplaced.section(of: bytes)
      : RecordReplaced.section(old, body.texts, timeNs: Clocks.realtimeNs())
  }

  /// Removes an output of a step, and the stamp that stands for it.
  private func remove(_ name: ArraySlice<UInt8>) throws(SystemError) {
    let path = directory.pushing(FilePath(String(decoding: name, as: UTF8.self)))
    try Files.remove(path)
    try Files.remove(directory.pushing(FilePath(String(decoding: name, as: UTF8.self) + ".stamp")))
  }

  func writeRecord(
    _ outputs: OutputSet, _ plan: Plan, _ commands: [UInt64], _ expander: Expander,
    _ replaced: [UInt8]
  ) throws(SystemError) {
    var head = RecordHead()
    head.request = vantage.lines(request)
    head.inputs = reading.inputs.read.compactMap { path in
      guard let bytes = try? machine.read(path) else { return nil }
      return (Hash64(bytes).text, vantage.seen(path).description)
    }
    let folders = Set(
      reading.inputs.probed.map { vantage.seen($0.isEmpty ? "." : $0) } + sourceDirectories
        + resolution.probing.folders)
    head.directories = folders.map { path in
      let status = (try? Files.status(directory.pushing(path))) ?? nil
      return (status?.modifiedNs ?? 0, path.description)
    }.sorted { $0.path < $1.path }
    head.environment = environmentNames(expander).map { name in
      let value = machine.environment(name).map { String(decoding: $0, as: UTF8.self) }
      return (String(decoding: name, as: UTF8.self), value)
    }
    head.tools = tools.found.values.map { ($0.identity, $0.path.description) }
      .sorted { $0.path < $1.path }
    head.outputs = outputs.names.compactMap { output in
      guard let status = (try? Files.status(directory.pushing(FilePath(output.name)))) ?? nil
      else { return nil }
      return (RecordHead.identity(output: status), output.name)
    }
    head.stamps = stamps(plan)
    head.sources = plan.graph.sourceCount
    head.variables = plan.usedVariables.map { String(decoding: $0, as: UTF8.self) }
    let out = try OutputFile(directory.appending(".config.log"))
    do throws(SystemError) {
      out.put(text: head.text)
      out.put(text: "\(RecordHead.bodyMark)\n")
      try putBody(commands, out)
      out.put(replaced)
      if try out.finish() {
        try out.commit()
      } else {
        try Files.touch(directory.appending(".config.log"))
      }
    } catch {
      out.abandon()
      throw error
    }
  }

  private func putBody(_ commands: [UInt64], _ out: OutputFile) throws(SystemError) {
    var last: UInt64?
    for (index, step) in resolution.graph.steps.enumerated() {
      if last != commands[index] {
        out.put("command ")
        out.put(text: Hash64.text(commands[index]))
        if let text = texts[commands[index]] {
          out.put(" ")
          out.put(text)
        }
        out.put("\n")
        last = commands[index]
      }
      for output in resolution.graph[step.outputs] {
        names.append(output.name, to: &out.bytes)
        out.put("\n")
      }
      try out.spill()
    }
  }

  /// Names of the environment whose values went into the outputs.
  private func environmentNames(_ expander: Expander) -> [[UInt8]] {
    let all = reading.environmentNames.union(expander.variables.environmentNames)
      .union(["CONFIG_CONF", "P9UNIX", "PATH"].map { Array($0.utf8) })
    return all.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func stamps(_ plan: Plan) -> [(stamp: String, outputs: [String])] {
    let isBSD = request.backEnds.contains(.bsd)
    return plan.graph.steps.compactMap { step in
      let outputs = plan.graph[step.outputs]
      guard let first = outputs.first,
        step.kind.keepsEqualOutput || isBSD && outputs.count > 1
      else { return nil }
      return (
        String(decoding: plan.stamp(first), as: UTF8.self),
        outputs.map { String(decoding: plan.path($0), as: UTF8.self) }
      )
    }
  }
}

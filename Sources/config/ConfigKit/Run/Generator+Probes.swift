// The probes of a description: run, and their answers put among the params.

import Sys9
import SystemPackage

extension Generator {
  /// Answers the probes of `model`, with the compiler that `variables` name.
  func probe(_ model: inout Model, _ reading: Reading, _ variables: Variables) -> Probing {
    let asked = request.buildDirectory != nil && !request.isInPlace
    let place = asked ? reading.buildDirectory : reading.location.root.appending("compile")
    var probing = Probing(
      names: names, machine: machine, root: reading.location.root,
      cache: place.appending(".probes"))
    if model.probes.isEmpty || diagnostics.failed { return probing }
    var variables = variables
    variables.define(
      root: Array(reading.location.root.description.utf8), ident: reading.ident,
      os: reading.location.os, arch: reading.arch)
    func expanded(_ text: String) -> String {
      guard let text = try? MakeText(parsing: text.utf8),
        let bytes = try? variables.expand(text.pieces)
      else { return "" }
      return String(decoding: bytes, as: UTF8.self)
    }
    let compile = expanded("${CC} ${CFLAGS} ${CPPFLAGS} -w")
    let tool = compile.split(separator: " ").first.map(String.init) ?? "cc"
    let identity = Tools().identity(Array(tool.utf8), reading.location.root, machine)
    probing.run(
      model.probes.pairs.map(\.1), compile: compile, link: expanded("${LDFLAGS} ${LDLIBS}"),
      identity: String(decoding: identity, as: UTF8.self))
    for (probe, result) in probing.results {
      guard let value = result.value else { continue }
      model.params.set(probe.name, Setting(value: value, place: probe.place, isInherited: false))
    }
    return probing
  }

  /// The answers to all probes of the description, with what led to them; writes the cache.
  ///
  /// - Returns: nil if the description is wrong; `messages` then says how.
  public func probeReport(
    only wanted: [String], colour: Bool = false
  ) -> (text: String?, messages: String) {
    func failed() -> (text: String?, messages: String) {
      (nil, diagnostics.render(files, caret: colour, colour: colour))
    }
    guard let reading = locate().flatMap({ read($0) }), let plan = resolve(reading) else {
      return failed()
    }
    for name in wanted
    where !plan.probing.results.contains(where: { names.text($0.probe.name) == name }) {
      let known = plan.probing.results.map { names.text($0.probe.name) }
      diagnostics.error(.none, "unknown probe '\(name)'\(suggestion(for: name, among: known))")
    }
    if diagnostics.failed { return failed() }
    do { try plan.probing.keep() } catch {
      diagnostics.error(.none, Self.text(error))
      return failed()
    }
    var text = ""
    for (probe, result) in plan.probing.results {
      let name = names.text(probe.name)
      if !wanted.isEmpty && !wanted.contains(name) { continue }
      let answer = result.value.map { names.text($0) } ?? "no"
      text += "\(name): \(answer)\(result.isCached ? " (cached)" : "")\n"
      if isExplaining {
        text += result.log.split(separator: "\n").map { "  \($0)\n" }.joined()
      }
    }
    return (text, diagnostics.render(files, caret: colour, colour: colour))
  }
}

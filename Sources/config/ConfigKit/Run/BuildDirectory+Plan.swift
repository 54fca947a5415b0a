// What back ends are given: the plan, the variables, and what makes config run again.

import Sys9
import SystemPackage

extension BuildDirectory {
  func plan(usedVariables: [[UInt8]]) -> Plan {
    Plan(
      names: names, graph: resolution.graph, ident: reading.ident, os: reading.location.os,
      arch: reading.arch, toolchain: reading.toolchain?.name, root: vantage.root,
      template: resolution.template,
      makeOptions: resolution.makeOptions,
      regenerateInputs: usedVariables.isEmpty ? [] : regenerateInputs(),
      usedVariables: usedVariables)
  }

  /// The variables of the makefiles with the tree's real place.
  func expansionVariables() -> Variables {
    var variables = Variables(environment: machine.environment)
    variables.define(
      root: vantage.root, ident: reading.ident, os: reading.location.os, arch: reading.arch)
    for assignment in resolution.assignments {
      try? variables.assign(assignment)  // each was parsed and reported before
    }
    return variables
  }

  func usedVariables(_ expander: Expander) -> [[UInt8]] {
    let own: Set<[UInt8]> = Set(["IDENT", "OS", "ARCH", "S"].map { Array($0.utf8) })
    // Where things are installed concerns no object, unless a command says so.
    let places: Set<[UInt8]> = Set(["PREFIX", "DESTDIR", "INSTALL"].map { Array($0.utf8) })
    let assigned = Set(resolution.assignments.map(\.name)).subtracting(places)
    return expander.variables.usedNames.union(assigned).subtracting(own).sorted {
      $0.lexicographicallyPrecedes($1)
    }
  }

  var sourceDirectories: [FilePath] {
    resolution.listedDirectories.map { name in
      FilePath(String(decoding: vantage.root, as: UTF8.self))
        .pushing(FilePath(String(decoding: name, as: UTF8.self)))
    }
  }

  /// Files and directories whose change may change the outcome, each once, sorted.
  private func regenerateInputs() -> [[UInt8]] {
    var all = Set(reading.inputs.read.map { vantage.seen($0) })
    all.formUnion(existing(reading.inputs.probed.map { vantage.seen($0.isEmpty ? "." : $0) }))
    all.formUnion(existing(sourceDirectories))
    all.formUnion(resolution.probing.folders)
    for tool in tools.found.values {
      all.insert(tool.path)
      if tool.path.isAbsolute { all.insert(tool.path.removingLastComponent()) }
    }
    return all.map { Array($0.description.utf8) }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func existing(_ paths: [FilePath]) -> [FilePath] {
    paths.filter { (try? Files.status(directory.pushing($0))) ?? nil != nil }
  }

  /// What is made once for all variants.
  func shared(_ plan: Plan, _ commands: [UInt64], _ expander: Expander) -> MadeOnce {
    var expander = expander
    return MadeOnce(plan, commands: commands) { step in
      guard plan.graph.commands[Int(step.command)].depfile.isEmpty,
        let (text, writesDepfile) = try? expander.expand(step), !writesDepfile
      else { return nil }
      return expander.concrete(text, step)
    }
  }
}

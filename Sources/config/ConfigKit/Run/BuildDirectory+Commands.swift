// What tells one command from another: its text, and the tools that it begins with.

import Sys9
import SystemPackage

extension BuildDirectory {
  /// Programs of the build are prerequisites of what they make, not tools from elsewhere.
  func excludeOwnPrograms() {
    let graph = resolution.graph
    for step in graph.steps where step.kind.isLinked || step.kind == .generate {
      for output in graph[step.outputs] { tools.exclude(names.bytes(output.name)) }
    }
  }

  /// The hash of each step's command, its tool's identity among it.
  ///
  /// In makefiles the environment counts at make time, by the flags stamp: so not here.
  mutating func hashes(_ expander: inout Expander) throws(SystemError) -> [UInt64] {
    var variables = expander.variables
    let words = (try? variables.expand(MakeText(variable: "LAUNCHER").pieces)) ?? []
    launcher = Array(words.split(separator: Byte.space).first ?? [])
    launcherCount = words.split(separator: Byte.space).count
    let usesMake = request.backEnds.contains { $0.isMake }
    var plain = expander
    if usesMake { plain.variables.environment = { _ in nil } }
    var known: [Int32: UInt64] = [:]
    var result: [UInt64] = []
    result.reserveCapacity(resolution.graph.steps.count)
    for step in resolution.graph.steps {
      if step.kind == .compile, let hash = known[step.command] {
        result.append(hash)
        continue
      }
      do throws(ExpansionFault) {
        let text = try plain.expand(step).text
        if usesMake { _ = try expander.expand(step) }  // learns what the environment may say
        let hash = hash(text, step, plain)
        known[step.command] = hash
        if texts[hash] == nil { texts[hash] = plain.shape(text, step) }
        result.append(hash)
      } catch {
        if case .foreign = error, request.backEnds.count == 1, usesMake {
          result.append(0)
          continue
        }
        diagnostics.error(place(of: error), error.text)
        return []
      }
    }
    if !usesMake { expander = plain }
    return result
  }

  /// Where the variable that `fault` names was set, if the configuration did.
  private func place(of fault: ExpansionFault) -> Place {
    let name: [UInt8]
    switch fault {
    case .recursive(let found), .endless(let found): name = found
    default: return .none
    }
    return names.find(name).flatMap { resolution.model.makeOptions[$0]?.place } ?? .none
  }

  private func hash(_ text: [UInt8], _ step: Step, _ expander: Expander) -> UInt64 {
    var hash = Hash64(text)
    // What Ninja knows of headers make does not: an object of one is none of the other.
    hash.add(request.backEnds.contains { $0.isMake } ? 1 : 2)
    if step.kind != .compile { hash.add(expander.concrete(text, step)) }
    // Behind a launcher, such as ccache, stands the compiler, which counts as well.
    let words = text.split(separator: Byte.space, maxSplits: launcherCount + 1)
    for (index, word) in words.enumerated() where index == 0 || index == launcherCount {
      if index == 0 || words[0].elementsEqual(launcher) {
        hash.add(tools.identity(Array(word), directory, machine))
      }
    }
    return hash.value
  }
}

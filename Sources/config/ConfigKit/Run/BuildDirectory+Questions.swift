// What questions about a build ask of its directory; nothing is written.

import Sys9
import SystemPackage

extension BuildDirectory {
  /// The directory, absolute, without links.
  var place: FilePath { directory }

  /// What questions are asked of: the plan, and what expands its commands.
  func inspected() -> (plan: Plan, expander: Expander) {
    let plan = plan(usedVariables: [])
    return (plan, Expander(plan: plan, variables: expansionVariables()))
  }

  /// What `write` would record of commands: the hash of each step's, and the shapes by hash.
  mutating func inspectedCommands() throws(SystemError) -> (
    hashes: [UInt64], shapes: [UInt64: [UInt8]]
  ) {
    let (hashes, _) = try decide()
    return (hashes, texts)
  }

  /// The outputs of config itself that sources may include, with the bytes that they would have.
  func inspectedOutputs() throws(SystemError) -> [(name: String, bytes: [UInt8])] {
    var result: [(name: String, bytes: [UInt8])] = []
    for file in ownFiles() {
      let output = OutputFile()
      try file.emit(output)
      result.append((file.name, output.bytes))
    }
    return result
  }
}

// Tests and benchmarks: what they run, in this variant.

import Sys9
import SystemPackage

extension Resolver {
  /// Plans every test and benchmark, and reports those that cannot be run anywhere.
  mutating func planTests(_ places: (Place) -> String) {
    for (name, test) in model.tests.pairs {
      let skipped = model.conditions[test.condition] ? programFault(test) : "not in this variant"
      let (words, isShell) = words(of: test)
      let planned = PlannedTest(
        name: text(name), isBench: test.isBench, words: words, isShell: isShell,
        input: bytes(of: test.input), output: bytes(of: test.output), status: test.status,
        limitSeconds: test.limitSeconds,
        metrics: test.metrics.map {
          PlannedMetric(
            name: text($0.name), unit: text($0.unit), higherIsBetter: $0.higherIsBetter)
        },
        skipped: skipped, place: places(test.place))
      graph.tests.append(planned)
    }
  }

  /// Why the program of `test` is not there, nil if it is; an unknown one is an error.
  private func programFault(_ test: TestStatement) -> String? {
    guard let program = test.program else { return nil }
    if let index = model.libraries[program.text] {
      let owner = model.owners[Int(index)]
      if owner.kind == .library {
        diagnostics.error(
          program.place, "'\(text(program.text))' is a library, not a program",
          notes: (owner.place, "it is defined here"))
      }
      return isEnabled[Int(index)] ? nil : "its program is not in this variant"
    }
    let programs = model.owners.filter { $0.kind == .program || $0.kind == .host }
    let near = suggestion(for: text(program.text), among: programs.map { text($0.name) })
    diagnostics.error(program.place, "unknown program '\(text(program.text))'\(near)")
    return nil
  }

  /// What is run; `$S` and other variables expanded, the tree as the byte `treeMarker`.
  private mutating func words(of test: TestStatement) -> ([String], isShell: Bool) {
    func expanded(_ phrase: Phrase) -> String {
      guard let parsed = makeText(phrase) else { return "" }
      do {
        return String(decoding: try variables.expand(parsed.pieces), as: UTF8.self)
      } catch {
        diagnostics.error(phrase.place, "'\(text(phrase.text))' cannot be expanded: \(error.text)")
        return ""
      }
    }
    if let command = test.command { return ([expanded(command)], true) }
    guard let program = test.program else { return ([], false) }
    var file = text(program.text)
    if let index = model.libraries[program.text], model.owners[Int(index)].kind != .library {
      file = text(programFile(model.owners[Int(index)]).name)
    }
    return (["./\(file)"] + test.arguments.map(expanded), false)
  }

  private func bytes(of given: TestText?) -> [UInt8]? {
    switch given {
    case nil: return nil
    case .literal(let bytes): return bytes
    case .file(let phrase):
      do {
        return try inputs.load(sourceRoot.pushing(FilePath(text(phrase.text)))).bytes
      } catch {
        diagnostics.error(phrase.place, "cannot open '\(text(phrase.text))': \(error.reason)")
        return nil
      }
    }
  }
}

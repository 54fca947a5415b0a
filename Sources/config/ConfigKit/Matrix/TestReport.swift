// What came of tests: for people, as TAP, and as JUnit's XML.

/// Prints the outcomes of tests.
public enum TestReport {
  private static func counts(_ outcomes: [TestOutcome]) -> (passed: Int, failed: Int, skipped: Int)
  {
    outcomes.reduce(into: (0, 0, 0)) { counts, outcome in
      switch outcome.verdict {
      case .passed: counts.0 += 1
      case .failed: counts.1 += 1
      case .skipped: counts.2 += 1
      }
    }
  }

  /// Outcomes by variant, in order of first appearance.
  private static func byVariant(_ outcomes: [TestOutcome]) -> [(String, [TestOutcome])] {
    var order: [String] = []
    var groups: [String: [TestOutcome]] = [:]
    for outcome in outcomes {
      if groups[outcome.variant] == nil { order.append(outcome.variant) }
      groups[outcome.variant, default: []].append(outcome)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  /// Each failure with its reason, then a line for each variant and one for all.
  public static func summary(_ outcomes: [TestOutcome]) -> String {
    var text = ""
    for outcome in outcomes {
      guard case .failed(let reason) = outcome.verdict else { continue }
      text += "FAIL  \(outcome.variant) \(outcome.test.name): \(reason)\n"
      text += "      \(outcome.test.place)\n"
      for line in outcome.errors.split(separator: "\n").prefix(5) { text += "      \(line)\n" }
    }
    let groups = byVariant(outcomes)
    let width = groups.map(\.0.count).max() ?? 0
    for (name, group) in groups {
      let (passed, failed, skipped) = counts(group)
      let padded = name + String(repeating: " ", count: width - name.count)
      text += "\(padded)  \(passed) passed, \(failed) failed, \(skipped) skipped\n"
    }
    let (passed, failed, skipped) = counts(outcomes)
    let word = failed == 0 ? "PASS" : "FAIL"
    return text + "\(word)  \(passed) passed, \(failed) failed, \(skipped) skipped\n"
  }

  /// The Test Anything Protocol, version 13.
  public static func tap(_ outcomes: [TestOutcome]) -> String {
    var text = "TAP version 13\n1..\(outcomes.count)\n"
    for (index, outcome) in outcomes.enumerated() {
      let name = "\(index + 1) - \(outcome.variant) \(outcome.test.name)"
      switch outcome.verdict {
      case .passed: text += "ok \(name)\n"
      case .skipped(let reason): text += "ok \(name) # SKIP \(reason)\n"
      case .failed(let reason):
        let quoted = reason.map { $0 == "'" ? "''" : String($0) }.joined()
        text +=
          "not ok \(name)\n  ---\n  message: '\(quoted)'\n  at: '\(outcome.test.place)'\n  ...\n"
      }
    }
    return text
  }

  /// JUnit's XML: a suite for each variant.
  public static func junit(_ outcomes: [TestOutcome]) -> String {
    func seconds(_ milliseconds: Int) -> String {
      let rest = String(milliseconds % 1000)
      return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
    for (name, group) in byVariant(outcomes) {
      let (_, failed, skipped) = counts(group)
      let time = seconds(group.reduce(0) { $0 + $1.timeMs })
      text += "  <testsuite name=\"\(escaped(name))\" tests=\"\(group.count)\""
      text += " failures=\"\(failed)\" skipped=\"\(skipped)\" time=\"\(time)\">\n"
      for outcome in group {
        text +=
          "    <testcase classname=\"\(escaped(name))\" name=\"\(escaped(outcome.test.name))\""
        text += " time=\"\(seconds(outcome.timeMs))\""
        switch outcome.verdict {
        case .passed: text += "/>\n"
        case .skipped(let reason):
          text += "><skipped message=\"\(escaped(reason))\"/></testcase>\n"
        case .failed(let reason):
          text += "><failure message=\"\(escaped(reason))\">\(escaped(outcome.errors))"
          text += "</failure></testcase>\n"
        }
      }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  /// `text` for XML: control characters, which it cannot hold, become question marks.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

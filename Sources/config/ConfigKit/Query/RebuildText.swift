// Reasons to rebuild, in words and for programs.

import LibJSON

/// How reasons are printed.
enum RebuildText {
  /// The reason as a sentence; files are named as the build directory sees them.
  ///
  /// - Parameter shown: how a path is shown to people.
  static func sentence(_ reason: RebuildReason, _ shown: (String) -> String = { $0 }) -> String {
    switch reason {
    case .missing: return "it is not there"
    case .removed(let changes):
      return "config removed it, since its command changed\(words(changes))"
    case .command(let changes): return "its command changed\(words(changes))"
    case .tool(let path): return "\(path) is another program than the one that made it"
    case .inputs(let added, let removed):
      return "what it is made of changed" + files(added, removed)
    case .newer("o/.flags", _, _):
      return "the flags of make's command line or environment changed after it was made"
    case .newer(let input, let inputNs, let outputNs):
      return "\(shown(input)) is newer, by \(seconds(inputNs - outputNs))"
    case .rewritten(let input): return "config writes \(shown(input)) anew, with other content"
    case .made(let input, let may):
      return may
        ? "\(shown(input)) may be made anew" : "\(shown(input)) is made anew"
    case .gone(let input): return "\(shown(input)) is gone"
    case .flags(let old, let new):
      return "make's command line and environment said \(quoted(old)), and say \(quoted(new)) now"
    case .unknown: return "Ninja does not remember that it made it"
    case .noDependencies: return "Ninja does not remember which headers it read"
    }
  }

  /// The reason without what differs between files that have one cause.
  static func cause(_ reason: RebuildReason, _ shown: (String) -> String) -> String {
    if case .newer(let input, _, _) = reason, input != "o/.flags" {
      return "\(shown(input)) is newer"
    }
    return sentence(reason, shown)
  }

  /// The name of the kind of reason, for programs.
  static func kind(_ reason: RebuildReason) -> String {
    switch reason {
    case .missing: "missing"
    case .removed, .command: "command"
    case .tool: "tool"
    case .inputs: "inputs"
    case .newer: "newer"
    case .rewritten: "rewritten"
    case .made: "made"
    case .gone: "gone"
    case .flags: "flags"
    case .unknown, .noDependencies: "unknown"
    }
  }

  static func json(_ reason: RebuildReason, _ shown: (String) -> String) -> JSON {
    var object: JSONObject = [
      "kind": .string(kind(reason)), "text": .string(sentence(reason, shown)),
    ]
    switch reason {
    case .newer(let input, let inputNs, let outputNs):
      object["input"] = .string(shown(input))
      object["newerNs"] = .int(inputNs - outputNs)
    case .made(let input, _), .gone(let input), .rewritten(let input):
      object["input"] = .string(shown(input))
    case .command(let changes), .removed(let changes):
      object["words"] = .array(changes.map { .string($0.text) })
    default: break
    }
    return .object(object)
  }

  private static func words(_ changes: [WordChange]) -> String {
    changes.isEmpty ? "" : ": " + changes.map(\.text).joined(separator: "; ")
  }

  private static func files(_ added: [String], _ removed: [String]) -> String {
    let all = added.map { "+ \($0)" } + removed.map { "- \($0)" }
    if all.isEmpty { return "" }
    let rest = all.count - 5
    return ": " + all.prefix(5).joined(separator: "; ") + (rest > 0 ? " and \(rest) more" : "")
  }

  private static func quoted(_ text: String) -> String { text.isEmpty ? "nothing" : "'\(text)'" }

  /// `0.25 s`, `12 s`, `3 min`, `2 h`, `5 d`.
  static func seconds(_ ns: Int64) -> String {
    let whole = ns / 1_000_000_000
    switch whole {
    case ..<1:
      let micro = ns / 1000
      return micro < 1000 ? "\(micro) µs" : "\(micro / 1000) ms"
    case ..<120: return "\(whole) s"
    case ..<7200: return "\(whole / 60) min"
    case ..<172_800: return "\(whole / 3600) h"
    default: return "\(whole / 86_400) d"
    }
  }
}

// Why something is built, or is not: the value, and how it is printed.

public import LibJSON

/// A sentence with the place that it speaks of, and what lies behind it.
public struct Reason: Equatable, Sendable {
  /// Where the description says so.
  public let place: Position?
  /// What it says, or what follows.
  public let text: String
  /// Why that is so.
  public var details: [Reason] = []
}

/// What is known of one thing in one variant.
public struct Explanation: Sendable {
  /// What was asked about.
  public let name: String
  /// `source`, `header`, `module`, `library`, `program`, `option`, `object`, ...
  public let kind: String
  /// The variant.
  public let variant: String
  /// `built`, `not built`, `on`, `off`, ...
  public let state: String
  /// Why.
  public internal(set) var reasons: [Reason] = []
  /// Every place of the description that speaks of it.
  public internal(set) var mentions: [Reason] = []
  /// The commands that make it, or make something of it.
  public internal(set) var commands: [MakingCommand] = []
  /// What a change to it makes anew, nearest first.
  public internal(set) var rebuilds: [String] = []
  /// The tests that run what a change to it makes anew.
  public internal(set) var tests: [String] = []
  /// For an option: what the other state would mean.
  public internal(set) var flip: Flip?

  /// What turning an option on or off would change.
  public struct Flip: Sendable {
    /// `turned off`, or `turned on`.
    public let title: String
    /// What would differ; nil if the description would then be wrong.
    public let difference: Difference?
    /// The errors that the description would then have.
    public let messages: String
  }

  /// Files that are listed before the rest is counted.
  static let listMax = 12

  /// For people: a headline, then what is known, indented.
  public var text: String {
    var text = "\(name): \(kind), \(state) in \(variant)\n"
    func add(_ reasons: [Reason], _ depth: Int) {
      for reason in reasons {
        let place = reason.place.map { "\($0): " } ?? ""
        text += String(repeating: "  ", count: depth) + place + reason.text + "\n"
        add(reason.details, depth + 1)
      }
    }
    add(reasons, 1)
    for command in commands {
      text += "  \(command.outputs.joined(separator: " ")) is made by\n    \(command.command)\n"
    }
    if !mentions.isEmpty {
      text += "described by\n"
      add(mentions, 1)
    }
    text += flipText
    if !rebuilds.isEmpty {
      let count = rebuilds.count == 1 ? "1 file" : "\(rebuilds.count) files"
      text += "a change to it makes \(count) anew\n" + Self.list(rebuilds)
    }
    if !tests.isEmpty { text += "tested by\n" + Self.list(tests) }
    return text
  }

  private static func list(_ names: [String]) -> String {
    let rest = names.count - listMax
    return names.prefix(listMax).map { "  \($0)\n" }.joined()
      + (rest > 0 ? "  and \(rest) more\n" : "")
  }

  private var flipText: String {
    guard let flip else { return "" }
    guard let difference = flip.difference else {
      let lines = flip.messages.split(separator: "\n").map { "  \($0)\n" }.joined()
      return "\(flip.title), the description would be wrong\n\(lines)"
    }
    let lines = difference.text.split(separator: "\n").dropFirst(2)
      .filter { !$0.hasPrefix("option \(name):") }
    if lines.isEmpty { return "\(flip.title), nothing else would differ but for its headers\n" }
    return "\(flip.title), this would differ\n" + lines.map { "  \($0)\n" }.joined()
  }

  /// An object with all of the properties.
  public var json: JSON {
    func array(_ reasons: [Reason]) -> JSON {
      .array(
        reasons.map { reason in
          var object: JSONObject = ["text": .string(reason.text)]
          if let place = reason.place { object["place"] = place.json }
          if !reason.details.isEmpty { object["details"] = array(reason.details) }
          return .object(object)
        })
    }
    var object: JSONObject = [
      "name": .string(name), "kind": .string(kind), "variant": .string(variant),
      "state": .string(state), "reasons": array(reasons), "mentions": array(mentions),
      "commands": QueryAnswer.commands(commands).json,
      "rebuilds": .array(rebuilds.map { .string($0) }), "tests": .array(tests.map { .string($0) }),
    ]
    if let flip {
      object["flip"] = [
        "title": .string(flip.title), "difference": flip.difference?.json ?? .null,
        "messages": .string(flip.messages),
      ]
    }
    return .object(object)
  }
}

extension Position {
  /// `{"file", "line", "column"}`.
  public var json: JSON {
    ["file": .string(file), "line": .int(line), "column": .int(column)]
  }
}

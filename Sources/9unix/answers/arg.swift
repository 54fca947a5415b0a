// arg.jsonl: ARGBEGIN sequences.

import Lib9c
import LibJSON

extension Subject {
  static let arg = Subject(
    "arg",
    asked: [
      "*": ["spec", "argv"]
    ]
  ) { (question) throws(Unanswered) in
    let rules = try flagRules(question.string("spec"))
    let words = try question.list("argv").compactMap(\.string)
    var args = ArgParser(words)
    var events: [JSON] = []
    while let flag = args.next() {
      let name = JSON.string(String(flag))
      switch rules[flag] {
      case "flag": events.append(["flag", name])
      case "EARGF":
        if let argument = args.argf() {
          events.append(["arg", name, .string(argument)])
        } else {
          events.append(["usage", name])
        }
      case "ARGF(optional)":
        events.append(["arg", name, args.argf().map { .string($0) } ?? .null])
      default: events.append(["bad", name])
      }
    }
    return [
      "events": .array(events), "argv0": words.first.map { .string($0) } ?? .null,
      "rest": .array(args.rest.map { .string($0) }), "argc": .int(args.count),
    ]
  }

  /// What each flag does, from a description such as `a,b:flag; o:EARGF`.
  private static func flagRules(_ text: String) -> [Unicode.Scalar: Substring] {
    var rules: [Unicode.Scalar: Substring] = [:]
    for rule in tokenize(text, separators: "; ") {
      let parts = fields(of: String(rule), dividedBy: ":")
      for letter in fields(of: String(parts[0]), dividedBy: ",") {
        if let rune = letter.unicodeScalars.first { rules[rune] = parts.last }
      }
    }
    return rules
  }
}

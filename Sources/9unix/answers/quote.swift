// quote.jsonl: quoting, tokens, fields, names of files.

import Lib9c
import LibJSON

extension Subject {
  static let quote = Subject(
    "quote",
    asked: [
      "quote": ["in"],
      "tokenize": ["in", "max"],
      "gettokens": ["in", "max", "sep"],
      "getfields": ["in", "max", "sep", "multi"],
      "cleanname": ["in"],
    ]
  ) { (question) throws(Unanswered) in
    let text = try question.string("in")
    switch question.tag {
    case "quote": return quoted(text)
    case "tokenize": return list(tokenize(text, max: try question.int("max")))
    case "gettokens":
      return list(gettokens(text, try question.int("max"), RuneSet(try question.string("sep"))))
    case "getfields":
      let separators = RuneSet(try question.string("sep"))
      let multi = try question.int("multi")
      return list(getfields(text, try question.int("max"), multi, separators))
    case "cleanname": return ["out": .string(cleanname(text))]
    default: throw .tag(question.tag)
    }
  }

  private static func list(_ fields: [Substring]) -> JSONObject {
    ["n": .int(fields.count), "out": .array(fields.map { .string(String($0)) })]
  }

  private static func quoted(_ text: String) -> JSONObject {
    let word = Lib9c.quote(text)
    return [
      "quotestrdup": .string(quotestrdup(text)), "needs": .int(needsQuotes(text) ? 1 : 0),
      "quotelen": .int(word.utf8.count),
      "unquote_of_quoted": .string(unquotestrdup(word)),
      "unquotestrdup_of_in": .string(unquotestrdup(text)),
      "fmt_q": .string(word), "fmt_sharpq": .string(quoteAlways(text)),
    ]
  }
}

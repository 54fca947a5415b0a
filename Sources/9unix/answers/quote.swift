// quote.jsonl: quoting, tokens, fields, names of files.

extension Subject {
  static let quote = Subject(
    "quote",
    asked: [
      "quote": ["in"],
      "tokenize": ["in", "max"],
      "gettokens": ["in", "max", "sep"],
      "getfields": ["in", "max", "sep", "multi"],
      "cleanname": ["in"],
    ],
    open: "Lib9c's text is not answered yet")
}

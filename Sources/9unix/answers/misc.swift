// misc.jsonl: times, runes, numbers, encodings.

extension Subject {
  static let misc = Subject(
    "misc",
    asked: [
      "gmtime": ["t"],
      "utf": ["hex"],
      "strtod": ["in"],
      "encode": ["hex"],
      "decode": ["in"],
    ],
    open: "time, runes and numbers are not answered yet")
}

// regexp.jsonl: regular expressions, their matches and substitutions.

extension Subject {
  static let regexp = Subject(
    "regexp",
    asked: [
      "*": ["fn", "re", "in", "subst"],
      "fowler-expected": ["for", "posix"],
    ],
    open: "LibRegexp9 is not answered yet")
}

// arg.jsonl: ARGBEGIN sequences.

extension Subject {
  static let arg = Subject(
    "arg",
    asked: [
      "*": ["spec", "argv"]
    ],
    open: "Lib9c's arguments are not answered yet")
}

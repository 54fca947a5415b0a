// dialparse.jsonl: what dial strings mean.

extension Subject {
  static let dialparse = Subject(
    "dialparse",
    asked: [
      "*": ["in"]
    ],
    open: "Lib9c's dial is not answered yet")
}

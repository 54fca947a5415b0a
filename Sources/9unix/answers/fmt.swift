// fmt.jsonl: formats and their arguments.

extension Subject {
  static let fmt = Subject(
    "fmt",
    asked: [
      "*": ["fmt", "args", "size"],
      "errstr": ["errstr"],
    ],
    notes: ["c99", "same"],
    open: "LibFmt is not answered yet")
}

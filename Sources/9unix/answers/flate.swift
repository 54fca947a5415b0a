// flate.jsonl: deflate and inflate.  LibFlate is not built yet.

extension Subject {
  static let flate = Subject(
    "flate",
    asked: [
      "flate": ["name", "level", "plain"],
      "inflate-bad": ["hex"],
    ],
    open: "flate is answered when LibFlate is built")
}

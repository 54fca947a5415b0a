// bio.jsonl: sequences of operations on a buffer.
//
// An operation is a list: its name, its arguments, and then what it answered.

import LibJSON

extension Subject {
  static let bio = Subject(
    "bio",
    asked: [
      "bread": ["content", "bsize", "ops"],
      "bwrite": ["bsize", "ops"],
    ],
    trims: ["ops": trimOperations],
    open: "LibBio is not answered yet")

  /// How many arguments an operation has.
  private static let argumentCounts: [String: Int] = [
    "buffered": 0, "getc": 0, "getd": 0, "getrune": 0, "offset": 0, "rdline": 1, "rdstr": 2,
    "read": 1, "seek": 2, "ungetc": 0, "ungetrune": 0, "flush": 0, "print": 3, "putc": 1,
    "putrune": 1, "write": 1,
  ]

  /// The operations without what they answered (A1).
  @Sendable private static func trimOperations(_ operations: JSON) -> JSON {
    .array(
      (operations.array ?? []).map { operation in
        let parts = operation.array ?? []
        let count = argumentCounts[parts.first?.string ?? "", default: parts.count]
        return .array(Array(parts.prefix(1 + count)))
      })
  }
}

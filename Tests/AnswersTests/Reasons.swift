// Why an answer of ours may differ from what was recorded, and what it must be instead.
//
// Problem.  An exempted question is one that nothing looks at: any answer would pass.
//
// Shape.  A reason, by the name that the lists of the data give it, is a rule and examples.  The
// rule says from a recorded object what the answer must hold; the examples are objects with the
// wanted answers, written down here, and are asked whether the data is at hand or not.
//
// Invariants.
//   R1  Every exempted question belongs to a reason here: a new one fails until it has a rule.
//   R2  The rules hold for the examples too, so that a rule cannot be wrong alone.

import LibJSON
import Testing

@testable import answers

/// A reason for which answers differ from what was recorded, and what they are instead.
struct Reason: Sendable, CustomTestStringConvertible {
  /// The file of the questions, such as `fmt`.
  let subject: String
  /// The reason as the lists of the data have it.
  let text: String
  /// Objects with the wanted answers; a field that is null must be missing.
  let examples: [JSON]
  /// The fields that the answer to a recorded object must have; null for those it must not.
  let rule: @Sendable (JSONObject) throws -> JSONObject

  init(
    _ subject: String, _ text: String, examples: [JSON],
    rule: @escaping @Sendable (JSONObject) throws -> JSONObject
  ) {
    self.subject = subject
    self.text = text
    self.examples = examples
    self.rule = rule
  }

  var testDescription: String { "\(subject): \(text)" }

  /// Those of all subjects.
  static let all = fmt + regexp + dialparse + net + misc + bio

  /// In what our answer to `object` is not `wanted`.
  func differences(_ object: JSONObject, wanted: JSONObject) throws -> [Difference] {
    guard let asked = Subject.all.first(where: { $0.name == subject }) else {
      throw RuleError("subject \(subject)", object)
    }
    let ours = asked.answer(object)
    var expected = JSONObject()
    var found = JSONObject()
    for (key, value) in wanted {
      expected[key] = value
      found[key] = ours[key] ?? .null
    }
    expected["id"] = object["id"]
    found["id"] = ours["id"]
    return Difference.between(found, wanted: expected)
  }
}

/// What a rule cannot make sense of.
struct RuleError: Error, CustomStringConvertible {
  let description: String

  init(_ what: String, _ object: JSONObject) {
    description = "no \(what) in \(JSON.object(object).text)"
  }
}

extension JSONObject {
  /// A text that a rule needs.
  func text(_ name: String) throws -> String {
    guard let text = self[name]?.string else { throw RuleError(name, self) }
    return text
  }
}

// MARK: - Regular expressions

extension Reason {
  /// `pattern` in `count` pairs of parentheses.
  private static func nested(_ pattern: String, _ count: Int) -> String {
    String(repeating: "(", count: count) + pattern + String(repeating: ")", count: count)
  }

  private static func match(_ pattern: String, _ text: String, _ groups: [JSON]) -> JSON {
    [
      "fn": "regcomp", "re": .string(pattern), "in": .string(text), "rv": 1,
      "sub": .array(groups), "err": nil,
    ]
  }

  static let regexp = [
    Reason(
      "regexp", "NSTACK 20: nesting >=20 rejected; ours must accept",
      examples: [20, 21, 64, 500].flatMap { depth in
        let groups = [JSON](repeating: [1, 3], count: depth + 1)
        return [
          match(nested("ab", depth), "xab", groups),
          match(
            nested("ab", depth) + "+c", "xababc",
            [[1, 6]] + groups.dropFirst().map { _ in [3, 5] }),
        ]
      }
    ) { _ in ["rv": 1, "err": nil] },
    Reason(
      "regexp", "rv=-1: thread list overflow on empty-loop / >250 threads; must not happen in ours",
      examples: [
        match("(a*|b)*", "-", [[0, 0]]),
        match("((a*)*)*", "b", [[0, 0]]),
        match(String(repeating: "a?", count: 600), "aaab", [[0, 3]]),
        match("(" + String(repeating: "a|", count: 300) + "b)*c", "abac", [[0, 4], [2, 3]]),
      ]
    ) { _ in ["rv": 1, "err": nil] },
  ]
}

// MARK: - Runes

extension Reason {
  /// The scalar at the front of `bytes`, by Swift's strict decoder, and its length in bytes.
  private static func scalar(_ bytes: ArraySlice<UInt8>) -> (value: UInt32, count: Int)? {
    for count in 1...4 {
      guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else { continue }
      return text.unicodeScalars.first.map { ($0.value, text.utf8.count) }
    }
    return nil
  }

  /// How many bytes the first says there are.
  private static func announced(_ lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }

  static let misc = [
    Reason(
      "misc", "surrogates are invalid UTF-8 here, plan9port passes them",
      examples: [
        [
          "tag": "utf", "hex": "eda080", "runes": [[65533, 1], [65533, 1], [65533, 1]],
          "utflen": 3, "utfnlen": 2, "fullrune": [0, 0, 0, 1],
        ],
        [
          "tag": "utf", "hex": "41edbfbf42",
          "runes": [[65, 1], [65533, 1], [65533, 1], [65533, 1], [66, 1]],
          "utflen": 5, "utfnlen": 5, "fullrune": [0, 1, 1, 1, 1, 1],
        ],
        [
          "tag": "utf", "hex": "ed9fbfee8080", "runes": [[0xD7FF, 3], [0xE000, 3]],
          "utflen": 2, "utfnlen": 2, "fullrune": [0, 0, 0, 1, 1, 1, 1],
        ],
      ]
    ) { object in
      guard let bytes = bytes(hex: try object.text("hex")) else { throw RuleError("hex", object) }
      var runes: [JSON] = []
      var whole = 0
      var isCut = false
      var rest = bytes[...]
      while let lead = rest.first {
        let found = scalar(rest) ?? (0xFFFD, 1)
        isCut = isCut || rest.count < announced(lead)
        if !isCut { whole += 1 }
        runes.append([.int(Int(found.value)), .int(found.count)])
        rest = rest.dropFirst(found.count)
      }
      let full = (0...min(7, bytes.count)).map { count in
        JSON.int(count > 0 && count >= announced(bytes[0]) ? 1 : 0)
      }
      return [
        "runes": .array(runes), "utflen": .int(runes.count), "utfnlen": .int(whole),
        "fullrune": .array(full),
      ]
    }
  ]
}

// MARK: - Buffers

extension Reason {
  /// The two sequences in which plan9port seeks back from beyond the end, and their answers.
  private static let beyondTheEnd: [JSON] = [
    [
      "id": 259, "tag": "bread", "content": "héllo 日本語 ☺\nline2\n", "bsize": 8192,
      "ops": [
        ["offset", 0], ["seek", 9, 0, 9],
        ["rdline", "\n", ["hex": "a5e69cace8aa9e20e298ba0a"], 12], ["seek", 11, 1, 32],
        ["read", 14, 0, ""], ["getd", -1, 0], ["getd", -1, 0], ["getrune", -1], ["getc", -1],
        ["offset", 32], ["read", 17, 0, ""], ["buffered", 0], ["getrune", -1],
        // 29 is beyond the end, which is at 27: there is no number.
        ["seek", -3, 1, 29], ["getd", -1, 0], ["seek", 2, 0, 2], ["buffered", 0],
      ], "end_offset": 2,
    ],
    [
      "id": 313, "tag": "bread", "content": "1.5 2e3 abc -7\n", "bsize": 32,
      "ops": [
        ["rdstr", "\n", 0, "1.5 2e3 abc -7\n", 15], ["rdstr", "\n", 1, nil, 0],
        ["seek", 2, 1, 17], ["getc", -1], ["buffered", 0], ["getd", -1, 0],
        ["rdline", "\n", nil, 0], ["getd", -1, 0], ["getc", -1],
        // One byte, the newline, is between 14 and the end.
        ["seek", -3, 1, 14], ["buffered", 0], ["read", 12, 1, "\n"], ["getc", -1],
        ["read", 12, 0, ""], ["getc", -1], ["getc", -1],
      ], "end_offset": 15,
    ],
  ]

  static let bio = [
    Reason(
      "bio", "beyond the end, bytes at the end of the buffer are taken for those before",
      examples: beyondTheEnd
    ) { object in
      let wanted = beyondTheEnd.compactMap(\.object).first { $0["id"] == object["id"] }
      guard let wanted else { throw RuleError("known sequence", object) }
      return wanted
    }
  ]
}

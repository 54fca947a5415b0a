// Findings as JSON and as SARIF 2.1.0.

public import LibJSON

/// How what was found is written.
public enum FindingFormat: String, CaseIterable, Sendable {
  /// For people, on standard error.
  case text
  /// Our own: `{"version": 1, "diagnostics": [...]}`.
  case json
  /// The Static Analysis Results Interchange Format, version 2.1.0 (OASIS).
  case sarif
}

/// What a run of a program found, in all its parts.
public struct FindingLog: Sendable {
  /// What was found, each once.
  public private(set) var findings: [Finding] = []
  /// The program that found it.
  public let program: String

  /// Nothing found yet.
  public init(program: String = "config") { self.program = program }

  /// Adds what is not there yet: the variants of a description have most findings in common.
  public mutating func add(_ more: [Finding]) {
    for finding in more where !findings.contains(finding) { findings.append(finding) }
  }

  /// True if there is an error.
  public var failed: Bool { findings.contains { $0.severity == Severity.error.rawValue } }

  /// The log in `format`; empty for text, which is printed while it is found.
  public func text(_ format: FindingFormat) -> String {
    switch format {
    case .text: ""
    case .json: json.pretty
    case .sarif: sarif.pretty
    }
  }

  // MARK: Our own

  /// `{"version": 1, "diagnostics": [{"file", "line", "column", "endColumn", "severity", "rule",
  /// "text", "notes"}]}`; columns are bytes, from 1; what has no place has no file.
  public var json: JSON {
    ["version": 1, "diagnostics": .array(findings.map(Self.json))]
  }

  private static func json(_ finding: Finding) -> JSON {
    var object = json(finding.spot)
    object.append("severity", .string(finding.severity))
    object.append("rule", .string(finding.rule))
    object.append("text", .string(finding.text))
    let notes = finding.notes.map { note -> JSON in
      var object = json(note.spot)
      object.append("text", .string(note.text))
      return .object(object)
    }
    object.append("notes", .array(notes))
    return .object(object)
  }

  private static func json(_ spot: FindingSpot?) -> JSONObject {
    guard let spot else { return JSONObject() }
    return [
      "file": .string(spot.file), "line": .int(spot.line), "column": .int(spot.column),
      "endColumn": .int(spot.endColumn),
    ]
  }

  // MARK: SARIF

  /// Where the schema of the format lies.
  static let schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

  /// The log as one run of the tool.
  public var sarif: JSON {
    var rules: [String] = []
    var results: [JSON] = []
    for finding in findings {
      let index = rules.firstIndex(of: finding.rule) ?? rules.count
      if index == rules.count { rules.append(finding.rule) }
      results.append(Self.result(finding, ruleIndex: index))
    }
    let driver: JSON = [
      "name": .string(program), "version": .string(configVersion),
      "rules": .array(
        rules.map { rule in
          let words = rule.split(separator: "-").joined(separator: " ")
          return ["id": .string(rule), "shortDescription": ["text": .string(words)]]
        }),
    ]
    let run: JSON = [
      "tool": ["driver": driver],
      "invocations": [["executionSuccessful": .bool(!failed)]],
      "columnKind": "unicodeCodePoints",
      "results": .array(results),
    ]
    return ["$schema": .string(Self.schema), "version": "2.1.0", "runs": [run]]
  }

  private static func result(_ finding: Finding, ruleIndex: Int) -> JSON {
    var object: JSONObject = [
      "ruleId": .string(finding.rule), "ruleIndex": .int(ruleIndex),
      "level": .string(finding.severity), "message": ["text": .string(finding.text)],
    ]
    if let spot = finding.spot { object.append("locations", [["physicalLocation": place(spot)]]) }
    let related = finding.notes.enumerated().map { index, note -> JSON in
      var object: JSONObject = ["id": .int(index), "message": ["text": .string(note.text)]]
      if let spot = note.spot { object.append("physicalLocation", place(spot)) }
      return .object(object)
    }
    if !related.isEmpty { object.append("relatedLocations", .array(related)) }
    return .object(object)
  }

  private static func place(_ spot: FindingSpot) -> JSON {
    [
      "artifactLocation": ["uri": .string(URI.reference(spot.file))],
      "region": [
        "startLine": .int(spot.line), "startColumn": .int(spot.scalarColumn),
        "endLine": .int(spot.line), "endColumn": .int(spot.endScalarColumn),
      ],
    ]
  }
}

/// URIs of files (RFC 3986, RFC 8089).
public enum URI {
  private static func isPlain(_ byte: UInt8) -> Bool {
    Byte.isIdentifier(byte) || "-.~/".utf8.contains(byte)
  }

  /// `path` as a reference: a `file:` URI if it is absolute, else relative to whoever reads it.
  public static func reference(_ path: String) -> String {
    var text = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      if isPlain(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = Quoting.hexDigits
        text +=
          "%"
          + String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
          .uppercased()
      }
    }
    return text
  }

  /// The path of a `file:` URI on this machine; nil for another URI.
  public static func path(_ uri: String) -> String? {
    guard uri.lowercased().hasPrefix("file:") else { return nil }
    var rest = uri.utf8.dropFirst(5)
    if rest.starts(with: "//".utf8) {
      rest = rest.dropFirst(2)
      // An authority: empty, or this machine.
      guard let slash = rest.firstIndex(of: Byte.slash) else { return nil }
      let host = String(decoding: rest[..<slash], as: UTF8.self)
      if !host.isEmpty && host != "localhost" { return nil }
      rest = rest[slash...]
    }
    guard rest.first == Byte.slash else { return nil }
    var bytes: [UInt8] = []
    var digits: [UInt8] = []
    var isEscape = false
    for byte in rest {
      if isEscape {
        digits.append(byte)
        if digits.count < 2 { continue }
        guard let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0
        else { return nil }
        bytes.append(value)
        digits = []
        isEscape = false
      } else if byte == Byte.percent {
        isEscape = true
      } else if byte == 0x23 || byte == 0x3F {  // a fragment or a query
        break
      } else {
        bytes.append(byte)
      }
    }
    return isEscape ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

// The differential data: its objects, the cases where it is wrong, and how two objects compare.

import LibJSON
import Sys9
import SystemPackage
import Testing

/// The folder of the data, with the lists of the cases that we do not follow.
struct DifferentialData {
  private let folder: FilePath

  /// The data that `CONFORMANCE_DATA` names; nil if it is not set.
  static var here: DifferentialData? {
    Environment["CONFORMANCE_DATA"].map {
      DifferentialData(folder: FilePath($0).appending("plan9"))
    }
  }

  /// The objects of the file of a subject.
  func objects(of subject: String) throws -> [JSONObject] {
    let file = try Files.read(folder.appending("\(subject).jsonl"))
    return try JSON.parseLines(file).map { try #require($0.object) }
  }

  /// Faults of plan9port that its lists do not name yet; as theirs, they are in Reasons.swift.
  private static let found: [String: [String: [Int]]] = [
    "bio": [
      "beyond the end, bytes at the end of the buffer are taken for those before": [259, 313]
    ]
  ]

  /// The two lists of the data and ours, each by subject.
  private var lists: [[String: [String: [Int]]]] {
    get throws {
      try ["KNOWN_BUGS.json", "DECISIONS.json"].map { name in
        let list = try #require(try JSON.parse(bytes: Files.read(folder.appending(name))).object)
        var subjects: [String: [String: [Int]]] = [:]
        for (subject, reasons) in list {
          for (reason, ids) in try #require(reasons.object) {
            let ids = try #require(ids.array).map { try #require($0.int) }
            subjects[subject, default: [:]][reason] = ids
          }
        }
        return subjects
      } + [Self.found]
    }
  }

  /// The subjects in which anything is exempted.
  var exemptedSubjects: Set<String> {
    get throws { Set(try lists.flatMap(\.keys)) }
  }

  /// By the reason why our answer may differ, the ids of the questions of a subject.
  func exempted(in subject: String) throws -> [String: [Int]] {
    try lists.reduce(into: [:]) { result, list in
      result.merge(list[subject] ?? [:]) { $0 + $1 }
    }
  }

  /// By the id of an object, why our answer may differ.
  func exemptions(of subject: String) throws -> [Int: String] {
    var result: [Int: String] = [:]
    for (reason, ids) in try exempted(in: subject) {
      for id in ids { result[id] = reason }
    }
    return result
  }

  /// What we should answer; nil if the data does not know.
  ///
  /// Finite floating-point numbers are wanted as C prints them, which is correctly rounded.
  func wanted(
    _ object: JSONObject, subject: String, exemptions: [Int: String]
  ) -> JSONObject? {
    guard let id = object["id"]?.int, let reason = exemptions[id] else { return object }
    if reason.hasPrefix("NOT A BUG") { return object }
    guard subject == "fmt", let text = object["c99"]?.string else { return nil }
    var result = object
    result["out"] = .string(text)
    result["n"] = .int(text.utf8.count)
    return result
  }
}

/// A field in which our answer differs.
struct Difference: CustomStringConvertible {
  let id: String
  let field: String
  let ours: JSON?
  let wanted: JSON?

  var description: String {
    "id \(id): \(field): \(ours?.text ?? "nothing") is not \(wanted?.text ?? "nothing")"
  }

  /// The fields in which two objects differ, whatever their order.
  static func between(_ ours: JSONObject, wanted: JSONObject) -> [Difference] {
    let names = wanted.keys + ours.keys.filter { wanted[$0] == nil }
    return names.compactMap { name in
      if let left = ours[name], let right = wanted[name], areSame(left, right) { return nil }
      return Difference(
        id: wanted["id"]?.text ?? "?", field: name, ours: ours[name], wanted: wanted[name])
    }
  }

  /// Equal, numbers that are no integers up to 1e-15 of their size.
  private static func areSame(_ left: JSON, _ right: JSON) -> Bool {
    if let left = left.array, let right = right.array {
      return left.count == right.count && zip(left, right).allSatisfy { areSame($0, $1) }
    }
    if left == right { return true }
    if let left = left.int, let right = right.int { return left == right }
    guard let left = left.double, let right = right.double else { return false }
    return abs(left - right) <= 1e-15 * max(abs(left), abs(right))
  }
}

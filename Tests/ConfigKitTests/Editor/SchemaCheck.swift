// Holds JSON against a JSON Schema, for the keywords that the essential schema of SARIF uses.

import LibJSON

/// A check by a schema; a keyword that it does not know is a fault of the schema.
struct SchemaCheck {
  private let root: JSON

  init(_ schema: JSON) { root = schema }

  /// What is wrong with `value`, each with its place.
  func faults(_ value: JSON) -> [String] { faults(value, root, "$") }

  private func faults(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
    var found: [String] = []
    for (keyword, rule) in schema.object ?? JSONObject() {
      switch keyword {
      case "description", "$schema", "definitions": continue
      case "$ref":
        let name = rule.string?.split(separator: "/").last.map(String.init) ?? ""
        found += faults(value, root["definitions"]?[name] ?? ["unknown": true], place)
      case "type":
        if rule.string != Self.type(of: value) { found.append("\(place): not \(rule.text)") }
      case "enum":
        if !(rule.array ?? []).contains(value) { found.append("\(place): none of \(rule.text)") }
      case "minimum":
        if (value.int ?? Int.min) < (rule.int ?? 0) { found.append("\(place): below \(rule.text)") }
      case "minLength":
        if (value.string ?? "").isEmpty { found.append("\(place): empty") }
      case "required":
        for name in (rule.array ?? []).compactMap(\.string) where value[name] == nil {
          found.append("\(place): '\(name)' is missing")
        }
      case "items":
        for (index, item) in (value.array ?? []).enumerated() {
          found += faults(item, rule, "\(place)[\(index)]")
        }
      case "properties":
        for (name, member) in value.object ?? JSONObject() {
          guard let described = rule[name] else {
            found.append("\(place): '\(name)' is not in the format")
            continue
          }
          found += faults(member, described, "\(place).\(name)")
        }
      default: found.append("\(place): the schema says '\(keyword)'")
      }
    }
    return found
  }

  private static func type(of value: JSON) -> String {
    switch value {
    case .object: "object"
    case .array: "array"
    case .string: "string"
    case .bool: "boolean"
    case .null: "null"
    case .number(let number): number.int == nil ? "number" : "integer"
    }
  }
}

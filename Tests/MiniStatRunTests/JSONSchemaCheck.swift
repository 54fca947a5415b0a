// Holds a JSON value against a JSON Schema, for the keywords that ours uses.
//
// Stricter than the standard in two ways, so that the schema cannot fall behind: a keyword that is
// not known here is a fault, and so is a member that the schema does not describe.

import LibJSON

struct JSONSchemaCheck {
  private let root: JSON

  private static let notes: Set<String> = ["description", "title", "$schema", "$id", "$defs"]

  init(_ schema: JSON) { root = schema }

  /// What is wrong with `value`, each with its place; nothing if it is as the schema says.
  func faults(_ value: JSON) -> [String] { faults(value, root, at: "$") }

  private func faults(_ value: JSON, _ schema: JSON, at place: String) -> [String] {
    guard let rules = schema.object else { return ["\(place): the schema is no object"] }
    var found: [String] = []
    for (keyword, rule) in rules where !Self.notes.contains(keyword) {
      switch keyword {
      case "$ref": found += reference(value, rule, at: place)
      case "type": found += type(value, rule, at: place)
      case "const": if value != rule { found.append("\(place): \(value.text) is not \(rule.text)") }
      case "enum":
        if !(rule.array ?? []).contains(value) {
          found.append("\(place): \(value.text) is none of \(rule.text)")
        }
      case "minimum", "maximum": found += limit(value, keyword, rule, at: place)
      case "minItems":
        if let count = value.array?.count, count < rule.int ?? 0 {
          found.append("\(place): only \(count) elements")
        }
      case "items":
        for (index, element) in (value.array ?? []).enumerated() {
          found += faults(element, rule, at: "\(place)[\(index)]")
        }
      case "anyOf":
        let tries = (rule.array ?? []).map { faults(value, $0, at: place) }
        if !tries.contains(where: \.isEmpty) { found += tries.last ?? [] }
      case "required":
        for name in (rule.array ?? []).compactMap(\.string) where value.object != nil {
          if value[name] == nil { found.append("\(place): '\(name)' is missing") }
        }
      case "properties":
        for (name, member) in value.object ?? JSONObject() {
          guard let described = rule[name] else {
            found.append("\(place): '\(name)' is not described")
            continue
          }
          found += faults(member, described, at: "\(place).\(name)")
        }
      default: found.append("\(place): the keyword '\(keyword)' is not known here")
      }
    }
    return found
  }

  private func reference(_ value: JSON, _ rule: JSON, at place: String) -> [String] {
    let name = (rule.string ?? "").split(separator: "/").last.map(String.init) ?? ""
    guard let target = root["$defs"]?[name] else { return ["\(place): no definition of \(name)"] }
    return faults(value, target, at: place)
  }

  private func type(_ value: JSON, _ rule: JSON, at place: String) -> [String] {
    let wanted = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
    let isRight = wanted.contains { name in
      switch (name, value) {
      case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array),
        ("object", .object), ("number", .number):
        true
      case ("integer", .number(let number)): number.double == number.double.rounded()
      default: false
      }
    }
    return isRight ? [] : ["\(place): \(value.text.prefix(40)) is no \(wanted)"]
  }

  private func limit(
    _ value: JSON, _ keyword: String, _ rule: JSON, at place: String
  ) -> [String] {
    guard let number = value.double, let limit = rule.double else { return [] }
    let isWithin = keyword == "minimum" ? number >= limit : number <= limit
    return isWithin ? [] : ["\(place): \(number) is beyond the \(keyword) of \(limit)"]
  }
}

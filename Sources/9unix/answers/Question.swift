// One question, and the forms in which the data writes bytes and numbers.

import LibJSON

/// Why a question has no answer.
enum Unanswered: Error, Equatable, CustomStringConvertible {
  /// The library is not there yet.
  case open(String)
  /// The subject knows no questions of this kind.
  case tag(String)
  /// A field is missing, or is of another kind than the subject expects.
  case field(String)

  var description: String {
    switch self {
    case .open(let reason): reason
    case .tag(let tag): "no questions of the kind '\(tag)' are known"
    case .field(let name): "the field '\(name)' is missing or is of another kind"
    }
  }
}

/// What is asked: the fields of an object that are no answers.
struct Question: Sendable {
  /// The fields, in the order of the object.
  let fields: JSONObject

  /// The kind of question.
  var tag: String { fields["tag"]?.string ?? "" }

  /// A field, whatever it holds; nil if it is missing or null.
  subscript(name: String) -> JSON? {
    guard let value = fields[name], value != .null else { return nil }
    return value
  }

  /// A field that must be there.
  private func required<Value>(_ name: String, _ value: Value?) throws(Unanswered) -> Value {
    guard let value else { throw .field(name) }
    return value
  }

  /// The text in the field `name`.
  func string(_ name: String) throws(Unanswered) -> String {
    try required(name, self[name]?.string)
  }

  /// The integer in the field `name`.
  func int(_ name: String) throws(Unanswered) -> Int { try required(name, self[name]?.int) }

  /// The bytes in the field `name`: a text, or `{"hex": ...}` where they are no UTF-8.
  func bytes(_ name: String) throws(Unanswered) -> [UInt8] {
    try required(name, self[name]?.asBytes)
  }

  /// The bytes that the field `name` writes as pairs of hexadecimal digits.
  func hex(_ name: String) throws(Unanswered) -> [UInt8] {
    try required(name, self[name]?.string.flatMap { answers.bytes(hex: $0) })
  }

  /// The values of the list in the field `name`.
  func list(_ name: String) throws(Unanswered) -> [JSON] {
    try required(name, self[name]?.array)
  }
}

extension JSON {
  /// The bytes that the data writes as a text, or as `{"hex": ...}` where they are no UTF-8.
  var asBytes: [UInt8]? {
    if let string { return Array(string.utf8) }
    return object?["hex"]?.string.flatMap { answers.bytes(hex: $0) }
  }

  /// `bytes` as the data writes them: a text if they are UTF-8, else `{"hex": ...}`.
  static func bytes(_ bytes: [UInt8]) -> JSON {
    if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
    var object = JSONObject()
    object["hex"] = .string(hex(bytes))
    return .object(object)
  }
}

/// The bytes that `text` writes as pairs of hexadecimal digits; nil if it does not.
func bytes(hex text: String) -> [UInt8]? {
  let digits = Array(text.utf8)
  guard digits.count.isMultiple(of: 2) else { return nil }
  var result: [UInt8] = []
  for index in stride(from: 0, to: digits.count, by: 2) {
    let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
    guard !pair.hasPrefix("+"), !pair.hasPrefix("-"), let byte = UInt8(pair, radix: 16) else {
      return nil
    }
    result.append(byte)
  }
  return result
}

/// `bytes` as pairs of hexadecimal digits.
func hex(_ bytes: some Sequence<UInt8>) -> String {
  var result = ""
  for byte in bytes {
    if byte < 16 { result += "0" }
    result += String(byte, radix: 16)
  }
  return result
}

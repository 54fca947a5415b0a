// JSON: theory of operation.
//
// Problem.  Records, reports, editors and other people's tools speak JSON (RFC 8259).  The library
// that everyone has is Foundation's, which costs a start-up and a binary; and it loses what a
// careful tool must keep: the order of members, and the digits of a number.
//
// Shape.  A value is a tree of enums.  A number is its text, and is read as Int, UInt64 or Double
// when it is asked; an object is an array of members with a search by name, since nearly all
// objects are small and the order is worth more than a hash.  Reader and writer work on bytes.
//
// Invariants.
//   J1  What was read and is written without layout means the same, digit by digit.
//   J2  A JSONNumber's text is a number by the grammar; there is no other way to make one.
//   J3  Reading needs a stack of at most `JSONParser.depthMax` values, whatever the input.
//
// Rejected.  Reading into types (Codable): it wants Foundation's coders, and most of our readers
// look at a few members of a file that somebody else defines.

/// A JSON value (RFC 8259).
///
/// Values are equal when they have the same shape, the same members in the same order, and numbers
/// of the same text: `1.0` is not `1`.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// The value of the member called `key`; nil if this is no object or has none of that name.
  public subscript(key: String) -> JSON? {
    if case .object(let object) = self { return object[key] }
    return nil
  }

  /// The element at `index`; nil if this is no array or is shorter.
  public subscript(index: Int) -> JSON? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The text of a string; nil for anything else.
  public var string: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// The truth value; nil for anything else.
  public var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  /// The number as an integer; nil if it is none that fits, or no number.
  public var int: Int? {
    if case .number(let number) = self { return number.int }
    return nil
  }

  /// The number as an unsigned integer; nil if it is none that fits, or no number.
  public var uint: UInt64? {
    if case .number(let number) = self { return number.uint }
    return nil
  }

  /// The number, rounded to the nearest double; nil if this is no number.
  public var double: Double? {
    if case .number(let number) = self { return number.double }
    return nil
  }

  /// The elements of an array; nil for anything else.
  public var array: [JSON]? {
    if case .array(let elements) = self { return elements }
    return nil
  }

  /// The members of an object; nil for anything else.
  public var object: JSONObject? {
    if case .object(let members) = self { return members }
    return nil
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }
}

extension JSON {
  /// A number that is an integer.
  public static func int(_ value: some BinaryInteger) -> JSON { .number(JSONNumber(value)) }

  /// A number with the shortest text that reads back as `value`; null if it is not finite, since
  /// JSON has no such numbers.
  public static func double(_ value: Double) -> JSON {
    guard let number = JSONNumber(value) else { return .null }
    return .number(number)
  }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A number; null if it is not finite.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// An array of these elements.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// An object of these members, in this order.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(elements))
  }
}

/// The members of a JSON object, in order.
///
/// Looking up a name is a search from the front: O(members).  Of members of equal names, which
/// RFC 8259 leaves open, all are kept and written, and the last one is found.
public struct JSONObject: Equatable, Sendable, Sequence, ExpressibleByDictionaryLiteral {
  private struct Member: Equatable, Sendable {
    let key: String
    var value: JSON
  }

  private var members: [Member] = []

  /// An object without members.
  public init() {}

  /// An object with these members, in this order.
  public init(_ members: some Sequence<(String, JSON)>) {
    self.members = members.map { Member(key: $0.0, value: $0.1) }
  }

  /// An object with these members, in this order.
  public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

  /// How many members there are.
  public var count: Int { members.count }

  /// Whether there are no members.
  public var isEmpty: Bool { members.isEmpty }

  /// The names of the members, in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of the last member of this name.  Setting replaces it in its place, appends a new
  /// one, or with nil removes all of the name.
  public subscript(key: String) -> JSON? {
    get { members.last { $0.key == key }?.value }
    set {
      guard let value = newValue else {
        members.removeAll { $0.key == key }
        return
      }
      if let index = members.lastIndex(where: { $0.key == key }) {
        members[index].value = value
      } else {
        members.append(Member(key: key, value: value))
      }
    }
  }

  /// Adds a member at the end, whatever the others are called.  O(1).
  public mutating func append(_ key: String, _ value: JSON) {
    members.append(Member(key: key, value: value))
  }

  /// The members in order.
  public func makeIterator() -> some IteratorProtocol<(key: String, value: JSON)> {
    members.lazy.map { (key: $0.key, value: $0.value) }.makeIterator()
  }
}

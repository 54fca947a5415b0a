// Variables in make's manner: assigned in files, expanded when they are used.
//
// Make expands at make time; Ninja, the compile database and the record of commands want the
// same values when the build directory is generated.  This is that part of make: `=`, `?=`,
// `+=`, `:=`, nested names, and the environment behind all of them.

/// A variable's name and its values, in the order they were given.
struct Assignment {
  enum Operator: String {
    case set = "="
    case setIfUnset = "?="
    case append = "+="
    case setNow = ":="
  }

  let name: [UInt8]
  let operation: Operator
  let value: [UInt8]

  /// Reads `NAME op VALUE` from a line of a makefile; nil if the line is none.
  init?(line: ArraySlice<UInt8>) {
    var index = line.startIndex
    while index < line.endIndex && Byte.isBlank(line[index]) { index += 1 }
    let start = index
    while index < line.endIndex && Self.isNameByte(line[index]) { index += 1 }
    let nameBytes = line[start..<index]
    while index < line.endIndex && Byte.isBlank(line[index]) { index += 1 }
    let rest = line[index...]
    guard !nameBytes.isEmpty, let operation = Self.operation(at: rest) else { return nil }
    name = Array(nameBytes)
    self.operation = operation
    value = Self.withoutComment(trimmed(rest.dropFirst(operation.rawValue.utf8.count)))
  }

  init(_ name: [UInt8], _ operation: Operator, _ value: [UInt8]) {
    self.name = name
    self.operation = operation
    self.value = value
  }

  /// `value` to its first `#`; `\#` stands for the character.
  private static func withoutComment(_ value: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for byte in value {
      if byte == Byte.hash {
        if result.last != Byte.backslash { return trimmed(result[...]) }
        result.removeLast()
      }
      result.append(byte)
    }
    return result
  }

  private static func operation(at bytes: ArraySlice<UInt8>) -> Operator? {
    for operation in [Operator.setIfUnset, .append, .setNow, .set]
    where bytes.starts(with: operation.rawValue.utf8) {
      return operation
    }
    return nil
  }

  /// True for what a variable's name may hold.
  static func isNameByte(_ byte: UInt8) -> Bool {
    Byte.isIdentifier(byte) || byte == Byte.dot || byte == UInt8(ascii: "-")
  }
}

/// `bytes` without blanks at both ends.
func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var slice = bytes
  while let first = slice.first, Byte.isBlank(first) { slice = slice.dropFirst() }
  while let last = slice.last, Byte.isBlank(last) { slice = slice.dropLast() }
  return Array(slice)
}

/// What an expansion could not do.
enum ExpansionFault: Error, Equatable {
  case undefined([UInt8])
  case recursive([UInt8])
  /// Expands to more than anybody can want.
  case endless([UInt8])
  case foreign([UInt8], Dialect)
  case malformed(String)
}

/// The variables of a configuration, as make would see them.
struct Variables {
  /// How deep variables may refer to variables.
  static let depthMax = 64
  /// How many variables one text may expand: doubling 20 times is somebody's mistake or malice.
  static let expansionsMax = 100_000
  /// How long a text may become, in bytes: longer than any system takes a command.
  static let sizeMax = 16 << 20

  private var values: [[UInt8]: [MakePiece]] = [:]
  /// The variables that are being expanded, outermost first.
  private var active: [[UInt8]] = []
  /// How many more may be expanded for the text at hand.
  private var left = 0
  /// Where the names come from that no file sets; nil for a variable that is not set.
  var environment: ([UInt8]) -> [UInt8]?
  /// Names that were looked up in the environment, set or not.
  private(set) var environmentNames: Set<[UInt8]> = []
  /// Names that were looked up at all.
  private(set) var usedNames: Set<[UInt8]> = []

  init(environment: @escaping ([UInt8]) -> [UInt8]?) {
    self.environment = environment
  }

  /// Does what the assignment says.
  mutating func assign(_ assignment: Assignment) throws(MakeTextFault) {
    let pieces = try MakeText(parsing: assignment.value).pieces
    switch assignment.operation {
    case .set, .setNow: values[assignment.name] = pieces
    case .setIfUnset:
      if values[assignment.name] == nil && environment(assignment.name) == nil {
        values[assignment.name] = pieces
      }
    case .append:
      let before = values[assignment.name] ?? environment(assignment.name).map { [.text($0)] }
      values[assignment.name] = (before.map { $0 + [.text([Byte.space])] } ?? []) + pieces
    }
  }

  /// Sets `name` to `value` as it is.
  mutating func set(_ name: [UInt8], literal value: [UInt8]) { values[name] = [.text(value)] }

  /// True if a file sets `name`.
  func isSet(_ name: [UInt8]) -> Bool { values[name] != nil }

  /// `pieces` with every variable replaced; undefined ones are empty, as in make.
  ///
  /// - Parameter automatic: gives what stands for `$@` and its kin, nil for what is not known.
  /// - Parameter special: gives the value of names that depend on the target, such as `OBJS`.
  mutating func expand(
    _ pieces: [MakePiece],
    automatic: (Automatic) -> [UInt8]? = { _ in nil },
    special: ([UInt8]) -> [UInt8]? = { _ in nil }
  ) throws(ExpansionFault) -> [UInt8] {
    active = []
    left = Self.expansionsMax
    return try expand(pieces, automatic, special)
  }

  private mutating func expand(
    _ pieces: [MakePiece], _ automatic: (Automatic) -> [UInt8]?,
    _ special: ([UInt8]) -> [UInt8]?
  ) throws(ExpansionFault) -> [UInt8] {
    var result: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .text(let text): result.append(contentsOf: text)
      case .automatic(let kind): result.append(contentsOf: automatic(kind) ?? [])
      case .foreign(let bytes, let dialect): throw .foreign(bytes, dialect)
      case .variable(let nested):
        let name = try expand(nested, automatic, special)
        if let value = special(name) {
          result.append(contentsOf: value)
          continue
        }
        usedNames.insert(name)
        if let value = values[name] {
          if active.contains(name) { throw .recursive(name) }
          left -= 1
          if active.count == Self.depthMax || left < 0 { throw .endless(name) }
          active.append(name)
          result.append(contentsOf: try expand(value, automatic, special))
          active.removeLast()
          if result.count > Self.sizeMax { throw .endless(name) }
        } else {
          environmentNames.insert(name)
          result.append(contentsOf: environment(name) ?? [])
        }
      }
    }
    return result
  }
}

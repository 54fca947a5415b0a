// A decimal number, read byte by byte.

/// Takes bytes as long as they can belong to a number.
struct NumberScanner {
  private enum State { case blank, sign, whole, point, fraction, mark, exponentSign, exponent }

  /// Whether an exponent may come without digits before it, as Plan 9's scanner has it.
  private let isClassic: Bool
  private var state = State.blank
  private var text: [UInt8] = []
  private var hasDigits = false
  /// Bytes taken at the end that belong to no number: at most `BioCore.ungetSize`.
  private(set) var surplus = 0
  /// What `text` has without the surplus.
  private var textCount = 0

  init(isClassic: Bool = false) { self.isClassic = isClassic }

  /// Takes `byte` if it can belong to the number; false if the number ended before it.
  mutating func take(_ byte: UInt8) -> Bool {
    guard let next = next(byte) else { return false }
    state = next
    if next == .blank { return true }
    text.append(byte)
    switch next {
    case .whole, .fraction:
      hasDigits = true
      accept()
    case .exponent where hasDigits, .point where hasDigits: accept()
    default: surplus += 1
    }
    return true
  }

  private mutating func accept() {
    surplus = 0
    textCount = text.count
  }

  private func next(_ byte: UInt8) -> State? {
    switch byte {
    case 0x20, 0x09: return state == .blank ? .blank : nil
    case 0x30...0x39:
      switch state {
      case .blank, .sign, .whole: return .whole
      case .point, .fraction: return .fraction
      case .mark, .exponentSign, .exponent: return .exponent
      }
    case 0x2B, 0x2D:
      return state == .blank ? .sign : state == .mark ? .exponentSign : nil
    case 0x2E:
      return state == .blank || state == .sign || state == .whole ? .point : nil
    case 0x65, 0x45:
      guard hasDigits || isClassic else { return nil }
      return state == .mark || state == .exponentSign || state == .exponent ? nil : .mark
    default: return nil
    }
  }

  /// The number; nil if there were no digits.
  var value: Double? {
    guard hasDigits else { return nil }
    var digits = text[..<textCount]
    // Swift wants digits behind a point.
    if digits.last == 0x2E { digits = digits.dropLast() }
    return Double(String(decoding: digits, as: UTF8.self))
  }
}

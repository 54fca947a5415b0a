// modules: LibFmt LibUTF
//
// Fuzzing formats: any bytes as a format, with arguments of all kinds, into rooms of any size.
//
// The first bytes of an input choose the arguments and the room, the rest is the format.

import LibFmt
import LibUTF

/// Takes what it needs from the front of an input.
private struct Choices {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }
  mutating func below(_ bound: Int) -> Int { Int(byte()) % bound }
  mutating func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) } }
  mutating func bytes(_ count: Int) -> [UInt8] {
    let taken = Array(rest.prefix(count))
    rest = rest.dropFirst(count)
    return taken
  }

  var remainder: [UInt8] { Array(rest) }
}

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private func argument(_ choices: inout Choices) -> FmtArg {
  switch choices.below(8) {
  case 0: return .integer(bits: choices.word(), size: 64, isSigned: true)
  case 1: return .integer(bits: UInt64(choices.byte()), size: 8, isSigned: false)
  case 2: return .double(Double(bitPattern: choices.word()))
  case 3: return .string(String(decoding: choices.bytes(choices.below(9)), as: UTF8.self))
  case 4: return .bytes(choices.bytes(choices.below(9)))
  case 5:
    return .runes((0..<choices.below(4)).map { _ in Rune(truncatingIfNeeded: choices.word()) })
  // Small ones, as widths and precisions are.
  case 6: return .integer(bits: UInt64(choices.below(40)), size: 64, isSigned: true)
  default: return .none
  }
}

/// Widths of more than four digits only cost time.
private func isTame(_ format: [UInt8]) -> Bool {
  var digits = 0
  for byte in format {
    digits = 0x30...0x39 ~= byte ? digits + 1 : 0
    if digits > 4 { return false }
  }
  return true
}

/// Called by libFuzzer with each input; 0 keeps it for its corpus if it reached something new.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  var choices = Choices(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
  let values = (0..<choices.below(5)).map { _ in argument(&choices) }
  let roomSize = 1 + choices.below(64)
  let text = choices.remainder
  if !isTame(text) { return 0 }
  let tooWide = values.contains { ($0.int?.magnitude ?? 0) > 10_000 }
  if tooWide && text.contains(UInt8(ascii: "*")) { return 0 }
  let format = Format(text.span)
  var whole: [UInt8] = []
  promise(whole.print(format, values: values) == whole.count, "the count is that of the bytes")
  var again: [UInt8] = []
  again.print(format, values: values)
  promise(whole == again, "printing again prints the same")
  var memory = [UInt8](repeating: 0xAA, count: roomSize)
  var room = memory.mutableSpan
  let count = vsnprint(&room, format, values)
  promise(count < roomSize && memory[count] == 0, "what is stored ends with a NUL")
  // Quoted text is shortened otherwise: it must close its quotes.
  if !text.contains(where: { $0 == UInt8(ascii: "q") || $0 == UInt8(ascii: "Q") }) {
    promise(memory.prefix(count).elementsEqual(whole.prefix(count)), "a room holds a prefix")
  }
  promise(
    count == whole.count || count + UTFmax + 1 >= roomSize || text.contains(0x71)
      || text.contains(0x51), "of which no more is missing than must be")
  return 0
}

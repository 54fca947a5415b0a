// modules: LibUTF
//
// Fuzzing the decoder: any bytes, against Swift's own validation and the encoder.

import LibUTF

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

/// Called by libFuzzer with each input; 0 keeps it for its corpus if it reached something new.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  var runes: [Rune] = []
  var rebuilt: [UInt8] = []
  var isValid = true
  UTF.forEachRune(in: bytes.span) { rune, offset in
    runes.append(rune)
    promise(UTF.isScalar(rune), "U1: a rune is a scalar")
    var memory = [UInt8](repeating: 0, count: UTFmax)
    var room = memory.mutableSpan
    let count = runetochar(&room, rune)
    if rune == Runeerror && !bytes[offset...].starts(with: [0xEF, 0xBF, 0xBD]) {
      isValid = false
      rebuilt.append(bytes[offset])
    } else {
      promise(bytes[offset...].starts(with: memory.prefix(count)), "U2: one encoding")
      rebuilt += memory.prefix(count)
    }
  }
  promise(rebuilt == bytes, "U3: no byte is lost")
  promise(isValid == (String(validating: bytes, as: UTF8.self) != nil), "as Swift has it")
  promise(UTF.isValid(bytes.span) == isValid, "the validator and the decoder agree")
  promise(UTF.countRunes(bytes.span) == runes.count, "so does the counter")
  promise(utfnlen(bytes.span, bytes.count) <= runes.count, "whole runes are no more than all")
  if let place = UTF.firstInvalid(in: bytes.span) {
    promise(String(validating: bytes[..<place], as: UTF8.self) != nil, "valid up to there")
  }
  return 0
}

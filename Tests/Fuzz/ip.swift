// modules: LibIP
//
// Fuzzing addresses: any text, to every parser, and what came out back to text.
//
// I1 and I2 of LibIP are checked by name, and that inet_pton(3) agrees.

import Glibc
import Lib9c
import LibIP

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private func ofSystem(_ text: String) -> IPAddress? {
  var bytes = [UInt8](repeating: 0, count: 16)
  let isV4 = !text.contains(":")
  let read = bytes.withUnsafeMutableBytes {
    inet_pton(isV4 ? AF_INET : AF_INET6, text, $0.baseAddress)
  }
  return read == 1 ? IPAddress(isV4 ? Array(bytes[..<4]) : bytes) : nil
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let text = String(decoding: bytes, as: UTF8.self)
  if let address = IPAddress(text) {
    promise(IPAddress(address.text) == address, "I1: what is written is read")
    promise(IPAddress(address.canonical) == address, "I1: what RFC 5952 writes is read")
    promise(Plan9.parseip(text) == address, "what is strict is Plan 9's too")
    promise((try? IPAddress.parseLegacy(text)) == address, "legacy reads what is strict")
    promise((try? ZonedAddress.parse(text).address) == address, "a zone may be missing")
  }
  // A NUL ends the text for C.
  if !bytes.contains(0) { promise(IPAddress(text) == ofSystem(text), "I2: inet_pton agrees") }
  if let address = try? IPAddress.parseLegacy(text) {
    promise(Plan9.parseip(text) == address, "shorthand is Plan 9's")
  }
  if let mask = try? parseipmask(text) {
    promise((try? parseipmask(mask.maskText)) == mask, "a mask comes back")
    promise(Plan9.parseipmask(text) == mask, "a mask is Plan 9's too")
  }
  if let card = try? parseether(text) {
    promise((try? parseether(card.text)) == card, "a card comes back")
    promise((try? parseether(card.withColons)) == card, "a card comes back with colons")
    promise(Plan9.parseether(text).0 == card, "a card is Plan 9's too")
  }
  if let zoned = try? ZonedAddress.parse(text) {
    promise((try? ZonedAddress.parse(zoned.description)) == zoned, "a zone comes back")
  }
  _ = Plan9.parseip(text)
  _ = Plan9.parseipmask(text)
  _ = Plan9.parseether(text)
  promise(ptclbsum(bytes.span) == slowSum(bytes), "the checksum is that of words")
  return 0
}

private func slowSum(_ bytes: [UInt8]) -> UInt16 {
  var sum = 0
  for (index, byte) in bytes.enumerated() { sum += index % 2 == 0 ? Int(byte) * 256 : Int(byte) }
  while sum > 0xFFFF { sum = sum % 0x10000 + sum / 0x10000 }
  return UInt16(sum)
}

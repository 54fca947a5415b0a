// modules: Lib9c
//
// Fuzzing quotes, fields, lines, names and numbers: any bytes as text.
//
// The first byte of an input chooses a limit; the second divides the rest into separators and text.

import Lib9c

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private func checkFields(_ bytes: [UInt8], _ separators: RuneSet, max: Int) {
  let all = tokenize(bytes)
  promise(all.allSatisfy { $0.count <= bytes.count }, "a word is not longer than the text")
  promise(tokenize(bytes, max: max).elementsEqual(all.prefix(max)), "a limit takes the first")
  let parts = fields(of: bytes, dividedBy: separators)
  promise(parts.count > 0, "there is a field")
  // F1: what lies between two fields is one separator, at most four bytes.
  var end = 0
  for part in parts {
    promise(part.startIndex >= end && part.startIndex <= end + 4, "fields go up")
    end = part.endIndex
  }
  promise(end == bytes.count, "the last field goes to the end")
  let few = fields(of: bytes, dividedBy: separators, max: max)
  promise(few.count <= max && (few.last?.endIndex ?? end) == end, "the last keeps the rest")
  let runs = words(of: bytes, dividedBy: separators)
  promise(
    runs.elementsEqual(parts.filter { !$0.isEmpty }), "words are the fields with something in")
  _ = tokenize(bytes, separators: separators, max: max)
}

private func checkText(_ text: String) {
  promise((try? unquote(quoteAlways(text))) == text, "Q1: unquote takes quote back")
  promise(unquotestrdup(quotestrdup(text)) == text, "unquotestrdup takes quotestrdup back")
  let words = tokenize(text).map(String.init)
  promise(tokenize(quote(words)).map(String.init) == words, "Q2: tokenize takes quote back")
  promise(needsQuotes(text) == (quote(text) != text), "what needs no quotes gets none")
  _ = try? unquote(text)
  var rest = text[...]
  var count = 0
  while s_parse(&rest) != nil { count += 1 }
  promise(rest.isEmpty && count <= text.utf8.count, "s_parse comes to the end")
  let number = strtod(text)
  promise(number.used >= 0 && number.used <= text.utf8.count, "a number lies in the text")
  if !text.utf8.contains(0) {
    let again = strtod(String(text.utf8.prefix(number.used)) ?? "")
    promise(again.value.bitPattern == number.value.bitPattern, "a number is what it takes")
  }
}

private func checkLines(_ bytes: [UInt8]) {
  for line in LogicalLines(bytes) {
    promise(!line.isEmpty && line[0] != UInt8(ascii: "#"), "lines say something")
    promise(line[0] != 0x20 && line[0] != 0x09, "lines begin with what they say")
  }
  guard var stack = try? IncludeStack("x", read: { _, _ in bytes }) else { return }
  var count = 0
  do { while count < 1000, try stack.next() != nil { count += 1 } } catch {}
  for text in [enc64(bytes), enc32(bytes), enc16(bytes)] { _ = dec32(Array(text.utf8)) }
  promise(dec64(Array(enc64(bytes).utf8)) == bytes, "dec64 takes enc64 back")
  promise(dec32(Array(enc32(bytes).utf8)) == bytes, "dec32 takes enc32 back")
  promise(dec16(Array(enc16(bytes).utf8)) == bytes, "dec16 takes enc16 back")
  _ = dec64(bytes)
  _ = dec32(bytes)
  _ = dec16(bytes)
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard bytes.count >= 2 else { return 0 }
  let cut = min(2 + Int(bytes[1] % 8), bytes.count)
  let separators = RuneSet(String(decoding: bytes[2..<cut], as: UTF8.self))
  let rest = Array(bytes[cut...])
  checkFields(rest, separators, max: 1 + Int(bytes[0] % 8))
  checkText(String(decoding: rest, as: UTF8.self))
  checkLines(rest)
  let clean = cleanname(rest)
  promise(cleanname(clean) == clean, "a clean name stays")
  promise(!clean.isEmpty && clean.count <= max(rest.count, 1), "a clean name is not longer")
  promise((clean[0] == 0x2F) == (rest.first == 0x2F), "a rooted name stays rooted")
  return 0
}

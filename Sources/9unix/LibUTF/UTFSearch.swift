// The classic calls on UTF-8 strings: a string is the bytes of a span, up to a NUL if it has one.
//
// Places in a string are byte offsets, and nil where C returns a null pointer.

extension Span where Element == UInt8 {
  /// The bytes before the first NUL: all of them if there is none.
  var terminated: Span<UInt8> {
    @_lifetime(copy self)
    get {
      for index in indices where self[index] == 0 { return extracting(..<index) }
      return self
    }
  }
}

/// The runes in `text`, each bad byte being one.  Corresponds to `utflen(3)`.
public func utflen(_ text: Span<UInt8>) -> Int { UTF.countRunes(text.terminated) }

/// The whole runes in the first `count` bytes of `text`: one that is cut is not counted.
///
/// Corresponds to `utfnlen(3)`.
public func utfnlen(_ text: Span<UInt8>, _ count: Int) -> Int {
  let text = text.extracting(first: count).terminated
  var offset = 0
  var total = 0
  while offset < text.count, fullrune(text.extracting(offset...)) {
    var rune = Runeerror
    offset += chartorune(&rune, text.extracting(offset...))
    total += 1
  }
  return total
}

/// Where `rune` first stands in `text`; for rune 0 the end.  Corresponds to `utfrune(3)`.
public func utfrune(_ text: Span<UInt8>, _ rune: Rune) -> Int? {
  let text = text.terminated
  if rune == 0 { return text.count }
  var runes = text.runes
  while true {
    let offset = text.count - runes.bytesLeft
    guard let found = runes.next() else { return nil }
    if found == rune { return offset }
  }
}

/// Where `rune` last stands in `text`; for rune 0 the end.  Corresponds to `utfrrune(3)`.
public func utfrrune(_ text: Span<UInt8>, _ rune: Rune) -> Int? {
  let text = text.terminated
  if rune == 0 { return text.count }
  var last: Int?
  UTF.forEachRune(in: text) { if $0 == rune { last = $1 } }
  return last
}

/// Where the runes of `part` first stand in `text`, by bytes; the start for an empty `part`.
///
/// Corresponds to `utfutf(3)`.
public func utfutf(_ text: Span<UInt8>, _ part: Span<UInt8>) -> Int? {
  let text = text.terminated
  let part = part.terminated
  if part.isEmpty { return 0 }
  if part.count > text.count { return nil }
  // A match must begin where a rune does: a stray continuation byte is not half of another rune.
  var starts = text.runes
  while true {
    let offset = text.count - starts.bytesLeft
    if offset + part.count > text.count { return nil }
    if hasPrefix(text.extracting(offset...), part) { return offset }
    if starts.next() == nil { return nil }
  }
}

private func hasPrefix(_ text: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
  for index in part.indices where text[index] != part[index] { return false }
  return true
}

/// Copies as many whole runes of `text` as fit into `room` with a NUL behind them.
///
/// Returns the bytes copied, without the NUL; nothing is written into an empty room.
/// Corresponds to `utfecpy(3)`.
@discardableResult
public func utfecpy(_ room: inout MutableSpan<UInt8>, _ text: Span<UInt8>) -> Int {
  if room.isEmpty { return 0 }
  let text = text.terminated
  var end = min(text.count, room.count - 1)
  // Go back to the start of a sequence that would be cut.
  if end < text.count {
    var back = 0
    while back < UTFmax - 1, back < end, text[end - back] & 0xC0 == 0x80 { back += 1 }
    if UTF.length(lead: text[end - back]) > back, text[end - back] >= 0xC0 { end -= back }
  }
  for index in 0..<end { room[index] = text[index] }
  room[end] = 0
  return end
}

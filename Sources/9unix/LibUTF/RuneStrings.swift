// Rune strings: the classic calls on arrays of runes, which end at a rune 0 or where the span ends.
//
// Places are indices, and nil where C returns a null pointer.  What C copies "to a buffer that is
// large enough" is copied as far as the buffer goes here; the rune 0 behind it is always stored.

extension Span where Element == Rune {
  /// The runes before the first rune 0: all of them if there is none.
  var terminated: Span<Rune> {
    @_lifetime(copy self)
    get { extracting(..<runestrlen(self)) }
  }
}

/// The runes before the rune 0.  Corresponds to `runestrlen(3)`.
public func runestrlen(_ text: Span<Rune>) -> Int {
  for index in text.indices where text[index] == 0 { return index }
  return text.count
}

/// Where `rune` first stands in `text`; the end for rune 0.  Corresponds to `runestrchr(3)`.
public func runestrchr(_ text: Span<Rune>, _ rune: Rune) -> Int? {
  let text = text.terminated
  if rune == 0 { return text.count }
  for index in text.indices where text[index] == rune { return index }
  return nil
}

/// Where `rune` last stands in `text`; the end for rune 0.  Corresponds to `runestrrchr(3)`.
public func runestrrchr(_ text: Span<Rune>, _ rune: Rune) -> Int? {
  let text = text.terminated
  if rune == 0 { return text.count }
  for index in text.indices.reversed() where text[index] == rune { return index }
  return nil
}

/// Where `part` first stands in `text`; the start if it is empty.  Corresponds to `runestrstr(3)`.
public func runestrstr(_ text: Span<Rune>, _ part: Span<Rune>) -> Int? {
  let text = text.terminated
  let part = part.terminated
  if part.count > text.count { return nil }
  for start in 0...(text.count - part.count) {
    var length = 0
    while length < part.count, text[start + length] == part[length] { length += 1 }
    if length == part.count { return start }
  }
  return nil
}

/// Less than, equal to or greater than 0 as `one` comes before, equals or comes after `other`.
///
/// The order is that of rune values.  Corresponds to `runestrcmp(3)`.
public func runestrcmp(_ one: Span<Rune>, _ other: Span<Rune>) -> Int {
  runestrncmp(one, other, Int.max)
}

/// `runestrcmp` of at most `count` runes.  Corresponds to `runestrncmp(3)`.
public func runestrncmp(_ one: Span<Rune>, _ other: Span<Rune>, _ count: Int) -> Int {
  let one = one.terminated
  let other = other.terminated
  for index in 0..<min(one.count, other.count, count) where one[index] != other[index] {
    return one[index] < other[index] ? -1 : 1
  }
  return (min(one.count, count) - min(other.count, count)).signum()
}

/// Copies `text` to the front of `room` with a rune 0 behind it; the runes copied without that.
///
/// Copies what fits; nothing is stored in an empty room.  Corresponds to `runestrcpy(3)` and
/// `runestrecpy(3)`.
@discardableResult
public func runestrecpy(_ room: inout MutableSpan<Rune>, _ text: Span<Rune>) -> Int {
  if room.isEmpty { return 0 }
  return store(text.terminated, in: &room, at: 0, limit: room.count - 1)
}

/// `runestrecpy`, since a span knows its end.  Corresponds to `runestrcpy(3)`.
@discardableResult
public func runestrcpy(_ room: inout MutableSpan<Rune>, _ text: Span<Rune>) -> Int {
  runestrecpy(&room, text)
}

/// Copies at most `count` runes of `text`, and fills up to `count` with runes 0.
///
/// No rune 0 is stored behind `count` runes.  Corresponds to `runestrncpy(3)`.
public func runestrncpy(_ room: inout MutableSpan<Rune>, _ text: Span<Rune>, _ count: Int) {
  let text = text.terminated
  for index in 0..<max(0, min(count, room.count)) {
    room[index] = index < text.count ? text[index] : 0
  }
}

/// Appends `text` to the rune string in `room`, which must hold a rune 0; its new length.
///
/// Corresponds to `runestrcat(3)`.
@discardableResult
public func runestrcat(_ room: inout MutableSpan<Rune>, _ text: Span<Rune>) -> Int {
  runestrncat(&room, text, Int.max)
}

/// `runestrcat` of at most `count` runes.  Corresponds to `runestrncat(3)`.
@discardableResult
public func runestrncat(
  _ room: inout MutableSpan<Rune>, _ text: Span<Rune>, _ count: Int
) -> Int {
  let length = runestrlen(room.span)
  if length == room.count { return length }
  let text = text.terminated
  let limit = min(text.count, max(0, count), room.count - 1 - length)
  return length + store(text, in: &room, at: length, limit: limit)
}

/// The runes before the rune 0, as an array of their own.  Corresponds to `runestrdup(3)`.
public func runestrdup(_ text: Span<Rune>) -> [Rune] {
  let text = text.terminated
  return text.indices.map { text[$0] }
}

private func store(
  _ text: Span<Rune>, in room: inout MutableSpan<Rune>, at start: Int, limit: Int
) -> Int {
  let count = min(text.count, limit)
  for index in 0..<count { room[start + index] = text[index] }
  room[start + count] = 0
  return count
}

extension UTF {
  /// The runes of `text`, what is no rune as `Runeerror`.
  public static func runes(of text: String) -> [Rune] { text.unicodeScalars.map(\.value) }

  /// The text of `runes`; surrogates and what is above `Runemax` become `Runeerror`.
  public static func text(of runes: Span<Rune>) -> String {
    var text = String.UnicodeScalarView()
    for index in runes.indices {
      text.append(Unicode.Scalar(runes[index]) ?? "\u{FFFD}")
    }
    return String(text)
  }
}

// The calls of regexp(3), by their names.
//
// `regerror` has no place here: errors are thrown.  The rune calls take scalars and say offsets
// in runes.  Names are Swift's alone; no C symbol is defined.

/// A compiled regular expression.  `Reprog`.
public typealias Reprog = Regexp

/// Where a match or a group begins and ends; nil where nothing took part.  `Resub`.
public struct Resub: Equatable, Sendable {
  /// Where it begins.
  public var sp: Int?
  /// Where it ends.
  public var ep: Int?

  /// Nothing, or a place.
  public init(sp: Int? = nil, ep: Int? = nil) {
    self.sp = sp
    self.ep = ep
  }
}

/// Compiles `pattern`.  `regcomp(3)`.
public func regcomp(_ pattern: String) throws(RegexpError) -> Reprog { try Regexp(pattern) }

/// Compiles `pattern`, whose runes all stand for themselves.  `regcomplit(3)`.
///
/// As in Plan 9, a backslash still quotes: `\\` stands for one.  `Regexp.Options.literal` has no
/// such exception.
public func regcomplit(_ pattern: String) throws(RegexpError) -> Reprog {
  try Regexp(pattern, options: [.literal, .quoted])
}

/// Compiles `pattern`, in which `.` matches a newline, too.  `regcompnl(3)`.
public func regcompnl(_ pattern: String) throws(RegexpError) -> Reprog {
  try Regexp(pattern, options: .dotMatchesNewline)
}

/// Finds the leftmost-longest match in `text`.  `regexec(3)`.
///
/// - Parameter match: on entry, `sp` and `ep` of its first element bound the search, where they
///   are not nil: `^` sees the bytes before `sp`, `$` takes `ep` for the end.  On success it
///   holds the match and as many groups as there are elements.  May be empty.
/// - Returns: true if there is a match; otherwise `match` is left alone.
public func regexec(_ program: Reprog, _ text: [UInt8], _ match: inout [Resub]) -> Bool {
  let start = match.first?.sp ?? 0
  let end = match.first?.ep ?? text.count
  precondition(0 <= start && start <= end && end <= text.count, "bounds lie in the text")
  guard let found = program.firstMatch(in: text.span.extracting(0..<end), from: start) else {
    return false
  }
  fill(&match, found.groups.count) { group in found[group] }
  return true
}

/// Finds the leftmost-longest match in `text`; offsets are in bytes of UTF-8.  `regexec(3)`.
public func regexec(_ program: Reprog, _ text: String, _ match: inout [Resub]) -> Bool {
  regexec(program, Array(text.utf8), &match)
}

/// Finds the leftmost-longest match in `text`; offsets are in runes.  `rregexec(3)`.
///
/// Encodes the text first: O(text) beside the search.
public func rregexec(
  _ program: Reprog, _ text: [Unicode.Scalar], _ match: inout [Resub]
) -> Bool {
  var bytes: [UInt8] = []
  var runeOfByte: [Int] = []
  var byteOfRune: [Int] = []
  for (index, rune) in text.enumerated() {
    byteOfRune.append(bytes.count)
    bytes += UTF8Rune.encode(rune.value)
    while runeOfByte.count < bytes.count { runeOfByte.append(index) }
  }
  byteOfRune.append(bytes.count)
  runeOfByte.append(text.count)
  var found = match
  if !found.isEmpty {
    found[0].sp = match[0].sp.map { byteOfRune[$0] }
    found[0].ep = match[0].ep.map { byteOfRune[$0] }
  }
  if !regexec(program, bytes, &found) { return false }
  match = found.map { Resub(sp: $0.sp.map { runeOfByte[$0] }, ep: $0.ep.map { runeOfByte[$0] }) }
  return true
}

private func fill(_ match: inout [Resub], _ groupCount: Int, _ range: (Int) -> Range<Int>?) {
  for index in match.indices {
    let found = index <= groupCount ? range(index) : nil
    match[index] = Resub(sp: found?.lowerBound, ep: found?.upperBound)
  }
}

/// What `template` says with what was found in `text` in it.  `regsub(3)`.
///
/// `\0` and `&` stand for the match, `\1` to `\9` for its groups, `\c` for the rune c.  Groups
/// that took no part, or that `match` does not hold, are empty.  The result is never cut off.
public func regsub(_ template: [UInt8], _ text: [UInt8], _ match: [Resub]) -> [UInt8] {
  guard let sp = match.first?.sp, let ep = match.first?.ep else { return [] }
  let groups = match.dropFirst().map { group -> Range<Int>? in
    guard let start = group.sp, let end = group.ep else { return nil }
    return start..<end
  }
  var result: [UInt8] = []
  let found = RegexpMatch(range: sp..<ep, groups: groups)
  Template.expand(template, text, found, into: &result)
  return result
}

/// What `template` says with what was found in `text` in it.  `regsub(3)`.
public func regsub(_ template: String, _ text: String, _ match: [Resub]) -> String {
  String(
    decoding: regsub(Array(template.utf8), Array(text.utf8), match), as: UTF8.self)
}

/// What `template` says with what was found in `text` in it; offsets are in runes.  `rregsub(3)`.
public func rregsub(
  _ template: [Unicode.Scalar], _ text: [Unicode.Scalar], _ match: [Resub]
) -> [Unicode.Scalar] {
  func bytes(_ runes: some Sequence<Unicode.Scalar>) -> [UInt8] {
    runes.flatMap { UTF8Rune.encode($0.value) }
  }
  func offset(_ rune: Int?) -> Int? { rune.map { bytes(text[..<$0]).count } }
  let inBytes = match.map { Resub(sp: offset($0.sp), ep: offset($0.ep)) }
  let result = regsub(bytes(template), bytes(text), inBytes)
  return Array(String(decoding: result, as: UTF8.self).unicodeScalars)
}

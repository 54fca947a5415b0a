// How many columns of a terminal a text takes.
//
// Problem.  A table is aligned by what the terminal shows, not by bytes, scalars or characters: a
// combining accent takes no column, an ideograph two, a flag of two scalars two.
//
// Shape.  A text is taken apart into characters (grapheme clusters, which Swift knows); a
// character is as wide as its scalars together, but two columns if these make up one emoji or
// a flag.  A scalar's width follows from its Unicode properties:
//
//     0   nonspacing and enclosing marks, format characters, Hangul vowels and finals
//     2   what is drawn as an emoji by itself, and the ranges below
//     1   the rest
//
// The standard library does not offer East_Asian_Width, hence the ranges: those scalars of width
// W or F in EastAsianWidth.txt (Unicode 15) that are no emoji by themselves, where ranges are
// joined over scalars that are not assigned.  A test derives each width from the files again.
//
// Terminals disagree about sequences of several emoji and about what is "ambiguous" (Greek in a
// Chinese font): these are taken as one emoji and as narrow, as current terminals do.

/// The columns of a terminal that texts take.  `wcwidth(3)`, `wcswidth(3)`.
public enum PlotWidth {
  /// Wide scalars that are no emoji by themselves, in order.
  static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF,
    0x4E00...0xA4C6, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18D08, 0x1AFF0...0x1B2FB,
    0x1F200...0x1F265, 0x20000...0x3FFFD,
  ]

  private static let regionalIndicators: ClosedRange<UInt32> = 0x1F1E6...0x1F1FF
  /// Vowels and finals of Hangul, which join the syllable before them.
  private static let joiningHangul: [ClosedRange<UInt32>] = [0x1160...0x11FF, 0xD7B0...0xD7FB]
  private static let softHyphen: UInt32 = 0xAD
  /// What makes one emoji of several scalars: the joiner, the selector, colours of skin.
  private static let joiners: [ClosedRange<UInt32>] = [
    0x200D...0x200D, 0xFE0F...0xFE0F, 0x1F3FB...0x1F3FF,
  ]

  /// The columns of `scalar` by itself: 0, 1 or 2.  Control characters take none.
  public static func cells(of scalar: Unicode.Scalar) -> Int {
    let code = scalar.value
    if code < 0x7F { return code < 0x20 ? 0 : 1 }
    if code == softHyphen { return 1 }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator:
      return 0
    default: break
    }
    if joiningHangul.contains(where: { $0.contains(code) }) { return 0 }
    if code < wide[0].lowerBound { return 1 }
    if regionalIndicators.contains(code) { return 1 }
    return properties.isEmojiPresentation || isWide(code) ? 2 : 1
  }

  /// The columns of `character`, which may be of several scalars.
  public static func cells(of character: Character) -> Int {
    var sum = 0
    var scalars = 0
    var isEmoji = false
    for scalar in character.unicodeScalars {
      scalars += 1
      sum += cells(of: scalar)
      isEmoji = isEmoji || joiners.contains(where: { $0.contains(scalar.value) })
      isEmoji = isEmoji || (scalars == 2 && regionalIndicators.contains(scalar.value))
    }
    guard isEmoji, scalars > 1, let first = character.unicodeScalars.first else { return sum }
    return first.properties.isEmoji ? 2 : sum
  }

  /// The columns of `text` in one line.  O(its length).
  public static func cells(of text: some StringProtocol) -> Int {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
      ? text.utf8.count : text.reduce(0) { $0 + cells(of: $1) }
  }

  /// As much of `text` as fits `width` columns; if not all does, it ends in `ellipsis`.
  public static func cut(
    _ text: String, to width: Int, ellipsis: String = "\u{2026}"
  ) -> String {
    if cells(of: text) <= width { return text }
    let mark = cells(of: ellipsis) <= width ? ellipsis : ""
    var room = width - cells(of: mark)
    var kept = ""
    for character in text {
      room -= cells(of: character)
      if room < 0 { break }
      kept.append(character)
    }
    return kept + mark
  }

  /// `text` with what would drive a terminal, or turn its direction, spelled out instead.
  ///
  /// For names and labels, which are other people's: no result holds a control character.
  public static func visible(_ text: String) -> String {
    let isHarmless = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    if isHarmless { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: shown += spelled(scalar)
      case .format where scalar.value != 0x200D: shown += spelled(scalar)  // emoji are joined
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  private static func spelled(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\t": "\\t"
    case "\r": "\\r"
    default: "\\u{" + String(scalar.value, radix: 16) + "}"
    }
  }

  private static func isWide(_ code: UInt32) -> Bool {
    var low = 0
    var high = wide.count
    while low < high {
      let middle = (low + high) / 2
      if wide[middle].upperBound < code { low = middle + 1 } else { high = middle }
    }
    return low < wide.count && wide[low].contains(code)
  }
}

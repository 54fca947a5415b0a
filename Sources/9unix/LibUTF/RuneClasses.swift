// What kind of rune it is, and its other cases: from the Unicode properties that Swift carries.
//
// plan9port has tables of an old Unicode; here a newer Swift brings newer ones.  ASCII is answered
// without looking anything up.

private func properties(_ rune: Rune) -> Unicode.Scalar.Properties? {
  Unicode.Scalar(rune)?.properties
}

@inline(__always)
private func isASCII(_ rune: Rune, _ first: Unicode.Scalar, _ last: Unicode.Scalar) -> Bool {
  first.value <= rune && rune <= last.value
}

/// True for a letter of any script.  Corresponds to `isalpharune(3)`.
public func isalpharune(_ rune: Rune) -> Bool {
  if rune < Runeself { return isASCII(rune | 0x20, "a", "z") }
  switch properties(rune)?.generalCategory {
  case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
    return true
  default: return false
  }
}

/// True for a lower-case letter.  Corresponds to `islowerrune(3)`.
public func islowerrune(_ rune: Rune) -> Bool {
  rune < Runeself ? isASCII(rune, "a", "z") : properties(rune)?.isLowercase ?? false
}

/// True for an upper-case letter.  Corresponds to `isupperrune(3)`.
public func isupperrune(_ rune: Rune) -> Bool {
  rune < Runeself ? isASCII(rune, "A", "Z") : properties(rune)?.isUppercase ?? false
}

/// True for a letter that looks as at the start of a title: upper and title case letters.
///
/// Corresponds to `istitlerune(3)`.
public func istitlerune(_ rune: Rune) -> Bool {
  isupperrune(rune) || properties(rune)?.generalCategory == .titlecaseLetter
}

/// True for white space.  Corresponds to `isspacerune(3)`.
public func isspacerune(_ rune: Rune) -> Bool {
  if rune < Runeself { return rune == 0x20 || (9...13).contains(rune) }
  return properties(rune)?.isWhitespace ?? false
}

/// True for a decimal digit of any script.  Corresponds to `isdigitrune(3)`.
public func isdigitrune(_ rune: Rune) -> Bool {
  if rune < Runeself { return isASCII(rune, "0", "9") }
  return properties(rune)?.generalCategory == .decimalNumber
}

/// The one rune that `text` consists of; nil if there are more.
private func single(_ text: String) -> Rune? {
  let scalars = text.unicodeScalars
  guard let first = scalars.first, scalars.count == 1 else { return nil }
  return first.value
}

/// `rune` in lower case; itself if it has none.  Corresponds to `tolowerrune(3)`.
public func tolowerrune(_ rune: Rune) -> Rune {
  if rune < Runeself { return isASCII(rune, "A", "Z") ? rune | 0x20 : rune }
  // The one rune whose full mapping is longer than its simple one.
  if rune == 0x130 { return 0x69 }
  return properties(rune).flatMap { single($0.lowercaseMapping) } ?? rune
}

/// `rune` in upper case; itself if it has none.  Corresponds to `toupperrune(3)`.
public func toupperrune(_ rune: Rune) -> Rune {
  if rune < Runeself { return isASCII(rune, "a", "z") ? rune & ~0x20 : rune }
  guard let found = properties(rune) else { return rune }
  // Where full upper case takes several runes (Greek with iota below), the simple one is that of
  // titles, if that is one rune.
  return single(found.uppercaseMapping) ?? single(found.titlecaseMapping) ?? rune
}

/// `rune` as at the start of a title; itself if it has no such case.
///
/// Corresponds to `totitlerune(3)`.
public func totitlerune(_ rune: Rune) -> Rune {
  if rune < Runeself { return toupperrune(rune) }
  return properties(rune).flatMap { single($0.titlecaseMapping) } ?? rune
}

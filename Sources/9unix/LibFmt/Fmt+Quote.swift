// Quoted text: %q and %Q.
//
// Text is quoted if it is empty, if it holds a blank, a control or a quote, or what the printer's
// table wants quoted.  In a room that cannot be exchanged, only as much of the text is printed as
// fits when quoted, so that the result can always be read again.

import LibUTF

/// What quoting makes of a text: how much of it is printed, and how long that is.
private struct QuotePlan {
  var isQuoted = false
  /// Elements of the text that are printed: bytes, or runes.
  var taken = 0
  var runes = 0
  var bytes = 0

  /// Adds a rune that took `size` elements; false if it does not fit into `room` bytes.
  mutating func add(_ rune: Rune, size: Int, needsQuotes: Bool, room: Int) -> Bool {
    let count = runelen(rune)
    let isQuote = rune == 0x27
    let quotes = needsQuotes && !isQuoted ? 2 : 0
    if bytes + quotes + count + (isQuote ? 1 : 0) > room { return false }
    if needsQuotes { isQuoted = true }
    bytes += quotes + count + (isQuote ? 1 : 0)
    runes += quotes + 1 + (isQuote ? 1 : 0)
    taken += size
    return true
  }

  /// Quotes around what needs them by itself; false if there is no room for them.
  mutating func addQuotes(room: Int) -> Bool {
    if room < 2 { return false }
    isQuoted = true
    bytes = 2
    runes = 2
    return true
  }
}

extension Fmt {
  /// The bytes that will fit: as many as there are if there is no other room.
  private var quoteRoom: Int { sink == nil ? unsafe stop - to : .max }

  private var runesMax: Int { flags.contains(.precision) ? precision : .max }

  /// The text quoted as the directive asks.
  mutating func printQuoted(_ text: Text) {
    let all = unsafe text.bytes
    var plan = QuotePlan()
    if flags.contains(.sharp) || all.isEmpty || runesMax == 0 {
      if !plan.addQuotes(room: quoteRoom) { return fail() }
    }
    var count = 0
    while let start = all.baseAddress, plan.taken < all.count, count < runesMax {
      let found = unsafe UTF.decode(start + plan.taken, all.count - plan.taken)
      let needsQuotes = needsQuotes(found.rune)
      if !plan.add(found.rune, size: found.count, needsQuotes: needsQuotes, room: quoteRoom) {
        break
      }
      count += 1
    }
    padLeft(plan.runes)
    unsafe putQuoted(
      Text(unsafe UnsafeBufferPointer(rebasing: all[..<plan.taken]), ending: text.ending), plan)
    padRight(plan.runes)
    if plan.taken < all.count && count < runesMax { fail() }
  }

  private mutating func putQuoted(_ text: Text, _ plan: QuotePlan) {
    if plan.isQuoted { put(byte: 0x27) }
    let count = unsafe text.bytes.count
    var offset = 0
    while offset < count {
      let start = unsafe text.bytes.baseAddress.unsafelyUnwrapped + offset
      if text.ending == .classic, unsafe count - offset < UTF.length(lead: start[0]) { break }
      let found = unsafe UTF.decode(start, count - offset)
      if found.rune == 0x27 { put(byte: 0x27) }
      put(rune: found.rune)
      offset += found.count
    }
    if plan.isQuoted { put(byte: 0x27) }
  }

  /// The runes quoted as the directive asks.
  mutating func printQuoted(_ runes: Span<Rune>) {
    let all = runes.extracting(first: max(0, runesMax))
    var plan = QuotePlan()
    if flags.contains(.sharp) || all.isEmpty {
      if !plan.addQuotes(room: quoteRoom) { return fail() }
    }
    while plan.taken < all.count {
      let rune = all[plan.taken]
      if !plan.add(rune, size: 1, needsQuotes: needsQuotes(rune), room: quoteRoom) { break }
    }
    padLeft(plan.runes)
    if plan.isQuoted { put(byte: 0x27) }
    for index in 0..<plan.taken {
      if all[index] == 0x27 { put(byte: 0x27) }
      put(rune: all[index])
    }
    if plan.isQuoted { put(byte: 0x27) }
    padRight(plan.runes)
    if plan.taken < all.count { fail() }
  }
}

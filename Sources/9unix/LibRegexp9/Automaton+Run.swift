// Running an automaton over a text: the loops that all the time is spent in.

extension Automaton {
  /// Reads `text[from..<to]` from the row `row`, and then the end.
  ///
  /// - Parameters:
  ///   - end: `endSymbol`, or the one after it if no line ends at `to`.
  ///   - prefilter: where to look for the next beginning, once nothing is under way.
  ///   - isFirstEnough: true to stop at the first match that is seen, however long.
  /// - Returns: where the match ends, or -1.
  func run(
    _ text: UnsafePointer<UInt8>, from: Int, to: Int, row: Int, end: Int,
    prefilter: Prefilter?, isFirstEnough: Bool
  ) -> Int {
    let classes = unsafe byteClasses
    var entries = unsafe self.entries
    var row = row
    var index = from
    var last = -1
    while true {
      var entry: UInt32 = 0
      var before = row
      scan: do {
        while index &+ 4 <= to {
          before = row
          entry = unsafe entries[row &+ Int(classes[Int(text[index])])]
          index &+= 1
          if entry >= Self.special { break scan }
          row = Int(entry)
          before = row
          entry = unsafe entries[row &+ Int(classes[Int(text[index])])]
          index &+= 1
          if entry >= Self.special { break scan }
          row = Int(entry)
          before = row
          entry = unsafe entries[row &+ Int(classes[Int(text[index])])]
          index &+= 1
          if entry >= Self.special { break scan }
          row = Int(entry)
          before = row
          entry = unsafe entries[row &+ Int(classes[Int(text[index])])]
          index &+= 1
          if entry >= Self.special { break scan }
          row = Int(entry)
        }
        while index < to {
          before = row
          entry = unsafe entries[row &+ Int(classes[Int(text[index])])]
          index &+= 1
          if entry >= Self.special { break scan }
          row = Int(entry)
        }
        return finish(row, end: end, to: to, last: last)
      }
      if entry == Self.unknown {
        entry = unsafe compute(before, Int(classes[Int(text[index &- 1])]))
        unsafe entries = self.entries
      }
      let lag = Int(entry >> Self.lagShift & 15)
      if lag != 0 {
        last = index &- lag
        if isFirstEnough { return last }
      }
      if entry & Self.dead != 0 { return last }
      row = Int(entry & Self.rowMask)
      if entry & Self.start != 0, let prefilter {
        let candidate = unsafe prefilter.find(text, index, to)
        if candidate < 0 { return last }
        if candidate > index {
          index = candidate
          row = unsafe startRow(isLineStart: text[index &- 1] == 0x0A, isAnchored: false)
          unsafe entries = self.entries
        }
      }
    }
  }

  private func finish(_ row: Int, end: Int, to: Int, last: Int) -> Int {
    var entry = unsafe entries[row &+ end]
    if entry == Self.unknown { entry = compute(row, end) }
    let lag = Int(entry >> Self.lagShift & 15)
    return lag == 0 ? last : to &+ 1 &- lag
  }

  /// Reads `text[from..<to]` from its end to its beginning, for where a match begins; -1 if none.
  func runBackward(
    _ text: UnsafePointer<UInt8>, from: Int, to: Int, row: Int, end: Int
  ) -> Int {
    let classes = unsafe byteClasses
    var entries = unsafe self.entries
    var row = row
    var index = to
    var last = -1
    while index > from {
      index &-= 1
      let symbol = unsafe Int(classes[Int(text[index])])
      var entry = unsafe entries[row &+ symbol]
      if entry < Self.special {
        row = Int(entry)
        continue
      }
      if entry == Self.unknown {
        entry = compute(row, symbol)
        unsafe entries = self.entries
      }
      let lag = Int(entry >> Self.lagShift & 15)
      if lag != 0 { last = index &+ lag }
      if entry & Self.dead != 0 { return last }
      row = Int(entry & Self.rowMask)
    }
    var entry = unsafe entries[row &+ end]
    if entry == Self.unknown { entry = compute(row, end) }
    let lag = Int(entry >> Self.lagShift & 15)
    return lag == 0 ? last : from &- 1 &+ lag
  }
}

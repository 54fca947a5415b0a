// Searching one file: theory of operation.
//
// Problem.  Most lines do not match.  Looking at each costs more than looking for the next match.
//
// Shape.  A file is read in blocks; what ends in a newline is searched as one text, the rest
// waits for the next block.  Each match is widened to its line, and the search goes on behind it.
// Lines between are not looked at, but for their newlines if numbers are wanted.
//
// Invariants.
//   G1  The text that is searched begins where a line does and ends where one does.
//   G2  `linesBefore` counts the newlines before `counted`.

import Glibc
import LibBio
import LibRegexp9
import Sys9

/// A search through one file.
struct Search: ~Copyable {
  private static let blockSize = 256 << 10

  private let options: Options
  private let matcher: RegexpMatcher?
  private let showsNames: Bool

  private var name = ""
  /// The text is its first `used` bytes.
  private var text: [UInt8] = []
  private var used = 0
  private var selected = 0
  private var linesBefore = 0
  private var counted = 0
  private var isBinary = false
  private var isOver = false

  init(_ options: Options, _ regexp: Regexp?) {
    self.options = options
    matcher = regexp.map { RegexpMatcher($0) }
    showsNames = options.showsNames ?? (options.files.count > 1)
  }

  /// Searches what `fd` reads, which is called `name`.  True if a line was selected.
  mutating func run(
    _ fd: CInt, _ name: String, _ output: inout Bio
  ) throws(SystemError) -> Bool {
    self.name = name
    (selected, linesBefore, isBinary, isOver) = (0, 0, false, false)
    used = 0
    while !isOver {
      let size = try fill(fd)
      if size == 0 {
        if used > 0 { try search(used, &output) }
        break
      }
      let new = (used - size)..<used
      if !isBinary { isBinary = find(0, in: new, isLast: false) != nil }
      guard let newline = find(0x0A, in: new, isLast: true) else { continue }
      try search(newline + 1, &output)
      used -= newline + 1
      unsafe text.withUnsafeMutableBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        _ = unsafe memmove(base, base + newline + 1, used)
      }
    }
    if options.report == .count {
      if showsNames { try writeName(":", &output) }
      try output.write("\(selected)\n")
    }
    return selected > 0
  }

  /// Reads a block behind what the text holds, and returns its size.
  private mutating func fill(_ fd: CInt) throws(SystemError) -> Int {
    if text.count - used < Self.blockSize {  // a long line makes for longer reads
      text.append(contentsOf: repeatElement(0, count: max(Self.blockSize, text.count)))
    }
    let old = used
    let size = try unsafe text.withUnsafeMutableBytes { bytes in
      Result { () throws(SystemError) in
        try unsafe Sys9.read(fd, into: UnsafeMutableRawBufferPointer(rebasing: bytes[old...]))
      }
    }.get()
    used += size
    return size
  }

  /// Where the first or the last `byte` in a part of the text is.
  private func find(_ byte: UInt8, in part: Range<Int>, isLast: Bool) -> Int? {
    unsafe text.withUnsafeBufferPointer { bytes in
      if isLast { return unsafe bytes[part].lastIndex(of: byte) }
      guard let base = bytes.baseAddress else { return nil }
      let found = unsafe memchr(base + part.lowerBound, CInt(byte), part.count)
      return unsafe found.map { unsafe UnsafeRawPointer($0) - UnsafeRawPointer(base) }
    }
  }

  /// Searches the first `size` bytes of the text: G1.
  private mutating func search(_ size: Int, _ output: inout Bio) throws(SystemError) {
    let end = text[size - 1] == 0x0A ? size - 1 : size
    counted = 0
    var place = 0
    while place <= end && !isOver {
      guard let line = nextMatch(place, end) else {
        if options.selectsOthers { try selectAll(place, end, &output) }
        break
      }
      if options.selectsOthers {
        if line.lowerBound > place { try selectAll(place, line.lowerBound - 1, &output) }
      } else {
        try select(line, &output)
      }
      place = line.upperBound + 1
    }
    if options.showsNumbers { count(upTo: size) }
  }

  /// The next line that matches, from `place` on in a text that ends at `end`.
  private func nextMatch(_ place: Int, _ end: Int) -> Range<Int>? {
    guard let matcher else { return nil }
    let whole = text.span.extracting(0..<end)
    var place = place
    while place <= end, let match = matcher.find(in: whole, from: place) {
      let line = Self.line(whole, of: match.lowerBound)
      // A class such as [\t-\r] may match a newline; but a line is looked at by itself.
      if match.upperBound <= line.upperBound || matcher.matches(whole.extracting(line)) {
        return line
      }
      place = line.upperBound + 1
    }
    return nil
  }

  private static func line(_ text: Span<UInt8>, of place: Int) -> Range<Int> {
    unsafe text.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return 0..<0 }
      let size = bytes.count
      var start = place
      while start > 0, unsafe base[start - 1] != 0x0A { start -= 1 }
      let after = unsafe memchr(base + place, 0x0A, size - place)
      let end = unsafe after.map { unsafe UnsafeRawPointer($0) - UnsafeRawPointer(base) }
      return start..<(end ?? size)
    }
  }

  /// Selects each line of `text[start..<end]`.
  private mutating func selectAll(
    _ start: Int, _ end: Int, _ output: inout Bio
  ) throws(SystemError) {
    var place = start
    while place <= end && !isOver {
      let line = Self.line(text.span.extracting(0..<end), of: place)
      try select(line, &output)
      place = line.upperBound + 1
    }
  }

  private mutating func select(
    _ line: Range<Int>, _ output: inout Bio
  ) throws(SystemError) {
    selected += 1
    switch options.report {
    case .count: return
    case .nothing: isOver = true
    case .name:
      try writeName("\n", &output)
      isOver = true
    case .lines where isBinary:
      try output.flush()
      Complaints.say("\(name): binary file matches")
      isOver = true
    case .lines:
      if showsNames { try writeName(":", &output) }
      if options.showsNumbers {
        count(upTo: line.lowerBound)
        let number = String(linesBefore + 1)
        try output.write(options.usesColour ? "\u{1B}[32m\(number)\u{1B}[m:" : "\(number):")
      }
      try writeLine(line, &output)
      try output.write(byte: 0x0A)
    }
  }

  private mutating func count(upTo place: Int) {
    let end = max(counted, place)
    linesBefore += Self.newlines(text.span.extracting(counted..<end))
    counted = end
  }

  private static func newlines(_ text: Span<UInt8>) -> Int {
    var count = 0
    for index in text.indices where text[index] == 0x0A { count += 1 }
    return count
  }

  private func writeName(
    _ end: String, _ output: inout Bio
  ) throws(SystemError) {
    try output.write(options.usesColour ? "\u{1B}[35m\(name)\u{1B}[m\(end)" : name + end)
  }

  private func writeLine(
    _ line: Range<Int>, _ output: inout Bio
  ) throws(SystemError) {
    let bytes = text.span.extracting(line)
    guard options.usesColour, !options.selectsOthers, let matcher else {
      try output.write(bytes)
      return
    }
    var place = 0
    while place < bytes.count, let match = matcher.find(in: bytes, from: place) {
      if match.isEmpty { break }
      try output.write(bytes.extracting(place..<match.lowerBound))
      try output.write("\u{1B}[1;31m")
      try output.write(bytes.extracting(match))
      try output.write("\u{1B}[m")
      place = match.upperBound
    }
    try output.write(bytes.extracting(place...))
  }
}

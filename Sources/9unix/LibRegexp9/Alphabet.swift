// The alphabet of a program: which runes, and which bytes, it cannot tell apart.
//
// A rune class is a set of runes that are in the same sets of the program.  An automaton over
// bytes has byte classes: bytes that can stand for one another in every encoding of a rune
// without changing the rune's class.  One member stands for the class wherever a rune has to be
// decoded again.
//
// Invariants.
//   A1  The newline is alone in its class, and so is what it has to be told apart from.
//   A2  Replacing a byte of any text by another of its class changes no rune's class and no
//       rune's border.

/// Classes of runes and bytes.
struct Alphabet: Sendable {
  /// Where a class of runes begins; it ends where the next begins.
  private var starts: [UInt32] = []
  private var classes: [Int32] = []
  /// The class of each rune below 0x80.
  private(set) var classOfASCII: [Int32] = []
  /// The number of classes of runes.
  private(set) var runeClassCount = 0
  /// The class of each byte.
  private(set) var classOfByte: [UInt8] = []
  /// A member of each class of bytes.
  private(set) var memberOfByteClass: [UInt8] = []
  /// For each set of the program a bit for each class of runes.
  private(set) var members: [UInt64] = []
  /// The number of words that a set's bits take.
  private(set) var wordsPerSet = 0
  /// True if no rune from 0x80 up is in any set: such bytes need no decoding.
  private(set) var isASCII = false
  /// The class of U+FFFD and of bad bytes.
  private(set) var badClass = 0
  private(set) var newlineClass = 0

  /// The most words that the sets' bits may take: 64 MiB.
  static let memberWordsMax = 8 << 20

  /// Divides the runes by `sets`; nil if that takes more than `memberWordsMax`.
  init?(_ sets: [RuneSet]) {
    let signatures = divide(sets)
    classOfASCII = (0..<0x80).map { Int32(self.runeClass($0)) }
    badClass = runeClass(RuneSet.badRune)
    newlineClass = runeClass(RuneSet.newline)
    wordsPerSet = (runeClassCount + 63) / 64
    if wordsPerSet * sets.count > Self.memberWordsMax { return nil }
    members = [UInt64](repeating: 0, count: wordsPerSet * sets.count)
    for (number, signature) in signatures.enumerated() {
      for set in signature where set >= 0 {
        members[set * wordsPerSet + number / 64] |= 1 << UInt64(number % 64)
      }
    }
    isASCII = !sets.contains { ($0.ranges.last?.upperBound ?? 0) >= 0x80 }
    classifyBytes()
    assert(classOfByte.count == 256)
  }

  /// Finds the classes, and returns for each the sets that it is in.
  private mutating func divide(_ sets: [RuneSet]) -> [[Int]] {
    var changes: [UInt32: [Int]] = [0: [], RuneSet.newline: [], RuneSet.newline + 1: []]
    for (index, set) in sets.enumerated() {
      for range in set.ranges {
        changes[range.lowerBound, default: []].append(index)
        if range.upperBound < RuneSet.runeMax {
          changes[range.upperBound + 1, default: []].append(index)
        }
      }
    }
    var numbers: [[Int]: Int32] = [:]
    var signatures: [[Int]] = []
    var inside: Set<Int> = []
    for (start, changed) in changes.sorted(by: { $0.key < $1.key }) {
      for index in changed { inside.formSymmetricDifference([index]) }
      // The newline has a signature that no other rune has: A1.
      let signature = (start == RuneSet.newline ? [-1] : []) + inside.sorted()
      let number = numbers[signature] ?? Int32(signatures.count)
      if numbers.updateValue(number, forKey: signature) == nil { signatures.append(signature) }
      if let last = classes.last, last == number { continue }
      starts.append(start)
      classes.append(number)
    }
    runeClassCount = signatures.count
    return signatures
  }

  /// The class of `rune`.  O(log intervals).
  func runeClass(_ rune: UInt32) -> Int {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= rune { low = middle + 1 } else { high = middle }
    }
    return Int(classes[low - 1])
  }

  private mutating func classifyBytes() {
    // Bytes from 0x80 up: intervals between the borders that UTF-8 and the runes' classes have.
    var isBorder = [Bool](repeating: false, count: 257)
    for byte in [0x80, 0x90, 0xA0, 0xC0, 0xC2, 0xE0, 0xE1, 0xED, 0xEE, 0xF0, 0xF1, 0xF4, 0xF5] {
      isBorder[byte] = true
    }
    for start in starts where start > 0x80 {
      // Up to the border, and from it, every byte of the encoding may be told apart.
      // Surrogates have no encoding: their neighbours stand for them.
      let isSurrogate = start >= 0xD800 && start <= 0xE000
      for byte in UTF8Rune.encode(isSurrogate ? 0xE000 : start) { isBorder[Int(byte)] = true }
      for byte in UTF8Rune.encode(isSurrogate ? 0xD7FF : start - 1) {
        isBorder[Int(byte) + 1] = true
      }
    }
    var numbers: [Int32: UInt8] = [:]
    var highs: UInt8?
    classOfByte = [UInt8](repeating: 0, count: 256)
    for byte in 0..<256 {
      var number = UInt8(truncatingIfNeeded: memberOfByteClass.count)
      if byte < 0x80 {
        number = numbers[classOfASCII[byte], default: number]
        numbers[classOfASCII[byte]] = number
      } else if isASCII {
        number = highs ?? number
        highs = number
      } else if !isBorder[byte] {
        number = classOfByte[byte - 1]
      }
      classOfByte[byte] = number
      if Int(number) == memberOfByteClass.count { memberOfByteClass.append(UInt8(byte)) }
    }
  }
}

extension Alphabet {
  /// True if the runes of class `number` are in `set`.
  @inline(__always)
  func isMember(_ number: Int, of set: Int) -> Bool {
    members[set * wordsPerSet + number / 64] >> UInt64(number % 64) & 1 != 0
  }
}

// Two command lines, word by word: what went and what came.

/// Words that gave way to others at one place of a command.
public struct WordChange: Hashable, Sendable {
  /// The words that went.
  public let removed: [String]
  /// The words that came instead.
  public let added: [String]

  /// `-O2 -> -O3`, `+ -Wall`, `- -g`.
  public var text: String {
    let old = removed.joined(separator: " ")
    let new = added.joined(separator: " ")
    return removed.isEmpty ? "+ \(new)" : added.isEmpty ? "- \(old)" : "\(old) -> \(new)"
  }
}

/// Compares commands.
enum WordDifference {
  /// Cells of the table beyond which only what differs as a whole is told: a link of 2,000 words
  /// by as many.
  static let cellsMax = 4_000_000

  /// What changed from `old` to `new`, in order; empty if nothing did.
  ///
  /// O(changed words squared); equal beginnings and ends cost nothing.
  static func changes(from old: [String], to new: [String]) -> [WordChange] {
    var a = old[...]
    var b = new[...]
    while let first = a.first, first == b.first {
      a.removeFirst()
      b.removeFirst()
    }
    while let last = a.last, last == b.last {
      a.removeLast()
      b.removeLast()
    }
    if a.isEmpty && b.isEmpty { return [] }
    if a.isEmpty || b.isEmpty || a.count * b.count > cellsMax {
      return [WordChange(removed: Array(a), added: Array(b))]
    }
    return walk(Array(a), Array(b))
  }

  /// By the longest common subsequence.
  private static func walk(_ a: [String], _ b: [String]) -> [WordChange] {
    let width = b.count + 1
    var table = [Int32](repeating: 0, count: (a.count + 1) * width)
    for i in a.indices.reversed() {
      for j in b.indices.reversed() {
        table[i * width + j] =
          a[i] == b[j]
          ? table[(i + 1) * width + j + 1] + 1
          : max(table[(i + 1) * width + j], table[i * width + j + 1])
      }
    }
    var changes: [WordChange] = []
    var (removed, added): ([String], [String]) = ([], [])
    func end() {
      if removed.isEmpty && added.isEmpty { return }
      changes.append(WordChange(removed: removed, added: added))
      (removed, added) = ([], [])
    }
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      if i < a.count && j < b.count && a[i] == b[j] {
        end()
        i += 1
        j += 1
      } else if j == b.count
        || i < a.count && table[(i + 1) * width + j] >= table[i * width + j + 1]
      {
        removed.append(a[i])
        i += 1
      } else {
        added.append(b[j])
        j += 1
      }
    }
    end()
    return changes
  }

  /// `text` at its blanks; quoted ones do not divide, and quotes stay.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var quote: UInt8?
    for byte in text.utf8 {
      if quote == nil && Byte.isBlank(byte) {
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        word = []
        continue
      }
      if byte == quote {
        quote = nil
      } else if quote == nil && (byte == Byte.quote || byte == Byte.apostrophe) {
        quote = byte
      }
      word.append(byte)
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }
}

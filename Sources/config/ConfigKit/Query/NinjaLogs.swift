// What Ninja remembers: when it made each output, and which files that read.
//
//     .ninja_log   "# ninja log v5", then START \t END \t MTIME \t OUTPUT \t HASH, later lines win
//     .ninja_deps  "# ninjadeps\n", version 4, then records: a size, with the highest bit set for
//                  dependencies (output, mtime in two halves, inputs, all by number), else a path
//                  padded to four bytes and the complement of its number
//
// See the sources of Ninja, build_log.cc and deps_log.cc.  A log of another version, and whatever
// follows a damaged record, is as if it were not there.

/// What Ninja recorded of the steps of one build directory.
struct NinjaLogs {
  /// The time of each output as Ninja recorded it, in nanoseconds.
  private(set) var times: [String: Int64] = [:]
  /// The inputs that the depfile of each output named, and the output's time then.
  private(set) var deps: [String: (timeNs: Int64, inputs: [String])] = [:]

  /// Reads the two logs.
  ///
  /// - Parameter prefix: what stands before paths of the build directory; others of them are other
  ///   directories', and are left out.
  init(log: [UInt8], deps bytes: [UInt8], prefix: String = "") {
    func name(_ path: String) -> String? {
      if prefix.isEmpty { return path }
      if path.hasPrefix(prefix) { return String(path.dropFirst(prefix.utf8.count)) }
      return nil
    }
    for line in log.split(separator: Byte.newline).dropFirst() {
      let fields = line.split(separator: Byte.tab, omittingEmptySubsequences: false)
      guard fields.count == 5, let time = Int64(String(decoding: fields[2], as: UTF8.self)),
        let output = name(String(decoding: fields[3], as: UTF8.self))
      else { continue }
      times[output] = time
    }
    readDeps(bytes) { name($0) }
  }

  private mutating func readDeps(_ bytes: [UInt8], _ name: (String) -> String?) {
    let head = Array("# ninjadeps\n".utf8)
    guard bytes.starts(with: head), Self.number(bytes, head.count) == 4 else { return }
    var paths: [String] = []
    var position = head.count + 4
    while let size = Self.number(bytes, position) {
      let isDeps = size & 0x8000_0000 != 0
      let count = Int(size & 0x7FFF_FFFF)
      let start = position + 4
      // 512 KiB is Ninja's own limit.
      guard count >= 4, count % 4 == 0, count <= 1 << 19, start + count <= bytes.count else {
        return
      }
      position = start + count
      if !isDeps {
        var end = start + count - 4
        while end > start && bytes[end - 1] == 0 { end -= 1 }
        paths.append(String(decoding: bytes[start..<end], as: UTF8.self))
        continue
      }
      let numbers = stride(from: start, to: start + count, by: 4).compactMap {
        Self.number(bytes, $0)
      }
      guard numbers.count >= 3, Int(numbers[0]) < paths.count else { return }
      let inputs = numbers.dropFirst(3).compactMap { number in
        Int(number) < paths.count ? paths[Int(number)] : nil
      }
      guard let output = name(paths[Int(numbers[0])]) else { continue }
      let time = Int64(truncatingIfNeeded: UInt64(numbers[2]) << 32 | UInt64(numbers[1]))
      deps[output] = (time, inputs.map { name($0) ?? $0 })
    }
  }

  /// The little-endian number at `position`; nil behind the end.
  private static func number(_ bytes: [UInt8], _ position: Int) -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    return (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << UInt32(8 * $1) }
  }
}

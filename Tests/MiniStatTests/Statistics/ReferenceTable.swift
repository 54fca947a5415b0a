import Glibc
import Testing

/// The tables that Reference/make writes.
struct ReferenceTable {
  struct Row {
    let name: String
    let keys: [String]
    let values: [Double]
    var numbers: [Double] { keys.compactMap { Double($0) } }
  }

  let rows: [Row]

  init(_ file: String) throws {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let text = Self.text("/\(folder)/Reference/\(file)")
    rows = text.split(separator: "\n").map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let parts = fields.map { $0.split(separator: " ").map(String.init) }
      return Row(
        name: String(fields[0]), keys: parts[1], values: parts[2].compactMap { Double($0) })
    }
  }

  /// The rows of one name; a test of none would not fail.
  func callAsFunction(_ name: String) -> [Row] {
    let found = rows.filter { $0.name == name }
    #expect(!found.isEmpty, "there is nothing about \(name)")
    return found
  }

  /// The named sets of sets.tsv.
  static func sets() throws -> [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: try ReferenceTable("sets.tsv").rows.map { ($0.name, $0.values) })
  }

  private static func text(_ path: String) -> String {
    guard let file = unsafe fopen(path, "r") else {
      Issue.record("\(path) is missing")
      return ""
    }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = unsafe fread(&block, 1, block.count, file)
      if count == 0 { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Expects `ours` to be `theirs` within a relative error, or an absolute one if that is larger.
func expectNear(
  _ ours: Double, _ theirs: Double, relative: Double, absolute: Double = 0,
  _ what: @autoclosure () -> String, at place: SourceLocation = #_sourceLocation
) {
  if ours == theirs { return }
  let error = abs(ours - theirs)
  #expect(
    error <= max(relative * abs(theirs), absolute),
    "\(what()): \(ours), not \(theirs); off by \(error / abs(theirs))", sourceLocation: place)
}

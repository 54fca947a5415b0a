// The record: theory of operation.
//
// Problem.  A later run must know whether anything that led to the build directory has changed,
// within milliseconds and without parsing; and if it has, which objects were made by commands
// that are no longer theirs.
//
// Shape.  `.config.log`, a text with two parts.  The head holds the request, every input with the
// hash of its bytes, the directories and environment variables that were asked, the tools and the
// outputs: comparing it with the world is the whole of an unchanged run.  The body holds every
// output of every step under the hash of its command.
//
//     config-record 1
//     request configuration ../../conf/HELLO
//     input 9c56cc51b374c3ba ../../conf/HELLO
//     directory 1700000000123456789 ../../src
//     environment P9UNIX=/usr/local/9unix
//     tool 1180944:1679:1700000000000000000 /usr/bin/cc
//     output 532:1700000000123456789 Makefile
//     %commands
//     command 5f1f3fbb0e6c3f61 cc -c -O2 -g -I. -I../.. -o $@ $<
//     o/src/hello.c.o
//     %replaced 1700000000123456789
//     command 0b2d40a1f1c5e7aa cc -c -O3 -g -I. -I../.. -o $@ $<
//     o/src/hello.c.o
//
// Behind the hash stands the command's shape, for people; behind `%replaced` what the last run that
// removed something found there, so that one can still be told which word made the difference.
//
// Invariants.
//   L1  The record is written last: while it is old, the next run does everything again.
//   L2  An object is removed when its command's hash, or its place in the record, is gone.
//
// This is the one file of a build directory that may change when nothing else does.

import Sys9
import SystemPackage

/// A 64-bit hash of bytes (FNV-1a): for change, not for adversaries.
struct Hash64 {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  init() {}

  init(_ bytes: [UInt8]) { add(bytes) }

  mutating func add(_ bytes: [UInt8]) {
    var hash = value
    let span = bytes.span
    for index in span.indices { hash = (hash ^ UInt64(span[index])) &* 0x100_0000_01B3 }
    value = hash
  }

  mutating func add(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      value = (value ^ (number >> UInt64(shift)) & 0xFF) &* 0x100_0000_01B3
    }
  }

  /// The hash as 16 hexadecimal digits.
  var text: String { Self.text(value) }

  static func text(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// What the record says of one run, without the commands.
struct RecordHead: Equatable {
  /// `key value` lines that make up the request.
  var request: [String] = []
  var inputs: [(hash: String, path: String)] = []
  var directories: [(time: Int64, path: String)] = []
  var environment: [(name: String, value: String?)] = []
  var tools: [(identity: String, path: String)] = []
  var outputs: [(identity: String, name: String)] = []
  /// Stamps with the outputs they stand for: a missing output unmakes its stamp.
  var stamps: [(stamp: String, outputs: [String])] = []
  /// Variables that make's environment may change.
  var variables: [String] = []
  /// How many sources are compiled.
  var sources = 0

  static func == (a: RecordHead, b: RecordHead) -> Bool { a.text == b.text }

  static let magic = "config-record 1"
  static let bodyMark = "%commands"

  /// The head as lines.
  var text: String {
    var lines = [Self.magic]
    lines += request.map { "request \($0)" }
    lines += inputs.map { "input \($0.hash) \($0.path)" }
    lines += directories.map { "directory \($0.time) \($0.path)" }
    lines += environment.map { pair in
      pair.value.map { "environment \(pair.name)=\($0)" } ?? "environment \(pair.name)"
    }
    lines += tools.map { "tool \($0.identity) \($0.path)" }
    lines += outputs.map { "output \($0.identity) \($0.name)" }
    lines += stamps.map { "stamp \(([$0.stamp] + $0.outputs).joined(separator: "\t"))" }
    lines += variables.map { "variable \($0)" }
    lines.append("sources \(sources)")
    return lines.joined(separator: "\n") + "\n"
  }

  init() {}

  /// Reads the head of a record; nil if `bytes` are none.
  init?(_ bytes: [UInt8]) {
    var position = 0
    func next() -> String? {
      guard position < bytes.count else { return nil }
      let end = bytes[position...].firstIndex(of: Byte.newline) ?? bytes.count
      defer { position = end + 1 }
      return String(decoding: bytes[position..<end], as: UTF8.self)
    }
    guard next() == Self.magic else { return nil }
    while let line = next(), line != Self.bodyMark {
      let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        .map(String.init)
      guard parts.count >= 2 else { return nil }
      let rest = parts.dropFirst().joined(separator: " ")
      switch parts[0] {
      case "request": request.append(rest)
      case "input": inputs.append((parts[1], parts.count > 2 ? parts[2] : ""))
      case "directory": directories.append((Int64(parts[1]) ?? 0, parts.count > 2 ? parts[2] : ""))
      case "environment":
        let pair = rest.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        environment.append((String(pair[0]), pair.count > 1 ? String(pair[1]) : nil))
      case "tool": tools.append((parts[1], parts.count > 2 ? parts[2] : ""))
      case "output": outputs.append((parts[1], parts.count > 2 ? parts[2] : ""))
      case "stamp":
        let names = rest.split(separator: "\t").map(String.init)
        stamps.append((names.first ?? "", Array(names.dropFirst())))
      case "variable": variables.append(rest)
      case "sources": sources = Int(rest) ?? 0
      default: return nil
      }
    }
  }

  /// True if nothing in the world differs from what the record says.
  ///
  /// - Parameter directory: the build directory, from which paths are seen.
  func isCurrent(in directory: FilePath, _ machine: Machine) -> Bool {
    func status(_ path: String) -> FileStatus? {
      (try? Files.status(directory.pushing(FilePath(path)))) ?? nil
    }
    if status("o/.d") == nil { return false }
    for output in outputs {
      guard let found = status(output.name), Self.identity(output: found) == output.identity else {
        return false
      }
    }
    for pair in environment {
      let value = machine.environment(Array(pair.name.utf8)).map {
        String(decoding: $0, as: UTF8.self)
      }
      if value != pair.value { return false }
    }
    for folder in directories {
      let time = status(folder.path)?.modifiedNs ?? 0
      if time != folder.time { return false }
    }
    for tool in tools where status(tool.path).map(Self.identity(tool:)) ?? "" != tool.identity {
      return false
    }
    for input in inputs {
      guard let bytes = try? machine.read(directory.pushing(FilePath(input.path))),
        Hash64(bytes).text == input.hash
      else { return false }
    }
    return true
  }

  static func identity(tool status: FileStatus) -> String {
    "\(status.size):\(status.inode):\(status.modifiedNs)"
  }

  static func identity(output status: FileStatus) -> String {
    "\(status.size):\(status.modifiedNs)"
  }
}

/// The body of a record: outputs of steps by the hash of the command that makes them.
struct RecordBody {
  /// Each output with its command's hash.
  private(set) var hashes: [ArraySlice<UInt8>: UInt64] = [:]
  /// Commands in words, by hash; records of old have none.
  private(set) var texts: [UInt64: String] = [:]

  /// Reads the body out of the bytes of a record.
  init(_ bytes: [UInt8]) {
    let mark = Array("\(RecordHead.bodyMark)\n".utf8)
    guard var position = Self.end(of: mark, in: bytes) else { return }
    var hash: UInt64 = 0
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: Byte.newline) ?? bytes.count
      let line = bytes[position..<end]
      position = end + 1
      if line.starts(with: RecordReplaced.mark.utf8) { return }
      if line.starts(with: "command ".utf8) {
        let digits = line.dropFirst(8).prefix(16)
        hash = UInt64(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
        if line.count > 25 { texts[hash] = String(decoding: line.dropFirst(25), as: UTF8.self) }
      } else if !line.isEmpty {
        hashes[line] = hash
      }
    }
  }

  private static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
    var position = 0
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: Byte.newline) ?? bytes.count
      if bytes[position..<end].elementsEqual(mark.dropLast()) { return end + 1 }
      position = end + 1
    }
    return nil
  }
}

/// What a run removed because its command was another: the last section of a record.
struct RecordReplaced {
  static let mark = "%replaced "

  /// When, in nanoseconds of the clock.
  private(set) var timeNs: Int64 = 0
  /// The old command of each output, as far as it was known.
  private(set) var commands: [String: String] = [:]

  /// Reads the section out of the bytes of a record.
  init(_ bytes: [UInt8]) {
    var text = ""
    let lines = Self.section(of: bytes).split(separator: Byte.newline)
    for (index, line) in lines.enumerated() {
      let shown = String(decoding: line, as: UTF8.self)
      if index == 0 {
        timeNs = Int64(shown.dropFirst(Self.mark.utf8.count)) ?? 0
      } else if shown.hasPrefix("command ") {
        text = String(shown.dropFirst(25))
      } else {
        commands[shown] = text
      }
    }
  }

  /// The section as it stands in a record; empty if there is none.
  static func section(of record: [UInt8]) -> [UInt8] {
    let mark = Array("\n\(mark)".utf8)
    var end = record.endIndex
    while let newline = record[..<end].lastIndex(of: Byte.newline) {
      if record[newline...].starts(with: mark) { return Array(record[(newline + 1)...]) }
      end = newline
    }
    return []
  }

  /// The section for outputs that were removed, with the hashes and the words of their commands.
  static func section(
    _ outputs: [ArraySlice<UInt8>: UInt64], _ texts: [UInt64: String], timeNs: Int64
  ) -> [UInt8] {
    var result = Array("\(mark)\(timeNs)\n".utf8)
    for (hash, names) in Dictionary(grouping: outputs.keys, by: { outputs[$0] ?? 0 })
      .sorted(by: { $0.key < $1.key })
    {
      result += "command \(Hash64.text(hash)) \(texts[hash] ?? "")\n".utf8
      for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        result += name + [Byte.newline]
      }
    }
    return result
  }
}

// Dependencies: theory of operation.
//
// Problem.  Make reads 10,000 depfiles in three seconds and one file of the same content in 50
// milliseconds; and an interrupted build must not lose what it learned.
//
// Shape.  Each compilation writes a depfile to `o/.d/`.  Before the next build decides anything,
// the depfiles there are merged into `.depend` and removed:
//
//     o/.d/o+ssrc+sa.c.o.d   o/src/a.c.o: ../../src/a.c ../../include/a.h
//     .depend                o/src/a.c.o: ../../include/a.h
//                            ../../include/a.h:
//
// Invariants.
//   D1  A depfile is removed only after `.depend` with its content is in its place.
//   D2  Every prerequisite is also a target without a recipe: a header that is gone rebuilds.
//   D3  No name in `.depend` needs quoting: awkward ones are links in `o/.ln/`.

import Sys9
import SystemPackage

/// A rule of a depfile: what depends on what.
struct DepfileRule: Equatable {
  var target: [UInt8]
  var prerequisites: [[UInt8]]

  /// Reads the first rule in `bytes`, as gcc, clang and swiftc write it; nil for none.
  init?(parsing bytes: [UInt8]) {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    var sawColon = false
    target = []
    func end(_ word: inout [UInt8]) {
      if !word.isEmpty { words.append(word) }
      word = []
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : Byte.newline
      if byte == Byte.backslash && (next == Byte.newline || next == Byte.carriageReturn) {
        end(&word)
        index += next == Byte.carriageReturn ? 3 : 2
        continue
      }
      if byte == Byte.newline {
        end(&word)
        if sawColon { break }
      } else if byte == Byte.backslash
        && (next == Byte.space || next == Byte.hash || next == Byte.colon)
      {
        word.append(next)
        index += 1
      } else if byte == Byte.dollar && next == Byte.dollar {
        word.append(Byte.dollar)
        index += 1
      } else if Byte.isBlank(byte) {
        end(&word)
      } else if byte == Byte.colon && !sawColon && (Byte.isBlank(next) || next == Byte.newline) {
        end(&word)
        target = words.first ?? []
        words = []
        sawColon = true
      } else {
        word.append(byte)
      }
      index += 1
    }
    end(&word)
    if !sawColon || target.isEmpty { return nil }
    prerequisites = words
  }

  /// Makes paths below `directory`, the build directory, or below `tree` relative.
  ///
  /// - Parameter root: the tree seen from the build directory.
  mutating func relativise(_ directory: [UInt8], tree: [UInt8], root: [UInt8]) {
    func relative(_ path: [UInt8]) -> [UInt8] {
      if path.first != Byte.slash { return path }
      if path.starts(with: directory), path.count > directory.count,
        path[directory.count] == Byte.slash
      {
        return Array(path[(directory.count + 1)...])
      }
      if path.starts(with: tree), path.count > tree.count, path[tree.count] == Byte.slash {
        return root + path[tree.count...]
      }
      return path
    }
    target = relative(target)
    prerequisites = prerequisites.map(relative)
  }
}

/// The depfiles of a build directory.
struct Depfiles {
  /// The build directory; "." for the tool that make calls.
  let directory: FilePath
  let absoluteDirectory: [UInt8]
  let absoluteTree: [UInt8]
  /// The tree seen from the build directory.
  let root: [UInt8]

  /// Merges all depfiles into `.depend`.
  func merge() throws(SystemError) {
    let folder = directory.appending("o").appending(".d")
    guard try Files.status(folder) != nil else { return }
    let fresh = try Files.list(folder).filter { $0.suffix(2).elementsEqual(".d".utf8) }
    if fresh.isEmpty { return }
    let depend = directory.appending(".depend")
    var rules = try Files.status(depend) == nil ? [:] : Self.rules(in: Files.read(depend))
    for name in fresh.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let path = folder.appending(String(decoding: name, as: UTF8.self))
      guard let rule = rule(name, try Files.read(path)) else { continue }
      rules[rule.target] = rule.prerequisites
    }
    try write(rules, to: depend)
    for name in fresh { try Files.remove(folder.appending(String(decoding: name, as: UTF8.self))) }
  }

  /// The rule in the depfile called `name`, with the names that make uses.
  func rule(_ name: [UInt8], _ bytes: [UInt8]) -> DepfileRule? {
    guard var rule = DepfileRule(parsing: bytes) else { return nil }
    rule.relativise(absoluteDirectory, tree: absoluteTree, root: root)
    if let stamp = Self.stamp(name) {
      rule.target = stamp
    } else if !rule.prerequisites.isEmpty {
      rule.prerequisites.removeFirst()  // the source itself: its rule names it
    }
    return rule
  }

  /// `o/.swift/M.o.stamp` for a depfile called `o+s.swift+sM.o.stamp.d`; nil for others.
  static func stamp(_ name: [UInt8]) -> [UInt8]? {
    guard name.suffix(8).elementsEqual(".stamp.d".utf8) else { return nil }
    var result: [UInt8] = []
    var index = 0
    while index < name.count - 2 {
      if name[index] == Quoting.escape && name[index + 1] == UInt8(ascii: "s") {
        result.append(Byte.slash)
        index += 2
      } else {
        result.append(name[index])
        index += 1
      }
    }
    return result
  }

  /// The rules of `.depend` that have prerequisites.
  static func rules(in bytes: [UInt8]) -> [[UInt8]: [[UInt8]]] {
    var rules: [[UInt8]: [[UInt8]]] = [:]
    for line in bytes.split(separator: Byte.newline) {
      guard let colon = line.firstIndex(of: Byte.colon), colon + 1 < line.endIndex else { continue }
      let words = line[(colon + 1)...].split(separator: Byte.space).map { Array($0) }
      rules[Array(line[..<colon])] = words
    }
    return rules
  }

  private func write(_ rules: [[UInt8]: [[UInt8]]], to path: FilePath) throws(SystemError) {
    let out = try OutputFile(path)
    do throws(SystemError) {
      var prerequisites: Set<[UInt8]> = []
      for (target, words) in rules.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        out.put(target)
        out.put(":")
        for word in words {
          let name = try plain(word)
          out.put(" ")
          out.put(name)
          prerequisites.insert(name)
        }
        out.put("\n")
        try out.spill()
      }
      for name in prerequisites.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        out.put(name)
        out.put(":\n")
        try out.spill()
      }
      if try out.finish() { try out.commit() }
    } catch {
      out.abandon()
      throw error
    }
  }

  /// `path` as make takes it: itself, or a link to it (D3).
  private func plain(_ path: [UInt8]) throws(SystemError) -> [UInt8] {
    if Quoting.isPlain(path) { return path }
    let name = Quoting.flattened(path)
    let folder = directory.appending("o").appending(".ln")
    let target = path.first == Byte.slash ? path : Array("../../".utf8) + path
    try Files.makeDirectories(folder)
    try Files.link(
      folder.appending(String(decoding: name, as: UTF8.self)),
      to: FilePath(String(decoding: target, as: UTF8.self)))
    return Array("o/.ln/".utf8) + name
  }

  /// True if every Ninja reads `path` in a depfile, once blanks, `#` and `$` are escaped: others
  /// end a name at a quote, among others.
  private static func isReadByNinja(_ path: [UInt8]) -> Bool {
    path.allSatisfy { byte in
      byte >= 0x80 || Quoting.isPlain(CollectionOfOne(byte))
        || " #$?:~(){}%=@[]!".utf8.contains(byte)
    }
  }

  /// Rewrites the depfile at `path` for Ninja: one rule, relative paths.
  ///
  /// The source itself, which its step names, is left out if Ninja would not read its name.
  ///
  /// - Parameter sibling: where the build directory lies from where Ninja runs; empty for here.
  func rewrite(_ path: FilePath, sibling: [UInt8] = []) throws(SystemError) {
    guard var rule = DepfileRule(parsing: try Files.read(path)) else { return }
    rule.relativise(absoluteDirectory, tree: absoluteTree, root: root)
    func escaped(_ word: [UInt8]) -> [UInt8] {
      word.flatMap { byte -> [UInt8] in
        switch byte {
        case Byte.dollar: [byte, byte]
        case Byte.space, Byte.hash: [Byte.backslash, byte]
        default: [byte]
        }
      }
    }
    let out = try OutputFile(path)
    out.put(escaped(rule.target))
    out.put(":")
    for (index, word) in rule.prerequisites.enumerated() {
      if index == 0 && !Self.isReadByNinja(word) { continue }
      out.put(" ")
      if !sibling.isEmpty && word.first != Byte.slash && !word.starts(with: "../".utf8) {
        out.put(escaped(sibling))
        out.put("/")
      }
      out.put(escaped(word))
    }
    out.put("\n")
    if try out.finish() { try out.commit() }
  }
}

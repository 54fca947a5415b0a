// Building by content: theory of operation.
//
// Problem.  Make and Ninja compare times, and times lie: the clock was set back, a file was
// restored with its old time, an edit fell into the second of the last build, which is as fine as
// BSD make looks.  The program is then stale, and stays so.
//
// Shape.  `config build` keeps `.config.contents`: what every input held when it last built, and
// the times with which it left the outputs.
//
//     taken 1700000000123456789
//     file 9c56cc51b374c3ba 120:1180944:1700000000000000000:1700000000000000000 ../../src/a.c
//     output 1700000000123456789 o/src/a.c.o
//
// Before it builds again it removes what is not surely that of today's inputs, and sees to it that
// no output lies in the future.  The rest is make's business, or Ninja's, as ever.
//
// Invariants.
//   C1  An output is kept only if it has the time with which the last such build left it: what
//       others made since, or a build that was killed, is made again.
//   C2  An input with another content takes with it all that is made of it, directly or not, unless
//       its time is later than that of every output: that even make can see.
//   C3  A hash is that of the bytes before the build.  What the build came upon while it ran, and
//       may have changed since, has none, and differs from everything.
//   C4  What is made now is later than all that was kept: times of the future become times of now,
//       in their order.  Ninja's log, which has times of its own, likewise.
//   C5  Inputs are read, and never touched.
//
// Cost.  A stat for every input and output; reading alone what has another size, inode or time
// than then, or was changed in the two seconds before it was looked at.
//
// Rejected.  Touching inputs whose content differs: they are the user's, and a touch is worth
// nothing while outputs lie in the future.  Hashes instead of times for every make: the makes
// would have to be ours.

import Sys9
import SystemPackage

/// What inputs held, and when outputs were made.
struct Contents {
  /// An input: what it held, and what told that it is the same file, unchanged.
  struct Input: Equatable {
    /// The hash of its bytes; nil for what may have been read before it was changed (C3).
    var hash: UInt64?
    /// Size, inode, and the times of modification and of change.
    var identity: String
  }

  /// When the inputs were looked at, in nanoseconds since 1970.
  var takenNs: Int64 = 0
  var inputs: [[UInt8]: Input] = [:]
  /// The times of outputs and of their stamps.
  var outputs: [[UInt8]: Int64] = [:]

  static let fileName = ".config.contents"

  /// File systems that keep whole or even seconds; ticks of the kernel are far shorter.
  static let raceNs: Int64 = 2_000_000_000

  init() {}

  /// Reads what `bytes` say; lines that it does not know are nothing.
  init(_ bytes: [UInt8]) {
    for line in bytes.split(separator: Byte.newline) {
      let words = line.split(separator: Byte.space, maxSplits: 3)
      func text(_ index: Int) -> String { String(decoding: words[index], as: UTF8.self) }
      switch words.first.map({ String(decoding: $0, as: UTF8.self) }) {
      case "taken" where words.count == 2: takenNs = Int64(text(1)) ?? 0
      case "file" where words.count == 4:
        inputs[Array(words[3])] = Input(hash: UInt64(text(1), radix: 16), identity: text(2))
      case "output" where words.count >= 3:
        let name = line[words[2].startIndex...]
        outputs[Array(name)] = Int64(text(1))
      default: break
      }
    }
  }

  /// Writes all of it to `path`, at once.
  func write(to path: FilePath) throws(SystemError) {
    let out = try OutputFile(path)
    do throws(SystemError) {
      out.put(text: "taken \(takenNs)\n")
      for (name, input) in inputs.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        out.put(text: "file \(input.hash.map(Hash64.text) ?? "-") \(input.identity) ")
        out.put(name)
        out.put("\n")
        try out.spill()
      }
      for (name, time) in outputs.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        out.put(text: "output \(time) ")
        out.put(name)
        out.put("\n")
        try out.spill()
      }
      if try out.finish() { try out.commit() }
    } catch {
      out.abandon()
      throw error
    }
  }

  // MARK: Looking

  /// What the input called `name` holds now; nil if it is not there.
  ///
  /// - Parameter known: what it held before: its hash is taken over if nothing about it changed.
  func look(at name: [UInt8], known: Input?) -> (input: Input, modifiedNs: Int64)? {
    let path = FilePath(String(decoding: name, as: UTF8.self))
    guard let status = try? FullStatus(path, follows: true) else { return nil }
    let identity = "\(status.size):\(status.inode):\(status.modifiedNs):\(status.changedNs)"
    let isQuiet = max(status.modifiedNs, status.changedNs) < takenNs - Self.raceNs
    if let known, known.hash != nil, known.identity == identity, isQuiet {
      return (known, status.modifiedNs)
    }
    if !status.isRegular { return (Input(hash: 0, identity: "-"), 0) }
    guard let bytes = try? Files.read(path) else { return nil }
    return (Input(hash: Hash64(bytes).value, identity: identity), status.modifiedNs)
  }
}

/// Which files are made of which.
struct Dependencies {
  private var makers: [(inputs: [[UInt8]], outputs: [[UInt8]])] = []
  private var usersOf: [[UInt8]: [Int]] = [:]
  private var makerOf: [[UInt8]: Int] = [:]
  /// Everything that is made.
  var outputs: some Sequence<[UInt8]> { makerOf.keys }

  /// Adds a step.
  mutating func add(inputs: [[UInt8]], outputs: [[UInt8]]) {
    let number = makers.count
    makers.append((inputs, outputs))
    for output in outputs { makerOf[output] = number }
    for input in Set(inputs) { usersOf[input, default: []].append(number) }
  }

  /// Adds what the compiler found that `output` is made of as well.
  mutating func add(inputs: [[UInt8]], of output: [UInt8]) {
    guard let maker = makerOf[output] else { return }
    makers[maker].inputs += inputs
    for input in Set(inputs) { usersOf[input, default: []].append(maker) }
  }

  /// All that is read and not made.
  var inputs: Set<[UInt8]> {
    var all: Set<[UInt8]> = []
    for maker in makers { all.formUnion(maker.inputs) }
    return all.filter { makerOf[$0] == nil }
  }

  /// `roots`, as far as they are made, and all that is made of them, directly or not (C2).
  func madeOf(_ roots: Set<[UInt8]>) -> Set<[UInt8]> {
    var result: Set<[UInt8]> = []
    var waiting: [Int] = roots.flatMap { usersOf[$0] ?? [] } + roots.compactMap { makerOf[$0] }
    var seen: Set<Int> = []
    while let number = waiting.popLast() {
      if !seen.insert(number).inserted { continue }
      for output in makers[number].outputs {
        result.insert(output)
        waiting += usersOf[output] ?? []
      }
    }
    return result
  }
}

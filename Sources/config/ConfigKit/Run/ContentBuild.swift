// `config build`: what it removes before a build, and what it records after one.  The theory is
// that of `Contents`.

public import Sys9
import SystemPackage

/// A build of the directory that is the working directory, by content.
public struct ContentBuild {
  private let machine: Machine
  private let tool: BuildTool
  private let maker: BackEnd
  private var old = Contents()
  /// The inputs as they were before the build.
  private var seen: [[UInt8]: Contents.Input] = [:]
  private var beganNs: Int64 = 0
  private var times: [[UInt8]: Int64] = [:]

  /// Prepares a build of the working directory, which config has just regenerated; nil if nobody
  /// builds there.
  ///
  /// - Parameter nowNs: the time, in nanoseconds since 1970.
  /// - Throws: what reading `.config.log` reports.
  public init?(_ machine: Machine, nowNs: Int64) throws(SystemError) {
    self.machine = machine
    tool = try BuildTool(machine)
    guard let maker = tool.backEnd else { return nil }
    self.maker = maker
    beganNs = nowNs
    if let bytes = try? machine.read(FilePath(Contents.fileName)) { old = Contents(bytes) }
  }

  /// The command that builds `targets`, with `jobs` at once.
  public func command(_ targets: [String], jobs: Int?) -> [String] {
    let isLinux = machine.system.os == "Linux"
    let program =
      switch maker {
      case .gnu: isLinux ? "make" : "gmake"
      case .bsd: isLinux ? "bmake" : "make"
      case .ninja, .matrix: "ninja"
      }
    return [program] + (jobs.map { ["-j", "\($0)"] } ?? []) + targets
  }

  // MARK: Before

  /// Removes what is not surely made of today's inputs; returns what to tell about it.
  public mutating func prepare() throws(SystemError) -> [String] {
    var remarks: [String] = []
    try lookAtOutputs()
    let foreign = Set(times.filter { old.outputs[$0.key] != $0.value }.keys.map(Self.unstamped))
    let future = try settle()
    let newest = times.values.max() ?? 0
    var lying: Set<[UInt8]> = []
    for (name, known) in old.inputs {
      guard let (input, modifiedNs) = old.look(at: name, known: known) else {
        lying.insert(name)
        continue
      }
      seen[name] = input
      if known.hash != input.hash && !isSeenByItself(modifiedNs, newest) { lying.insert(name) }
    }
    if !foreign.isEmpty || !lying.isEmpty {
      let gone = try dependencies().madeOf(foreign.union(lying))
      for name in gone { try remove(name) }
      if !lying.isEmpty && !gone.isEmpty {
        let first = lying.min { $0.lexicographicallyPrecedes($1) } ?? []
        let others = lying.count == 1 ? "" : " and \(lying.count - 1) more"
        remarks.append(
          "\(String(decoding: first, as: UTF8.self))\(others): changed, which its time does not "
            + "say; \(gone.count) files are made again")
      }
    }
    if future > 0 { remarks += futureInputs() }
    return remarks
  }

  /// True if `maker` sees by the time alone that the input is newer than all outputs (C2).
  private func isSeenByItself(_ modifiedNs: Int64, _ newest: Int64) -> Bool {
    let unit: Int64 = maker == .bsd ? 1_000_000_000 : 1
    return modifiedNs / unit > newest / unit
  }

  /// The outputs that are there, and their stamps, with their times.
  private mutating func lookAtOutputs() throws(SystemError) {
    times = [:]
    for name in tool.outputs {
      for file in [name, Self.stamp(name)] {
        let path = FilePath(String(decoding: file, as: UTF8.self))
        if let status = try Files.status(path) { times[file] = status.modifiedNs }
      }
    }
    // It tells of steps that left their outputs as they were.
    if maker == .ninja, let status = try Files.status(Self.ninjaLog) {
      times[Array(Self.ninjaLog.description.utf8)] = status.modifiedNs
    }
  }

  private static let ninjaLog = FilePath("o/.ninja_log")

  static func stamp(_ name: [UInt8]) -> [UInt8] { name + Array(".stamp".utf8) }

  private static func unstamped(_ name: [UInt8]) -> [UInt8] {
    name.suffix(6).elementsEqual(".stamp".utf8) ? Array(name.dropLast(6)) : name
  }

  private func remove(_ name: [UInt8]) throws(SystemError) {
    for file in [name, Self.stamp(name)] {
      try Files.remove(FilePath(String(decoding: file, as: UTF8.self)))
    }
  }

  // MARK: The future

  /// Gives outputs of the future the time of now, in their order (C4); how many there were.
  private mutating func settle() throws(SystemError) -> Int {
    // Config's own files as well: the next plain build compares them with the description.
    let own = ["o/.flags", "o/.before", ".depend", ".config.log"] + tool.written
    var all = times
    for mark in own.map({ Array($0.utf8) }) {
      let path = FilePath(String(decoding: mark, as: UTF8.self))
      if let status = try Files.status(path) { all[mark] = status.modifiedNs }
    }
    let logged = maker == .ninja ? (try? Files.read(Self.ninjaLog)).map(NinjaLog.init) : nil
    let moments = Set(all.values).union(logged?.times ?? [])
    let future = moments.filter { $0 > beganNs }.sorted()
    if future.isEmpty { return 0 }
    let past = moments.filter { $0 <= beganNs }.max() ?? 0
    let start = max(past, beganNs - Int64(future.count))
    var settled: [Int64: Int64] = [:]
    for (index, moment) in future.enumerated() {
      settled[moment] = min(beganNs, start + Int64(index) + 1)
    }
    for (name, time) in all {
      guard let new = settled[time] else { continue }
      try Files.setModified(FilePath(String(decoding: name, as: UTF8.self)), ns: new)
      if times[name] != nil { times[name] = new }
    }
    if let logged {
      let out = try OutputFile(Self.ninjaLog)
      out.put(logged.settled { settled[$0] ?? $0 })
      if try out.finish() { try out.commit() }
    }
    return all.values.count { $0 > beganNs }
  }

  /// A word about inputs of the future, which are compiled each time until their time has come.
  private func futureInputs() -> [String] {
    let young = old.inputs.keys.filter { name in
      let status = try? Files.status(FilePath(String(decoding: name, as: UTF8.self)))
      return (status ?? nil)?.modifiedNs ?? 0 > beganNs
    }
    guard let first = young.min(by: { $0.lexicographicallyPrecedes($1) }) else { return [] }
    let others = young.count == 1 ? "" : " and \(young.count - 1) more"
    return [
      "\(String(decoding: first, as: UTF8.self))\(others): of the future, as the clock says; "
        + "compiled each time until then, unless you touch it"
    ]
  }

  // MARK: After

  /// Records what the build was made of.  Not for a build that was killed (C1).
  public mutating func record() throws(SystemError) {
    let before = times
    try lookAtOutputs()
    var new = Contents()
    new.takenNs = beganNs
    new.outputs = times
    let isSame = before == times && old.outputs == times && !seen.isEmpty
    let names = isSame ? Set(seen.keys) : try dependencies().inputs
    for name in names {
      if let input = seen[name] {
        new.inputs[name] = input
      } else if var (input, _) = new.look(at: name, known: nil) {
        if changed(name) >= beganNs { input.hash = nil }
        new.inputs[name] = input
      }
    }
    try new.write(to: FilePath(Contents.fileName))
  }

  /// When the file was last changed, by its time of change; never, if it is gone.
  private func changed(_ name: [UInt8]) -> Int64 {
    let path = FilePath(String(decoding: name, as: UTF8.self))
    guard let status = try? FullStatus(path, follows: true) else { return .max }
    return max(status.changedNs, status.modifiedNs)
  }

  // MARK: What is made of what

  /// The steps of the description, and what compilers found.
  private func dependencies() throws(SystemError) -> Dependencies {
    var result = Dependencies()
    let generator = Generator(tool.request, machine: machine)
    guard let resolution = generator.locate().flatMap(generator.read).flatMap(generator.resolve)
    else {
      // Regenerated a moment ago, without a fault: somebody is editing the description.
      throw SystemError(call: "read again", errno: 11, subject: "the description")
    }
    let graph = resolution.graph
    let root = tool.root
    func path(_ node: Node) -> [UInt8] {
      let name = generator.names.bytes(node.name)
      return !node.isInTree || name.first == Byte.slash ? name : root + [Byte.slash] + name
    }
    for step in graph.steps {
      result.add(
        inputs: graph[step.inputs].map(path) + graph[step.implicit].map(path),
        outputs: graph[step.outputs].map(path))
    }
    for (output, inputs) in try found() { result.add(inputs: inputs, of: output) }
    return result
  }

  /// What the compilers said in their depfiles.
  private func found() throws(SystemError) -> [(output: [UInt8], inputs: [[UInt8]])] {
    if maker == .ninja {
      return Self.ninjaDependencies(machine.run(["ninja", "-t", "deps"]) ?? [])
    }
    try tool.merge()
    let path = FilePath(".depend")
    guard try Files.status(path) != nil else { return [] }
    return Depfiles.rules(in: try Files.read(path)).map { (Self.unstamped($0.key), $0.value) }
  }

  /// What `ninja -t deps` prints: an output with its number of files, then those, indented.
  static func ninjaDependencies(_ text: [UInt8]) -> [(output: [UInt8], inputs: [[UInt8]])] {
    var result: [(output: [UInt8], inputs: [[UInt8]])] = []
    for line in text.split(separator: Byte.newline) {
      if line.first == Byte.space {
        if result.isEmpty { continue }
        result[result.count - 1].inputs.append(Array(line.drop { $0 == Byte.space }))
      } else if let end = NinjaLog.find(": #deps ", in: line) {
        result.append((Array(line[..<end]), []))
      }
    }
    return result
  }
}

/// The log of Ninja: lines of five fields, the third of which is a time.
struct NinjaLog {
  private let lines: [ArraySlice<UInt8>]

  init(_ bytes: [UInt8]) {
    lines = bytes.split(separator: Byte.newline, omittingEmptySubsequences: false)
  }

  /// All times in it.
  var times: Set<Int64> { Set(lines.compactMap { Self.time($0)?.value }) }

  /// The log with other times.
  func settled(_ change: (Int64) -> Int64) -> [UInt8] {
    let changed = lines.map { line -> [UInt8] in
      guard let (value, range) = Self.time(line) else { return Array(line) }
      return Array(line[..<range.lowerBound]) + Array("\(change(value))".utf8)
        + Array(line[range.upperBound...])
    }
    return Array(changed.joined(separator: [Byte.newline]))
  }

  private static func time(_ line: ArraySlice<UInt8>) -> (value: Int64, range: Range<Int>)? {
    if line.first == Byte.hash { return nil }
    let fields = line.split(separator: Byte.tab, omittingEmptySubsequences: false)
    guard fields.count == 5, let value = Int64(String(decoding: fields[2], as: UTF8.self)) else {
      return nil
    }
    return (value, fields[2].startIndex..<fields[2].endIndex)
  }

  /// Where `mark` begins in `line`.
  static func find(_ mark: String, in line: ArraySlice<UInt8>) -> Int? {
    line.indices.first { line[$0...].starts(with: mark.utf8) }
  }
}

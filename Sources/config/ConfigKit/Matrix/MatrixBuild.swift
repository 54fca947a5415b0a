// Building a matrix: one Ninja over all variants, and what it said of each.

public import Sys9
public import SystemPackage

/// How one variant came out.
public struct MatrixOutcome: Sendable {
  /// What became of it.
  public enum Result: String, Sendable {
    /// Everything is built.
    case ok
    /// Nothing had to be done.
    case unchanged
    /// A step failed.
    case failed = "FAILED"
    /// Another variant failed first.
    case stopped
    /// The description is wrong for it, or something is missing.
    case broken = "BROKEN"
  }

  /// The name of its build directory.
  public let name: String
  /// How many sources it compiles.
  public let sources: Int
  /// The time of its steps together, in milliseconds.
  public var timeMs = 0
  /// What became of it.
  public var result: Result
  /// The first thing that went wrong.
  public var firstError = ""
}

/// The build of a matrix.
public struct MatrixBuild {
  let variants: [MatrixVariant]
  /// The directory of the whole, beside those of the variants.
  public let directory: FilePath
  /// What Ninja says while it works goes to standard error, too.
  public var isLoud = false
  /// `-k`: goes on after a failure.
  public var keepsGoing = false
  /// `-j`: how many jobs at once; nil for Ninja's own choice.
  public var jobs: Int?
  /// What is built in each variant.
  public var targets = ["all"]
  /// Ninja's output.
  public private(set) var output: [String] = []

  /// A build of `variants` in `directory`.
  public init(_ variants: [MatrixVariant], directory: FilePath) {
    self.variants = variants
    self.directory = directory
  }

  private var generated: [MatrixVariant] { variants.filter { !$0.report.failed } }

  /// Where a variant's build directory keeps the steps that are made once for all (`MadeOnce`).
  static let madeOnce = "o/.made"

  /// Writes the build file of the whole, and builds nothing.
  public mutating func describe() throws(SystemError) {
    try Files.makeDirectories(directory)
    let out = try OutputFile(directory.appending("build.ninja"))
    out.put("# Made by config matrix; edits here are lost.\nninja_required_version = 1.7\n\n")
    madeFor = [:]
    var known: Set<String> = []
    for variant in generated {
      for (folder, lines) in try blocks(of: variant) {
        madeFor[folder, default: []].insert(variant.name)
        if known.insert(folder).inserted { out.put(lines) }
      }
    }
    for variant in generated { out.put("subninja ../\(variant.name)/matrix.ninja\n".utf8) }
    out.put("\nbuild all: phony")
    for variant in generated { out.put(" $\n  ../\(variant.name)/all".utf8) }
    out.put("\ndefault all\n")
    if try out.finish() { try out.commit() }
  }

  /// The variants that need what is made once in each directory.
  private var madeFor: [String: Set<String>] = [:]

  private func blocks(
    of variant: MatrixVariant
  ) throws(SystemError) -> [(folder: String, lines: ArraySlice<UInt8>)] {
    let path = directory.removingLastComponent().appending(variant.name)
      .pushing(FilePath(Self.madeOnce))
    guard try Files.status(path) != nil else { return [] }
    return MadeOnce.blocks(in: try Files.read(path))
  }

  /// Builds, and says how each variant came out.
  public mutating func run() throws(SystemError) -> [MatrixOutcome] {
    try describe()
    var outcomes = variants.map { variant in
      MatrixOutcome(
        name: variant.name, sources: variant.report.sources,
        result: variant.report.failed ? .broken : .ok,
        firstError: variant.report.failed ? Self.firstError(of: variant.report) : "")
    }
    if generated.isEmpty || (generated.count < variants.count && !keepsGoing) {
      for index in outcomes.indices where outcomes[index].result == .ok {
        outcomes[index].result = .stopped
      }
      return outcomes
    }
    try build(&outcomes)
    return outcomes
  }

  private static func firstError(of report: Report) -> String {
    let lines = report.messages.split(separator: "\n").map(String.init)
    return lines.first { $0.contains("error: ") } ?? lines.first ?? ""
  }

  private mutating func build(_ outcomes: inout [MatrixOutcome]) throws(SystemError) {
    let log = directory.appending(".ninja_log")
    let before = try Files.status(log)?.size ?? 0
    let failed = try ninja(["-k", keepsGoing ? "0" : "1"], generated.map(\.name)) != 0
    let times = try Self.times(in: log, from: before)
    let errors = Self.errors(in: output)
    for index in outcomes.indices where outcomes[index].result == .ok {
      let name = outcomes[index].name
      outcomes[index].timeMs = times[name]?.timeMs ?? 0
      let common = errors.keys.sorted().first { madeFor[$0]?.contains(name) ?? false }
      if let error = errors[name] ?? common.flatMap({ errors[$0] }) {
        outcomes[index].result = .failed
        outcomes[index].firstError = error
      } else if failed {
        let isDone = try isComplete(name)
        outcomes[index].result = !isDone ? .stopped : times[name] == nil ? .unchanged : .ok
      } else if times[name] == nil {
        outcomes[index].result = .unchanged
      }
    }
    if failed && errors.isEmpty {
      let line = output.last { $0.contains("error") } ?? output.last ?? "ninja failed"
      for index in outcomes.indices where outcomes[index].result != .broken {
        outcomes[index].result = .failed
        outcomes[index].firstError = line
      }
    }
  }

  /// Runs Ninja for the targets of these variants; its status.
  private mutating func ninja(_ options: [String], _ names: [String]) throws(SystemError) -> Int {
    var words = ["ninja", "-C", directory.description] + options
    if let jobs { words += ["-j", "\(jobs)"] }
    for name in names { words += targets.map { "../\(name)/\($0)" } }
    let quoted = words.map { String(decoding: Quoting.shell(Array($0.utf8)), as: UTF8.self) }
    let status = String(
      decoding: Quoting.shell(Array(directory.appending(".status").description.utf8)),
      as: UTF8.self)
    let line = "{ \(quoted.joined(separator: " ")) 2>&1; echo $? >\(status); }"
    let outcome = try Command.run(["sh", "-c", isLoud ? "\(line) | tee /dev/stderr" : line])
    output = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").map(String.init)
    let text = String(decoding: try Files.read(directory.appending(".status")), as: UTF8.self)
    return Int(text.filter(\.isNumber)) ?? 1
  }

  /// True if Ninja has nothing to do for the variant called `name` (X3).
  private func isComplete(_ name: String) throws(SystemError) -> Bool {
    var copy = self
    copy.isLoud = false
    _ = try copy.ninja(["-n"], [name])
    return copy.output.contains { $0.contains("no work to do") }
  }

  /// The times of the steps that the log holds behind its first `offset` bytes, by variant.
  static func times(
    in log: FilePath, from offset: Int
  ) throws(SystemError) -> [String: (timeMs: Int, steps: Int)] {
    guard try Files.status(log) != nil else { return [:] }
    let bytes = try Files.read(log)
    // Ninja may have written the log anew, shorter: then all of it is looked at.
    let start = bytes.count >= offset ? offset : 0
    var result: [String: (timeMs: Int, steps: Int)] = [:]
    for line in bytes[start...].split(separator: Byte.newline) where line.first != Byte.hash {
      let fields = line.split(separator: Byte.tab)
      guard fields.count >= 4, let begin = Int(String(decoding: fields[0], as: UTF8.self)),
        let end = Int(String(decoding: fields[1], as: UTF8.self)),
        let name = variant(in: String(decoding: fields[3], as: UTF8.self))
      else { continue }
      result[name, default: (0, 0)].timeMs += end - begin
      result[name, default: (0, 0)].steps += 1
    }
    return result
  }

  /// The variant that the path `../NAME/...` lies in.
  private static func variant(in path: String) -> String? {
    guard path.hasPrefix("../") else { return nil }
    let name = path.dropFirst(3).prefix { $0 != "/" }
    return name.isEmpty ? nil : String(name)
  }

  /// The first error of each variant in Ninja's output.
  static func errors(in lines: [String]) -> [String: String] {
    var result: [String: String] = [:]
    var index = 0
    while index < lines.count {
      let line = lines[index]
      index += 1
      guard line.hasPrefix("FAILED: "),
        let name = line.split(separator: " ").compactMap({ variant(in: String($0)) }).first
      else { continue }
      index += 1  // the command
      var said: [String] = []
      while index < lines.count, !lines[index].hasPrefix("FAILED: "),
        !lines[index].hasPrefix("ninja: "), !Self.isProgress(lines[index])
      {
        said.append(lines[index])
        index += 1
      }
      if result[name] == nil {
        let marks = ["error:", "undefined reference", "cannot find", "No such file"]
        let first = said.first { line in marks.contains { line.contains($0) } }
        result[name] = first ?? said.first ?? "\(line.dropFirst(8)) failed"
      }
    }
    return result
  }

  /// True for `[12/34] ...`.
  private static func isProgress(_ line: String) -> Bool {
    guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return false }
    return line[line.index(after: line.startIndex)..<end].allSatisfy { $0.isNumber || $0 == "/" }
  }

  /// The outcomes as a table for people.
  public static func table(_ outcomes: [MatrixOutcome]) -> String {
    var rows = [["variant", "sources", "time", "result", "first error"]]
    for outcome in outcomes {
      let tenths = (outcome.timeMs + 50) / 100
      rows.append([
        outcome.name, "\(outcome.sources)", "\(tenths / 10).\(tenths % 10)s",
        outcome.result.rawValue, outcome.firstError,
      ])
    }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    func padded(_ text: String, _ width: Int, isNumber: Bool) -> String {
      let blanks = String(repeating: " ", count: max(0, width - text.count))
      return isNumber ? blanks + text : text + blanks
    }
    return rows.map { row in
      let cells = (0..<4).map { padded(row[$0], widths[$0], isNumber: $0 == 1 || $0 == 2) }
      let line = (cells + [row[4]]).joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}

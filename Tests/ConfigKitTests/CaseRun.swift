// Runs one case: lays out its tree, generates, and compares.

import ConfigKit
import Support
import Sys9
import SystemPackage

/// The run of one case in a directory of its own.
struct CaseRun {
  let test: Case
  let workshop: Workshop

  init(_ test: Case) throws {
    self.test = test
    workshop = try Workshop()
    for file in test.files {
      if file.name.hasSuffix("/") {
        try Files.makeDirectories(workshop.path(file.name))
      } else {
        try workshop.write(file.name, file.content)
      }
    }
  }

  /// What is wrong, in words; empty if the case passes.
  func faults() throws -> [String] {
    let before = try content()
    let report = Generator(try request(), machine: machine()).run()
    var faults = compare(report)
    if report.failed {
      if try content() != before { faults.append("it failed, and yet it wrote") }
      return faults
    }
    guard let directory = report.buildDirectory else { return faults + ["no build directory"] }
    let outputs = CaseOutputs(directory: directory)
    for check in test.checks { faults += outputs.faults(of: check) }
    let again = Generator(try request(), machine: machine()).run()
    if !again.changed.isEmpty { faults.append("repeated, it changes \(again.changed)") }
    return faults
  }

  /// The files of the tree, but for the lock, which is taken before all is known to be right.
  private func content() throws -> [String] {
    try workshop.tree().filter { !$0.hasSuffix("/") && !$0.hasSuffix(".config.lock") }
  }

  private func compare(_ report: Report) -> [String] {
    let place = workshop.directory.description
    var text = report.messages
    for (long, short) in [(place + "/", ""), (place, "ROOT")] {
      text = text.replacing(long, with: short)
    }
    let said = text.split(separator: "\n").map(String.init)
    if said == test.messages && report.failed == test.fails { return [] }
    return [
      "it says\n  \(said.joined(separator: "\n  "))\nfor\n  "
        + test.messages.joined(separator: "\n  ")
    ]
  }

  private func request() throws -> Request {
    var request = Request(configuration: workshop.path("conf/TEST"))
    request.backEnds = []
    var words = test.arguments[...]
    func value() throws -> String {
      guard let word = words.popFirst() else { throw CaseFault(description: "an argument lacks") }
      return word
    }
    while let word = words.popFirst() {
      switch word {
      case "-o": request.os = try value()
      case "-a": request.arch = try value()
      case "-I": request.includeDirectories.append(workshop.path(try value()))
      case "-d": request.buildDirectory = workshop.path(try value())
      case "-s": request.sourceRoot = workshop.path(try value())
      case "-g": request.isDebug = true
      case "-W": request.warningsAreErrors = try value() == "error"
      case "-p":
        let parts = try value().split(separator: "/").map(String.init)
        (request.os, request.arch) = (parts[0], parts[1])
        request.wantsPlatform = true
      case "--toolchain": request.toolchain = try value()
      case "--sanitize": request.sanitizer = try value()
      case "--with":
        let parts = try value().split(separator: "=").map(String.init)
        request.settings.append(Override(parts[0], parts[1] == "off" ? nil : parts[1]))
      case "--ninja": request.backEnds.append(.ninja)
      case "--make": request.backEnds.append(try value() == "bsd" ? .bsd : .gnu)
      default: request.configuration = workshop.path(word)
      }
    }
    if request.backEnds.isEmpty { request.backEnds = [.gnu, .ninja] }
    return request
  }

  /// This machine's files, but a fixed system and environment.
  private func machine() -> Machine {
    var environment = test.environment
    for (name, value) in environment where value.hasPrefix("$ROOT") {
      environment[name] = workshop.directory.description + value.dropFirst(5)
    }
    environment["PATH"] = "/usr/bin:/bin"
    let missing = test.missing
    var machine = Machine(
      read: Files.read, list: { try? Files.list($0) },
      environment: { name in
        environment[String(decoding: name, as: UTF8.self)].map { Array($0.utf8) }
      },
      run: { command in
        guard command.first == "pkg-config", let package = command.last else { return nil }
        return test.packages[package].map { Array($0.utf8) }
      },
      system: ("Linux", "x86_64"))
    machine.isFile = { !missing.contains($0.lastComponent?.string ?? "") }
    return machine
  }
}

/// The outputs of a run, as cases look at them.
struct CaseOutputs {
  let directory: FilePath

  /// What `check` misses.
  func faults(of check: Case.Check) -> [String] {
    let lines: [String]
    do { lines = try self.lines(of: check.output) } catch {
      return check.kind == .lacks && check.lines.isEmpty ? [] : ["there is no \(check.output)"]
    }
    let text = lines.joined(separator: "\n")
    let whole = "\(check.output) is\n  \(lines.joined(separator: "\n  "))"
    func misses(_ isFault: (String) -> Bool, _ words: String) -> [String] {
      let faults = check.lines.filter(isFault)
      return faults.isEmpty ? [] : [words + "\n  \(faults.joined(separator: "\n  "))\n" + whole]
    }
    switch check.kind {
    case .has: return misses({ !lines.contains($0) }, "\(check.output) lacks")
    case .lacks:
      if check.lines.isEmpty { return ["there is a \(check.output)"] }
      return misses({ text.contains($0) }, "\(check.output) has")
    case .is:
      return lines == check.lines
        ? [] : ["for\n  \(check.lines.joined(separator: "\n  "))\n" + whole]
    case .order:
      var rest = lines[...]
      return misses(
        { line in
          guard let index = rest.firstIndex(of: line) else { return true }
          rest = rest[(index + 1)...]
          return false
        }, "\(check.output) has not in this order")
    }
  }

  /// The lines of an output, trailing blanks removed.
  func lines(of name: String) throws -> [String] {
    switch name {
    case "steps": return try NinjaView(try lines(of: "build.ninja")).steps
    case "commands": return try NinjaView(try lines(of: "build.ninja")).commands
    default:
      let bytes = try Files.read(directory.pushing(FilePath(name)))
      var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
      if lines.last?.isEmpty ?? false { lines.removeLast() }
      return lines
    }
  }
}

/// build.ninja, read for people: what each step makes from what, and its command in full.
struct NinjaView {
  private(set) var steps: [String] = []
  private(set) var commands: [String] = []

  init(_ lines: [String]) throws {
    var rules: [String: String] = [:]
    var rule = ""
    var pending: (out: String, step: String, rule: String, variables: [String: String])?
    func finish(_ view: inout NinjaView) {
      guard let (out, step, rule, variables) = pending else { return }
      pending = nil
      guard rule.hasPrefix("r"), rule != "regenerate", let command = rules[rule] else { return }
      let inputs = step.components(before: " |")
      view.steps.append(Self.shown("\(out): \(step)"))
      let full = command.replacing("$out", with: out).replacing("$in", with: inputs)
        .replacing("$libs", with: variables["libs"] ?? "")
        .replacing("$prefix", with: variables["prefix"] ?? "").replacing("$$", with: "$")
      view.commands.append(Self.shown("\(out.components(before: " ")): \(full)"))
    }
    for line in Self.joined(lines) {
      if line.hasPrefix("rule ") {
        finish(&self)
        rule = String(line.dropFirst(5))
      } else if line.hasPrefix("  command = ") {
        rules[rule] = String(line.dropFirst(12))
      } else if pending != nil, line.hasPrefix("  "), let equals = line.firstRange(of: " = ") {
        pending?.variables[String(line[..<equals.lowerBound].dropFirst(2))] =
          String(line[equals.upperBound...])
      } else if line.hasPrefix("build "), let colon = line.firstRange(of: ": ") {
        finish(&self)
        let words = line[colon.upperBound...].split(separator: " ", maxSplits: 1)
        pending = (
          String(line[..<colon.lowerBound].dropFirst(6)), words.count > 1 ? String(words[1]) : "",
          String(words[0]), [:]
        )
      } else if !line.hasPrefix("  ") {
        finish(&self)
      }
    }
    finish(&self)
  }

  private static func joined(_ lines: [String]) -> [String] {
    var result: [String] = []
    var isOpen = false
    for line in lines {
      let text = line.hasSuffix("$") ? String(line.dropLast()) : line
      if isOpen { result[result.count - 1] += text.drop { $0 == " " } } else { result.append(text) }
      isOpen = line.hasSuffix("$")
    }
    return result
  }

  /// `text` with the tree as $S, and with single blanks.
  private static func shown(_ text: String) -> String {
    text.replacing("../../", with: "$S/").replacing("../..", with: "$S")
      .split(separator: " ").joined(separator: " ")
  }
}

extension String {
  /// The text before the first `mark`, or all of it.
  func components(before mark: String) -> String {
    firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
  }
}

import Support
import Sys9
import SystemPackage
import Testing

/// The original, as Debian packages it.
private let original = "/usr/bin/ministat"

private let isInstalled = (try? Files.status(FilePath(original))) ?? nil != nil

@Suite(
  "Compatibility with Debian's ministat",
  .enabled(if: isInstalled, "COMPATIBILITY IS NOT TESTED: apt-get install ministat"))
struct CompatibilityTests {
  /// Both programs' answers to the same command line.
  private struct Answers {
    let theirs: Workshop.Ended
    let ours: Workshop.Ended
    var areSame: Bool { theirs.output == ours.output && theirs.status == ours.status }
  }

  private let room: Workshop

  init() throws {
    room = try Workshop()
    for file in CompatibilityCorpus.files + CompatibilityCorpus.longFiles() {
      try room.write(file.name, file.text)
    }
  }

  private func ask(_ line: String, input: String = "a") throws -> Answers {
    // One shell for both: half of the time of these tests is shells.
    let both = try room.shell(
      """
      \(original) \(line) <\(input) >.theirs 2>.theirs-errors; echo $? >.theirs-status
      $ministat --compat=debian \(line) <\(input) >.ours 2>.ours-errors; echo $? >.ours-status
      """)
    #expect(both.status == 0)
    return Answers(theirs: try ended(".theirs"), ours: try ended(".ours"))
  }

  private func ended(_ name: String) throws -> Workshop.Ended {
    let status = try room.read(name + "-status").split(separator: "\n").first ?? ""
    return Workshop.Ended(
      status: Int(status) ?? -1, output: try Files.read(FilePath("\(room.directory)/\(name)")),
      errors: try room.read(name + "-errors"))
  }

  private func report(_ line: String, _ answers: Answers) -> Comment {
    """
    ministat \(line)
    theirs, status \(answers.theirs.status):
    \(answers.theirs.text)\(answers.theirs.errors)
    ours, status \(answers.ours.status):
    \(answers.ours.text)\(answers.ours.errors)
    """
  }

  @Test("the same bytes and the same status where the original is right")
  func alike() throws {
    for line in CompatibilityCorpus.alike {
      let answers = try ask(line)
      #expect(answers.areSame, report(line, answers))
      #expect(answers.ours.errors.isEmpty == (answers.ours.status == 0), report(line, answers))
    }
  }

  @Test("the exceptions are the original's faults, and are necessary")
  func different() throws {
    for (line, fault, status) in CompatibilityCorpus.different {
      let answers = try ask(line)
      #expect(!answers.areSame, "\(fault) is no reason: \(report(line, answers))")
      #expect(answers.ours.status == status, report(line, answers))
      #expect(!answers.ours.text.contains("nan"), report(line, answers))
      #expect(!answers.ours.text.contains("inf%"), report(line, answers))
    }
  }

  @Test("random sets, random options: all the same but for the height of the plot")
  func random() throws {
    let seed: UInt64 = 20_150_715
    var random = SeededRandom(seed: seed)
    var heightFaults = 0
    let rounds = 300
    for round in 0..<rounds {
      let scene = try Scene(&random, in: room)
      let answers = try ask(scene.line)
      let note = report("\(scene.line)   (seed \(seed), round \(round))", answers)
      let expected = scene.hasNegativeBase ? positiveWidths(answers.theirs) : answers.theirs.text
      #expect(answers.ours.status == answers.theirs.status, note)
      if !scene.hasHeightFault {
        #expect(answers.ours.text == expected, note)
      } else {
        // The rows of marks are the original's fault; everything else is the same.
        heightFaults += 1
        let highest = scene.heights.max() ?? 0
        #expect(rows(answers.ours.text) - scene.barLines == highest, note)
        #expect(withoutMarks(answers.ours.text) == withoutMarks(expected), note)
        if scene.heights.last != highest { #expect(!answers.areSame, note) }
      }
    }
    #expect(heightFaults < rounds / 2, "most of the rounds must compare every byte")
  }

  /// Their text without fault 7, a negative half width; the sets differ if one is printed.
  private func positiveWidths(_ answer: Workshop.Ended) -> String {
    answer.text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in
        let parts = line.split(separator: "% +/- -", maxSplits: 1)
        return parts.joined(separator: "% +/- ")
      }
      .joined(separator: "\n")
  }

  /// `text` without the rows of the plot that hold marks: those between border and bars.
  private func withoutMarks(_ text: String) -> [Substring] {
    text.split(separator: "\n").filter { line in
      !line.hasPrefix("|") || line.contains("A")
    }
  }

  private func rows(_ text: String) -> Int {
    text.split(separator: "\n").count { $0.hasPrefix("|") }
  }
}

/// A random command line with its files.
private struct Scene {
  let line: String
  /// The height of each set's highest stack; empty where no plot is printed.
  let heights: [Int]
  let barLines: Int
  let hasNegativeBase: Bool

  /// True if a set is lower than one before it: then the original loses rows.
  var hasHeightFault: Bool { zip(heights, heights.dropFirst()).contains { $0 > $1 } }

  init(_ random: inout SeededRandom, in room: Workshop) throws {
    let sets = random.one(of: [1, 1, 1, 2, 2, 2, 3, 4, 7])
    let level = random.one(of: [80, 90, 95, 98, 99])
    let width = random.one(of: [74, 74, 2, 5, 40, 73, 120, 199])
    let mode = random.one(of: ["", "", "-s", "-A", "-n", "-As"])
    let kind = random.below(6)
    let scale = random.one(of: [1e-5, 0.01, 1, 1, 30, 1e6])
    let base = scale * Double(random.below(100) + 1)
    var all: [[Double]] = []
    var names: [String] = []
    for number in 0..<sets {
      let count = random.one(of: [3, 4, 5, 8, 13, 30, 77])
      let shift = base + scale * random.one(of: [0, 0, 0.5, 2])
      var values: [Double] = []
      var text = random.below(3) == 0 ? "# a comment\n\n" : ""
      for index in 0..<count {
        // The first value lies apart: equal values are the original's fault 3.
        let place = shift + (index == 0 ? 5 * scale : 0)
        let value = Self.value(kind, shift: place, scale: scale, &random)
        text += value + random.one(of: ["", "", "", " 9", "\t# x", " ", "\r"]) + "\n"
        values.append(Double(value) ?? 0)
      }
      let name = "random\(number)"
      try room.write(name, text)
      names.append(name)
      all.append(values)
    }
    line = "\(mode) -w \(width) -c \(level) \(names.joined(separator: " "))"
    let hasPlot = mode == "" || mode == "-s"
    barLines = mode == "-s" ? sets : 1
    hasNegativeBase = (all[0].max() ?? 0) < 0
    heights = hasPlot ? Self.heights(all, width: width) : []
  }

  private static func value(
    _ kind: Int, shift: Double, scale: Double, _ random: inout SeededRandom
  ) -> String {
    switch kind {
    case 0: "\(Int(shift) + random.below(10) * max(1, Int(scale)))"
    case 1: "\(shift + scale * random.normal())"
    case 2: "\(((shift / scale + random.normal()) * 1e4).rounded() * 1e-4 * scale)"
    case 3: "\(-shift - scale * Double(random.below(4)))"
    case 4: "\(Double(random.below(1000)) / 10)"
    default: "\(Float(shift + scale * random.normal()))e0"
    }
  }

  /// The plot as the manual describes it, the slow way: the height of each set's stacks.
  private static func heights(_ sets: [[Double]], width: Int) -> [Int] {
    var low = Double.infinity
    var high = -Double.infinity
    for values in sets {
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
      let deviation = (squares / (count - 1)).squareRoot()
      low = min(low, values.min() ?? 0, mean - deviation)
      high = max(high, values.max() ?? 0, mean + deviation)
    }
    if low == high { return [] }
    let step = (high - low) / Double(width - 1)
    let origin = low - step / 2
    return sets.map { values in
      var counts: [Int: Int] = [:]
      for value in values { counts[Int((value - origin) / step), default: 0] += 1 }
      return counts.values.max() ?? 0
    }
  }
}

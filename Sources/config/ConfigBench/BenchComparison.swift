// Stored records: today's against last week's.
//
// One record is shown as it was when it was measured.  Of several each is an arm, the first the
// base: what is asked is whether a variant has changed, not which variant is better.  Variants
// then are part of the benchmark's name.

public import MiniStatRun
internal import SystemPackage

/// Putting stored records side by side.
public enum BenchComparison {
  /// A file that was read.
  public typealias Stored = (name: String, measurement: Measurement)

  /// What is compared: the variants of one record, or several records with each other.
  ///
  /// - Parameter files: at least one.
  public static func measurement(_ files: [Stored]) -> Measurement {
    precondition(!files.isEmpty, "there is nothing to compare")
    if files.count == 1 { return files[0].measurement }
    let haveVariants = files.contains { $0.measurement.arms.count > 1 }
    var result = Measurement()
    for (index, (label, file)) in zip(labels(files.map(\.name)), files).enumerated() {
      var part = Measurement()
      part.format = .records
      part.facts = file.measurement.facts
      let arms = file.measurement.arms
      part.add(Arm(name: label, command: arms.count == 1 ? arms[0].command : []))
      for metric in file.measurement.metrics { part.add(metric) }
      for series in file.measurement.series {
        var copy = series
        let names = [haveVariants ? series.arm : "", series.benchmark]
        copy.benchmark = names.filter { !$0.isEmpty }.joined(separator: " ")
        copy.arm = label
        part.add(copy)
      }
      part.failures = file.measurement.failures.map { failure in
        FailedRun(
          arm: label, block: failure.block, place: failure.place, reason: failure.reason)
      }
      if index == 0 { result = part } else { result.merge(part) }
    }
    result.design = .sequential
    return result
  }

  /// Short, different names for `files`: without folder and `.jsonl` where that is enough.
  static func labels(_ files: [String]) -> [String] {
    let short = files.map { file in
      let name = FilePath(file).lastComponent?.string ?? file
      return name.hasSuffix(".jsonl") ? String(name.dropLast(6)) : name
    }
    var result: [String] = []
    for (file, brief) in zip(files, short) {
      let name = short.count { $0 == brief } == 1 ? brief : file
      let before = files[..<result.count].count { $0 == file }
      result.append(before == 0 ? name : "\(name) (\(before + 1))")
    }
    return result
  }

  /// What of a machine changes how fast it is.
  private static let circumstances = [
    "system", "kernel", "machine", "cpu", "cpus", "governor", "turbo", "smt", "aslr", "container",
    "pinned",
  ]

  /// What differs between the machines of `files`, a line each: then that may be the difference.
  public static func differences(_ files: [Stored]) -> [String] {
    guard let first = files.first else { return [] }
    var lines: [String] = []
    for key in circumstances {
      let here = first.measurement.facts[key] ?? "unknown"
      for file in files.dropFirst() {
        let there = file.measurement.facts[key] ?? "unknown"
        if here != there {
          lines.append("\(key) is \(here) in \(first.name), and \(there) in \(file.name)")
        }
      }
    }
    return lines
  }

  /// The name of a record of `configurations`, measured at `seconds` since 1970:
  /// `TREE_RB-TREE_SPLAY-2026-11-21T150102Z.jsonl`.
  public static func recordName(_ configurations: [String], seconds: Int) -> String {
    var names: [String] = []
    for path in configurations {
      let name = FilePath(path).lastComponent?.string ?? "bench"
      if !names.contains(name) { names.append(name) }
    }
    let joined = names.joined(separator: "-")
    // A name has 255 bytes on every file system that matters.
    let head = joined.utf8.count <= 200 ? joined : "\(names[0].prefix(180))-and-\(names.count - 1)"
    return "\(head)-\(date(seconds)).jsonl"
  }

  /// `2026-11-21T150102Z`: sorts by time, and is a name everywhere.
  static func date(_ seconds: Int) -> String {
    let day = seconds.dividedFloor(by: 86_400)
    let second = seconds - day * 86_400
    // Days since 0000-03-01, in eras of 400 years: leap days come last in a year that begins in
    // March, so that a month's first day is linear in the month.
    let shifted = day + 719_468
    let era = shifted.dividedFloor(by: 146_097)
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * ofYear + 2) / 153
    let dayOfMonth = ofYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    return "\(year)-\(two(month))-\(two(dayOfMonth))T"
      + two(second / 3600) + two(second / 60 % 60) + two(second % 60) + "Z"
  }
}

extension Int {
  /// The quotient, rounded down.
  fileprivate func dividedFloor(by divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

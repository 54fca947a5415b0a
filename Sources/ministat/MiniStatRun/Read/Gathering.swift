// Several files as one measurement.

/// Putting files together.
public enum Gathering {
  /// The measurements of `files`, in the order given, as one.
  ///
  /// Files that hold our records, or any two files with an arm of one name among several, are runs
  /// of the same arms and are merged; but where every file holds one arm, or the same commands,
  /// each file is an arm of its own and its commands are benchmarks.
  ///
  /// - Parameter files: each with a name that becomes its arm's.
  public static func measurement(
    of files: [(name: String, measurement: Measurement)]
  ) -> Measurement {
    precondition(!files.isEmpty, "there is nothing to gather")
    if files.count == 1 { return files[0].measurement }
    let haveSeveral = files.contains { $0.measurement.arms.count > 1 }
    var result = Measurement()
    for (index, file) in files.enumerated() {
      var part = file.measurement
      if !isByName(file.measurement, in: files) {
        // A file that is given twice is compared with itself.
        let before = files[..<index].count { $0.name == file.name }
        let name = before == 0 ? file.name : "\(file.name) (\(before + 1))"
        part = asArm(part, name: name, armsAreBenchmarks: haveSeveral)
      }
      if index == 0 { result = part } else { result.merge(part) }
    }
    return result
  }

  /// True if the arms of `measurement` keep their names among the `files`.
  ///
  /// Our own records do, unless each file holds the same single arm: somebody measured one
  /// command twice, before and after a change.
  private static func isByName(
    _ measurement: Measurement, in files: [(name: String, measurement: Measurement)]
  ) -> Bool {
    if measurement.format != .records { return false }
    if measurement.arms.count > 1 { return true }
    let names = measurement.arms.map(\.name)
    return files.allSatisfy { $0.measurement.format == .records }
      && files.filter { $0.measurement.arms.map(\.name) == names }.count == 1
  }

  /// The whole file as one arm; its arms, where there are several, become benchmarks.
  private static func asArm(
    _ measurement: Measurement, name: String, armsAreBenchmarks: Bool
  ) -> Measurement {
    var result = Measurement()
    result.format = measurement.format
    result.design = measurement.design
    result.facts = measurement.facts
    let single = measurement.arms.count == 1 ? measurement.arms[0] : nil
    result.add(
      Arm(name: name, command: single?.command ?? [], facts: single?.facts ?? []))
    for metric in measurement.metrics { result.add(metric) }
    for series in measurement.series {
      var series = series
      if armsAreBenchmarks {
        series.benchmark = [series.arm, series.benchmark].filter { !$0.isEmpty }
          .joined(separator: " ")
      }
      series.arm = name
      // Blocks of different files have nothing to do with each other.
      result.add(series)
    }
    result.failures = measurement.failures.map { failure in
      FailedRun(
        arm: name, block: failure.block, place: failure.place, reason: failure.reason)
    }
    return result
  }
}

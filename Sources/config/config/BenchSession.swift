// Measuring at a terminal: the record's file, the line of progress, signals, the report.

import ConfigBench
import Glibc
import LibBSD
import MiniStat
import MiniStatRun
import Sys9
import SystemPackage

/// A measurement, from the first run to the report.
struct BenchSession {
  private let plan: BenchPlan
  private let path: FilePath
  private let seed: UInt64

  /// A measurement of `plan` that is recorded in the file `path`.
  init(_ plan: BenchPlan, record path: FilePath, seed: UInt64) {
    self.plan = plan
    self.path = path
    self.seed = seed
  }

  /// Measures, reports, and returns the exit status.
  func run(_ style: ReportOptions) -> CInt {
    do throws(HarnessError) {
      let file = try RecordFile(path)
      let screen = BenchScreen()
      let watch: SignalWatch
      do throws(SystemError) {
        watch = try SignalWatch()
      } catch {
        throw HarnessError(text: "cannot watch for signals: \(error)")
      }
      let run = BenchRun(plan, interrupt: watch.descriptor) { (event) throws(HarnessError) in
        if case .lines(let lines) = event { try file.write(lines) }
        screen.show(event)
      }
      let result = Result { () throws(HarnessError) in try run.run() }
      screen.clear()
      // Taken, so that it does not strike when the watch ends.
      let signal = (try? watch.next()) ?? nil
      let recording = try result.get()
      Console.write(2, "record: \(Console.shown(path))  seed: \(seed)\n")
      let measurement = recording.measurement
      let isShown = measurement.valueCount > 0 && style.print(measurement, .run) == 0
      if measurement.valueCount == 0 && signal == nil {
        Console.write(2, "config: error: no run gave values\n")
      }
      if let signal { return 128 + signal }
      return isShown && measurement.failures.isEmpty && !run.hasFaults ? 0 : 1
    } catch {
      Console.write(2, "config: error: \(error.text)\n")
      return 1
    }
  }
}

/// The file that takes the record, line by line.
private final class RecordFile {
  private let file: Descriptor
  private let path: FilePath

  init(_ path: FilePath) throws(HarnessError) {
    self.path = path
    do throws(SystemError) {
      let folder = path.removingLastComponent()
      if !folder.isEmpty { try Files.makeDirectories(folder) }
      file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    } catch {
      throw HarnessError(text: "cannot write the record '\(path)': \(error.reason)")
    }
  }

  func write(_ text: String) throws(HarnessError) {
    var writer = BufferedWriter(file.raw)
    do throws(SystemError) {
      try writer.write(Array(text.utf8))
      try writer.flush()
    } catch {
      throw HarnessError(text: "cannot write the record '\(path)': \(error.reason)")
    }
  }
}

/// What is shown while it is measured: a line at the bottom of a terminal, and failures.
private final class BenchScreen {
  private let isTerminal = Terminal.isTerminal(2)
  private let hasColour = Terminal.wantsColour(2)
  private var isShown = false
  private var lastNs: Int64 = 0
  private var told = 0

  /// Nanoseconds between two pictures: an eye follows no more than ten in a second.
  private static let stepNs: Int64 = 100_000_000
  /// Failed runs of a benchmark that are told one by one.
  private static let toldMax = 3

  func show(_ event: BenchEvent) {
    switch event {
    case .lines: break
    case .began: told = 0
    case .run(let run): if let failure = run.failure { tell(failure, of: run) }
    case .block(let benchmark, let progress): show(progress, of: benchmark)
    case .fault(let benchmark, let text): say("config: error: \(benchmark.name): \(text)\n")
    case .ended: clear()
    }
  }

  func clear() {
    if isShown { Console.write(2, "\r\u{1B}[K") }
    isShown = false
  }

  private func show(_ progress: Progress, of benchmark: Benchmark) {
    let now = Clocks.monotonicNs()
    if !isTerminal || now - lastNs < Self.stepNs { return }
    lastNs = now
    let columns = max(20, Terminal.columns(2) ?? 80)
    let head = String("\(benchmark.name)  ".prefix(columns / 2))
    let line = progress.report(benchmark.plan.stop).line(width: columns - 1 - head.count)
    Console.write(2, "\r\u{1B}[K" + head + line.rendered(colour: hasColour))
    isShown = true
  }

  private func tell(_ failure: String, of run: RunRecord) {
    told += 1
    if told > Self.toldMax { return }
    var text = "config: \(run.arm): run \(run.place) failed: \(failure)\n"
    for line in (run.facts["errors"] ?? "").split(separator: "\n").suffix(5) {
      text += "config: \(run.arm): \(line)\n"
    }
    if told == Self.toldMax { text += "config: further failures are counted only\n" }
    say(text)
  }

  private func say(_ text: String) {
    clear()
    Console.write(2, BSD.visible(Array(text.utf8)))
  }
}

// config bench and config compare, from the description to the report.

import MiniStatRun
import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigBench

@Suite("config bench", .serialized) struct BenchRunTests {
  private static let program = """
    #include <stdio.h>
    #include <stdlib.h>
    #include "opt/SLOW.h"
    int main(int n, char **a) {
      char line[64] = "?";
      const char *seed = getenv("BENCH_SEED");
      if (!fgets(line, 64, stdin) || line[0] != 'x') return 2;
      if (n < 2 || !seed || atol(a[1]) != atol(seed)) return 3;
    #ifdef SLOW
      printf("time: %d ms\\n", 200 + atoi(seed) % 7);
    #else
      printf("time: %d ms\\n", 100 + atoi(seed) % 7);
    #endif
      printf("rate 5\\n");
      return 4;
    }

    """

  /// Two configurations that differ in one option.  What they print does not depend on the clock.
  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    let files = [
      ("conf/FAST", "include files\n"), ("conf/SLOW", "include files\noption SLOW\n"),
      ("src/hello.c", Self.program),
      (
        "conf/files",
        """
        program hello
          src/hello.c
        defoption SLOW
        bench speed
          program hello args $$BENCH_SEED
          input "x" status 4
          metric time ms lower metric rate 1/s higher
        bench broken
          program hello args 0
          input "x" status 4
          metric time ms lower
        bench silent command "echo nothing" metric time ms lower

        """
      ),
    ]
    for (name, text) in files { try workshop.write(name, text) }
    return workshop
  }

  private func config(_ workshop: Workshop, _ line: String) throws -> (status: Int, text: String) {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    let clean = "unset MAKEFLAGS MAKELEVEL MFLAGS DEBUG CFLAGS CC"
    let outcome = try Command.run([
      "sh", "-c", "cd '\(workshop.directory)' && \(clean)\n'\(config)' \(line) 2>&1",
    ])
    return (outcome.status, String(decoding: outcome.output, as: UTF8.self))
  }

  @Test func comparesTwoConfigurationsBuiltByMake() throws {
    let workshop = try workshop()
    let said = try config(
      workshop,
      "bench --build make --pairs 5 --seed 3 -o r.jsonl --no-plot conf/FAST conf/SLOW -- speed")
    #expect(said.status == 0, "\(said.text)")
    #expect(said.text.contains("record: r.jsonl  seed: 3\n"))
    #expect(said.text.contains("speed: SLOW is slower than FAST\n"), "\(said.text)")
    let bytes = try Files.read(workshop.path("r.jsonl"))
    let record = try RecordReader.recording(bytes, name: "r.jsonl")
    #expect(record.arms.map(\.name) == ["FAST", "SLOW"])
    #expect(record.arms[1].facts["variant"] == "SLOW.Linux.amd64")
    #expect(record.arms.allSatisfy { $0.facts["sha256"] != nil })
    #expect(record.runs.count == 10 && record.end == .pairs)
    let blocks = Dictionary(grouping: record.runs) { $0.block }
    for (block, runs) in blocks {
      let isWhole = Set(runs.map(\.arm)) == ["FAST", "SLOW"]
      let seeds = Set(runs.compactMap { $0.facts["BENCH_SEED"] })
      #expect(isWhole && seeds.count == 1, "block \(block)")
    }
    let measurement = record.measurement
    let fast = try #require(measurement["FAST", "speed", "time"]?.values)
    let slow = try #require(measurement["SLOW", "speed", "time"]?.values)
    for (a, b) in zip(fast, slow) { #expect(abs(b - a - 0.1) < 1e-9) }
    #expect(measurement["SLOW", "speed", "rate"]?.values == [5, 5, 5, 5, 5])
    #expect(measurement.metric("rate")?.better == .higher)

    let again = try config(workshop, "compare --no-plot r.jsonl")
    #expect(again.status == 0 && again.text.contains("speed: SLOW is slower than FAST\n"))
    let same = try config(workshop, "compare --no-plot --metric time r.jsonl r.jsonl")
    #expect(same.status == 0 && same.text.contains("FAST speed"), "\(same.text)")
  }

  @Test func keepsARecordBesideTheBuildDirectories() throws {
    let workshop = try workshop()
    let said = try config(workshop, "bench --pairs 1 --format json conf/FAST -- speed")
    let names = try Files.list(workshop.path("compile/bench"))
      .map { String(decoding: $0, as: UTF8.self) }
    #expect(names.count == 1 && names[0].hasPrefix("FAST-") && names[0].hasSuffix("Z.jsonl"))
    #expect(said.text.contains("record: compile/bench/\(names.first ?? "")"), "\(said.text)")
  }

  @Test func aRunThatFailsIsToldAndRecorded() throws {
    let workshop = try workshop()
    let said = try config(workshop, "bench --build make --pairs 4 -o r.jsonl conf/FAST")
    #expect(said.status == 1)
    #expect(said.text.contains("failed: exit status 3"))
    #expect(said.text.contains("it says nothing of 'time': print a line 'time VALUE'"))
    let record = try RecordReader.recording(Files.read(workshop.path("r.jsonl")), name: "r")
    #expect(record.runs.count { $0.failure == nil } == 4)
    #expect(record.runs.map(\.place) == Array(0..<record.runs.count))
  }

  @Test func aVariantThatIsNotBuiltIsNotMeasured() throws {
    let workshop = try workshop()
    try workshop.write(
      "src/hello.c", Self.program.replacing("#ifdef SLOW", with: "#ifdef SLOW\n#error broken"))
    for builder in ["make", "ninja"] {
      let line = "--build \(builder) --pairs 3 -o r.jsonl conf/FAST conf/SLOW -- speed"
      let said = try config(workshop, "bench \(line)")
      #expect(said.status == 1 && said.text.contains("#error broken"), "\(said.text)")
      #expect(said.text.contains("not all variants are built; -k measures the others"))
      let kept = try config(workshop, "bench -k \(line)")
      #expect(kept.status == 1 && kept.text.contains("record: r.jsonl"), "\(kept.text)")
    }
  }

  @Test(
    "refuses what it cannot do",
    arguments: [
      ("bench", 2, "Missing expected argument"),
      ("bench --pairs 0 conf/FAST", 2, "--pairs takes a number from 1."),
      ("bench --until x conf/FAST", 2, "--until takes a percentage such as 1%, not 'x'."),
      ("bench --max-time 5y conf/FAST", 2, "--max-time takes a time such as 90s, 5m or 1h"),
      ("bench --cpu 0,x conf/FAST", 2, "--cpu takes processors' numbers with commas"),
      ("bench --build bsd conf/FAST", 2, "--build"),
      ("bench --build make conf/FAST -- nosuch", 1, "there is no bench 'nosuch'; there are speed"),
      ("bench --build make conf/NOSUCH", 1, "NOSUCH"),
      ("compare", 2, "Missing expected argument"),
      ("compare nosuch.jsonl", 1, "cannot read 'nosuch.jsonl'"),
      ("compare --margin x f", 2, "--margin takes a percentage such as 1%, not 'x'."),
      ("compare conf/files", 1, "conf/files"),
      ("compare --help", 0, "config compare compile/bench/before.jsonl"),
      ("bench --help", 0, "config bench conf/TREE_RB conf/TREE_SPLAY"),
    ])
  func refuses(_ line: String, _ status: Int, _ text: String) throws {
    let said = try config(try workshop(), line)
    #expect(said.status == status && said.text.contains(text), "\(said.text)")
  }

  @Test func anInterruptKeepsWhatWasMeasured() throws {
    let workshop = try workshop()
    // The fifth run interrupts the parent of its shell: config.
    try workshop.write(
      "conf/stop",
      """
      include files
      bench stop
        command "echo x >>../../count; test $$(wc -l <../../count) != 5 || kill -INT $$PPID; echo 1"
        metric time ms lower

      """)
    let said = try config(
      workshop, "bench --build make --pairs 100000 -o r.jsonl conf/stop -- stop")
    #expect(said.status == 130, "\(said.text)")
    let record = try RecordReader.recording(Files.read(workshop.path("r.jsonl")), name: "r")
    #expect(record.end == .interrupted)
    #expect(record.runs.count >= 4 && record.runs.count < 100_000)
    #expect(said.text.contains("record: r.jsonl"))
  }
}

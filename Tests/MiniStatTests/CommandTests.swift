// The subcommands as a person calls them.

import Glibc
import Support
import Sys9
import SystemPackage
import Testing

@Suite("The subcommands") struct CommandTests {
  private let room: Workshop

  init() throws {
    room = try Workshop()
    try room.write("old", "100\n101\n99\n100\n102\n98\n100\n101\n99\n100\n")
    try room.write("new", "120\n121\n119\n120\n122\n118\n120\n121\n119\n120\n")
    try room.write("wide", "60\n140\n80\n120\n100\n")
    try room.write("bad", "1\nx\n")
  }

  private func ministat(_ line: String) throws -> Workshop.Ended {
    try room.shell("$ministat " + line)
  }

  @Test func classicModeIsWhereItWas() throws {
    try room.write("compare", "1\n2\n3\n")
    #expect(try ministat("-n ./compare").text.hasPrefix("x ./compare\n"))
    #expect(try ministat("-n old compare").text.contains("+ compare\n"))
    #expect(try ministat("-- compare").status == 0)
  }

  @Test("say how they are called", arguments: ["compare", "summary", "run", "gate", "convert"])
  func help(_ name: String) throws {
    let run = try ministat("\(name) --help")
    #expect(run.status == 0)
    #expect(run.text.hasPrefix("Usage: ministat \(name) "))
    #expect(try ministat("--help").text.contains("ministat \(name) "))
  }

  @Test(
    "bad usage exits with 2, and says what would be right",
    arguments: [
      ("compare --nonsense", "Unknown option --nonsense"),
      ("compare --pairs 3", "Unknown option --pairs; it belongs to run"),
      ("compare -z", "Unknown option -z"), ("compare --margin", "the percent is missing"),
      ("compare --margin x old", "--margin 'x' is not a percentage such as 1%"),
      ("compare -c 100 old", "No support for confidence level '100'"),
      ("compare --correction x old", "--correction 'x' is none of holm, bh, none"),
      ("compare --base a --base b old", "--base was given twice"),
      ("compare --filter '(' old", "--filter '(', at character"),
      ("compare -C 0 old", "--column '0' is not a whole number, at least 1"),
      ("run", "There is nothing to run"), ("run true", "'true' is not NAME=command"),
      ("run A=", "there is no command behind the ="),
      ("run A=true A=true", "Two arms are called A"),
      ("run --pairs 0 A=true", "--pairs '0' is not a whole number, at least 1"),
      ("run --max-time 5x A=true", "--max-time '5x' is not a time such as 90s, 5m or 1h"),
      ("run --duet A=true B=true", "A duet has two arms and two processors"),
      ("run --cpu x A=true", "--cpu 'x' is not a processor's number"),
      ("run --seed x A=true", "--seed 'x' is not a whole number"),
      ("run -m a -m b A=true", "a run waits for one metric"),
      ("run 'A=true | false'", "'|' means something to a shell only"),
      ("run --directory x A=true", "--directory 'x' is not ARM=directory with one of A"),
      ("convert --split x old", "--split 'x' is none of arm, benchmark, metric"),
      ("convert --split arm --to csv old", "it does not go with --to csv"),
    ])
  func usage(_ line: String, _ message: String) throws {
    let run = try ministat(line)
    #expect(run.status == 2)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.errors.contains("Usage: ministat"), "\(run.errors)")
    #expect(run.text == "")
  }

  @Test(
    "bad data exits with 2, and says where",
    arguments: [
      ("compare old bad", "ministat: bad:2: 'x' is not a number"),
      ("compare old missing", "ministat: Cannot open missing: No such file or directory"),
      ("summary .", "ministat: .: cannot read: Is a directory"),
      ("compare --base x old new", "there is no 'x' to compare with; there are old, new"),
      ("compare -m x old new", "there is no metric 'x'; there are value"),
      ("run A=./nothing", "A: there is no program './nothing' to run"),
      ("run --cpu 900 A=true", "there is no processor 900 for us"),
      ("run -o ./no/where A=true", "Cannot write ./no/where: No such file or directory"),
      ("run --pairs 1 -m x A=true", "no run gives a metric 'x'; there are cpu, "),
      ("convert -m x old", "there is no metric 'x'; there are value"),
    ])
  func data(_ line: String, _ message: String) throws {
    let run = try ministat(line)
    #expect(run.status == 2)
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  @Test func compareSaysWhichIsSlower() throws {
    let run = try ministat("compare --no-plot old new")
    #expect(run.status == 0 && run.errors == "")
    #expect(run.text.contains("slower"), "\(run.text)")
    for format in ["text", "markdown", "csv", "json", "html"] {
      let written = try ministat("compare --format \(format) old new")
      #expect(written.status == 0 && written.output.count > 100, "\(format)")
    }
  }

  @Test(
    "the gate answers by its status",
    arguments: [
      ("--max 2% old new", 1), ("--max 30% old new", 0), ("old old", 0), ("old wide", 3),
      ("old bad", 2), ("old", 2), ("--max 2% new old", 0),
    ])
  func gate(_ line: String, _ status: Int) throws {
    let run = try ministat("gate " + line)
    #expect(run.status == status, "\(run.text)\(run.errors)")
  }

  @Test func runMeasuresComparesAndRecords() throws {
    let run = try ministat("run --pairs 4 --seed 9 -o record A=true 'B=sh -c :'")
    #expect(run.status == 0)
    #expect(run.errors == "", "nothing moves where there is no terminal")
    #expect(run.text.contains("B"))
    let record = try room.read("record")
    #expect(record.hasPrefix("{\"kind\":\"ministat\",\"version\":1,"))
    #expect(record.contains("\"seed\":9"))
    #expect(record.split(separator: "\n").last?.contains("\"reason\":\"pairs\"") == true)
    #expect(try ministat("compare record").status == 0)
  }

  @Test func aFailedRunShowsAndCounts() throws {
    let second = "echo x >>n; [ $(wc -l <n) != 2 ] || { echo oops >&2; exit 7; }"
    let run = try ministat("run --pairs 4 -o record --shell A=true 'B=\(second)'")
    #expect(run.status == 1)
    #expect(run.errors.contains("ministat: B: run "), "\(run.errors)")
    #expect(run.errors.contains("failed: exit status 7\nministat: B: oops\n"), "\(run.errors)")
    #expect(try ministat("gate record").status == 2, "failed runs are no data")
  }

  @Test func nothingButFailuresIsNoReport() throws {
    let run = try ministat("run --pairs 9 A=false")
    #expect(run.status == 2)
    #expect(run.errors.contains("no run gave values: exit status 1"), "\(run.errors)")
  }

  /// A child interrupts the program that measures it, as Ctrl-C would.
  @Test func anInterruptPrintsWhatWasMeasured() throws {
    let line = """
      exec $ministat run -o record --teardown 'touch torn' --shell \
      'A=echo x >>n; [ $(wc -l <n) -lt 9 ] || { kill -INT $PPID; sleep 3600; }' B=true
      """
    let run = try room.shell(line)
    #expect(run.status == 128 + Int(SIGINT), "\(run.errors)")
    #expect(run.text.contains("B"))
    #expect(room.exists("torn"))
    #expect(try room.read("record").contains("\"reason\":\"interrupted\""))
  }

  @Test func convertSplitsIntoFilesThatTheClassicModeReads() throws {
    _ = try ministat("run --pairs 3 -o record A=true B=true")
    let run = try ministat("convert --split arm,metric -m wall -o out- record")
    #expect(run.text == "out-A.wall\nout-B.wall\n")
    #expect(try ministat("-n out-A.wall out-B.wall").text.contains("x   3"))
    #expect(try ministat("convert --to csv -m cpu record").text.hasPrefix("arm,benchmark,metric,"))
    #expect(
      try ministat("convert --to columns old").text == "100.0\n"
        + room.read("old").split(separator: "\n").dropFirst().map { $0 + ".0\n" }.joined())
    let again = try ministat("convert record | $ministat convert --to csv -")
    #expect(again.text == (try ministat("convert --to csv record").text))
  }

  @Test func recordsOfSeveralRunsAreMerged() throws {
    for name in ["1", "2"] { _ = try ministat("run --pairs 3 -o \(name) A=true B=true") }
    let lines = try ministat("convert --to csv -m wall 1 2").text.split(separator: "\n")
    #expect(lines.count == 1 + 12)
    #expect(lines.filter { $0.hasPrefix("A,,wall,s,5,") }.count == 1, "blocks go on")
  }

  @Test(
    "the pages name every option of every subcommand",
    arguments: [
      "docs/measuring.md", "docs/man/ministat.1",
    ])
  func options(_ page: String) throws {
    let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent()
    let text = String(decoding: try Files.read(root.pushing(FilePath(page))), as: UTF8.self)
    for name in ["compare", "summary", "run", "gate", "convert"] {
      let help = try ministat("\(name) --help").text
      for word in help.split(whereSeparator: { " ,\n".contains($0) }) where word.hasPrefix("--") {
        if word.hasPrefix("--until") && word.count > 7 { continue }
        let plain = word.prefix { $0.isLetter || $0 == "-" }
        let roff = plain.dropFirst().map { $0 == "-" ? "\\-" : String($0) }.joined()
        #expect(
          text.contains("`\(plain)") || text.contains("Fl \(roff)"), "\(page): \(name) \(plain)")
      }
    }
  }
}

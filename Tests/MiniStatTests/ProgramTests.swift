import Support
import Sys9
import Testing

@Suite("The program") struct ProgramTests {
  private let room: Workshop

  init() throws {
    room = try Workshop()
    try room.write("a", "1\n2\n3\n4\n5\n")
    try room.write("b", "2\n3\n5\n7\n9\n11\n")
    try room.write("far", "101\n102\n103\n")
    try room.write("zero", "-1\n0\n1\n")
    try room.write("empty", "")
    try room.write("bad", "1\n2\n\u{1B}[2Jx\n")
    try room.write("wide.csv", "n,1\nn,2\nn,4\n")
    try room.write("crlf", "1\r\n2\r\n3\r\n")
    try room.write("nul", "1\u{0}\n2\n3\n")
    try room.write("negative", "-10\n-11\n-12\n")
    try room.write("nan", "1\n2\nnan\n")
  }

  private func ministat(_ line: String) throws -> Workshop.Ended {
    try room.shell("$ministat " + line)
  }

  private let table =
    "    N           Min           Max        Median           Avg        Stddev\n"

  @Test func classicReport() throws {
    let run = try ministat("a b")
    #expect(run.status == 0)
    #expect(run.errors == "")
    #expect(
      run.text == """
        x a
        + b
        +--------------------------------------------------------------------------+
        |x      *       *      x      *              +             +              +|
        |   |________|__A__________|__________MA________________________|          |
        +--------------------------------------------------------------------------+
        \(table)\
        x   5             1             5             3             3     1.5811388
        +   6             2            11             6     6.1666667     3.4880749
        No difference proven at 95.0% confidence

        """)
  }

  @Test func reportOfADifference() throws {
    #expect(
      try ministat("-A a far").text == """
        x a
        + far
        \(table)\
        x   5             1             5             3             3     1.5811388
        +   3           101           103           102           102             1
        Difference at 95.0% confidence
        \t99 +/- 2.52725
        \t3300% +/- 2614.89%
        \t(Student's t, pooled s = 1.41421)

        """)
  }

  @Test("each option does what the help says")
  func options() throws {
    let vitals = "x   5             1             5             3             3     1.5811388\n"
    #expect(try ministat("-n a").text == "x a\n" + table + vitals)
    #expect(try ministat("-q a").text == (try ministat("-A a").text))
    #expect(try ministat("< a -n").text == "x <stdin>\n" + table + vitals)
    #expect(try ministat("-n - < a").text == "x <stdin>\n" + table + vitals)
    #expect(try ministat("-C2 -d, -n wide.csv").text.contains("x   3             1             4"))
    #expect(try ministat("-n crlf").text.contains("x   3             1             3"))
    #expect(try ministat("-s a b").text.split(separator: "\n")[5].contains("M"))
    #expect(try ministat("-w 20 a").text.contains("\n+--------------------+\n"))
    #expect(try ministat("-c 99.99 -A a b").text.contains("No difference proven at 99.99% conf"))
    #expect(try ministat("--max-height 2 a a").text.contains("values") == false)
    #expect(try ministat("--max-height=1 -w 2 a").text.contains("up to 3 values"))
    #expect(try ministat("-An -- a").status == 0)
    #expect(try ministat("a -n").text == "x a\n" + table + vitals)
    #expect(try ministat("--version").text.hasPrefix("ministat "))
  }

  @Test("the help's example is what the program prints")
  func helpExample() throws {
    let help = try ministat("--help")
    #expect(help.status == 0)
    let lines = help.text.split(separator: "\n", omittingEmptySubsequences: false)
    let commands = lines.filter { $0.hasPrefix("  $ ") }.map { String($0.dropFirst(4)) }
    #expect(commands.count == 3)
    let script = commands.joined(separator: "\n")
      .split(separator: "\n").map { $0.hasPrefix("ministat") ? "$\($0)" : $0 }
      .joined(separator: "\n")
    let printed = try room.shell(script).text.split(separator: "\n").map { "  " + $0 }
    #expect(printed.count > 5)
    let start = try #require(lines.firstIndex(of: "  x old"))
    #expect(lines[start...].prefix(printed.count).elementsEqual(printed.map { $0[...] }))
  }

  @Test(
    "bad usage exits with 2, and says what would be right",
    arguments: [
      ("-Z a", "Unknown option -Z"), ("--nonsense", "Unknown option --nonsense"),
      ("-C 0 a", "Columns are counted from 1"), ("-C x a", "not a whole number"),
      ("-C 4294967297 a", "not a whole number"), ("-c x a", "Not a floating point number"),
      ("-c 100 a", "below 100"), ("-c 90 -c 0 a", "No support"), ("-c nan a", "No support"),
      ("-d '' a", "Can't use empty delimiter"), ("-w x a", "Invalid width"),
      ("-w '' a", "Invalid width"), ("-w -1 a", "Unable to move beyond left margin"),
      ("-w 1 a", "at least 2"), ("-w 0 a", "at least 2"), ("-w 99999999 a", "above"),
      ("a a a a a a a a", "Too many datasets"), ("-C", "is missing"), ("--compat", "is missing"),
      ("--compat=plan9 a", "neither debian nor freebsd"), ("--max-height=0 a", "at least 1"),
      ("--help=x", "takes no argument"), ("--compat=debian -c 50 a", "one of 80, 90"),
      ("--compat=debian -q a", "Unknown option -q"),
    ])
  func usage(_ line: String, _ message: String) throws {
    let run = try ministat(line)
    #expect(run.status == 2)
    #expect(run.text == "")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.errors.contains("Usage: ministat") && run.errors.contains("--help"))
  }

  @Test(
    "bad data exits with 2, names file and line, and prints nothing else",
    arguments: [
      ("a missing", "Cannot open missing: No such file or directory"),
      (".", ".: cannot read: Is a directory"), ("empty", "it is empty"),
      ("-C 3 a", "its 5 lines hold 0 in column 3"), ("nul", "line 1 in nul: a NUL byte"),
      ("nan", "line 3 in nan: 'nan' is no finite number"), ("a bad", "line 3 in bad"),
      ("--compat=freebsd -", "Cannot open -"),
      ("--compat=freebsd a -n", "Cannot open -n"), ("bad missing", "Cannot open missing"),
    ])
  func data(_ line: String, _ message: String) throws {
    let run = try ministat(line)
    #expect(run.status == 2)
    #expect(run.text == "")
    #expect(run.errors.hasPrefix("ministat: ") && run.errors.contains(message), "\(run.errors)")
    #expect(!run.errors.contains("\u{1B}"), "data must not drive the terminal")
  }

  @Test("an unreadable file is named")
  func unreadable() throws {
    try room.write("secret", "1\n2\n3\n")
    // Root may read everything: then there is nothing to see.
    let run = try room.shell("chmod 0 secret; cat secret >/dev/null || exec $ministat secret")
    #expect(run.status == 0 || run.errors.contains("Cannot open secret: Permission denied"))
  }

  @Test("none of the original's faults with means of 0 and below, or without spread")
  func means() throws {
    let zero = try ministat("-A zero far").text
    #expect(zero.contains("\n\t(no relative difference: the first average is 0)\n"))
    let negative = try ministat("-A negative far").text
    #expect(negative.contains("\n\t-1027.27% +/- ") && !negative.contains("+/- -"))
    try room.write("same", String(repeating: "0.1\n", count: 7))
    #expect(try ministat("same").text.contains("[no plot, span is zero width]\n"))
    try room.write("shifted", "1000000000\n1000000001\n1000000002\n1000000003\n1000000004\n")
    #expect(try ministat("-n shifted").text.contains(" 1.5811388\n"))
  }

  @Test("a full disk is reported, a closed pipe ends the program quietly")
  func output() throws {
    let full = try ministat("a >/dev/full")
    #expect(full.status == 2)
    #expect(
      full.errors == "ministat: cannot write the report: standard output: "
        + "No space left on device\n")
    let closed = try ministat("a >&-")
    #expect(closed.status == 2 && closed.errors.contains("Bad file descriptor"))
    let piped = try room.shell("{ $ministat a; echo $? >status; } | true")
    #expect(piped.errors == "")
    let status = try room.read("status")
    #expect(status == "0\n" || status == "141\n", "written before the pipe closed, or SIGPIPE")
  }

  @Test(
    "on a terminal the plot is as wide as COLUMNS says, or as fits",
    arguments: [
      ("COLUMNS=40", 40), ("COLUMNS=", 60), ("COLUMNS=1", 60), ("COLUMNS=wide", 60),
    ])
  func terminal(_ columns: String, _ width: Int) throws {
    // script(1) runs a command on a terminal of its own.
    let run = try room.shell(
      """
      command -v script >/dev/null || exit 9
      export ministat
      script -qec 'stty cols 62; env \(columns) "$ministat" a' /dev/null </dev/null | tr -d '\\r'
      """)
    if run.status == 9 { return }
    let border = "+" + String(repeating: "-", count: width) + "+"
    #expect(run.text.split(separator: "\n").dropFirst().first == border[...], "\(run.text)")
  }

  @Test("pipes are read to their end, whatever pieces they come in")
  func pipes() throws {
    let line = "for i in 1 2 3 4 5; do printf $i; printf '\\n'; done | $ministat -n"
    #expect(try room.shell(line).text.contains("x   5             1             5"))
    let two = try room.shell(
      "mkfifo p; { seq 1 5; } >p & $ministat -n p a; wait")
    #expect(two.text.contains("x   5 ") && two.text.contains("+   5 "))
  }
}

// config test: the verdict on a test, the reports, and real runs.

import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("Tests of a description") struct TestVerdictTests {
  private static func planned(
    output: String? = nil, status: Int = 0, words: [String] = ["./p"], isShell: Bool = false
  ) -> PlannedTest {
    PlannedTest(
      name: "t", isBench: false, words: words, isShell: isShell, input: nil,
      output: output.map { Array($0.utf8) }, status: status, limitSeconds: 7, metrics: [],
      skipped: nil, place: "conf/files:3:6")
  }

  @Test(
    "are judged by status and output",
    arguments: [
      (nil, 0, 0, "x", nil), (nil, 0, 1, "", "status 1 instead of 0"),
      (nil, 3, 3, "", nil), (nil, 0, 139, "", "status 139 (signal 11) instead of 0"),
      (nil, 0, nil, "", "it did not end"), (nil, 0, 124, "", "it took longer than 7 seconds"),
      (nil, 124, 124, "", nil), ("a\nb\n", 0, 0, "a\nb", nil), ("a\nb", 0, 0, "a\nb\n", nil),
      ("a\nb", 0, 0, "a\nc\n", "line 2 is 'c' instead of 'b'"),
      ("a\nb", 0, 0, "a", "line 2 is the end instead of 'b'"),
      ("", 0, 0, "a", "line 1 is 'a' instead of ''"), ("", 0, 0, "", nil),
      ("a", 0, 1, "a", "status 1 instead of 0"),
    ] as [(String?, Int, Int?, String, String?)])
  func judged(_ expected: String?, _ status: Int, _ ended: Int?, _ said: String, _ fault: String?) {
    let verdict = TestRun.verdict(
      Self.planned(output: expected, status: status), status: ended, output: Array(said.utf8))
    #expect(verdict == (fault.map { .failed($0) } ?? .passed))
  }

  private static let outcomes: [TestOutcome] = [
    TestOutcome(variant: "A", test: planned(), verdict: .passed, timeMs: 1234, errors: ""),
    TestOutcome(
      variant: "A", test: planned(), verdict: .failed("it's <bad> & \u{1}"), timeMs: 5,
      errors: "one\ntwo\n"),
    TestOutcome(variant: "LONG", test: planned(), verdict: .skipped("why"), timeMs: 0, errors: ""),
  ]

  @Test func areSummarised() {
    #expect(
      TestReport.summary(Self.outcomes) == """
        FAIL  A t: it's <bad> & \u{1}
              conf/files:3:6
              one
              two
        A     1 passed, 1 failed, 0 skipped
        LONG  0 passed, 0 failed, 1 skipped
        FAIL  1 passed, 1 failed, 1 skipped

        """)
  }

  @Test func areReportedAsTAP() {
    #expect(
      TestReport.tap(Self.outcomes) == """
        TAP version 13
        1..3
        ok 1 - A t
        not ok 2 - A t
          ---
          message: 'it''s <bad> & \u{1}'
          at: 'conf/files:3:6'
          ...
        ok 3 - LONG t # SKIP why

        """)
  }

  @Test func areReportedAsXML() {
    #expect(
      TestReport.junit(Self.outcomes) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="A" tests="2" failures="1" skipped="0" time="1.239">
            <testcase classname="A" name="t" time="1.234"/>
            <testcase classname="A" name="t" time="0.005"><failure message="it's &lt;bad&gt; &amp; ?">one
        two
        </failure></testcase>
          </testsuite>
          <testsuite name="LONG" tests="1" failures="0" skipped="1" time="0.000">
            <testcase classname="LONG" name="t" time="0.000"><skipped message="why"/></testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func runUnderTheEmulatorAndTheLimit() {
    let plan = TestPlan(
      name: "X.Linux.arm64", directory: "x", runner: "qemu-aarch64 -L /usr/x",
      writesCarriageReturns: false, tests: [])
    let script = TestRun.script(Self.planned(words: ["./p", "a b"]), plan)
    #expect(script.hasPrefix("cd ../X.Linux.arm64 || exit\n"))
    #expect(
      script.contains(
        "timeout -k 5 7 qemu-aarch64 -L /usr/x ./p 'a b' </dev/null"
          + " >o/.test/t.out 2>o/.test/t.err\n"
      ))
    let shell = TestRun.script(Self.planned(words: ["$x 'y'"], isShell: true), plan)
    #expect(shell.contains("timeout -k 5 7 sh -c '$x '\\''y'\\''' </dev/null"))
  }
}

@Suite("config test", .serialized) struct TestRunTests {
  private static let description = """
    program hello
      src/hello.c
    program extra option EXTRA
      src/hello.c
    test greets
      program hello
      args "a b" c
      input "x\\n"
      output "hello 3 x"
    test file program hello output tests/out
    test fails program hello args bad status 3
    test shell
      command "test -e $S/src/hello.c && ${RUN} ./hello"
    test extra program extra
    test off program hello option NEVER
    bench speed program hello metric time ms lower

    """

  private func project() throws -> BuildProject {
    try BuildProject(
      .ninja,
      files: [
        ("conf/TEST", Self.description), ("tests/out", "hello 1\n"),
        (
          "src/hello.c",
          """
          #include <stdio.h>
          #include <string.h>
          int main(int n, char **a) {
            char line[64];
            if (n > 1 && !strcmp(a[1], "bad")) return 3;
            printf("hello %d", n);
            if (fgets(line, 64, stdin)) printf(" %s", line);
            else putchar('\\n');
            return 0;
          }

          """
        ),
      ])
  }

  private func test(_ project: BuildProject, _ more: String = "") throws -> BuildProject.Said {
    let tests = try Files.readLink("/proc/self/exe") ?? FilePath(CommandLine.arguments[0])
    let config = tests.removingLastComponent().appending("config")
    return try project.shell("'\(config)' test conf/TEST \(more)")
  }

  @Test func buildsAndTestsEveryVariant() throws {
    let project = try project()
    let said = try test(project, "--with EXTRA=on,off")
    #expect(
      said.text == """
        TEST.Linux.amd64.EXTRA-1    5 passed, 0 failed, 1 skipped
        TEST.Linux.amd64.EXTRA-off  4 passed, 0 failed, 2 skipped
        PASS  9 passed, 0 failed, 3 skipped

        """)
    #expect(said.status == 0)
  }

  @Test func seesWhatChanged() throws {
    let project = try project()
    #expect(try test(project).status == 0)
    try project.edit("tests/out", "hello 1", "hello 2")
    let said = try test(project, "--tap - --junit result.xml")
    #expect(said.status == 1)
    #expect(said.text.contains("not ok 2 - TEST.Linux.amd64 file\n"))
    #expect(said.text.contains("message: 'line 1 is ''hello 1'' instead of ''hello 2'''"))
    #expect(try project.workshop.read("result.xml").contains("failures=\"1\""))
    #expect(try test(project, "--only greets").status == 0)
    let unknown = try test(project, "--only nosuch")
    #expect(unknown.status == 1 && unknown.text.contains("there is no test 'nosuch'"))
  }

  @Test func aVariantThatIsNotBuiltFailsAlone() throws {
    let project = try project()
    try project.edit(
      "src/hello.c", "int main",
      "#include \"opt/EXTRA.h\"\n#ifdef EXTRA\nint broken(\n#endif\nint main")
    let said = try test(project, "-k --with EXTRA=on,off")
    #expect(said.status == 1)
    #expect(said.text.contains("TEST.Linux.amd64.EXTRA-off  4 passed, 0 failed, 2 skipped"))
    #expect(!said.text.contains("TEST.Linux.amd64.EXTRA-1  " + "5 passed"))
    #expect(said.text.contains("FAILED"))
  }

  @Test func aTestThatDoesNotEndIsEnded() throws {
    let project = try project()
    try project.edit(
      "conf/TEST", "test off", "test endless limit 1 command \"sleep 1000\"\ntest off")
    let said = try test(project, "--only endless")
    #expect(said.status == 1 && said.text.contains("it took longer than 1 seconds"))
  }
}

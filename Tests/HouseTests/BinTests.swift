// The programs in bin/, as far as they can be tried without building anything.

import Sys9
import SystemPackage
import Testing

@Suite("bin/") struct BinTests {
  /// Runs `script` in a shell at the top of the repository; its two outputs come as one.
  private func shell(_ script: String) throws -> (status: Int, output: String) {
    let folder = Repository.root.description
    let outcome = try Command.run([
      "/bin/sh", "-c", "cd \"$1\" && { \(script)\n} 2>&1", "sh", folder,
    ])
    return (outcome.status, String(decoding: outcome.output, as: UTF8.self))
  }

  @Test("explains itself", arguments: ["bin/quickstart", "bin/check"])
  func help(program: String) throws {
    let result = try shell("\(program) --help")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("usage: \(program) "))
  }

  @Test(
    "refuses what it does not know",
    arguments: [
      ("bin/quickstart --nosuch", "quickstart: unknown argument '--nosuch'"),
      ("bin/quickstart --pairs", "quickstart: --pairs needs a value"),
      ("bin/quickstart --pairs 2", "quickstart: --pairs: statistics begin with 3 runs"),
      ("bin/quickstart --pairs=ten", "--pairs: 'ten' is not a number from 1 to 1000"),
      ("bin/quickstart --pairs 99999999999999999999", "is not a number from 1 to 1000"),
      ("bin/quickstart --seed -1", "--seed: '-1' is not a number from 1 to 2000000000"),
      ("bin/quickstart --workload x", "'x' is none of random, sequential, skewed"),
      ("bin/check file", "check: unknown argument 'file'"),
      ("bin/check --fuzz 0", "--fuzz: '0' is not a number from 1 to 10000"),
    ])
  func usage(command: String, message: String) throws {
    let result = try shell(command)
    #expect(result.status == 2)
    #expect(result.output.contains(message))
    #expect(result.output.contains(" --help"))
  }

  @Test func missingPackagesAreNamedToThoseWhoCannotInstall() throws {
    let result = try shell(
      """
      . bin/lib.sh
      id() { echo 1000; }
      want command:sh dash 'is there'
      want 'file:bin/lib.*' other 'is there'
      want library:libc.so.6 libc6 'is there'
      want command:no-such-command some-package 'does something'
      want library:libnosuch.so.1 no-such-package 'is a library'
      want 'file:/no/such/*' no-such-header 'is a header'
      install_wanted
      echo 'not reached'
      """)
    #expect(result.status == 1)
    #expect(result.output.contains("some-package: does something"))
    #expect(result.output.contains("sudo apt-get update && sudo apt-get install -y"))
    #expect(result.output.contains(" some-package no-such-package no-such-header\n"))
    #expect(!result.output.contains("dash"))
    #expect(!result.output.contains("not reached"))
  }

  @Test func aStepThatFailsIsShown() throws {
    let result = try shell(
      """
      . bin/lib.sh
      begin
      step 'work' sh -c 'echo fine'
      step 'more work' sh -c 'echo the reason; exit 3'
      echo 'not reached'
      """)
    #expect(result.status == 1)
    #expect(result.output.contains("ok    work"))
    #expect(!result.output.contains("fine"), "what a good step says is not shown")
    #expect(result.output.contains("FAIL  more work"))
    #expect(result.output.contains("status 3"))
    #expect(result.output.contains("the reason"))
    #expect(!result.output.contains("not reached"))
  }

  @Test("leaves nothing behind when it is interrupted", arguments: [("INT", 130), ("TERM", 143)])
  func interrupted(signal: String, status: Int) throws {
    let result = try shell(
      """
      . bin/lib.sh
      begin
      echo "scratch $scratch"
      step 'work' sh -c 'kill -\(signal) $PPID'
      step 'more work' sh -c ':'
      echo 'not reached'
      """)
    #expect(result.status == status)
    #expect(result.output.contains("interrupted"))
    #expect(!result.output.contains("not reached"))
    let line = try #require(
      result.output.split(separator: "\n").first { $0.hasPrefix("scratch /") })
    let scratch = line.dropFirst("scratch ".count)
    #expect(try shell("test ! -e \(scratch)").status == 0)
  }
}

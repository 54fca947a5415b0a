// Lint: each finding with its text and place, and what is no finding.

import LibJSON
import Support
import Sys9
import Testing

@testable import ConfigKit

/// A tree, the configurations that are looked at, and all findings.
struct LintCase: CustomStringConvertible, Sendable {
  let name: String
  var roots = ["conf/TEST"]
  let tree: String
  let findings: String

  var description: String { name }
}

@Suite("config lint") struct LintTests {
  @Test("finds", arguments: LintCase.all)
  func finds(_ test: LintCase) throws {
    let tree = try AnswerTree(test.tree)
    let shared = SharedReading()
    let surveys = try test.roots.map { try tree.survey($0, shared) }
    let text = tree.plain(Lint.findings(surveys).text("warning"))
    #expect(text == (test.findings.isEmpty ? "" : test.findings + "\n"), "\(test.name)")
  }

  @Test("has a case for", arguments: LintCheck.allCases)
  func covers(_ check: LintCheck) {
    #expect(LintCase.all.contains { $0.findings.contains("[\(check.rawValue)]") })
  }

  @Test func leavesOutWhatIsTurnedOff() throws {
    let tree = try AnswerTree(
      "+++ conf/TEST\noption A\nprogram p\n\tp.c option B\n\tq.c\n+++ p.c q.c")
    let surveys = [try tree.survey()]
    #expect(Lint.findings(surveys).map(\.check) == [.unusedOption, .undefinedOption])
    #expect(Lint.findings(surveys, off: [.unusedOption]).map(\.check) == [.undefinedOption])
    #expect(Lint.findings(surveys, off: Set(LintCheck.allCases)).isEmpty)
  }

  @Test func printsJSON() throws {
    let tree = try AnswerTree("+++ conf/TEST\noption A 0\nprogram p\n\tp.c option A\n+++ p.c")
    let json = Lint.findings([try tree.survey()]).json("error")
    let finding = try #require(json[0])
    #expect(finding["name"]?.string == "zero-value" && finding["severity"]?.string == "error")
    #expect(finding["place"]?["line"]?.int == 1 && finding["place"]?["column"]?.int == 8)
    #expect(finding["notes"]?[0]?["place"]?["line"]?.int == 3)
    #expect(json[1] == nil)
  }
}

extension LintCase {
  static let all: [LintCase] = options + values + sources + headers + quiet

  private static let options = [
    LintCase(
      name: "an option that nothing asks for",
      tree: "+++ conf/TEST\noption FAST\noption FSAT\nprogram p\n\tp.c option FAST\n+++ p.c",
      findings:
        "conf/TEST:2:8: warning: option 'FSAT' is set, and nothing asks for it [unused-option]"
    ),
    LintCase(
      name: "a declared option that nothing asks for",
      tree: "+++ conf/TEST\ninclude files\n+++ conf/files\ndefoption A\ndefoption B\n"
        + "program p\n\tp.c\n\tq.c option A\n+++ p.c q.c",
      findings:
        "conf/files:2:11: warning: option 'B' is set, and nothing asks for it [unused-option]"
    ),
    LintCase(
      name: "an unused and an undefined option that are near each other",
      tree: "+++ conf/TEST\noption TLS\nprogram p\n\tp.c\n\tq.c option TSL\n+++ p.c q.c",
      findings: """
        conf/TEST:1:8: warning: option 'TLS' is set, and nothing asks for it (did you mean 'TSL'?) \
        [unused-option]
        conf/TEST:4:13: warning: option 'TSL' is defined nowhere (did you mean 'TLS'?) \
        [undefined-option]
        """),
    LintCase(
      name: "a condition on what nobody defines",
      tree: "+++ conf/TEST\nprogram p\n\tp.c\n\tq.c optional A | !B\n+++ p.c q.c",
      findings: """
        conf/TEST:3:15: warning: option 'A' is defined nowhere; say 'no option A' if it is off \
        [undefined-option]
        conf/TEST:3:20: warning: option 'B' is defined nowhere; say 'no option B' if it is off \
        [undefined-option]
        """),
    LintCase(
      name: "'uses' of what nobody defines",
      tree: "+++ conf/TEST\nparam N 3\nprogram p\n\tmain.swift\n\tuses N GHOST\n+++ main.swift",
      findings: """
        conf/TEST:4:9: warning: 'uses' names 'GHOST', which is neither option nor param anywhere; say \
        'no option GHOST' if it is off [undefined-option]
        """),
    LintCase(
      name: "a param in a condition",
      tree: "+++ conf/TEST\nparam N 3\nprogram p\n\tp.c\n\tq.c option N\n+++ p.c q.c",
      findings: """
        conf/TEST:4:13: warning: 'N' is a param, and conditions test options: this never holds; \
        make it an option [param-tested]
        conf/TEST:1:7: note: the param is here
        """),
  ]

  private static let values = [
    LintCase(
      name: "an option that is on with the value 0",
      tree: "+++ conf/TEST\noption A 0\noption B off\noption C 0\nprogram p\n\tp.c option A\n"
        + "\tq.c option B\n\tr.c option C 0\n+++ p.c q.c r.c",
      findings: """
        conf/TEST:1:8: warning: option 'A' has the value '0' and is on all the same: write 'no \
        option A' to turn it off [zero-value]
        conf/TEST:5:13: note: this asks whether it is on, whatever its value
        conf/TEST:2:8: warning: option 'B' has the value 'off' and is on all the same: write 'no \
        option B' to turn it off [zero-value]
        conf/TEST:6:13: note: this asks whether it is on, whatever its value
        """),
    LintCase(
      name: "a value that is nearly one that is asked for",
      tree: "+++ conf/TEST\noption POLLER epol\noption MODE 2\nprogram p\n\tp.c\n"
        + "\tq.c option POLLER epoll\n\tr.c option POLLER poll\n\ts.c option MODE 3\n"
        + "+++ p.c q.c r.c s.c",
      findings: """
        conf/TEST:1:8: warning: option 'POLLER' is 'epol', which no condition asks for (did you \
        mean 'epoll'?) [near-miss]
        conf/TEST:5:13: note: 'epoll' is asked for here
        """),
    LintCase(
      name: "two names that differ in case",
      tree: "+++ conf/TEST\noption TLS\nparam N_MAX 3\noption Tls\nparam NMAX 4\nprogram p\n"
        + "\tp.c option TLS option Tls\n+++ p.c",
      findings: """
        conf/TEST:3:8: warning: 'Tls' and 'TLS' are two names: is one meant? [near-miss]
        conf/TEST:1:8: note: the other is here
        conf/TEST:4:7: warning: 'NMAX' and 'N_MAX' are two names: is one meant? [near-miss]
        conf/TEST:2:7: note: the other is here
        """),
    LintCase(
      name: "a comparison of what is no number",
      tree:
        "+++ conf/TEST\noption LEVEL high\nprogram p\n\tp.c\n\tq.c option LEVEL >=2\n+++ p.c q.c",
      findings: """
        conf/TEST:1:8: warning: option 'LEVEL' is 'high', no number: 'option LEVEL >=2' never \
        holds [no-number]
        conf/TEST:4:13: note: its number is compared here
        """),
  ]

  private static let sources = [
    LintCase(
      name: "sources that no description names",
      tree: "+++ conf/TEST\nprogram p\n\tsrc/p.c\n+++ src/p.c src/q.c src/r.h src/.s.c\n"
        + "+++ src/old/a.c src/old/b.cc src/doc/x.txt",
      findings: """
        src/old/a.c:1:1: warning: src/old/ has 2 sources that no description names [unlisted-source]
        src/q.c:1:1: warning: no description names 'src/q.c' [unlisted-source]
        """),
    LintCase(
      name: "a module that nobody brings in",
      tree: "+++ conf/TEST\nmodule a\n\ta.c\n\tmodule b\nmodule b\n\tb.c\nmodule c\n\tc.c\n"
        + "program p\n\tp.c\n\tmodule c option OFF\nno option OFF\n+++ a.c b.c c.c p.c",
      findings: """
        conf/TEST:1:8: warning: module 'a' is in no library or program: write 'module a' where it \
        belongs [unused-module]
        conf/TEST:4:8: warning: module 'b' is in no library or program: write 'module b' where it \
        belongs [unused-module]
        """),
    LintCase(
      name: "a source that is linked twice",
      tree: "+++ conf/TEST\nlibrary libk\n\tk.c\nprogram p\n\tp.c k.c\n\tlibrary libk\n+++ k.c p.c",
      findings: """
        conf/TEST:4:6: warning: 'k.c' is linked into program 'p' twice: library 'libk' has it as \
        well; name it there alone [object-clash]
        conf/TEST:1:9: note: the library is here
        """),
    LintCase(
      name: "objects that differ in case alone",
      tree: "+++ conf/TEST\nprogram p\n\tsrc/p.c src/P.c\n+++ src/p.c src/P.c",
      findings: """
        conf/TEST:2:10: warning: 'o/src/P.c.o' and 'o/src/p.c.o' are one file where case does not \
        count: rename a source [object-clash]
        conf/TEST:2:2: note: the other is here
        """),
  ]

  private static let headers = [
    LintCase(
      name: "a header of a module that is not depended on",
      tree: "+++ conf/TEST\nmodule net\n\tnet/net.c net/net.h\nmodule log\n\tlog/log.c\n"
        + "program p\n\tp.c\n\tmodule net log\n+++ net/net.c net/net.h\n"
        + "+++ p.c\n#include \"net/net.h\"\n+++ log/log.c\n/* a comment\n#include \"no.h\"\n*/\n"
        + "  #  include <net/net.h>\n#if 0\n#include \"net/net.h\"\n#endif",
      findings: """
        log/log.c:4:14: warning: 'net/net.h' belongs to module 'net', which module 'log' does not \
        depend on: add 'module net' to module 'log' [undeclared-header]
        conf/TEST:3:8: note: module 'log' is here
        """),
    LintCase(
      name: "a header that nobody's header includes",
      tree: "+++ conf/TEST\nmodule net\n\tn.c n.h\nprogram q\n\tq.c\n\tmodule net\n"
        + "program p\n\tp.c\n+++ n.c q.c n.h\n+++ p.c\n#include \"all.h\"\n"
        + "+++ all.h\n#include \"n.h\"",
      findings: """
        all.h:1:10: warning: 'n.h' belongs to module 'net', which program 'p' does not depend on, \
        and 'p.c' reads it: add 'module net' to program 'p' [undeclared-header]
        conf/TEST:6:9: note: program 'p' is here
        """),
    LintCase(
      name: "a header of a library, by way of -I",
      tree: "+++ conf/TEST\nmakeoption CPPFLAGS -I$S/lib/include\nlibrary libk\n\tlib/k.c\n"
        + "\tlib/include/k.h\nprogram p\n\tp.c\nprogram q\n\tq.c\n\tlibrary libk\n"
        + "+++ lib/k.c lib/include/k.h\n+++ p.c q.c\n#include <stdio.h>\n#include <k.h>",
      findings: """
        p.c:2:10: warning: 'k.h' belongs to library 'libk', which program 'p' does not depend on: \
        add 'library libk' to program 'p' [undeclared-header]
        conf/TEST:5:9: note: program 'p' is here
        """),
    LintCase(
      name: "a generated header that may not have been made",
      tree: "+++ conf/TEST\ngen.h no-obj no-implicit-rule compile-with \"echo >$@\"\n"
        + "now.h no-obj no-implicit-rule before-dep compile-with \"echo >$@\"\n"
        + "program p\n\tp.c q.c\nq.c depend gen.h\n+++ p.c\n#include \"x.h\"\n#include \"now.h\"\n"
        + "+++ q.c x.h\n#include \"gen.h\"",
      findings: """
        x.h:1:10: warning: 'gen.h' is generated, and may be missing or old when 'p.c' is compiled: \
        make it 'before-dep', or add 'depend gen.h' to the source [missing-depend]
        conf/TEST:1:1: note: it is described here
        """),
    LintCase(
      name: "a generated header that a file of the tree hides",
      tree: "+++ conf/TEST\ngen.h no-obj no-implicit-rule before-dep compile-with \"echo >$@\"\n"
        + "tab.h no-obj no-implicit-rule before-dep compile-with \"echo >$@\"\n"
        + "program p\n\tsrc/p.c\n+++ src/p.c\n#include \"gen.h\"\n+++ src/gen.h tab.h",
      findings: """
        conf/TEST:2:1: warning: 'tab.h' is generated, and the tree has a file of that name: which \
        of the two is read depends on the search path [shadowed-header]
        src/p.c:1:10: warning: 'gen.h' is 'src/gen.h' here, not the generated file of that name \
        [shadowed-header]
        conf/TEST:1:1: note: it is generated here
        """),
    LintCase(
      name: "an option's header that is not made",
      roots: ["conf/TEST", "conf/OTHER"],
      tree: "+++ conf/TEST\ninclude files\n+++ conf/OTHER\noption FAST\noption TLS\ninclude files\n"
        + "+++ conf/files\nprogram p\n\tp.c main.swift\n\tuses FAST\n\tq.c option TLS\n"
        + "+++ main.swift q.c\n+++ p.c\n#include \"opt/TLS.h\"\n#include \"opt/TSL.h\"",
      findings: """
        p.c:2:10: warning: 'opt/TSL.h' is not made (did you mean 'TLS'?) [missing-option-header]
        """),
  ]

  /// What is in order.
  private static let quiet = [
    LintCase(
      name: "an option that only sources ask for",
      tree: "+++ conf/TEST\noption FAST\noption COUNT 3\noption WORD\nprogram p\n\tp.c\n"
        + "\tr.c compile-with \"${CC} -DX=WORD -c -o $@ $<\"\n+++ r.c\n+++ p.c\n"
        + "#include \"q.h\"\n+++ q.h\n#ifdef FAST\nint a[COUNT];\n#endif",
      findings: ""),
    LintCase(
      name: "options that another configuration sets or tests", roots: ["conf/TEST", "conf/OTHER"],
      tree: "+++ conf/TEST\noption A\ninclude files\n+++ conf/OTHER\noption B\ninclude files2\n"
        + "+++ conf/files\nprogram p\n\tp.c\n\tq.c option B\n+++ conf/files2\nprogram p\n\tp.c\n"
        + "\tr.c option A\n+++ p.c q.c r.c",
      findings: ""),
    LintCase(
      name: "sources that another description speaks of",
      tree: "+++ conf/TEST\ninclude files\n+++ conf/files\nprogram p\n\tsrc/p.c\n"
        + "\tdepend \"$S/src/tool*.c\"\n+++ conf/files.FreeBSD\nsrc/bsd.c module os\n"
        + "+++ src/bsd.c src/tool1.c src/part.c\n+++ src/p.c\n#include \"part.c\"",
      findings: ""),
    LintCase(
      name: "what a comment allows",
      tree: "+++ conf/TEST\noption A # lint-allow: unused-option\n"
        + "option B # lint-allow: zero-value\nprogram p\n\tp.c\n+++ p.c",
      findings: "conf/TEST:2:8: warning: option 'B' is set, and nothing asks for it [unused-option]"
    ),
    LintCase(
      name: "headers of a module's module, of a library's module, and of nobody",
      tree: "+++ conf/TEST\nmodule a\n\ta.h\nmodule b\n\tb.h\n\tmodule a\nmodule c\n\tc.h\n"
        + "library l\n\tl.c\n\tmodule c\nprogram p\n\tp.c\n\tlibrary l\n\tmodule b option OFF\n"
        + "no option OFF\n+++ a.h b.h c.h d.h l.c\n+++ p.c\n#include \"a.h\"\n#include \"b.h\"\n"
        + "#include \"c.h\"\n#include \"d.h\"",
      findings: ""),
  ]
}

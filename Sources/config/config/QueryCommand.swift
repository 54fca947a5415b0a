// `config query`: who needs whom.

import ArgumentParser
import ConfigKit
import LibJSON
import Sys9
import SystemPackage

struct QueryCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config query",
    abstract: "Ask who needs whom in a variant, and by which commands it is made.",
    usage: "config query [options] conf/NAME EXPR",
    discussion: """
      EXPR is a name, a pattern such as 'src/*.c', 'all', or one of

        deps(X), deps(X, N)     what X needs, at most N steps away; X itself is among it
        rdeps(X), rdeps(X, N)   who needs X
        path(X, Y)              a shortest way from X to Y, which it needs
        sources(X)              the files of the tree that X is made of
        commands(X)             the commands that make X; outermost only
        kind(K, X)              those of X that are of kind K: program, host, library, module, \
      object, generated, source, header, option, param, test, bench

      with + (union), - (minus) and & (intersection) between them, blanks around.  Files have \
      their paths; module:NAME, option:NAME, param:NAME and test:NAME are names that are no files.

      EXAMPLE
        config query conf/HELLO 'kind(test, rdeps(src/tls.c))'
        config query conf/HELLO 'deps(hello) - deps(libnet)'
        config query conf/HELLO 'commands(o/src/*.o)'

      EXIT STATUS
        0 if something was found, 1 if nothing was or the description is wrong, 2 wrong usage, \
      which includes a name that is not there.
      """)

  @OptionGroup var variant: VariantOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: ArgumentHelp("The configuration.", valueName: "conf/NAME"), completion: .file())
  var root: String

  @Argument(help: ArgumentHelp("The query.", valueName: "EXPR"))
  var query: String

  func execute() -> CInt {
    guard let survey = variant.survey(root) else { return 1 }
    do {
      let answer = try QueryEngine(survey).answer(query)
      let status = Console.write(1, json ? answer.json.pretty : answer.text)
      return answer.isEmpty ? 1 : status
    } catch {
      let pad = String(
        repeating: " ",
        count: String(decoding: Array(query.utf8).prefix(error.offset), as: UTF8.self).count)
      Console.write(2, "config: error: \(error.text)\n    \(query)\n    \(pad)^\n")
      return 2
    }
  }
}

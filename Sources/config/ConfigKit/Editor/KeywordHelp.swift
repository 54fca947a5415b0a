// What each word of the language means, in a line or two: the one table for hovers, completions and
// the editors' grammar.  The manual, docs/config.md, says all of it with examples.

/// The short manual of a keyword.
struct KeywordHelp {
  /// How it is written.
  let usage: String
  /// What it does.
  let text: String

  private init(_ usage: String, _ text: String) {
    self.usage = usage
    self.text = text
  }

  /// The manual of `keyword`: of the statement if `isHead`, else of the attachment.
  static func of(_ keyword: Keyword, isHead: Bool) -> KeywordHelp {
    isHead && keyword.isDirective ? directive(keyword) : attachment(keyword)
  }

  private static func directive(_ keyword: Keyword) -> KeywordHelp {
    switch keyword {
    case .ident, .arch, .like, .toolchain, .includeconfig, .makeoption, .param, .option, .no,
      .header:
      return setting(keyword)
    case .defoption:
      return KeywordHelp(
        "defoption NAME [bool|int|string] [default V] [values V...] [help \"...\"] [depends N...]",
        "Declares an option.  As soon as there is one, every option must be declared.")
    case .include:
      return KeywordHelp(
        "include FILE",
        "Reads FILE, and `FILE.${OS}` and `FILE.${ARCH}` if they are there; each file once.")
    case .probe:
      return KeywordHelp(
        "probe NAME header|function|type|symbol|library|sizeof ...",
        "Asks the compiler when `config` runs, and makes a param of the answer.")
    case .root:
      return KeywordHelp("root NAME PATH", "Sources `NAME/...` lie in PATH.")
    case .module:
      return KeywordHelp(
        "module NAME [items...]",
        "A set of sources and headers that is enabled or not as a whole; its .swift files are the "
          + "Swift module NAME.")
    case .library:
      return KeywordHelp(
        "library NAME [shared [VERSION]] [items...]",
        "The archive `NAME.a`, or a shared library, of its items and modules.")
    case .program:
      return KeywordHelp(
        "program NAME [host] [items...]",
        "A program of its items, modules and libraries; with `host` one that runs while building.")
    case .source:
      return KeywordHelp("source NAME...", "Attaches something to sources whose names have no `/`.")
    case .test:
      return KeywordHelp(
        "test NAME", "A test: program or command, args, input, output, status, limit.")
    case .bench:
      return KeywordHelp(
        "bench NAME", "A benchmark: program or command, args, and the metrics that it prints.")
    default: return KeywordHelp(keyword.rawValue, "A word of the language.")
    }
  }

  private static func setting(_ keyword: Keyword) -> KeywordHelp {
    switch keyword {
    case .ident:
      return KeywordHelp(
        "ident NAME", "Names the configuration and its build directory, `compile/NAME.OS.ARCH`.")
    case .arch: return KeywordHelp("arch ARCH", "The architecture, before any include.")
    case .like:
      return KeywordHelp("like NAME", "Reads configuration NAME as if it stood here; comes first.")
    case .toolchain:
      return KeywordHelp("toolchain NAME", "How programs are made: gcc, clang, musl, or a file.")
    case .includeconfig:
      return KeywordHelp("includeconfig", "Puts this configuration into every program.")
    case .makeoption:
      return KeywordHelp(
        "makeoption NAME VALUE | NAME=VALUE | NAME+=VALUE",
        "A variable for make; the value is raw text up to the end of the clause.")
    case .param:
      return KeywordHelp("param NAME [VALUE]", "A macro in `config.h`; without a value 1.")
    case .option:
      return KeywordHelp(
        "option NAME [VALUE]", "Enables an option, which decides what is built; without a value 1.")
    case .no:
      return KeywordHelp(
        "no option|param|makeoption NAME...", "Takes back what an earlier line said.")
    default:
      return KeywordHelp("header FILE", "At the top level: `config.h` ends by including FILE.")
    }
  }

  private static func attachment(_ keyword: Keyword) -> KeywordHelp {
    switch keyword {
    case .option:
      return KeywordHelp(
        "option [!]NAME [VALUE | <=N | >=N | <N | >N]",
        "Counts only if the option is enabled, and has that value if one is given.")
    case .optional:
      return KeywordHelp("optional A B | C !D", "Counts if A and B are on, or C is and D is not.")
    case .module:
      return KeywordHelp(
        "module NAME...", "On a source: membership.  On others: brings in the module's members.")
    case .library:
      return KeywordHelp(
        "library NAME... | -lNAME | pkg:NAME | framework:NAME", "What is linked, in order of need.")
    case .header:
      return KeywordHelp("header H", "`-include H`, for sources that know nothing of config.h.")
    case .flags:
      return KeywordHelp("flags \"...\"", "Added to the compile command of the sources.")
    case .uses:
      return KeywordHelp("uses NAME...", "Options and params that reach the Swift sources.")
    case .install:
      return KeywordHelp("install bin|lib|include|share/DIR...", "Where `make install` puts it.")
    case .soname: return KeywordHelp("soname NAME", "What programs look for in place of the usual.")
    case .exports: return KeywordHelp("exports FILE", "The names that a shared library shows.")
    case .noStatic: return KeywordHelp("no-static", "No archive beside the shared library.")
    case .host: return KeywordHelp("program NAME host", "A program that runs while building.")
    default: return command(keyword)
    }
  }

  private static func command(_ keyword: Keyword) -> KeywordHelp {
    switch keyword {
    case .compileWith:
      return KeywordHelp(
        "compile-with \"COMMAND\"",
        "Instead of the default: `$@` is made, `$<` is the source, `$S` the root of the sources.")
    case .linkWith:
      return KeywordHelp("link-with \"COMMAND\"", "Links a program: `$@`, `${OBJS}`, `${LIBS}`.")
    case .depend, .dependency:
      return KeywordHelp("depend \"FILE...\"", "Further prerequisites: `$S/path` or what is made.")
    case .noObj: return KeywordHelp("no-obj", "Nothing of it is linked.")
    case .noImplicitRule:
      return KeywordHelp(
        "no-implicit-rule", "A command makes the file, under its own name: `compile-with`.")
    case .beforeDep, .beforeDepend:
      return KeywordHelp("before-dep", "Made before anything is compiled: for headers.")
    case .clean: return KeywordHelp("clean \"FILE...\"", "More files for `make clean`.")
    case .nuke: return KeywordHelp("nuke \"FILE...\"", "More files for `make nuke`.")
    case .objPrefix: return KeywordHelp("obj-prefix P", "P before the base name of the object.")
    case .warning: return KeywordHelp("warning \"TEXT\"", "Printed if the source is used.")
    case .nowerror: return KeywordHelp("nowerror", "Adds `-Wno-error`.")
    case .local: return KeywordHelp("local", "The file lies in the build directory.")
    case .standard: return KeywordHelp("standard", "Says nothing: from the BSDs' files.")
    case .noDepend: return KeywordHelp("no-depend", "Has no effect: dependencies cost nothing.")
    default: return KeywordHelp(keyword.rawValue, "A word of the language.")
    }
  }

  /// The words of a test or benchmark, with what they take.
  static let testFields: [(word: String, text: String)] = [
    ("program", "the program of the description that is run"),
    ("command", "a command for a shell instead"),
    ("args", "the program's arguments"),
    ("input", "what it reads: a file, or a text in quotes"),
    ("output", "what it must write: a file, or a text in quotes"),
    ("status", "the status that it must end with"),
    ("limit", "how many seconds it may take"),
    ("metric", "NAME UNIT lower|higher: a number that a benchmark prints"),
    ("option", "a condition"),
    ("optional", "a condition, as in the BSDs' files"),
  ]
}

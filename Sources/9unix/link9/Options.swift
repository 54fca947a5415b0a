// The command line of 9l: its own flags, and all others for the compiler that links.

import LibObj

/// What is wrong with a command line.
struct UsageError: Error {
  let text: String
}

/// What the user asked for.
struct Options {
  var request = LinkRequest()
  var onlyPrints = false
  var explains = false

  static let help = """
    usage: 9l [-o FILE] [-shared] [-a | -static] [-n] [-v] [-L DIR] [-l NAME] [FLAG] FILE ...

    Links objects with the libraries that they ask for: by AUTOLIB(NAME) in C and C++, by imports
    in Swift.  Libraries are looked for in each -L, in $P9UNIX/lib and in ../lib beside 9l, sorted,
    and found again by the program that comes of it.

      -o FILE       what to make; a.out
      -shared       make a shared library
      -a            copy the libraries that are found into the program
      -static       the same, and the system's libraries too: a static program
      -L DIR        look for libraries in DIR, first
      -l NAME       link the library NAME, too
      -soname NAME  what programs look for, instead of FILE's name
      -rpath DIR    where the program looks for shared libraries, instead of where they are now
      -n            print the command and do not run it
      -v            print why each library is linked, and the command
      -h, --help    print this

    Other flags, and files that are no objects, go to the compiler that links: $CC, $CXX or
    $SWIFTC; cc, c++ and swiftc if these are not set.

    EXAMPLE
      cc -c -I "$P9UNIX/include/9unix" main.c && 9l -o main main.o

    """

  /// Flags of compilers whose argument is the next word.
  private static let paired: Set<String> = [
    "-Xlinker", "-Xclang-linker", "-framework", "-T", "-u", "-z", "-e", "-target", "-sdk", "-arch",
    "-install_name", "-include", "-x",
  ]

  /// The options in `arguments`; nil where help was asked for.
  static func parse(_ arguments: [String], _ environment: (String) -> String?) throws -> Options? {
    var options = Options()
    var rest = arguments[...]
    func value(of flag: String) throws -> String {
      guard let next = rest.popFirst() else { throw UsageError(text: "\(flag) wants an argument") }
      return next
    }
    while let word = rest.popFirst() {
      switch word {
      case "-h", "--help": return nil
      case "-o": options.request.output = try value(of: word)
      case "-shared": options.request.product = .shared
      case "-a": options.request.archives = .ours
      case "-static": options.request.archives = .all
      case "-n": options.onlyPrints = true
      case "-v": options.explains = true
      case "-soname": options.request.soname = try value(of: word)
      case "-rpath":
        options.request.runPaths = (options.request.runPaths ?? []) + [try value(of: word)]
      case "-L": options.request.directories.append(try value(of: word))
      case "-l": options.request.inputs.append(.library(try value(of: word)))
      case _ where paired.contains(word):
        options.request.inputs.append(.flags([word, try value(of: word)]))
      case _ where word.hasPrefix("-L"):
        options.request.directories.append(String(word.dropFirst(2)))
      case _ where word.hasPrefix("-l"):
        options.request.inputs.append(.library(String(word.dropFirst(2))))
      case _ where word.hasPrefix("-") && word != "-": options.request.inputs.append(.flags([word]))
      default: options.request.inputs.append(.file(word))
      }
    }
    if !options.request.inputs.contains(where: { if case .file = $0 { true } else { false } }) {
      throw UsageError(text: "there is nothing to link")
    }
    for (name, path) in [
      ("CC", \LinkRequest.compilers.c), ("CXX", \.compilers.cxx), ("SWIFTC", \.compilers.swift),
    ] {
      let words = (environment(name) ?? "").split(separator: " ").map(String.init)
      if !words.isEmpty { options.request[keyPath: path] = words }
    }
    return options
  }
}

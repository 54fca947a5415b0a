// 9l: links objects with the libraries that their sources ask for.
//
//     9l -o hello hello.o              hello.c said AUTOLIB(nine), or hello.swift import LibFmt
//     9l -a -o hello hello.o           the same with archives
//     9l -shared -o libx.so a.o b.o    a shared library
//     9l -n hello.o                    what would be done
//     9l -v -o hello hello.o           why
//
// What it decides is decided in LibObj (LinkPlanner); here are the files, the environment and the
// command.

import Glibc
import LibObj
import Sys9
import SystemPackage

func say(_ descriptor: CInt, _ text: String) {
  // Nobody may be listening, and there is nobody else to tell.
  var writer = BufferedWriter(descriptor)
  try? writer.write(Array(text.utf8))
  try? writer.flush()
}

func exists(_ path: FilePath) -> Bool { ((try? Files.status(path)) ?? nil) != nil }

/// `path` from the root, so that programs find it wherever they are started.
func absolute(_ path: String) -> String { (try? Files.real(FilePath(path)))?.string ?? path }

/// The directories of the user, that of the installation, and that beside this program.
func directories(_ given: [String]) -> [String] {
  var result = given
  if let root = Environment["P9UNIX"] { result.append("\(root)/lib") }
  if let program = try? Files.real("/proc/self/exe") {
    result.append(program.removingLastComponent().removingLastComponent().appending("lib").string)
  }
  var seen: Set<String> = []
  return result.filter { exists(FilePath($0)) }.map(absolute).filter { seen.insert($0).inserted }
}

func systemName() -> String {
  var names = utsname()
  unsafe uname(&names)
  return unsafe withUnsafeBytes(of: names.sysname) { bytes in
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// `words` as a shell reads them.
func shown(_ words: [String]) -> String {
  words.map { word in
    let isPlain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "_-+=/.,:@%".utf8.contains(byte)
    }
    if isPlain && !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }.joined(separator: " ")
}

func run(_ options: Options) throws {
  var request = options.request
  request.directories = directories(request.directories)
  if request.platform.os != systemName() { request.platform = LinkPlatform(os: systemName()) }
  let files = LinkFiles(
    read: { try Files.read(FilePath($0)) },
    list: { directory in
      ((try? Files.list(FilePath(directory))) ?? []).map { String(decoding: $0, as: UTF8.self) }
    })
  var planner = LinkPlanner(request, files)
  let plan = try planner.plan()
  if options.explains { say(2, plan.reasons.map { "9l: \($0)\n" }.joined()) }
  if options.onlyPrints || options.explains {
    say(options.onlyPrints ? 1 : 2, "\(shown(plan.command))\n")
  }
  if !options.onlyPrints { try Command.replace(with: plan.command) }
}

do {
  let arguments = Array(CommandLine.arguments.dropFirst())
  if let options = try Options.parse(arguments, { Environment[$0] }) {
    try run(options)
  } else {
    say(1, Options.help)
  }
} catch let error as UsageError {
  say(2, "9l: \(error.text)\nTry: 9l --help\n")
  exit(2)
} catch let error as SystemError {
  say(2, "9l: \(error)\n")
  exit(1)
} catch {
  say(2, "9l: \(error)\n")
  exit(1)
}

// Asking the compiler: theory of operation.
//
// Problem.  Whether a function is there is known to the compiler and the linker of the platform
// that is built for, and to nobody else.  Asking costs 20 ms a question, and a hundred questions
// are asked of every variant, each time.
//
// Shape.  A probe is a small C file that compiles, or links, if the answer is yes; nothing is ever
// run, so that cross builds get true answers.  A size is compiled into the object as digits, and
// read out of it.  All probes of a run that are not in the cache go to one shell, eight at a time.
//
//     answer = f(source, command, compiler's identity, state of the header and library folders)
//
// The cache, `compile/.probes`, is one file an answer, called by the hash of all of that: variants
// with one toolchain share it.  The folders' times are in it, and in the record, so that a library
// that is installed later is found.
//
// Invariants.
//   P1  A probe runs no program that it made.
//   P2  A run that fails has written no answer.
//   P3  Answers are params, and can be tested by conditions.

import Sys9
import SystemPackage

/// The probes of one run.
struct Probing {
  let names: Names
  let machine: Machine
  let root: FilePath
  /// Where answers are kept.
  let cache: FilePath
  private(set) var results: [(probe: Probe, result: ProbeResult)] = []
  /// Answers that are not in the cache yet: file names and contents.
  private(set) var fresh: [(name: String, content: [UInt8])] = []
  /// The folders that answers depend on.
  private(set) var folders: [FilePath] = []

  /// How many compilers run at once.
  static let batch = 8

  init(names: Names, machine: Machine, root: FilePath, cache: FilePath) {
    self.names = names
    self.machine = machine
    self.root = root
    self.cache = cache
  }

  /// Answers all `probes`.
  ///
  /// - Parameter compile: the command up to the files, `cc -O2`; `link` is what follows in a link.
  /// - Parameter identity: what tells this compiler from another.
  mutating func run(_ probes: [Probe], compile: String, link: String, identity: String) {
    if probes.isEmpty { return }
    folders = searchFolders(compile)
    let state = folderState()
    var missing: [(index: Int, source: String, script: String, key: String)] = []
    var answers: [ProbeResult?] = Array(repeating: nil, count: probes.count)
    for (index, probe) in probes.enumerated() {
      let source = source(of: probe)
      let script = script(for: probe, compile, link)
      var hash = Hash64(Array("\(source)\0\(script)\0\(identity)\0\(state)".utf8))
      hash.add(UInt64(1))  // the version of all this
      let key = hash.text
      if let bytes = try? machine.read(cache.appending(key)) {
        answers[index] = parsed(bytes, isCached: true)
      } else {
        missing.append((index, source, script, key))
      }
    }
    let outputs = ask(missing.map { ($0.source, $0.script) })
    for (item, output) in zip(missing, outputs) {
      let content = describe(item.source, item.script, output)
      answers[item.index] = parsed(content, isCached: false)
      fresh.append((item.key, content))
    }
    for (probe, answer) in zip(probes, answers) {
      if let answer { results.append((probe, answer)) }
    }
  }

  // MARK: Questions

  private func source(of probe: Probe) -> String {
    let includes = probe.headers.map { "#include <\(names.text($0))>\n" }.joined()
    switch probe.kind {
    case .header: return includes + "int probe;\n"
    case .type(let type):
      return includes + "int probe(void) { return (int)sizeof(\(names.text(type))); }\n"
    case .symbol(let name):
      let text = names.text(name)
      return includes + "#ifndef \(text)\nvoid probe(void) { (void)\(text); }\n#endif\nint done;\n"
    case .size(let type):
      let size = "sizeof(\(names.text(type)))"
      let digits = [1000, 100, 10, 1].map { "'0' + \(size) / \($0) % 10" }
      return includes + "const char probe[] = {'c', 'o', 'n', 'f', '9', 's', '=', "
        + digits.joined(separator: ", ") + ", '.'};\n"
    case .function(let name), .library(_, let name):
      let text = names.text(name)
      if probe.headers.isEmpty {
        // The compiler may know the function by itself, with another type: no warning stops it.
        return "char \(text)();\nint main(void) { return \(text)(); }\n"
      }
      return includes + "#ifdef \(text)\nint main(void) { return 0; }\n#else\n"
        + "int main(void) { void (*volatile f)(void) = (void (*)(void))\(text); return !f; }\n"
        + "#endif\n"
    }
  }

  /// The shell's commands: status 0 for yes; a size on the last line.
  private func script(for probe: Probe, _ compile: String, _ link: String) -> String {
    switch probe.kind {
    case .header, .type, .symbol: return "\(compile) -c -o probe.o probe.c"
    case .size:
      return "\(compile) -c -o probe.o probe.c"
        + " && tr -cd 'a-z0-9=.' <probe.o"
        + " | sed -n 's/.*conf9s=0*\\([0-9][0-9]*\\)\\..*/size \\1/p' && echo"
    case .function: return "\(compile) -fno-builtin -o probe probe.c \(link)"
    case .library(let library, _):
      return "\(compile) -fno-builtin -o probe probe.c \(names.text(library)) \(link)"
    }
  }

  // MARK: Asking

  /// Runs the questions in one shell; what each said, with its status behind.
  private func ask(_ questions: [(source: String, script: String)]) -> [String] {
    if questions.isEmpty { return [] }
    var text = "d=$(mktemp -d) || exit 1\ntrap 'rm -rf \"$d\"' 0\n"
    for (index, question) in questions.enumerated() {
      let source = String(decoding: Quoting.shell(Array(question.source.utf8)), as: UTF8.self)
      text += "mkdir \"$d/\(index)\" && printf %s \(source) >\"$d/\(index)/probe.c\"\n"
      text +=
        "(cd \"$d/\(index)\" && { \(question.script)\n} >out 2>&1; echo \"status $?\" >>out) &\n"
      if index % Self.batch == Self.batch - 1 { text += "wait\n" }
    }
    text += "wait\nfor i in $(seq 0 \(questions.count - 1)); do\n"
    text += "cat \"$d/$i/out\"; printf '\\001'\ndone\nexit 0\n"
    let output = machine.run(["sh", "-c", text]) ?? []
    var parts = output.split(separator: 1, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    while parts.count < questions.count { parts.append("status 127\n") }
    return Array(parts.prefix(questions.count))
  }

  /// The content of a cache file: the answer, then what led to it.
  private func describe(_ source: String, _ script: String, _ output: String) -> [UInt8] {
    var lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    func dropBlank() { while lines.last?.isEmpty ?? false { lines.removeLast() } }
    dropBlank()
    let isYes = lines.popLast() == "status 0"
    dropBlank()
    var answer = isYes ? "yes 1" : "no"
    if isYes, let last = lines.last, last.hasPrefix("size ") {
      answer = "yes \(last.dropFirst(5))"
      lines.removeLast()
    }
    let shown = source.split(separator: "\n").map { "    \($0)" } + ["$ \(script)"] + lines
    return Array((answer + "\n" + shown.joined(separator: "\n") + "\n").utf8)
  }

  private func parsed(_ bytes: [UInt8], isCached: Bool) -> ProbeResult {
    let text = String(decoding: bytes, as: UTF8.self)
    let first = text.prefix { $0 != "\n" }
    let value = first.hasPrefix("yes ") ? names.intern(String(first.dropFirst(4))) : nil
    return ProbeResult(
      value: value, log: String(text.dropFirst(first.count + 1)), isCached: isCached)
  }

  // MARK: What answers depend on

  /// The folders in which the compiler looks for headers and libraries.
  private func searchFolders(_ compile: String) -> [FilePath] {
    let script =
      "\(compile) -E -v -x c /dev/null 2>&1 >/dev/null | sed -n 's/^ \\(\\/.*\\)/\\1/p'; "
      + "\(compile) -print-search-dirs 2>/dev/null | sed -n 's/^libraries: =//p' | tr ':' '\\n'"
    let output = machine.run(["sh", "-c", script]) ?? []
    var seen: Set<FilePath> = []
    return output.split(separator: Byte.newline)
      .map { FilePath(String(decoding: $0, as: UTF8.self)).lexicallyNormalized() }
      .filter { $0.isAbsolute && seen.insert($0).inserted && time(of: $0) != nil }
  }

  private func folderState() -> String {
    folders.map { "\($0) \(time(of: $0) ?? 0)" }.joined(separator: "\n")
  }

  private func time(of path: FilePath) -> Int64? {
    ((try? Files.status(path)) ?? nil)?.modifiedNs
  }

  /// Keeps what is new (P2: called when the run has succeeded).
  func keep() throws(SystemError) {
    if fresh.isEmpty { return }
    try Files.makeDirectories(cache)
    for (name, content) in fresh {
      let out = try OutputFile(cache.appending(name))
      out.put(content)
      if try out.finish() { try out.commit() }
    }
  }
}

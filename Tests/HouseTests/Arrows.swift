// The rules of the house that take more than one file: which module may import which.
//
// Arrows go down.  Portability knows nobody; the runtime and the statistics stand on it; the
// generator may measure; benchmarks use what they measure.  Nobody stands on a program.

/// The plan of the house, as docs/design has it.
enum Plan {
  /// For each room, the rooms whose modules it may import.
  static let arrows: [String: Set<String>] = [
    "9unix": ["9unix"],
    "libaio": ["9unix", "libaio"],
    "ministat": ["9unix", "ministat"],
    "config": ["9unix", "ministat", "config"],
    "bench": ["9unix", "libaio", "ministat", "bench"],
    "examples": ["9unix", "libaio", "examples"],
  ]

  /// Modules for programs alone: a library that others depend on must not bring them along.
  static let forPrograms: Set<String> = ["LibBSD", "ArgumentParser"]

  /// The C beneath the ground floor: only the ground floor touches it.
  static let groundOnly: Set<String> = ["CNine", "CBSD"]
}

/// Where a source file belongs.
struct Home: Equatable {
  let room: String
  let module: String

  /// Programs are named in lower case, as they are called; libraries are not.
  var isProgram: Bool { module.first?.isLowercase ?? false }

  /// The home of `path`, or nil if it is not in a module: `Sources/ROOM/MODULE/...`, and one
  /// folder deeper for a benchmark.
  init?(_ path: String) {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.first == "Sources", parts.count > 3 else { return nil }
    room = parts[1]
    if room == "bench" {
      guard parts.count > 4 else { return nil }
      module = parts[3]
    } else {
      module = parts[2]
    }
  }
}

/// The modules of `files` and what they import.
struct ModuleGraph {
  /// The room of each module of ours.
  private(set) var rooms: [String: String] = [:]
  private var files: [(home: Home, file: TextFile)] = []

  init(_ files: [TextFile]) {
    for file in files {
      guard let home = Home(file.path) else { continue }
      rooms[home.module] = home.room
      if file.ends(in: ".swift") { self.files.append((home, file)) }
    }
  }

  /// Imports that do not go down.
  func wrongArrows() -> [Fault] {
    files.flatMap { home, file in
      Rules.imports(file).compactMap { line, module in
        reason(home, module).map { Fault(path: file.path, line: line, text: $0) }
      }
    }
  }

  private func reason(_ home: Home, _ module: String) -> String? {
    if Plan.forPrograms.contains(module) && !home.isProgram && home.module != module {
      return "\(module) is for programs; \(home.module) is a library"
    }
    if Plan.groundOnly.contains(module) && home.room != "9unix" {
      return "\(module) is for 9unix alone; ask a module there"
    }
    guard let room = rooms[module] else { return nil }
    guard let allowed = Plan.arrows[home.room] else { return "there is no room '\(home.room)'" }
    if !allowed.contains(room) { return "\(home.room) must not know of \(room) (\(module))" }
    if module.first?.isLowercase ?? false { return "\(module) is a program: nobody imports it" }
    return nil
  }

  /// A circle of imports, edge by edge; nil if there is none.
  func circle() -> String? {
    var imports: [String: Set<String>] = [:]
    for (home, file) in files {
      let known = Rules.imports(file).map(\.module).filter { rooms[$0] != nil }
      imports[home.module, default: []].formUnion(known)
    }
    var done: Set<String> = []
    for module in imports.keys.sorted() {
      var path: [String] = []
      if let circle = Self.walk(module, imports, &path, &done) { return circle }
    }
    return nil
  }

  private static func walk(
    _ module: String, _ imports: [String: Set<String>], _ path: inout [String],
    _ done: inout Set<String>
  ) -> String? {
    if let start = path.firstIndex(of: module) {
      return (path[start...] + [module]).joined(separator: " -> ")
    }
    if done.contains(module) { return nil }
    path.append(module)
    for next in (imports[module] ?? []).sorted() {
      if let circle = walk(next, imports, &path, &done) { return circle }
    }
    path.removeLast()
    done.insert(module)
    return nil
  }
}

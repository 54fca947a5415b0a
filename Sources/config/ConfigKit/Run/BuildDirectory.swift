// Writing the build directory: outputs, links, what is stale, and the record.

import Glibc
import Sys9
import SystemPackage

/// The build directory of one run.
struct BuildDirectory {
  let request: Request
  let machine: Machine
  let names: Names
  let diagnostics: Diagnostics
  let reading: Generator.Reading
  let resolution: Generator.Resolution
  let vantage: Vantage
  /// The compilers and other programs that commands begin with.
  let tools = Tools()
  /// The first word of what stands before compilers, and how many words that are.
  var launcher: [UInt8] = []
  var launcherCount = 0
  /// The shape of each command, by its hash: so that a later run can say which word differs.
  var texts: [UInt64: [UInt8]] = [:]
  /// The steps that a matrix makes once for all its variants.
  var madeOnce = MadeOnce()

  /// Knows the directory, whether or not it exists yet; touches nothing.
  init(
    _ generator: Generator, _ reading: Generator.Reading, _ resolution: Generator.Resolution
  ) throws(SystemError) {
    request = generator.request
    machine = generator.machine
    names = generator.names
    diagnostics = generator.diagnostics
    self.reading = reading
    self.resolution = resolution
    vantage = Vantage(
      directory: try Self.real(reading.buildDirectory), tree: reading.location.root)
  }

  /// The absolute path, without links, that `path` has or will have once it is made.
  private static func real(_ path: FilePath) throws(SystemError) -> FilePath {
    if try Files.status(path) != nil { return try Files.real(path) }
    let above = path.removingLastComponent()
    guard let last = path.lastComponent, last.string != "..", above != path else {
      return try Files.real(path)
    }
    return try real(above.isEmpty ? "." : above).appending(last)
  }

  var directory: FilePath { vantage.directory }

  /// Makes `path`; that something else has its name is an error with a cure.
  private static func make(_ path: FilePath) throws(SystemError) {
    do {
      try Files.makeDirectories(path)
    } catch {
      if error.errno == ENOTDIR || error.errno == EEXIST {
        throw SystemError(
          call: "make a directory of", errno: EEXIST,
          subject: "\(obstacle(to: path))', choose another build directory with '-d")
      }
      throw error
    }
  }

  /// What stands in the way of the directory `path`: the file that has the name of one above it.
  private static func obstacle(to path: FilePath) -> FilePath {
    var place = path
    while !place.isEmpty && place.lastComponent != nil {
      if ((try? Files.status(place)) ?? nil) != nil { return place }
      place.removeLastComponent()
    }
    return path
  }

  /// Writes everything; returns the names of the outputs that changed.
  mutating func write() throws(SystemError) -> [String] {
    guard let me = ProcessIdentity(getpid()) else { return [] }
    var (commands, expander) = try decide()
    if diagnostics.failed { return [] }
    try Self.make(reading.buildDirectory)
    let lock = try BuildLock(directory, for: me, tell: machine.tell)
    defer { lock.release(me) }
    try vantage.linkTree()
    let plan = plan(usedVariables: usedVariables(expander))
    expander = Expander(plan: plan, variables: expander.variables)
    if request.backEnds.contains(.matrix) { madeOnce = shared(plan, commands, expander) }
    let outputs = OutputSet(directory)
    // From the first temporary file on: a signal waits until all have taken their places.
    Interrupts.block()
    defer { Interrupts.unblock() }
    do throws(SystemError) {
      try makeFolders(plan)
      try produce(outputs, plan, expander)
      if diagnostics.failed {
        outputs.abandon()
        return []
      }
      let changed = outputs.names.filter(\.isChanged).map(\.name)
      try resolution.probing.keep()
      let replaced = try removeStale(commands, but: outputs)
      try outputs.commit()
      try makeLinks(plan)
      try writeRecord(outputs, plan, commands, expander, replaced)
      return changed
    } catch {
      outputs.abandon()
      throw error
    }
  }

  /// The hash of each step's command, and what expands commands.
  mutating func decide() throws(SystemError) -> ([UInt64], Expander) {
    var expander = Expander(plan: plan(usedVariables: []), variables: expansionVariables())
    if let program = machine.program { tools.add(program: program) }
    excludeOwnPrograms()
    return (try hashes(&expander), expander)
  }

}

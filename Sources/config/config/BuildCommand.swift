// `config build`: a build that does not believe in times.

import ArgumentParser
import ConfigKit
import Glibc
import Sys9
import SystemPackage

struct BuildCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config build",
    abstract: "Build a directory by what its files hold, whatever their times say.",
    discussion: """
      Runs the make that the directory was made for, or Ninja.  Before, it compares what every \
      source held when it was last so built with what it holds now, and removes what is made of \
      a change that no time tells of: the clock was set back, a file was restored with its old \
      time, or an edit fell into the second of the last build, which BSD make does not see.

      What another command has built in the directory meanwhile is built again: use it always, or \
      when times cannot be trusted.

      EXAMPLE
        config conf/HELLO
        config build compile/HELLO.Linux.amd64
        config build -j 8 compile/HELLO.Linux.amd64 libhello.a

      EXIT STATUS
        0 if everything is built, 1 if not, 2 wrong usage.
      """)

  @Option(name: [.customShort("j")], help: ArgumentHelp("Jobs at once.", valueName: "N"))
  var jobs: Int?

  @Argument(
    help: ArgumentHelp("The build directory.", valueName: "BUILDDIR"), completion: .directory)
  var directory: String

  @Argument(help: ArgumentHelp("What to build, instead of everything.", valueName: "TARGET"))
  var targets: [String] = []

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number from 1.") }
    for target in targets where target.hasPrefix("-") || target.contains("=") {
      throw ValidationError("A target is a file or all, install, clean, ...; not '\(target)'.")
    }
  }

  func execute() -> CInt {
    let path = FilePath(directory)
    let status = (try? Files.status(path)) ?? nil
    if status?.isRegular ?? false {
      return refuse("'\(directory)' is a file: build the directory that config made of it")
    }
    if unsafe chdir(directory) != 0 {
      return refuse("cannot work in '\(directory)': \(reason(errno))")
    }
    guard ((try? Files.status(".config.log")) ?? nil) != nil else {
      return refuse("'\(directory)' is no build directory: make one with config conf/NAME")
    }
    do throws(SystemError) {
      let machine = Console.machine()
      if Console.run(try BuildTool(machine).request, isQuiet: true) != 0 { return 1 }
      return try build(machine)
    } catch {
      return refuse("\(error)")
    }
  }

  private func build(_ machine: Machine) throws(SystemError) -> CInt {
    guard let me = ProcessIdentity(getpid()) else { return refuse("there is no /proc") }
    let lock = try BuildLock(Files.real("."), for: me, tell: machine.tell)
    defer { lock.release(me) }
    guard var build = try ContentBuild(machine, nowNs: Clocks.realtimeNs()) else {
      return refuse(
        "'\(directory)' is built by config matrix; config conf/NAME makes it a makefile")
    }
    for remark in try build.prepare() { Console.write(2, "config: note: \(remark)\n") }
    let count = jobs ?? max(1, (try? Affinity.current().count) ?? 1)
    let result = try Command.call(build.command(targets, jobs: count))
    // A build that was killed has left who knows what: not recorded, it is made again.
    if result < 128 { try build.record() }
    return result == 0 ? 0 : 1
  }

  private func refuse(_ text: String) -> CInt {
    Console.write(2, "config: error: \(text)\n")
    return 1
  }
}

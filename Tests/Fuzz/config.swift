// modules: ConfigKit
//
// Fuzzing the language of config: any bytes, as files of a description, to the graph.
//
// The first byte of an input chooses the switches; the rest are files, divided by 0xFF: the root
// configuration, then `files`, its overlay, a second included file, a makefile of conf/ and a
// template.  Beyond not crashing (with address checks and assertions), promises are checked by
// name.  Nothing is read from or written to the file system.

import ConfigKit
import Sys9
import SystemPackage

private let names = [
  "/TEST", "/files", "/files.Linux", "/more", "/config.post.mk", "/Makefile.386",
]

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private func machine(_ files: [String: [UInt8]]) -> Machine {
  let listing = ["a.c", "b.cc", "c.S", "d.swift", "main.swift", "e.y", "f.l", "g.h", "m/", "n.o"]
  return Machine(
    read: { (path) throws(SystemError) in
      guard let bytes = files[path.description] else {
        throw SystemError(call: "open", errno: 2, subject: path.description)
      }
      return bytes
    },
    list: { _ in (listing + ["module.modulemap"]).map { Array($0.utf8) } },
    environment: { name in
      name == Array("FLAVOUR".utf8) ? Array("more".utf8) : nil
    },
    run: { command in command.last == "zlib" ? Array("-I/z -lz\n".utf8) : nil },
    system: ("Linux", "x86_64"))
}

private func check(_ switches: UInt8, _ files: [String: [UInt8]]) -> Report {
  var request = Request(configuration: "/TEST")
  request.warningsAreErrors = switches & 1 == 1
  request.backEnds = switches & 2 == 2 ? [.bsd] : switches & 4 == 4 ? [.ninja] : [.gnu, .ninja]
  request.isDebug = switches & 8 == 8
  request.arch = switches & 16 == 16 ? "386" : nil
  return Generator(request, machine: machine(files)).check()
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let switches = bytes.first else { return 0 }
  var files: [String: [UInt8]] = [:]
  let parts = bytes.dropFirst().split(separator: 0xFF, omittingEmptySubsequences: false)
  for (name, part) in zip(names, parts) { files[name] = Array(part) }
  let report = check(switches, files)
  promise(report.failed == report.messages.contains("error\u{1B}[0m: "), "errors are shown")
  promise(report.changed.isEmpty, "nothing is written")
  let again = check(switches, files)
  promise(again.messages == report.messages, "a description says one thing")
  return 0
}

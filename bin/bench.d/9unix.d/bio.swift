// modules: LibBio LibFmt
//
// Counts the lines of a file and their bytes.
//
// usage: bio spans|brdline|strings FILE

import LibBio
import LibFmt

func spans(_ input: inout Bio) throws -> (lines: Int, bytes: Int) {
  var lines = 0
  var bytes = 0
  while let line = try input.nextLine() {
    lines += 1
    bytes += line.count
  }
  return (lines, bytes)
}

func brdline(_ input: inout Bio) -> (lines: Int, bytes: Int) {
  var lines = 0
  var bytes = 0
  while let line = Brdline(&input, 10) {
    lines += 1
    bytes += line.count - 1
  }
  return (lines, bytes)
}

func strings(_ input: inout Bio) throws -> (lines: Int, bytes: Int) {
  var lines = 0
  var bytes = 0
  while let line = try input.readLine() {
    lines += 1
    bytes += line.utf8.count
  }
  return (lines, bytes)
}

func run(_ kind: String, _ path: String) throws {
  var input = try Bio.open(path)
  let total =
    kind == "spans" ? try spans(&input) : kind == "brdline" ? brdline(&input) : try strings(&input)
  fprint(2, "%d lines, %d bytes\n", total.lines, total.bytes)
}

try run(CommandLine.arguments[1], CommandLine.arguments[2])

// answers: the questions of the differential data, answered by our libraries.
//
// usage: answers FILE.jsonl ...
//
// Each file is named after its subject; each line is an object, written again with our answers.

import Glibc
import LibJSON
import Sys9
import SystemPackage

/// Writes the answers to the questions in the file at `path`.
///
/// - Returns: false, with the reason on the standard error, if the file holds no questions.
func answerFile(_ path: String, to output: inout BufferedWriter) throws(SystemError) -> Bool {
  guard let subject = Subject.of(path: path) else {
    let names = Subject.all.map(\.name).joined(separator: ", ")
    complain("\(path): no subject of this name; there are \(names)")
    return false
  }
  if case .open(let reason) = subject.state { complain("\(path): \(reason)") }
  let content = try Files.read(FilePath(path))
  var number = 0
  for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
    number += 1
    if line.isEmpty { continue }
    do throws(JSONError) {
      guard let object = try JSON.parse(bytes: Array(line)).object else {
        complain("\(path):\(number): an object is wanted")
        return false
      }
      try? output.write(JSON.object(subject.answer(object)).text + "\n")
    } catch {
      complain("\(path):\(number): \(error)")
      return false
    }
  }
  return true
}

/// Writes a complaint on the standard error.
func complain(_ text: String) {
  var errors = BufferedWriter(2)
  // Nobody is left to be told if the standard error cannot be written.
  try? errors.write("answers: \(text)\n")
  try? errors.flush()
}

let paths = CommandLine.arguments.dropFirst()
if paths.isEmpty || paths.contains(where: { $0.hasPrefix("-") }) {
  complain("usage: answers FILE.jsonl ...")
  exit(2)
}
var output = BufferedWriter(1)
var isGood = true
do throws(SystemError) {
  for path in paths {
    if !(try answerFile(path, to: &output)) { isGood = false }
  }
  try output.flush()
} catch {
  complain(error.description)
  isGood = false
}
exit(isGood ? 0 : 1)

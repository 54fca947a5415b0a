// 9grep: the lines of files that match a regular expression of Plan 9.
//
//     9grep [-cFhilnqv] [-e pattern] [-f file] [pattern] [file ...]
//
// The exit status is 0 if a line was selected, 1 if none was, 2 after an error.

import Glibc
import Lib9c
import LibBio
import LibRegexp9
import Sys9
import SystemPackage

/// Searches the files, and returns the exit status.
func run(_ options: Options) -> CInt {
  var search = Search(options, options.compiled())
  var output = Bio(writing: 1, bufferSize: 64 << 10)
  var isSelected = false
  var isFaulty = false
  for name in options.files.isEmpty ? ["-"] : options.files {
    do throws(SystemError) {
      if name == "-" {
        isSelected = try search.run(0, "(standard input)", &output) || isSelected
      } else {
        let file = try Descriptor.open(FilePath(name), O_RDONLY)
        isSelected = try search.run(file.raw, name, &output) || isSelected
      }
    } catch {
      Complaints.say("\(name): \(error.reason)")
      isFaulty = true
    }
    if isSelected && options.report == .nothing { return 0 }
  }
  do throws(SystemError) {
    try output.flush()
  } catch {
    Complaints.say("write error: \(error.reason)")
    return 2
  }
  return isFaulty ? 2 : isSelected ? 0 : 1
}

exit(run(Options.read()))

// modules: LibRegexp9
//
// What matching costs: each line of a file by itself, all matches in the file as one buffer, each
// line with its groups, and a?^n a^n a hundred times.  Prints the CPU seconds, and with
// REGEXP_HITS set to the standard error the number of matches.
//
// usage: regexp lines|buffer|groups|power FILE|N PATTERN

import Glibc
import LibRegexp9

func cpuSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

func contents(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else {
    perror(path)
    exit(1)
  }
  defer { fclose(file) }
  fseek(file, 0, SEEK_END)
  var text = [UInt8](repeating: 0, count: ftell(file))
  rewind(file)
  _ = fread(&text, 1, text.count, file)
  return text
}

func lines(_ text: [UInt8]) -> [Range<Int>] {
  var result: [Range<Int>] = []
  var start = 0
  while start < text.count {
    let end = text[start...].firstIndex(of: 0x0A) ?? text.count
    result.append(start..<end)
    start = end + 1
  }
  return result
}

func power(_ count: Int) throws -> (hits: Int, seconds: Double) {
  let text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
  let pattern = String(repeating: "a?", count: count) + String(repeating: "a", count: count)
  let start = cpuSeconds()
  var hits = 0
  for _ in 0..<100 {
    let matcher = RegexpMatcher(try Regexp(pattern))
    if matcher.find(in: text.span) != nil { hits += 1 }
  }
  return (hits, cpuSeconds() - start)
}

func measure(_ task: String, _ text: [UInt8], _ pattern: String) throws -> (Int, Double) {
  let matcher = RegexpMatcher(try Regexp(pattern))
  let all = lines(text)
  var hits = 0
  let start = cpuSeconds()
  switch task {
  case "buffer":
    matcher.forEachMatch(in: text.span) { _ in
      hits += 1
      return true
    }
  case "groups":
    for line in all where matcher.findGroups(in: text.span.extracting(line)) { hits += 1 }
  default:
    for line in all where matcher.find(in: text.span.extracting(line)) != nil { hits += 1 }
  }
  return (hits, cpuSeconds() - start)
}

let words = CommandLine.arguments
if words.count != 4 {
  print("usage: regexp lines|buffer|groups|power FILE|N PATTERN")
  exit(2)
}
do {
  let result =
    words[1] == "power"
    ? try power(Int(words[2]) ?? 16)
    : try measure(words[1], contents(words[2]), words[3])
  let hits = "\(result.0)\n"
  if getenv("REGEXP_HITS") != nil { write(2, hits, hits.utf8.count) }
  print("match", result.1)
} catch {
  print("regexp: \(error)")
  exit(1)
}

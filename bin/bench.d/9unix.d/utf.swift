// modules: LibFmt LibUTF
//
// Decodes a file ten times: the CPU seconds.
//
// usage: utf FILE

import Glibc
import LibFmt
import LibUTF

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

let fd = open(CommandLine.arguments[1], O_RDONLY)
var status = stat()
fstat(fd, &status)
let size = Int(status.st_size)
let bytes = [UInt8](unsafeUninitializedCapacity: size) { room, count in
  count = 0
  while count < size { count += read(fd, room.baseAddress! + count, size - count) }
}

func decode(_ bytes: Span<UInt8>) -> (count: Int, sum: UInt64) {
  var runes = bytes.runes
  var count = 0
  var sum: UInt64 = 0
  while let rune = runes.next() {
    count += 1
    sum &+= UInt64(rune)
  }
  return (count, sum)
}

var start = now()
var result = (count: 0, sum: UInt64(0))
for _ in 0..<10 { result = decode(bytes.span) }
print("decode", now() - start)
start = now()
var count = 0
for _ in 0..<10 { count = utflen(bytes.span) }
print("utflen", now() - start)
start = now()
var valid = true
for _ in 0..<10 { valid = UTF.isValid(bytes.span) }
print("validate", now() - start)
fprint(2, "%d %d runes, sum %d, %s\n", result.count, count, result.sum, valid)

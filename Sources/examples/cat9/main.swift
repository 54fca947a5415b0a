// 9cat: concatenate files, and see what is in them.
//
//     9cat a b - c             one after the other; - is the standard input
//     9cat -n main.swift       with numbers of lines
//     9cat -u broken.txt       what is no UTF-8 replaced, so that other programs can read it
//     9cat -v strange.txt      controls, odd blanks and bad bytes made visible
//     9cat -c *.txt            lines, runes, bytes and bad bytes of each
//
// Lines are borrowed from the input's buffer and printed into the output's: nothing is copied
// between, and files of any size take the memory of two buffers and the longest line.

import Lib9c
import LibBio
import LibFmt
import LibUTF
import Sys9

let usage = Usage(
  "9cat", operands: "[file ...]",
  flags: [
    .init("n", "number the lines"),
    .init("u", "replace what is no UTF-8"),
    .init("v", "make visible what is not, as \\u{200B} or \\xFF"),
    .init("c", "count lines, runes, bytes and bad bytes instead of printing"),
  ])

/// What is to be done with each line.
struct Options {
  var numbers = false
  var repairs = false
  var reveals = false
  var counts = false

  var isPlain: Bool { !numbers && !repairs && !reveals }
}

/// What a file holds.
struct Counts {
  var lines = 0
  var runes = 0
  var bytes = 0
  var bad = 0
}

/// True for a rune that nobody sees: controls, formats and blanks other than the usual one.
func isHidden(_ rune: Rune) -> Bool {
  if rune < 0x20 || rune == 0x7F { return rune != 9 }
  if rune < 0xA0 { return rune >= 0x80 }
  switch Unicode.Scalar(rune)?.properties.generalCategory {
  case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
  default: return false
  }
}

/// Prints `line` with escapes for what is hidden or bad.
func reveal(_ line: Span<UInt8>, to output: inout Bio) throws(SystemError) {
  var runes = line.runes
  var offset = 0
  while let rune = runes.next() {
    let next = line.count - runes.bytesLeft
    if rune == Runeerror && next == offset + 1 {
      output.print("\\x%.2uX", line[offset])
    } else if isHidden(rune) {
      output.print("\\u{%.4uX}", rune)
    } else {
      try output.write(rune: rune)
    }
    offset = next
  }
}

/// Copies `input` line by line.
func copyLines(
  _ input: inout Bio, to output: inout Bio, _ options: Options, _ number: inout Int
) throws(SystemError) {
  while let line = try input.nextLine() {
    number += 1
    if options.numbers { output.print("%6d\t", number) }
    if options.reveals {
      try reveal(line, to: &output)
    } else if options.repairs && !UTF.isValid(line) {
      var runes = line.runes
      while let rune = runes.next() { try output.write(rune: rune) }
    } else {
      try output.write(line)
    }
    try output.write(byte: 10)
  }
}

/// Copies the bytes of `input` as they are.
func copyBytes(_ input: inout Bio, to output: inout Bio) throws(SystemError) {
  while let piece = try input.nextPiece() { try output.write(piece) }
}

/// Counts what `input` holds.
func count(_ input: inout Bio) throws(SystemError) -> Counts {
  var counts = Counts()
  while let line = try input.nextLine() {
    counts.lines += 1
    counts.runes += UTF.countRunes(line) + 1
    counts.bytes += line.count + 1
    if !UTF.isValid(line) {
      var offset = 0
      var runes = line.runes
      while let rune = runes.next() {
        let next = line.count - runes.bytesLeft
        if rune == Runeerror && next == offset + 1 { counts.bad += 1 }
        offset = next
      }
    }
  }
  // The last line may have had no newline, which was counted all the same.
  let missing = counts.bytes - Int(input.offset)
  counts.bytes -= missing
  counts.runes -= missing
  return counts
}

/// Does with one file what is asked for; `number` lines came before.
func copy(
  _ file: String, to output: inout Bio, _ options: Options, _ number: inout Int
) throws(SystemError) {
  var input = file == "-" ? Bio(reading: 0, bufferSize: 64 * 1024) : try Bio.open(file)
  if options.counts {
    let counts = try count(&input)
    output.print(
      "%8d %8d %8d %8d %s\n", counts.lines, counts.runes, counts.bytes, counts.bad, file)
  } else if options.isPlain {
    try copyBytes(&input, to: &output)
  } else {
    try copyLines(&input, to: &output, options, &number)
  }
}

/// Does all that the command line asks for; false if a file could not be read.
func run(_ files: [String], _ options: Options) throws(SystemError) -> Bool {
  var output = Bio(writing: 1, bufferSize: 64 * 1024)
  var isGood = true
  var number = 0
  for file in files {
    do {
      try copy(file, to: &output, options, &number)
    } catch {
      if let fault = output.error { throw fault }
      fprint(2, "9cat: %s: %s\n", file, error.reason)
      isGood = false
    }
  }
  try output.close()
  return isGood
}

var options = Options()
var args = ArgParser()
while let flag = args.next() {
  switch flag {
  case "n": options.numbers = true
  case "u": options.repairs = true
  case "v": options.reveals = true
  case "c": options.counts = true
  default: usage.fail(.unknown(flag))
  }
}
do throws(SystemError) {
  let isGood = try run(args.count == 0 ? ["-"] : args.rest, options)
  exits(isGood ? nil : "some files could not be read")
} catch {
  fprint(2, "9cat: write error: %s\n", error.reason)
  exits("write error")
}

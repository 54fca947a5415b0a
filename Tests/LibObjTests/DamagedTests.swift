// O1 and O2: whatever a file says of itself, there is an answer or an error.

import LibObj
import Support
import Sys9
import Testing

@Suite("Damaged object files") struct DamagedTests {
  /// Reads `bytes` in every way there is; whether it worked does not matter.
  private func read(_ bytes: [UInt8]) {
    if let objects = try? ObjectFile.slices(bytes[...]) {
      for object in objects {
        _ = Needs(of: object)
        _ = AddressMap(object).location(of: 0x1000)
      }
    }
    if let archive = try? Archive(bytes) {
      for member in archive.members { _ = try? ObjectFile(member.content) }
    }
  }

  private func samples() throws -> [[UInt8]] {
    let shop = try Compiled([("a.c", sampleSource), ("autolib.h", autolibHeader())])
    try shop.run("gcc -c a.c && gcc -m32 -c -o b.o a.c && ar rcs lib.a a.o b.o")
    try shop.run("clang --target=arm64-apple-macos13 -c -o m.o a.c")
    try shop.run("llvm-ar --format=bsd rcs bsd.a m.o")
    return try ["a.o", "b.o", "m.o", "lib.a", "bsd.a"].map { try shop.bytes($0) }
  }

  @Test func endAnywhere() throws {
    for sample in try samples() {
      for count in stride(from: 0, to: sample.count, by: 7) { read(Array(sample[..<count])) }
    }
  }

  @Test func haveOtherBytesAnywhere() throws {
    var (random, _) = SplitMix.printed(
      "damaged object files", environment: Environment["TEST_SEED"])
    for sample in try samples() {
      for _ in 0..<1500 {
        var bytes = sample
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          // Headers are where damage does most.
          let limit = Bool.random(using: &random) ? min(128, bytes.count) : bytes.count
          let at = Int.random(in: 0..<limit, using: &random)
          bytes[at] =
            [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
            .randomElement(using: &random) ?? 0
        }
        read(bytes)
      }
    }
  }

  /// A symbol table whose every entry names all of a long string: a small file asks for much.
  @Test func askForMoreThanTheirShare() throws {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(value >> ($0 * 8) & 0xFF) }
    }
    func header(_ kind: Int, _ offset: Int, _ size: Int, _ link: Int) -> [UInt8] {
      number(0, 4) + number(kind, 4) + number(0, 16) + number(offset, 8) + number(size, 8)
        + number(link, 4) + number(0, 20)
    }
    let count = 2000
    let name = [UInt8](repeating: 0x61, count: 100_000)
    let symbol = number(0, 4) + [0x10, 0] + number(1, 2) + number(0, 16)
    let symbols = Array([[UInt8]](repeating: symbol, count: count).joined())
    let sections = 64 + symbols.count + name.count
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    file += number(1, 2) + number(62, 2) + number(1, 4) + number(0, 16) + number(sections, 8)
    file += number(0, 4) + number(64, 2) + number(0, 4) + number(64, 2) + number(3, 2)
    file += number(0, 2)
    #expect(file.count == 64)
    file += symbols + name
    file += header(0, 0, 0, 0) + header(2, 64, symbols.count, 2)
    file += header(3, 64 + symbols.count, name.count, 0)
    let error = #expect(throws: ObjectError.self) { try ObjectFile(file) }
    #expect(error?.reason == "more names than the file has room for")
  }
}

// Mach-O, as <mach-o/loader.h>, <mach-o/nlist.h> and <mach-o/fat.h> describe it.

/// Reads Mach-O files of both widths and orders, and universal files.
enum MachO {
  private static let words: [[UInt8]] = [
    [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE],
    [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF],
  ]
  private static let universal: [UInt8] = [0xCA, 0xFE, 0xBA, 0xBE]
  private static let universalWide: [UInt8] = [0xCA, 0xFE, 0xBA, 0xBF]

  static func isObject(_ data: ObjectBytes) -> Bool { words.contains { data.begins($0) } }

  /// Java's class files begin with the same word; they say at least 45 where this says how many.
  static func isUniversal(_ data: ObjectBytes) -> Bool {
    if data.begins(universalWide) { return true }
    guard data.begins(universal), data.count >= 8 else { return false }
    let count = data.bytes.dropFirst(4).prefix(4)
    return count.prefix(3).allSatisfy { $0 == 0 } && (count.last ?? 0xFF) < 45
  }

  /// The files within a universal file.
  static func parts(_ file: ObjectBytes) throws(ObjectError) -> [ArraySlice<UInt8>] {
    var data = file
    data.isBig = true
    let isWide = data.begins(universalWide)
    let count = try data.number(4, 4)
    let size = isWide ? 32 : 20
    guard count <= UInt64(data.count / size) else { throw data.fault("\(count) parts", 4) }
    var result: [ArraySlice<UInt8>] = []
    var taken: UInt64 = 0
    for index in 0..<Int(count) {
      let at = 8 + index * size
      let offset = try data.number(at + 8, isWide ? 8 : 4)
      let length = try data.number(at + (isWide ? 16 : 12), isWide ? 8 : 4)
      let part = try data.slice(offset, length)
      taken += length
      // O2: parts that overlap would be read again and again.
      if taken > UInt64(data.count) { throw data.fault("parts that overlap", UInt64(at)) }
      result.append(part)
    }
    return result
  }

  static func read(_ file: ObjectBytes) throws(ObjectError) -> ObjectFile {
    var data = file
    data.isBig = data.bytes.first == 0xFE
    let isWide = try data.number(0, 4) == 0xFEED_FACF
    let kinds: [UInt64: ObjectKind] = [1: .relocatable, 2: .program, 6: .shared, 8: .shared]
    let result = ObjectFile(
      format: .macho, kind: kinds[try data.number(12, 4)] ?? .other,
      arch: arch(try data.number(4, 4)))
    var commands = Commands(
      data: data, isWide: isWide, budget: NameBudget(fileSize: data.count), result: result)
    try commands.readAll()
    return commands.result
  }

  private static func arch(_ type: UInt64) -> String {
    switch type {
    case 7: "386"
    case 0x100_0007: "amd64"
    case 12: "arm"
    case 0x100_000C: "arm64"
    case 18: "ppc"
    case 0x100_0012: "ppc64"
    default: "machine-\(type)"
    }
  }

  /// The load commands of one file, and what comes of them.
  private struct Commands {
    let data: ObjectBytes
    let isWide: Bool
    var budget: NameBudget
    var result: ObjectFile
    var codeSections: Set<UInt64> = []
    var word: Int { isWide ? 8 : 4 }

    mutating func readAll() throws(ObjectError) {
      let count = try data.number(16, 4)
      var at = UInt64(isWide ? 32 : 28)
      var symbolTable: ObjectBytes?
      for _ in 0..<count {
        let head = try data.part(at, 8)
        let size = try head.number(4, 4)
        // A command of less than its head would be read for ever.
        guard size >= 8 else { throw data.fault("a load command of \(size) bytes", at) }
        let part = try data.part(at, size)
        let kind = try head.number(0, 4)
        if kind == 2 { symbolTable = part } else { try read(kind, part) }
        at += size
      }
      if let symbolTable { try readSymbols(symbolTable) }
    }

    private mutating func read(_ kind: UInt64, _ part: ObjectBytes) throws(ObjectError) {
      switch kind {
      case 1 where !isWide, 0x19 where isWide: try readSegment(part)
      case 0x0C, 0x8000_0018, 0x8000_001F, 0x8000_0023: result.needed.append(try name(part))
      case 0x0D: result.soname = try name(part)
      case 0x8000_001C: result.runPaths.append(try name(part))
      case 0x2D: try readOption(part)
      default: break
      }
    }

    /// The string that a command names by its offset in the command.
    private mutating func name(_ part: ObjectBytes) throws(ObjectError) -> String {
      try budget.text(part, try part.number(8, 4))
    }

    private mutating func readOption(_ part: ObjectBytes) throws(ObjectError) {
      let count = try part.number(8, 4)
      var words: [String] = []
      var at: UInt64 = 12
      for _ in 0..<count {
        guard at < UInt64(part.count) else { throw part.fault("an option ends too early", at) }
        words.append(try budget.text(part, at))
        at += UInt64(part.string(at).count) + 1
      }
      result.linkerOptions.append(words)
    }

    private mutating func readSegment(_ part: ObjectBytes) throws(ObjectError) {
      let (countAt, start, size) = isWide ? (64, 72, 80) : (48, 56, 68)
      let count = try part.number(countAt, 4)
      guard count <= UInt64(part.count / size) else {
        throw part.fault("\(count) sections", UInt64(countAt))
      }
      for index in 0..<Int(count) {
        let at = start + index * size
        let section = try part.part(UInt64(at), UInt64(size))
        let name = Self.fixed(try section.slice(0, 16))
        let segment = Self.fixed(try section.slice(16, 16))
        let address = try section.number(32, word)
        let length = try section.number(32 + word, word)
        let offset = try section.number(32 + 2 * word, 4)
        let flags = try section.number(32 + 2 * word + 16, 4)
        let isZeroFill = [1, 12, 18].contains(flags & 0xFF)
        if name == "__text" { codeSections.insert(UInt64(result.sections.count + 1)) }
        result.sections.append(
          Section(
            name: "\(segment),\(name)", address: address,
            content: isZeroFill ? [] : try data.slice(offset, length)))
      }
    }

    private static func fixed(_ bytes: ArraySlice<UInt8>) -> String {
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private mutating func readSymbols(_ part: ObjectBytes) throws(ObjectError) {
      let size = isWide ? 16 : 12
      let count = try part.number(12, 4)
      guard count <= UInt64(data.count / size) else { throw part.fault("\(count) symbols", 12) }
      let table = try data.part(try part.number(8, 4), count * UInt64(size))
      let names = try data.part(try part.number(16, 4), try part.number(20, 4))
      result.symbols.reserveCapacity(Int(count))
      for at in stride(from: 0, to: table.count, by: size) {
        let kind = try table.number(at + 4, 1)
        if kind & 0xE0 != 0 { continue }  // for debuggers
        let name = try budget.text(names, try table.number(at, 4))
        if name.isEmpty { continue }
        let section = try table.number(at + 5, 1)
        let details = try table.number(at + 6, 2)
        let value = try table.number(at + 8, word)
        // A common symbol is undefined with a size for its value.
        let isDefined = kind & 0x0E != 0 || value != 0
        result.symbols.append(
          Symbol(
            name: name, value: value, size: 0, isDefined: isDefined, isGlobal: kind & 1 != 0,
            isWeak: details & (isDefined ? 0x80 : 0x40) != 0,
            isFunction: codeSections.contains(section)))
      }
    }
  }
}

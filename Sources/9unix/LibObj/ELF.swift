// ELF, as elf(5) and the System V ABI describe it.

/// Reads ELF files: what lies where, for both widths.
enum ELF {
  static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

  /// Where the fields are; the two widths order some differently.
  struct Layout {
    let is64: Bool
    var word: Int { is64 ? 8 : 4 }
    var headerSize: Int { is64 ? 64 : 52 }
    var sectionOffset: Int { is64 ? 40 : 32 }
    var sectionSizes: Int { is64 ? 58 : 46 }
    var sectionHeaderSize: UInt64 { is64 ? 64 : 40 }
    var symbolSize: UInt64 { is64 ? 24 : 16 }
  }

  /// A section's header.
  struct Header {
    var name: UInt64 = 0
    var kind: UInt64 = 0
    var address: UInt64 = 0
    var offset: UInt64 = 0
    var size: UInt64 = 0
    var link: UInt64 = 0
  }

  private static let kindSymbols: UInt64 = 2
  private static let kindDynamic: UInt64 = 6
  private static let kindNoBits: UInt64 = 8
  private static let kindDynamicSymbols: UInt64 = 11

  static func read(_ file: ObjectBytes) throws(ObjectError) -> ObjectFile {
    var data = file
    let (width, order) = (try data.number(4, 1), try data.number(5, 1))
    guard width == 1 || width == 2 else { throw data.fault("ELF of an unknown width", 4) }
    guard order == 1 || order == 2 else { throw data.fault("ELF of an unknown byte order", 5) }
    data.isBig = order == 2
    let layout = Layout(is64: width == 2)
    let kinds: [UInt64: ObjectKind] = [1: .relocatable, 2: .program, 3: .shared]
    var result = ObjectFile(
      format: .elf, kind: kinds[try data.number(16, 2)] ?? .other,
      arch: arch(try data.number(18, 2), is64: layout.is64, isBig: data.isBig))
    let headers = try sectionHeaders(data, layout)
    var budget = NameBudget(fileSize: data.count)
    let names = try nameTable(data, layout, headers)
    for header in headers {
      let hasBits = header.kind != kindNoBits && header.kind != 0
      result.sections.append(
        Section(
          name: try names.map { (table) throws(ObjectError) in
            try budget.text(table, header.name)
          } ?? "",
          address: header.address,
          content: hasBits ? try data.slice(header.offset, header.size) : []))
    }
    let table =
      headers.firstIndex { $0.kind == kindSymbols }
      ?? headers.firstIndex { $0.kind == kindDynamicSymbols }
    if let table {
      result.symbols = try symbols(data, layout, headers, table, &budget)
    }
    if let index = headers.firstIndex(where: { $0.kind == kindDynamic }) {
      try readDynamic(data, layout, headers, index, &budget, &result)
    }
    // A position-independent program is a shared object that has an interpreter.
    if result.kind == .shared, result.soname == nil,
      result.sections.contains(where: { $0.name == ".interp" })
    {
      let shared = result
      result = ObjectFile(format: .elf, kind: .program, arch: shared.arch)
      result.sections = shared.sections
      result.symbols = shared.symbols
      result.needed = shared.needed
      result.runPaths = shared.runPaths
    }
    return result
  }

  private static func arch(_ machine: UInt64, is64: Bool, isBig: Bool) -> String {
    switch machine {
    case 3: "386"
    case 62: "amd64"
    case 40: "arm"
    case 183: "arm64"
    case 243: is64 ? "riscv64" : "riscv32"
    case 20: "ppc"
    case 21: isBig ? "ppc64" : "ppc64le"
    case 22: "s390x"
    case 2: "sparc"
    case 43: "sparc64"
    default: "machine-\(machine)"
    }
  }

  // MARK: Sections

  private static func sectionHeaders(
    _ data: ObjectBytes, _ layout: Layout
  ) throws(ObjectError) -> [Header] {
    let start = try data.number(layout.sectionOffset, layout.word)
    if start == 0 { return [] }
    let size = try data.number(layout.sectionSizes, 2)
    guard size == layout.sectionHeaderSize else {
      throw data.fault("section headers of \(size) bytes", UInt64(layout.sectionSizes))
    }
    var count = try data.number(layout.sectionSizes + 2, 2)
    if count == 0 { count = try header(data, layout, start).size }  // more than fit in 16 bits
    guard count <= UInt64(data.count) / size else {
      throw data.fault("\(count) sections", UInt64(layout.sectionSizes))
    }
    _ = try data.slice(start, count * size)  // O1: all of them lie inside
    var headers: [Header] = []
    for index in 0..<count { headers.append(try header(data, layout, start + index * size)) }
    return headers
  }

  private static func header(
    _ data: ObjectBytes, _ layout: Layout, _ offset: UInt64
  ) throws(ObjectError) -> Header {
    let part = try data.part(offset, layout.sectionHeaderSize)
    let (wide, word) = (layout.is64, layout.word)
    return Header(
      name: try part.number(0, 4), kind: try part.number(4, 4),
      address: try part.number(wide ? 16 : 12, word),
      offset: try part.number(wide ? 24 : 16, word), size: try part.number(wide ? 32 : 20, word),
      link: try part.number(wide ? 40 : 24, 4))
  }

  private static func nameTable(
    _ data: ObjectBytes, _ layout: Layout, _ headers: [Header]
  ) throws(ObjectError) -> ObjectBytes? {
    var index = try data.number(layout.sectionSizes + 4, 2)
    if index == 0xFFFF, let first = headers.first { index = first.link }
    guard index > 0, index < UInt64(headers.count) else { return nil }
    return try table(data, headers, index)
  }

  /// The string table that is section `index`; an empty one if there is none.
  private static func table(
    _ data: ObjectBytes, _ headers: [Header], _ index: UInt64
  ) throws(ObjectError) -> ObjectBytes {
    guard index < UInt64(headers.count), headers[Int(index)].kind != kindNoBits else {
      return try data.part(0, 0)
    }
    return try data.part(headers[Int(index)].offset, headers[Int(index)].size)
  }

  // MARK: Symbols

  private static func symbols(
    _ data: ObjectBytes, _ layout: Layout, _ headers: [Header], _ index: Int,
    _ budget: inout NameBudget
  ) throws(ObjectError) -> [Symbol] {
    let part = try data.part(headers[index].offset, headers[index].size)
    let names = try table(data, headers, headers[index].link)
    let size = Int(layout.symbolSize)
    var symbols: [Symbol] = []
    symbols.reserveCapacity(part.count / size)
    for at in stride(from: size, to: part.count - part.count % size, by: size) {
      let info = try part.number(at + (layout.is64 ? 4 : 12), 1)
      let (binding, kind) = (info >> 4, info & 15)
      if kind == 3 || kind == 4 { continue }  // sections and file names
      let section = try part.number(at + (layout.is64 ? 6 : 14), 2)
      let name = try budget.text(names, try part.number(at, 4))
      if name.isEmpty { continue }
      symbols.append(
        Symbol(
          name: name, value: try part.number(at + (layout.is64 ? 8 : 4), layout.word),
          size: try part.number(at + (layout.is64 ? 16 : 8), layout.word), isDefined: section != 0,
          isGlobal: binding != 0, isWeak: binding == 2, isFunction: kind == 2 || kind == 10))
    }
    return symbols
  }

  // MARK: What a shared library needs

  private static func readDynamic(
    _ data: ObjectBytes, _ layout: Layout, _ headers: [Header], _ index: Int,
    _ budget: inout NameBudget, _ result: inout ObjectFile
  ) throws(ObjectError) {
    let header = headers[index]
    if header.kind == kindNoBits { return }
    let part = try data.part(header.offset, header.size)
    let names = try table(data, headers, header.link)
    let size = layout.word * 2
    for at in stride(from: 0, to: part.count - part.count % size, by: size) {
      let tag = try part.number(at, layout.word)
      if tag == 0 { break }
      guard [1, 14, 15, 29].contains(tag) else { continue }
      let text = try budget.text(names, try part.number(at + layout.word, layout.word))
      switch tag {
      case 1: result.needed.append(text)
      case 14: result.soname = text
      default: result.runPaths += text.split(separator: ":").map(String.init)
      }
    }
  }
}

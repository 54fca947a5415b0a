// Archives, as ar(5) describes them: System V's and GNU's way of long names, and BSD's.

/// A member of an archive.
public struct ArchiveMember: Sendable {
  /// Its name, without what the archive adds.
  public let name: String
  /// Its content; empty in a thin archive, where `name` is the path of a file beside the archive.
  public let content: ArraySlice<UInt8>
}

/// An archive: its members in order, without tables of symbols and names.
public struct Archive: Sendable {
  private static let magic = Array("!<arch>\n".utf8)
  private static let thinMagic = Array("!<thin>\n".utf8)

  /// True if members are files of their own, which the archive only names.
  public let isThin: Bool
  /// The members.
  public private(set) var members: [ArchiveMember] = []

  /// True if `bytes` begin as an archive does.
  public static func isArchive(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: magic) || bytes.starts(with: thinMagic)
  }

  /// Reads an archive; O(members), their content is not looked at.
  ///
  /// - Throws: what is wrong with it, or that it is none.
  public init(_ bytes: [UInt8]) throws(ObjectError) {
    let data = ObjectBytes(bytes[...])
    guard Self.isArchive(bytes[...]) else { throw data.fault("no archive", 0) }
    isThin = data.begins(Self.thinMagic)
    var names = ObjectBytes([])
    var at: UInt64 = 8
    while at < UInt64(data.count) {
      let header = try data.part(at, 60)
      guard try header.number(58, 2) == 0x0A60 else {
        throw data.fault("a member's header does not end as it should", at + 58)
      }
      let size = try Self.decimal(header, 48, 10)
      let field = Self.trimmed(try header.slice(0, 16))
      let isTable = ["/", "//", "/SYM64/"].contains(field) || field.hasPrefix("__.SYMDEF")
      let isOutside = isThin && !isTable
      let body = try data.part(at + 60, isOutside ? 0 : size)
      if field == "//" { names = body }
      if !isTable { try add(field, body, names) }
      // Members begin at even offsets.
      at += 60 + (isOutside ? 0 : size + size % 2)
    }
  }

  private mutating func add(
    _ field: String, _ body: ObjectBytes, _ names: ObjectBytes
  ) throws(ObjectError) {
    if field.hasPrefix("#1/") {
      // BSD: the name is the beginning of the content, filled up with NULs.
      guard let length = UInt64(field.dropFirst(3)) else {
        throw body.fault("a member's name is '\(field)'", 0)
      }
      let name = try body.slice(0, length).prefix { $0 != 0 }
      let text = String(decoding: name, as: UTF8.self)
      if text.hasPrefix("__.SYMDEF") { return }
      let content = try body.slice(length, UInt64(body.count) - length)
      members.append(ArchiveMember(name: text, content: content))
    } else if field.hasPrefix("/"), let offset = UInt64(field.dropFirst()) {
      // GNU: the name stands in the table of names, and ends in a slash and a newline.
      let rest = try names.slice(min(offset, UInt64(names.count)), 0).startIndex
      let name = names.bytes[rest...].prefix { $0 != 0x0A }
      members.append(
        ArchiveMember(
          name: String(decoding: name.last == 0x2F ? name.dropLast() : name, as: UTF8.self),
          content: body.bytes))
    } else {
      members.append(
        ArchiveMember(
          name: field.hasSuffix("/") ? String(field.dropLast()) : field, content: body.bytes))
    }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let end = bytes.lastIndex { $0 != 0x20 && $0 != 0 }
    return String(decoding: end.map { bytes[...$0] } ?? [], as: UTF8.self)
  }

  private static func decimal(
    _ data: ObjectBytes, _ offset: UInt64, _ count: UInt64
  ) throws(ObjectError) -> UInt64 {
    let text = trimmed(try data.slice(offset, count))
    guard let value = UInt64(text) else {
      throw data.fault("a member's size is '\(text)'", offset)
    }
    return value
  }
}

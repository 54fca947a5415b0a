// Lists of interfaces and addresses as Linux gives them.  `rtnetlink(7)`.
//
// An answer is a row of messages, a message a header, a body and a row of attributes; every
// length is the sender's word and is checked, and everything begins at a multiple of four:
//
//     message    [ length 4 | type 2 | flags 2 | sequence 4 | port 4 ] body attributes...
//     attribute  [ length 2 | type 2 ] value, padded
//
// Numbers are in the machine's order of bytes.  Reading is a function of bytes, and is fuzzed.

internal import Sys9

/// Reads what netlink answers.
enum Netlink {
  private enum Kind: UInt16 {
    case error = 2
    case done = 3
    case link = 16
    case address = 20
  }

  /// The request that lists links (18) or addresses (22).
  static func request(_ type: UInt16) -> [UInt8] {
    let flags: UInt16 = 0x301  // NLM_F_REQUEST | NLM_F_DUMP
    // The header and the body of the longer kind, of zeros: every family.
    return bytes(UInt32(32)) + bytes(type) + bytes(flags) + bytes(UInt32(1)) + bytes(UInt32(0))
      + [UInt8](repeating: 0, count: 16)
  }

  /// The machine's interfaces.
  static func interfaces() throws(SystemError) -> [Interface] {
    let links = try RouteSocket.dump(request(18), isLast: isLast)
    let addresses = try RouteSocket.dump(request(22), isLast: isLast)
    return parse(links: links, addresses: addresses)
  }

  /// True if an answer holds the message that ends a list, or an error.
  static func isLast(_ answer: [UInt8]) -> Bool {
    var isLast = false
    messages(answer) { kind, _ in
      if kind == .done || kind == .error { isLast = true }
    }
    return isLast
  }

  /// The interfaces of two lists, by number.
  static func parse(links: [UInt8], addresses: [UInt8]) -> [Interface] {
    var result: [Int: Interface] = [:]
    messages(links) { kind, body in
      if kind == .link, let link = link(body) { result[link.index] = link }
    }
    messages(addresses) { kind, body in
      guard kind == .address, let (index, address) = address(body) else { return }
      result[index]?.addresses.append(address)
    }
    return result.values.sorted { $0.index < $1.index }
  }

  /// An interface: the body is family 1, pad 1, type 2, index 4, flags 4, change 4.
  private static func link(_ body: ArraySlice<UInt8>) -> Interface? {
    guard let index: Int32 = number(body, 4) else { return nil }
    var result = Interface(index: Int(index), name: "")
    attributes(body.dropFirst(16)) { type, value in
      switch type {
      case 1: result.ether = EtherAddress(value).flatMap { $0.bits == 0 ? nil : $0 }
      case 3: result.name = String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
      case 4: if let mtu: UInt32 = number(value, 0) { result.mtu = Int(mtu) }
      default: break
      }
    }
    return result
  }

  /// An address: the body is family 1, prefix length 1, flags 1, scope 1, index 4.
  private static func address(_ body: ArraySlice<UInt8>) -> (Int, Interface.Address)? {
    guard let prefix: UInt8 = number(body, 1), let index: UInt32 = number(body, 4) else {
      return nil
    }
    var remote: IPAddress?
    var local: IPAddress?
    var preferred: UInt32?
    var valid: UInt32?
    attributes(body.dropFirst(8)) { type, value in
      switch type {
      case 1: remote = IPAddress(value)
      case 2: local = IPAddress(value)
      case 6:
        preferred = number(value, 0)
        valid = number(value, 4)
      default: break
      }
    }
    // On a point-to-point link the first is the other end's.
    guard let address = local ?? remote else { return nil }
    let length = Int(prefix) + (address.isV4 ? 96 : 0)
    if length > 128 { return nil }
    return (
      Int(index),
      Interface.Address(
        address: address, mask: IPAddress(prefixLength: length),
        preferredSeconds: preferred.flatMap { $0 == .max ? nil : Int($0) },
        validSeconds: valid.flatMap { $0 == .max ? nil : Int($0) })
    )
  }

  private static func messages(
    _ answer: [UInt8], _ body: (Kind, ArraySlice<UInt8>) -> Void
  ) {
    var rest = answer[...]
    while let length: UInt32 = number(rest, 0), let type: UInt16 = number(rest, 4) {
      guard length >= 16, Int(length) <= rest.count else { return }
      if let kind = Kind(rawValue: type) { body(kind, rest.prefix(Int(length)).dropFirst(16)) }
      rest = rest.dropFirst((Int(length) + 3) & ~3)
    }
  }

  private static func attributes(
    _ bytes: ArraySlice<UInt8>, _ body: (UInt16, ArraySlice<UInt8>) -> Void
  ) {
    var rest = bytes
    while let length: UInt16 = number(rest, 0), let type: UInt16 = number(rest, 2) {
      guard length >= 4, Int(length) <= rest.count else { return }
      // The two highest bits of the type are flags.
      body(type & 0x3FFF, rest.prefix(Int(length)).dropFirst(4))
      rest = rest.dropFirst((Int(length) + 3) & ~3)
    }
  }

  /// The number at `offset`; nil if the bytes end before.
  private static func number<Word: FixedWidthInteger>(
    _ bytes: ArraySlice<UInt8>, _ offset: Int
  ) -> Word? {
    let size = Word.bitWidth / 8
    guard bytes.count >= offset + size else { return nil }
    var word: Word = 0
    unsafe withUnsafeMutableBytes(of: &word) { room in
      unsafe room.copyBytes(from: bytes.dropFirst(offset).prefix(size))
    }
    return word
  }

  private static func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    unsafe withUnsafeBytes(of: word) { unsafe Array($0) }
  }
}

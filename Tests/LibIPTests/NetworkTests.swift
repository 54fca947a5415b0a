import Glibc
import Lib9c
import Sys9
import Testing

@testable import LibIP

@Suite("The machine's network") struct NetworkTests {
  @Test func interfacesAreThoseOfTheCLibrary() throws {
    let ours = try readipifc()
    let theirs = try Interface.portable()
    #expect(!ours.isEmpty)
    #expect(ours.map(\.name) == theirs.map(\.name))
    for (here, there) in zip(ours, theirs) {
      #expect(here.index == there.index)
      #expect(
        Set(here.addresses.map(\.address.text)) == Set(there.addresses.map(\.address.text)))
      for address in there.addresses {
        let same = here.addresses.first { $0.address == address.address }
        #expect(same?.mask == address.mask)
      }
    }
    let loopback = try #require(ours.first { $0.name == "lo" })
    #expect(loopback.mtu > 0 && loopback.ether == nil)
    #expect(
      loopback.addresses.contains { $0.address == .v4Loopback && $0.network.text == "127.0.0.0" })
  }

  /// One interface of index 2 called `e`, MTU 1500, and one address 10.0.16.9/20.
  private func lists(truncatedBy cut: Int = 0) -> (links: [UInt8], addresses: [UInt8]) {
    func number(_ value: UInt32) -> [UInt8] {
      unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
    }
    func short(_ value: UInt16) -> [UInt8] {
      unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
    }
    func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
      let pad = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
      return short(UInt16(4 + value.count)) + short(type) + value + pad
    }
    func message(_ type: UInt16, _ body: [UInt8]) -> [UInt8] {
      number(UInt32(16 + body.count)) + short(type) + short(2) + number(1) + number(0) + body
    }
    let link =
      [0, 0, 1, 0] + number(2) + number(0) + number(0) + attribute(3, [0x65, 0])
      + attribute(1, [2, 0, 0, 0, 0, 1]) + attribute(4, number(1500))
    let address =
      [2, 20, 0, 0] + number(2) + attribute(1, [10, 0, 16, 9]) + attribute(2, [10, 0, 16, 9])
      + attribute(6, number(60) + number(.max) + number(0) + number(0))
    return (message(16, link) + message(3, number(0)), message(20, address.dropLast(cut)))
  }

  @Test func listsAreRead() {
    let lists = lists()
    let found = Netlink.parse(links: lists.links, addresses: lists.addresses)
    let address = Interface.Address(
      address: IPAddress(10, 0, 16, 9), mask: IPAddress(prefixLength: 116), preferredSeconds: 60)
    #expect(
      found == [
        Interface(
          index: 2, name: "e", ether: EtherAddress(bits: 0x0200_0000_0001), mtu: 1500,
          addresses: [address])
      ])
    #expect(address.network.text == "10.0.16.0", "a mask is not whole bytes")
    #expect(Netlink.isLast(lists.links) && !Netlink.isLast(lists.addresses))
  }

  @Test func listsThatEndAnywhereAreNoCrash() {
    let whole = lists()
    for cut in 0...whole.links.count {
      _ = Netlink.parse(links: Array(whole.links.dropLast(cut)), addresses: whole.addresses)
    }
    for cut in 0..<40 {
      _ = Netlink.parse(links: whole.links, addresses: lists(truncatedBy: cut).addresses)
    }
    var random = Dice("netlink")
    for _ in 0..<2000 {
      var links = whole.links
      var addresses = whole.addresses
      links[random.below(links.count)] = random.byte()
      addresses[random.below(addresses.count)] = random.byte()
      _ = Netlink.parse(links: links, addresses: addresses)
    }
  }

  @Test(
    "a datagram comes with both addresses, and is answered from the one it was sent to",
    arguments: [("127.0.0.1", "127.0.0.2"), ("::", "::1"), ("::", "127.0.0.3")])
  func datagrams(_ bound: String, _ asked: String) throws {
    let v6 = bound.contains(":")
    let listening = try #require(SocketAddress(literal: v6 ? "::" : "0.0.0.0", port: 0))
    let server = try Sockets.make(for: listening, .datagram)
    try Sockets.bind(server.raw, to: listening)
    try udpheaders(server.raw)
    let port = try #require(try Sockets.name(of: server.raw)?.port)
    let target = try #require(IPAddress(asked))
    let near = try #require(SocketAddress(literal: target.isV4 ? "127.0.0.1" : "::1", port: 0))
    let client = try Sockets.make(for: near, .datagram)
    try Sockets.bind(client.raw, to: near)
    try udpheaders(client.raw)
    try udpwrite(client.raw, UDPHeader(to: target, port: port), Array("ask".utf8))
    let question = try udpread(server.raw, sizeMax: 2)
    #expect(question.data == Array("as".utf8))
    #expect(question.header.isTruncated)
    #expect(question.header.local == target)
    #expect(question.header.localPort == port)
    #expect(question.header.interfaceIndex > 0)
    #expect(question.header.remotePort == (try Sockets.name(of: client.raw)?.port))
    try udpwrite(server.raw, question.header, [1, 2, 3])
    let answer = try udpread(client.raw)
    #expect(answer.data == [1, 2, 3])
    #expect(answer.header.remote == target, "it comes from where it was asked")
    #expect(answer.header.remotePort == port)
    #expect(!answer.header.isTruncated)
  }

  @Test func headersComeBack() throws {
    var header = UDPHeader(to: .v4Loopback, port: 53, from: .loopback, localPort: 0xABCD)
    header.interface = IPAddress(1, 2, 3, 4)
    #expect(header.bytes.count == UDPHeader.byteCount)
    #expect(UDPHeader(bytes: header.bytes) == header)
    #expect(UDPHeader(bytes: [1]) == nil)
  }

  @Test func whatIsNoSocketIsAnError() {
    #expect(throws: SystemError.self) { try udpheaders(-1) }
    #expect(throws: SystemError.self) { try udpread(-1) }
    #expect(throws: SystemError.self) { try udpwrite(-1, UDPHeader(to: .loopback, port: 1), []) }
  }
}

// LibIP: theory of operation.
//
// Problem.  Programs meet addresses as text of users and as bytes of packets, in two families.
// C's ways to read them either stop early or accept what nobody meant: 010.0.0.1 is 8.0.0.1.
//
// Shape.  One address is 16 bytes, and an IPv4 address is the mapped one, ::ffff:a.b.c.d, as on
// Plan 9: one type, one comparison, one table.
//
//     IPAddress      value     parse -> IPAddress -> text      IPAddress+Text, IPParser
//     ZonedAddress   with the interface that fe80::1%eth0 names
//     EtherAddress   6 bytes
//     readipifc      the machine's interfaces and addresses    Interfaces
//     udpread        datagrams with both addresses             Datagrams
//
// Parsing is strict (inet_pton(3), and zones): what is not exactly an address is an error with
// its place.  Plan 9's class shorthand (10.1 is 10.0.0.1) is read on request by `parseLegacy`,
// and `Plan9.parseip` keeps its answers for what is no address at all.
//
// Invariants.
//   I1  parse(text(a)) == a for every address.
//   I2  A parser accepts all of the text or throws.
//
// Threads.  Values, and calls without state.
//
// Rejected.  An enum of two families: each caller would open it, and a v4 address that comes
// through a v6 socket would differ from itself.  inet_pton(3): no place, no reason, and a copy.

/// What is wrong with the text of an address, and where.
public struct IPError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The byte at which the text stops being an address, from 0.
  public let offset: Int
  /// What is wrong there, such as `a part is above 255`.
  public let reason: String

  init(_ offset: Int, _ reason: String) {
    self.offset = offset
    self.reason = reason
  }

  /// `byte 3: a part is above 255`, counting from 1 for people.
  public var description: String { "byte \(offset + 1): \(reason)" }
}

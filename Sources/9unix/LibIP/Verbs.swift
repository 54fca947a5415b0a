// The verbs of ip(3): %I, %V, %M, %E and %i.

public import LibFmt

extension IPAddress: Formattable {}
extension EtherAddress: Formattable {}

extension Verbs {
  /// Adds the verbs for addresses.
  ///
  /// `%I` an address, `%M` a mask, `%i` an address as four words, `%V` an IPv4 address as a number
  /// or an address, `%E` an Ethernet address, `%#E` with colons.  Width and precision are those of
  /// `%s`.  `%M` replaces the verb for modes of files.
  ///
  /// `eipfmt(3)`.
  public mutating func installIP() {
    install("I") { f, argument in Self.print(&f, argument.value(as: IPAddress.self)?.text) }
    install("M") { f, argument in Self.print(&f, argument.value(as: IPAddress.self)?.maskText) }
    install("i") { f, argument in Self.print(&f, argument.value(as: IPAddress.self)?.words) }
    install("V") { f, argument in Self.print(&f, v4(argument)) }
    install("E") { f, argument in
      let card = argument.value(as: EtherAddress.self)
      let hasColons = f.flags.contains(.sharp)
      Self.print(&f, hasColons ? card?.withColons : card?.text)
    }
  }

  private static func print(_ f: inout Fmt, _ text: String?) {
    guard let text else { return f.printBadArgument() }
    f.printString(text)
  }
}

private func v4(_ argument: FmtArg) -> String? {
  if let number = argument.int { return v4Text(UInt32(truncatingIfNeeded: number)) }
  return argument.value(as: IPAddress.self)?.v4.map { v4Text($0) }
}

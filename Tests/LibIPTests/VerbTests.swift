import LibFmt
import LibIP
import Testing

@Suite("The verbs of ip(3)") struct VerbTests {
  private var verbs: Verbs {
    var verbs = Verbs.standard
    verbs.installIP()
    return verbs
  }

  @Test func printAddresses() throws {
    let host = IPAddress(10, 0, 0, 1)
    let six = try parseip("fe80::1")
    let card = try parseether("001a2b334455")
    #expect(smprint("%I %I", host, six, verbs: verbs) == "10.0.0.1 fe80::1")
    #expect(
      smprint("%12I|%-12I|%.3I", host, host, host, verbs: verbs) == "    10.0.0.1|10.0.0.1    |10.")
    #expect(smprint("%M", IPAddress(prefixLength: 117), verbs: verbs) == "/117")
    #expect(smprint("%V %V", UInt32(0x0102_0304), host, verbs: verbs) == "1.2.3.4 10.0.0.1")
    #expect(smprint("%E %#E", card, card, verbs: verbs) == "001a2b334455 00:1a:2b:33:44:55")
    #expect(smprint("%i", host, verbs: verbs) == "00000000 00000000 0000ffff 0a000001")
  }

  @Test func refuseOtherArguments() {
    #expect(smprint("%I|%E|%V", "text", 7, IPAddress.loopback, verbs: verbs) == "%I%|%E%|%V%")
  }
}

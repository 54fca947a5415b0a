import LibBSD
import Testing

@Suite("LibBSD") struct LibBSDTests {
  @Test(
    "sizes for people",
    arguments: [(Int64(0), "0"), (1, "1"), (999, "999"), (98304, "96K"), (100 << 20, "100M")])
  func humanizes(_ bytes: Int64, _ text: String) {
    #expect(BSD.humanize(bytes).replacing(" ", with: "") == text)
  }

  @Test(
    "sizes from people",
    arguments: [("0", UInt64(0)), ("96k", 98304), ("2M", 2 << 20), ("7", 7)])
  func expands(_ text: String, _ bytes: UInt64) { #expect(BSD.expand(text) == bytes) }

  @Test("what is no size", arguments: ["", "k", "12q", "99999999999999999999"])
  func refuses(_ text: String) { #expect(BSD.expand(text) == nil) }

  @Test(
    "nothing drives the terminal",
    arguments: [
      ("plain", "plain"), ("two\nlines\t", "two\nlines\t"), ("\u{1B}[2J", "\\033[2J"),
      ("caf\u{E9}", "caf\u{E9}"), ("\u{7F}", "\\177"), ("\u{9B}31m", "\\302\\23331m"),
    ])
  func makesVisible(_ text: String, _ shown: String) {
    #expect(BSD.visible(Array(text.utf8)) == shown)
  }
}

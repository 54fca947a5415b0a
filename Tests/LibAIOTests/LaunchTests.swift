// What the servers' command lines mean.

import LibAIO
import Servers
import Sys9
import Testing

@Suite("The command line of the servers")
struct LaunchTests {
  private func parse(_ words: [String]) throws(UsageError) -> LaunchOptions {
    try LaunchOptions.parse(Arguments(words), takes: LaunchExtra.allCases)
  }

  private func target(_ text: String) throws -> Relay.Target? { try parse(["--to", text]).target }

  @Test(
    "places to listen at",
    arguments: [
      (["-p", "8080"], "tcp!127.0.0.1!8080"), (["--port", "0"], "tcp!127.0.0.1!0"),
      (["--listen", "8080"], "tcp!127.0.0.1!8080"), (["--listen", ":80"], "tcp!*!80"),
      (["--listen", "*:80"], "tcp!*!80"), (["--listen", "0.0.0.0:80"], "tcp!0.0.0.0!80"),
      (["--listen", "[::1]:80"], "tcp!::1!80"), (["--listen=tcp!*!80"], "tcp!*!80"),
      (["--listen", "unix!/tmp/a:b"], "unix!/tmp/a:b"), ([], "tcp!127.0.0.1!0"),
    ])
  func listening(_ words: [String], _ place: String) throws {
    #expect(try parse(words + ["--to", "1"]).address == place)
  }

  @Test("places to pass connections on to")
  func targets() throws {
    #expect(try target("80") == .address(.ipv4(0x7F00_0001, port: 80)))
    #expect(try target("10.0.0.1:80") == .address(.ipv4(0x0A00_0001, port: 80)))
    #expect(try target("[::1]:80") == .address(.ipv6(0, 1, port: 80, scope: 0)))
    #expect(try target("example.com:http") == .name("tcp!example.com!http"))
    #expect(try target("net!example.com!80") == .name("net!example.com!80"))
  }

  @Test("a count is given once, and is a number in its range")
  func counts() throws {
    func count(_ words: String...) throws(UsageError) -> Int? {
      var arguments = Arguments(words)
      var count: Int?
      while try arguments.next() != nil { count = try arguments.count(after: count, 1...10) }
      return count
    }
    #expect(try count() == nil)
    #expect(try count("10") == 10)
    for words in [["11"], ["x"], ["-1"], ["--nosuch"]] {
      #expect(throws: UsageError.self) { try count(words[0]) }
    }
    #expect(throws: UsageError.self) { try count("1", "2") }
  }

  @Test(
    "what is wrong is named, with what is wanted",
    arguments: [
      (["--to", "nosuch"], "--to wants PORT, HOST:PORT"), (["--to", ""], "--to wants PORT"),
      (["--to", "[::1]"], "--to wants PORT"), (["--to", "host:"], "empty port"),
      (["--to", "host:70000"], "bad port"), (["--to", "ftp!host!80"], "bad network"),
      (["--listen", "nonsense"], "--listen wants PORT"), (["-p", "http"], "-p wants a port"),
      (["--listen", "localhost:80"], "--listen wants numbers"), ([], "--to ADDRESS is missing"),
      (["-p", "1", "--listen", ":1"], "-p and --listen exclude"), (["-p"], "-p wants a port"),
      (["--listen", "unix!/a", "-t", "2", "--to", "1"], "one listener"),
      (["-t", "0"], "-t wants a number of threads, 1 to 256"), (["--nosuch=1"], "'--nosuch'"),
      (["--listen", "udp!*!80"], "--listen wants streams"),
      (["--async=1", "--to", "1"], "--async takes no value"),
      (["--backend", "select"], "--backend wants epoll"),
    ])
  func wrong(_ words: [String], _ said: String) {
    let error = #expect(throws: UsageError.self) { try parse(words) }
    #expect(error?.text.contains(said) == true, "\(error?.text ?? "")")
  }
}

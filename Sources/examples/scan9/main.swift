// 9scan: which services of a host answer?
//
//     9scan example.com                    the ports below 1024
//     9scan -p 22,80,443,8000-8100 host    others
//     9scan -u 250 192.0.2.1 192.0.2.2     be patient for 250 ms
//
// Ports are dialled many at once, from threads of the system's own: each blocks in `Net.connect`
// and in nothing else.  Prints a line for each port that answers: the dial string, and how long
// it took.

import Glibc
import Lib9c
import Synchronization

let usage = Usage(
  "9scan", operands: "host ...",
  flags: [
    .init("v", "also say why a port does not answer"),
    .init("p", "ports", "the ports, as 22,80,8000-8100 (default: 1-1023)"),
    .init("n", "number", "how many to dial at once (default: 64)"),
    .init("u", "ms", "how long to wait for an answer (default: 1000)"),
  ])

/// The ports that `text` lists, nil if it does not.
func ports(_ text: String) -> [UInt16]? {
  var found: [UInt16] = []
  for part in fields(of: text, dividedBy: ",") {
    let ends = fields(of: String(part), dividedBy: "-", max: 2).map { UInt16($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
      return nil
    }
    found += first...last
  }
  return found
}

/// What is to be dialled, taken by one thread after the other.
final class Work: Sendable {
  private struct State {
    var next = 0
    var answers = 0
  }

  private let state = Mutex(State())
  private let endpoints: [Endpoint]
  private let isVerbose: Bool
  private let patienceNs: Int64

  init(_ endpoints: [Endpoint], isVerbose: Bool, patienceNs: Int64) {
    self.endpoints = endpoints
    self.isVerbose = isVerbose
    self.patienceNs = patienceNs
  }

  /// Dials what nobody has dialled yet, until there is nothing more.
  func run() {
    while let index = state.withLock({ state -> Int? in
      state.next += 1
      return state.next <= endpoints.count ? state.next - 1 : nil
    }) {
      let address = endpoints[index].address
      let name = "tcp!\(address.host)!\(address.port)"
      let start = monotonicNsec()
      do {
        _ = try Net.connect(endpoints[index], patienceNs: patienceNs)
        say("\(name)\t\((monotonicNsec() - start) / 1000) us")
        state.withLock { $0.answers += 1 }
      } catch {
        if isVerbose { say("\(name)\t\(error.reason)") }
      }
    }
  }

  var answers: Int { state.withLock { $0.answers } }

  private func say(_ line: String) {
    // Lines of threads must not mix: one call writes one line.
    do {
      var output = BufferedWriter(1)
      try output.write(line + "\n")
      try output.flush()
    } catch { sysfatal("standard output: \(error.reason)") }
  }
}

/// Runs `work` on `count` threads, and waits for them.
func spread(_ work: Work, over count: Int) {
  let threads = (0..<count).compactMap { _ -> pthread_t? in
    var thread = pthread_t()
    let argument = unsafe Unmanaged.passRetained(work)
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        }
        return nil
      }, argument.toOpaque())
    if code == 0 { return thread }
    unsafe argument.release()
    return nil
  }
  // Without a single thread it takes longer, and that is all.
  if threads.isEmpty { work.run() }
  for thread in threads { pthread_join(thread, nil) }
}

var isVerbose = false
var wanted: [UInt16] = Array(1...1023)
var count = 64
var patienceMs = 1000
var args = ArgParser()
while let flag = args.next() {
  switch flag {
  case "v": isVerbose = true
  case "p":
    guard let listed = ports(args.eargf { usage.fail() }) else { usage.fail() }
    wanted = listed
  case "n":
    guard let number = Int(args.eargf { usage.fail() }), 1...1024 ~= number else { usage.fail() }
    count = number
  case "u":
    guard let number = Int(args.eargf { usage.fail() }), 1...3_600_000 ~= number else {
      usage.fail()
    }
    patienceMs = number
  default: usage.fail(.unknown(flag))
  }
}
if args.count == 0 { usage.fail() }
var endpoints: [Endpoint] = []
for host in args.rest {
  do {
    // The host once, its ports by number: names are asked for once a host.
    let first = try Net.endpoints(.service(.tcp, .name(host), .port(0))).first
    guard let first else { sysfatal("\(host): no address") }
    endpoints += wanted.map { Endpoint(first.kind, first.address.with(port: $0)) }
  } catch { sysfatal("\(host): \(error.reason)") }
}
let work = Work(endpoints, isVerbose: isVerbose, patienceNs: Int64(patienceMs) * 1_000_000)
spread(work, over: min(count, endpoints.count))
exits(work.answers > 0 ? nil : "nobody answers")

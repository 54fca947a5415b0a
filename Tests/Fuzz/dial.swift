// modules: Lib9c
//
// Fuzzing dial strings, addresses that are made whole, command lines and dates: nothing is asked
// of the system.

import Lib9c

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private func checkAddress(_ text: String) {
  guard let target = try? DialString(parsing: text) else { return }
  switch target {
  case .unix(let path):
    promise(!path.isEmpty && path.utf8.count <= SocketAddress.pathMax, "D1: a path fits")
  case .service(_, let host, let service):
    if case .name(let name) = host { promise(!name.isEmpty, "D1: a host has a name") }
    if case .name(let name) = service { promise(!name.isEmpty, "D1: a service has a name") }
    // What has brackets again inside its brackets, or is a star there, has no plain form.
    if case .name(let name) = host,
      name == "*" || name.utf8.first == 0x5B || name.utf8.contains(0x21)
    {
      return
    }
  }
  promise((try? DialString(parsing: "\(target)")) == target, "D2: the plain form means the same")
  if let address = target.literal, !address.isAny, address.family != 1 {
    promise(
      SocketAddress(literal: address.host, port: address.port) == address, "a host reads back")
  }
}

private func checkArguments(_ words: [String]) {
  var args = ArgParser(["fuzz"] + words)
  var flags = 0
  while let flag = args.next() {
    promise(args.flag == flag, "ARGC is the flag")
    if flag == "o" { _ = args.argf() }
    flags += 1
  }
  promise(args.next() == nil, "the end stays the end")
  promise(words.suffix(args.count).elementsEqual(args.rest), "A2: the operands are the last words")
  promise(flags <= words.reduce(0) { $0 + $1.unicodeScalars.count }, "A1: no flag comes twice")
}

private func checkDate(_ bytes: [UInt8]) {
  let seconds = bytes.prefix(8).reduce(0) { $0 << 8 | Int($1) }
  let tm = gmtime(seconds)
  promise(tm.seconds == seconds, "T2: a date is its seconds")
  promise(0..<24 ~= tm.hour && 0..<60 ~= tm.min && 0..<60 ~= tm.sec, "a time of day")
  promise(0..<12 ~= tm.mon && 1...31 ~= tm.mday && 0..<7 ~= tm.wday, "a day")
  _ = (asctime(tm), Plan9.asctime(tm), tm2sec(tm))
  var wild = tm
  let numbers = bytes.map { Int(Int8(bitPattern: $0)) << ($0 % 57) }
  if numbers.count >= 6 {
    (wild.mon, wild.mday, wild.hour) = (numbers[0], numbers[1], numbers[2])
    (wild.min, wild.sec, wild.year) = (numbers[3], numbers[4], numbers[5])
    if let total = wild.seconds { promise(gmtime(total).seconds == total, "T2 again") }
    _ = (wild.text, Plan9.asctime(wild), tm2sec(wild))
  }
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let text = String(decoding: bytes, as: UTF8.self)
  checkAddress(text)
  // Rooted in a folder that is not there: whether a file exists must not decide a test.
  let whole = netmkaddr("\u{1}" + text, "tcp", "80")
  promise(whole.utf8.contains(UInt8(ascii: "!")), "an address that is whole has parts")
  checkAddress(whole)
  _ = Plan9.netmkaddr("\u{1}" + text, nil, nil)
  checkArguments(fields(of: text, dividedBy: "\n").map(String.init))
  checkDate(bytes)
  return 0
}

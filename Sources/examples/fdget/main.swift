// fdget: asks `fdserve` for files, and copies them to the standard output.
//
//     fdget unix!/run/files.sock reports/today.txt >today.txt

import Lib9c

let usage = Usage("fdget", operands: "address file ...")

/// The file called `name`, open, from the server at `address`.
func fetch(_ name: String, from address: String) throws(SystemError) -> Descriptor {
  let connection = try Net.dial(address)
  try connection.descriptor.write(all: Array("\(name)\n".utf8))
  let (bytes, fds) = try Sockets.receive(connection.descriptor.raw, count: 512, room: 1)
  if bytes.first == UInt8(ascii: "+"), let fd = fds.first { return Descriptor(adopting: fd) }
  let reason =
    bytes.isEmpty ? "the server hung up" : String(decoding: bytes.dropFirst(), as: UTF8.self)
  throw SystemError(call: "fdget", text: reason, subject: name)
}

/// Copies what is left of `file` to the standard output.
func copy(_ file: borrowing Descriptor) throws(SystemError) {
  let output = Descriptor(adopting: try duplicate(1))
  while true {
    let piece = try file.read(upTo: 64 * 1024)
    if piece.isEmpty { return }
    try output.write(all: piece)
  }
}

var args = ArgParser()
while let flag = args.next() { usage.fail(.unknown(flag)) }
if args.count < 2 { usage.fail() }
do {
  for name in args.rest.dropFirst() { try copy(fetch(name, from: args.rest[0])) }
} catch { sysfatal("\(error)") }
exits(nil)

// fdserve: a file server that passes descriptors.
//
//     fdserve /srv/files unix!/run/files.sock
//     fdget unix!/run/files.sock reports/today.txt
//
// The client has no permission for the files, and no path to them; it gets an open descriptor and
// reads at the speed of the file system, while the server copies nothing.
//
// One request a connection: the name of a file, ended by a newline.  The answer is one message:
// `+` with the descriptor, or `-` and the reason.  Names are cleaned lexically below the root, and
// opened part by part from the root's descriptor, through no symbolic link, so that no name leads
// out, whatever happens to the folders meanwhile.

import Glibc
import Lib9c
import SystemPackage

/// The longest name that is taken, with its newline.
let requestMax = 4096
/// How long a client may take to say what it wants.
let patienceNs: Int64 = 2_000_000_000

let usage = Usage(
  "fdserve", operands: "folder address",
  flags: [.init("1", "serve one request, then end"), .init("v", "say what is served")])

/// The name that the client asks for, without its newline; nil if it says none in time.
func request(_ connection: borrowing Connection) throws(SystemError) -> String? {
  try Sockets.setPatience(connection.descriptor.raw, ns: patienceNs)
  var bytes: [UInt8] = []
  while bytes.last != UInt8(ascii: "\n") {
    let piece = try connection.descriptor.read(upTo: requestMax - bytes.count)
    bytes += piece
    if piece.isEmpty || bytes.count == requestMax { return nil }
  }
  return String(validating: bytes.dropLast(), as: UTF8.self)
}

/// Opens the file called `name` below `root` for reading.
func find(_ name: String, below root: borrowing Descriptor) throws(SystemError) -> Descriptor {
  // Rooted, so that `..` ends at the root.
  let parts = words(of: cleanname("/" + name), dividedBy: "/")
  var folder = try root.duplicate()
  for part in parts.dropLast() {
    folder = try folder.openFile(FilePath(String(part)), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  }
  // A pipe or a device must not keep the server waiting.
  let last = FilePath(parts.last.map { String($0) } ?? ".")
  let file = try folder.openFile(last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  if try !file.status().isRegular {
    throw SystemError(call: "open", text: "not a file", subject: name)
  }
  return file
}

/// Answers one client.
func serve(
  _ connection: borrowing Connection, below root: borrowing Descriptor
) throws(SystemError) -> String {
  guard let name = try request(connection) else { return "no request" }
  do {
    let file = try find(name, below: root)
    _ = try Sockets.send(
      connection.descriptor.raw, [UInt8(ascii: "+")], passing: [file.raw])
    return "\(name): served"
  } catch {
    let answer = Array("-\(error.reason)".utf8)
    _ = try Sockets.send(connection.descriptor.raw, answer, passing: [])
    return "\(name): \(error.reason)"
  }
}

var servesOne = false
var isVerbose = false
var args = ArgParser()
while let flag = args.next() {
  switch flag {
  case "1": servesOne = true
  case "v": isVerbose = true
  default: usage.fail(.unknown(flag))
  }
}
if args.count != 2 { usage.fail() }
let folder = args.rest[0]
let address = args.rest[1]
do {
  let root = try Descriptor.open(FilePath(folder), O_RDONLY | O_DIRECTORY)
  let listener = try Net.announce(address)
  repeat {
    let connection = try listener.accept()
    var outcome: String
    // What one client does wrong is no reason to leave the others.
    do { outcome = try serve(connection, below: root) } catch { outcome = "\(error)" }
    if isVerbose {
      var log = BufferedWriter(2)
      try log.write("fdserve: \(outcome)\n")
      try log.flush()
    }
  } while !servesOne
} catch { sysfatal("\(error)") }
exits(nil)

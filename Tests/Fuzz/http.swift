// modules: LibHTTP
//
// Fuzzing requests: any bytes as a head, whole and cut; as a body, in any pieces; as a path, a
// range, a date.

import LibHTTP

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private enum Found: Equatable {
  case more, fault(Int)
  case head(HTTP.RequestHead)
}

private func parse(_ bytes: [UInt8]) -> Found {
  do throws(HTTP.Fault) {
    guard let head = try HTTP.RequestHead.parse(bytes.span) else { return .more }
    return .head(head)
  } catch {
    return .fault(error.status)
  }
}

private func checkHead(_ bytes: [UInt8], cut: Int) {
  let whole = parse(bytes)
  let part = parse(Array(bytes.prefix(cut)))
  // W1: what has been said of a beginning holds for the whole.
  if part != .more { promise(part == whole, "W1: the same bytes, the same answer") }
  guard case .head(let head) = whole else { return }
  promise(head.size <= min(bytes.count, HTTP.RequestHead.sizeMax), "W4: a head is bounded")
  promise(parse(Array(bytes.prefix(head.size - 1))) == .more, "W1: a head ends where it ends")
  if head.minor == 0 { promise(head.body != .chunked, "HTTP/1.0 has no chunks") }
  checkPath(head.target.of(bytes.span))
  let validators = HTTP.Validators(size: 100, seconds: 784_111_777, nanoseconds: 0)
  _ = validators.areKnown(to: head, in: bytes.span)
  _ = validators.allowRange(of: head, in: bytes.span)
  if let range = head.range { checkRange(range.of(bytes.span)) }
}

private func checkPath(_ target: Span<UInt8>) {
  guard let path = try? HTTP.RequestPath(target: target) else { return }
  let segments = path.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  promise(
    path.bytes.isEmpty || segments.allSatisfy { !$0.isEmpty && !$0.elementsEqual("..".utf8) },
    "W3: a path lies below the root")
  promise(!path.bytes.contains(0), "W3: a path has no NUL")
  let encoded = path.encoded
  let again = try? HTTP.RequestPath(target: encoded.span)
  promise(again?.bytes == path.bytes, "W3: what is sent back names the same path")
}

private func checkRange(_ value: Span<UInt8>) {
  if case .part(let offset, let count) = HTTP.ByteRange(value, size: 100) {
    promise(count > 0 && offset + count <= 100, "a part lies in the whole")
  }
}

/// The bytes of a body, how many were taken, and whether it was right.
private func decode(_ bytes: [UInt8], _ size: HTTP.BodySize, pieces: Int) -> ([UInt8], Int, Bool) {
  var decoder = HTTP.BodyDecoder(size)
  var body: [UInt8] = []
  var at = 0
  do throws(HTTP.Fault) {
    while at < bytes.count && !decoder.isDone {
      let piece = Array(bytes[at..<min(at + pieces, bytes.count)])
      let found = try decoder.next(piece.span)
      promise(found.taken > 0, "a body goes on")
      body += piece[found.data.start..<found.data.start + found.data.count]
      at += found.taken
    }
    return (body, at, true)
  } catch {
    return ([], 0, false)
  }
}

/// What libFuzzer calls for each input; its first byte chooses how the rest is cut.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let all = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let first = all.first else { return 0 }
  let (bytes, choice) = (Array(all.dropFirst()), Int(first))
  checkHead(bytes, cut: choice * bytes.count / 256)
  for size in [HTTP.BodySize.chunked, .length(UInt64(choice))] {
    let whole = decode(bytes, size, pieces: .max / 2)
    promise(decode(bytes, size, pieces: 1 + choice % 9) == whole, "W1: pieces do not matter")
  }
  if let date = HTTP.Date(bytes.span) {
    var text: [UInt8] = []
    date.append(to: &text)
    let again = HTTP.Date(text.span)
    promise(again == date, "a date reads back")
  }
  checkRange(bytes.span)
  checkPath(bytes.span)
  return 0
}

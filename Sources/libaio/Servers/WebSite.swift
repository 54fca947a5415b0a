// What a web server has to say: a fixed text, or the files below a root.

import Glibc
public import LibHTTP
public import Sys9
import SystemPackage

/// What requests are answered with.
///
/// Belongs to the thread of its server.
public final class WebSite {
  /// The bytes of an answer behind its head.
  public enum Body: ~Copyable {
    /// None.
    case none
    /// These.
    case bytes([UInt8])
    /// A part of a file.
    case file(Descriptor, offset: Int64, count: UInt64)
  }

  /// An answer.
  public struct Answer: ~Copyable {
    /// Its head; that of a HEAD is the same as that of a GET.
    public var head: HTTP.ResponseHead
    /// What follows.
    public var body: Body
  }

  private enum Content: ~Copyable {
    case text([UInt8])
    case files(Descriptor)
  }

  private let content: Content
  private static let allowed: StaticString = "GET, HEAD, OPTIONS"
  /// What is sent for a directory.
  private static let indexName = "index.html"

  /// A site that answers every path with `text`.
  public init(text: String) { content = .text(Array(text.utf8)) }

  /// A site of the files below the directory `root`.
  ///
  /// A file is opened and read on the server's thread; what is not in the system's cache holds the
  /// loop up for as long as the disk takes.
  /// - Throws: what `open(2)` reports.
  public init(root: String) throws(SystemError) {
    content = .files(try Descriptor.open(FilePath(root), O_RDONLY | O_DIRECTORY))
  }

  /// The answer to `head`, which was parsed from `bytes`, at `date`.
  public func answer(
    to head: HTTP.RequestHead, in bytes: Span<UInt8>, date: HTTP.Date
  ) -> Answer {
    switch head.method {
    case .get, .head: break
    case .options:
      var options = HTTP.ResponseHead(204, length: nil, date: date)
      options.allow = Self.allowed
      return Answer(head: options, body: .none)
    case .other: return Self.refusal(HTTP.Fault(501, "the method is not known"), date)
    default:
      var answer = Self.refusal(HTTP.Fault(405, "only GET, HEAD and OPTIONS are done here"), date)
      answer.head.allow = Self.allowed
      return answer
    }
    switch content {
    case .text(let text):
      var answer = Answer(
        head: HTTP.ResponseHead(200, length: UInt64(text.count), date: date), body: .bytes(text))
      answer.head.mediaType = "text/plain"
      return answer
    case .files(let root):
      do throws(HTTP.Fault) {
        return try Self.file(head, bytes, below: root, date)
      } catch {
        return Self.refusal(error, date)
      }
    }
  }

  /// The answer to a request that is refused: a status, and a sentence about it.
  public static func refusal(_ fault: HTTP.Fault, _ date: HTTP.Date) -> Answer {
    let text = Array(
      "\(fault.status) \(HTTP.ResponseHead.reason(fault.status)): \(fault.reason)\n".utf8)
    var answer = Answer(
      head: HTTP.ResponseHead(fault.status, length: UInt64(text.count), date: date),
      body: .bytes(text))
    answer.head.mediaType = "text/plain; charset=utf-8"
    return answer
  }

  // MARK: Files

  private static func file(
    _ head: HTTP.RequestHead, _ bytes: Span<UInt8>, below root: borrowing Descriptor,
    _ date: HTTP.Date
  ) throws(HTTP.Fault) -> Answer {
    let path = try HTTP.RequestPath(target: head.target.of(bytes))
    var name = path.text
    // A name that is no UTF-8 would be changed by being made a text: there is none such here.
    if Array(name.utf8) != path.bytes { throw HTTP.Fault(404, "there is no such file") }
    var opened = try open(name.isEmpty ? "." : name, below: root)
    if opened.status.isDirectory {
      if !path.namesDirectory { return moved(to: path, date) }
      name += name.isEmpty ? indexName : "/" + indexName
      opened = try open(name, below: root)
    } else if path.namesDirectory {
      throw HTTP.Fault(404, "there is no such directory")
    }
    let status = opened.status
    guard status.mode & S_IFMT == S_IFREG else { throw HTTP.Fault(403, "this is no plain file") }
    return answer(opened.take(), status, head, bytes, HTTP.MediaType.ofFile(name), date)
  }

  private struct Opened: ~Copyable {
    let file: Descriptor
    let status: FileStatus
    consuming func take() -> Descriptor { file }
  }

  private static func open(
    _ name: String, below root: borrowing Descriptor
  ) throws(HTTP.Fault) -> Opened {
    do throws(SystemError) {
      // Without waiting for the other side of a named pipe.
      let file = try root.openBeneath(FilePath(name), O_RDONLY | O_NONBLOCK)
      let status = try file.status()
      return Opened(file: file, status: status)
    } catch {
      switch error.errno {
      case ENOENT, ENOTDIR, ENAMETOOLONG: throw HTTP.Fault(404, "there is no such file")
      case EACCES, EPERM, ELOOP, EXDEV: throw HTTP.Fault(403, "the file cannot be had")
      case EMFILE, ENFILE, ENOMEM: throw HTTP.Fault(503, "too many files are open")
      default: throw HTTP.Fault(500, "the file cannot be opened")
      }
    }
  }

  private static func moved(to path: HTTP.RequestPath, _ date: HTTP.Date) -> Answer {
    var answer = refusal(HTTP.Fault(301, "a directory's path ends in a slash"), date)
    answer.head.location = path.encoded + [UInt8(ascii: "/")]
    return answer
  }

  private static func answer(
    _ file: consuming Descriptor, _ status: FileStatus, _ head: HTTP.RequestHead,
    _ bytes: Span<UInt8>, _ type: StaticString, _ date: HTTP.Date
  ) -> Answer {
    let size = UInt64(max(status.size, 0))
    let (seconds, nanoseconds) = status.modifiedNs.quotientAndRemainder(dividingBy: 1_000_000_000)
    let validators = HTTP.Validators(size: size, seconds: seconds, nanoseconds: nanoseconds)
    var answer = HTTP.ResponseHead(200, length: size, date: date)
    answer.lastModified = validators.lastModified
    answer.entityTag = validators.entityTag
    answer.acceptsRanges = true
    if validators.areKnown(to: head, in: bytes) {
      answer.status = 304
      answer.length = nil
      return Answer(head: answer, body: .none)
    }
    answer.mediaType = type
    var range = HTTP.ByteRange.whole
    if let field = head.range, head.method == .get, validators.allowRange(of: head, in: bytes) {
      range = HTTP.ByteRange(field.of(bytes), size: size)
    }
    switch range {
    case .whole: return Answer(head: answer, body: .file(file, offset: 0, count: size))
    case .part(let offset, let count):
      answer.status = 206
      answer.length = count
      answer.part = (offset, count, size)
      return Answer(head: answer, body: .file(file, offset: Int64(offset), count: count))
    case .unsatisfiable:
      var refused = refusal(HTTP.Fault(416, "the file has no such part"), date)
      refused.head.part = (0, 0, size)
      return refused
    }
  }
}

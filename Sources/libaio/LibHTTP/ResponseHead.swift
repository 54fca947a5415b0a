// The head of an answer.

extension HTTP {
  /// The head of an answer, to be appended to the bytes that are sent.
  public struct ResponseHead: Sendable {
    /// The status code.
    public var status: Int
    /// The bytes that follow; nil if there is no field about them (304).
    public var length: UInt64?
    /// What kind of thing follows.
    public var mediaType: StaticString?
    /// Whether the connection ends behind this answer.
    public var closes = false
    /// Whether the request spoke HTTP/1.0, where staying has to be said.
    public var isOld = false
    /// The moment at which the answer is made.
    public var date: Date
    /// When what is sent was last changed.
    public var lastModified: Date?
    /// What names this state of what is sent, with its quotes.
    public var entityTag: [UInt8] = []
    /// The part that is sent and the size of the whole; of a 416 only the size counts.
    public var part: (offset: UInt64, count: UInt64, size: UInt64)?
    /// Whether parts can be asked for.
    public var acceptsRanges = false
    /// The methods that are allowed (405, and OPTIONS).
    public var allow: StaticString?
    /// Where to go instead (301): a path.
    public var location: [UInt8] = []

    /// A head with `status`, made at `date`.
    public init(_ status: Int, length: UInt64? = 0, date: Date) {
      self.status = status
      self.length = length
      self.date = date
    }

    /// What a status means, in words.
    public static func reason(_ status: Int) -> StaticString {
      switch status {
      case 100: "Continue"
      case 200: "OK"
      case 204: "No Content"
      case 206: "Partial Content"
      case 301: "Moved Permanently"
      case 304: "Not Modified"
      case 400: "Bad Request"
      case 403: "Forbidden"
      case 404: "Not Found"
      case 405: "Method Not Allowed"
      case 408: "Request Timeout"
      case 413: "Content Too Large"
      case 414: "URI Too Long"
      case 416: "Range Not Satisfiable"
      case 417: "Expectation Failed"
      case 431: "Request Header Fields Too Large"
      case 500: "Internal Server Error"
      case 501: "Not Implemented"
      case 503: "Service Unavailable"
      case 505: "HTTP Version Not Supported"
      default: "Unknown"
      }
    }

    /// Appends the head, with the empty line behind it.
    ///
    /// - Precondition: `status` has three digits, and `location` no control characters.
    public func append(to text: inout [UInt8]) {
      precondition((100...599).contains(status), "a status has three digits")
      text.append("HTTP/1.1 ")
      text.append(status, digits: 3)
      text.append(" ")
      text.append(Self.reason(status))
      text.append("\r\nDate: ")
      date.append(to: &text)
      if let length {
        text.append("\r\nContent-Length: ")
        text.append(length)
      }
      if let mediaType {
        text.append("\r\nContent-Type: ")
        text.append(mediaType)
      }
      appendValidators(&text)
      if let allow {
        text.append("\r\nAllow: ")
        text.append(allow)
      }
      if !location.isEmpty {
        text.append("\r\nLocation: ")
        text += location
      }
      if closes {
        text.append("\r\nConnection: close")
      } else if isOld {
        text.append("\r\nConnection: keep-alive")
      }
      text.append("\r\n\r\n")
    }

    private func appendValidators(_ text: inout [UInt8]) {
      if let lastModified {
        text.append("\r\nLast-Modified: ")
        lastModified.append(to: &text)
      }
      if !entityTag.isEmpty {
        text.append("\r\nETag: ")
        text += entityTag
      }
      if acceptsRanges { text.append("\r\nAccept-Ranges: bytes") }
      guard let part else { return }
      text.append("\r\nContent-Range: bytes ")
      if status == 416 {
        text.append("*")
      } else {
        text.append(part.offset)
        text.append("-")
        text.append(part.offset + part.count - 1)
      }
      text.append("/")
      text.append(part.size)
    }
  }
}

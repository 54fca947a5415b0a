// What a file is, by its name.

extension HTTP {
  /// The kinds of things that files hold, as far as browsers want to know.
  public enum MediaType {
    private static let table: [String: StaticString] = [
      "html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8",
      "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
      "mjs": "text/javascript; charset=utf-8", "txt": "text/plain; charset=utf-8",
      "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8",
      "json": "application/json", "map": "application/json", "xml": "application/xml",
      "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
      "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "ico": "image/x-icon",
      "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "pdf": "application/pdf",
      "wasm": "application/wasm", "zip": "application/zip", "gz": "application/gzip",
      "mp3": "audio/mpeg", "ogg": "audio/ogg", "mp4": "video/mp4", "webm": "video/webm",
    ]

    /// Bytes of which nothing is known.
    public static let unknown: StaticString = "application/octet-stream"

    /// The media type of the file `name`, by what stands behind its last dot.
    public static func ofFile(_ name: String) -> StaticString {
      guard let dot = name.lastIndex(of: "."), !name[dot...].contains("/") else { return unknown }
      return table[name[name.index(after: dot)...].lowercased()] ?? unknown
    }
  }
}

// The keys by which series are filtered and laid out in rows and columns.

/// Keys and what they are for a series.
public struct ReportKeys: Equatable, Sendable {
  /// The keys, in the order in which they are shown.
  public var keys: [String]

  /// A projection on `keys`; on nothing if there are none.
  public init(_ keys: [String]) { self.keys = keys }

  /// A projection on the keys in `text`, between commas or blanks.
  public init(parsing text: String) {
    keys = text.split { $0 == "," || $0 == " " }.map(String.init)
  }

  /// The value of `key` for `series`, "" if it has none.
  ///
  /// `name` (or `.fullname`) is the benchmark's whole name, `.name` what stands before its first
  /// slash; `arm` (or `file`), `metric` and `unit` are what they say.  Other keys are the
  /// source's labels (`goos`), or parts `key=value` of the benchmark's name, with or without a
  /// slash in front (`/size`).
  ///
  /// - Parameter taken: keys of other projections; their parts are left out of `name`.
  public static func value(
    _ key: String, of series: Series, metric: Metric?, taken: Set<String> = []
  ) -> String {
    switch key {
    case "name", ".fullname", "benchmark": return name(series.benchmark, without: taken)
    case ".name": return String(series.benchmark.prefix { $0 != "/" })
    case "arm", "file", ".file": return series.arm
    case "metric": return series.metric
    case "unit", ".unit": return metric?.unit ?? ""
    default:
      if let label = series.labels[key] { return label }
      let wanted = key.hasPrefix("/") ? String(key.dropFirst()) : key
      for part in series.benchmark.split(separator: "/").dropFirst() {
        let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if sides.count == 2, sides[0] == wanted { return String(sides[1]) }
      }
      return ""
    }
  }

  private static func name(_ benchmark: String, without taken: Set<String>) -> String {
    if taken.isEmpty || !benchmark.contains("/") { return benchmark }
    let parts = benchmark.split(separator: "/", omittingEmptySubsequences: false)
    let kept = parts.enumerated().filter { index, part in
      let key = String(part.prefix { $0 != "=" })
      return index == 0 || !part.contains("=")
        || !(taken.contains(key) || taken.contains("/" + key))
    }
    return kept.map { String($0.element) }.joined(separator: "/")
  }

  /// What `series` is called under this projection: the values of the keys, blanks between them.
  public func label(
    of series: Series, metric: Metric?, taken: Set<String> = []
  ) -> String {
    keys.map { Self.value($0, of: series, metric: metric, taken: taken) }
      .filter { !$0.isEmpty }.joined(separator: " ")
  }
}

// How sure a test is asked to be.

import Glibc

/// A two-sided confidence level in percent, above 0 and below 100.
public struct ConfidenceLevel: Equatable, Sendable {
  /// The level in percent.
  public let percent: Double

  /// The level when nobody asks for another.
  public static let standard = ConfidenceLevel(checked: 95)

  /// The levels of the classic program, whose critical values are rounded to three decimals.
  public static let classic: [Double] = [80, 90, 95, 98, 99, 99.5]

  /// The level of `percent`; nil unless it lies above 0 and below 100.
  public init?(percent: Double) {
    if !(percent > 0 && percent < 100) { return nil }
    self.init(checked: percent)
  }

  private init(checked percent: Double) { self.percent = percent }

  /// True if the classic program has a table for this level.
  public var isClassic: Bool { Self.classic.contains(percent) }

  /// Where critical values come from.
  public enum Source: Sendable {
    /// As a printed table has them for the classic levels up to 100 degrees of freedom; else exact.
    case tableThenExact
    /// As a printed table has them, with the normal distribution's beyond 100.
    case tableThenNormal
  }

  /// The critical value of Student's t for this level.
  ///
  /// A printed table gives three decimals, and so does this for the classic levels, so that
  /// results agree digit by digit with those that were made with the table.
  public func critical(degreesOfFreedom: Int, from source: Source = .tableThenExact) -> Double {
    precondition(degreesOfFreedom > 0, "degrees of freedom are positive")
    let outside = (100 - percent) / 100
    if degreesOfFreedom > 100 && source == .tableThenNormal {
      let normal = Normal.quantile(upperTail: outside / 2)
      return isClassic ? Self.thousandths(normal) : normal
    }
    let student = StudentT(degreesOfFreedom: Double(degreesOfFreedom))
    let exact = student.critical(percent / 100, outside: outside)
    return isClassic && degreesOfFreedom <= 100 ? Self.thousandths(exact) : exact
  }

  private static func thousandths(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension ConfidenceLevel: CustomStringConvertible {
  /// The level with one decimal, as `95.0%`, or with as many as it needs, as `99.99%`.
  public var description: String {
    (percent * 10).rounded() / 10 == percent
      ? NumberText.fixed(percent, decimals: 1) + "%" : "\(percent)%"
  }
}

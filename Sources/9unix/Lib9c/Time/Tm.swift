// Time: theory of operation.
//
// Problem.  Seconds since 1970 are what systems count, and dates what people read.
//
// Shape.  The calendar is arithmetic on days and knows no clock and no zone: years begin in
// March, so that the leap day is a year's last, and 400 years are 146097 days.  A zone is an
// offset that somebody tells, and only `localtime` and `tm2sec` ask the C library for it.
//
//     seconds  <->  (days, second of the day)  <->  Tm
//
// Invariants.
//   T1  Calendar.days(of: Calendar.date(of: d)) == d, for every day that a year of Int64 holds.
//   T2  gmtime(t).seconds == t, for every t.
//
// Threads.  Pure but for `localtime`, `ctime` and local `tm2sec`, which read the C library's
// zone (`TZ`), and for the clocks.  Rejected: a static result as C has it.

/// The proleptic Gregorian calendar as arithmetic.
enum Calendar {
  /// Days from the first of March of the year 0 to the first of January 1970.
  private static let epoch = 719_468
  /// Days in the 400 years after which the calendar repeats.
  private static let era = 146_097

  static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// The date of the day `days` after the first of January 1970; month 1-12, day 1-31.
  static func date(of days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + epoch
    let era = floor(shifted, Self.era)
    let dayOfEra = shifted - era * Self.era
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// Days from the first of January 1970 to a date; nil if they do not fit into an Int.
  ///
  /// Months beyond 1-12 are months of other years, and days need not be in the month.
  static func days(year: Int, month: Int, day: Int) -> Int? {
    let months = month.subtractingReportingOverflow(3)
    let carry = floor(months.partialValue, 12)
    let fromMarch = months.partialValue - carry * 12
    let (moved, overflow) = year.addingReportingOverflow(carry)
    // Far from what fits into seconds, and safe to calculate with below.
    if months.overflow || overflow || moved.magnitude > 1 << 48 { return nil }
    if day.magnitude > 1 << 56 { return nil }
    let era = floor(moved, 400)
    let yearOfEra = moved - era * 400
    let dayOfYear = (153 * fromMarch + 2) / 5 + day - 1
    return era * Self.era + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - epoch
  }

  /// `a / b` rounded down.
  static func floor(_ a: Int, _ b: Int) -> Int { a / b - (a % b < 0 ? 1 : 0) }
}

/// A date and a time of day, in some zone.  Corresponds to `Tm`.
public struct Tm: Equatable, Hashable, Sendable {
  /// The second of the minute, 0-59, or 60 in a leap second.
  public var sec = 0
  /// The minute of the hour, 0-59.
  public var min = 0
  /// The hour of the day, 0-23.
  public var hour = 0
  /// The day of the month, 1-31; 0 if `yday` alone counts.
  public var mday = 0
  /// The month, 0-11.
  public var mon = 0
  /// The year less 1900.
  public var year = 0
  /// The day of the week, 0-6 from Sunday.
  public var wday = 0
  /// The day of the year, 0-365.
  public var yday = 0
  /// The zone's short name, such as `GMT` or `CEST`.
  public var zone = "GMT"
  /// The zone's offset in seconds, positive east of Greenwich.
  public var tzoff = 0

  /// The first of January 1900 without a day, in GMT: to be filled in.
  public init() {}

  /// The date and time `tzoff` seconds east of Greenwich, `seconds` after 1970 began there.
  public init(_ seconds: Int, zone: String = "GMT", tzoff: Int = 0) {
    // Offsets are less than a day: at the ends of what an Int holds the last day stays GMT.
    let shifted = seconds.addingReportingOverflow(tzoff)
    let local = shifted.overflow ? seconds : shifted.partialValue
    let days = Calendar.floor(local, 86_400)
    let second = (local % 86_400 + 86_400) % 86_400
    let date = Calendar.date(of: days)
    sec = second % 60
    min = second / 60 % 60
    hour = second / 3600
    mday = date.day
    mon = date.month - 1
    year = date.year - 1900
    wday = (days % 7 + 11) % 7
    let newYear = Calendar.days(year: date.year, month: 1, day: 1) ?? days
    yday = days - newYear
    self.zone = zone
    self.tzoff = tzoff
  }

  /// Seconds from 1970 to this date and time by `tzoff`; nil if they do not fit into an Int.
  ///
  /// `mon` and `mday` count, or `yday` if `mday` is 0; each may be out of its range and then
  /// carries over.  Exact for all dates, before 1970 too; see `tm2sec` for Plan 9's function.
  public var seconds: Int? {
    let (full, overflow) = year.addingReportingOverflow(1900)
    if overflow { return nil }
    let days =
      mday == 0
      ? Calendar.days(year: full, month: 1, day: yday.addingReportingOverflow(1).partialValue)
      : Calendar.days(year: full, month: mon.addingReportingOverflow(1).partialValue, day: mday)
    guard var days, var rest = Self.sum([(3600, hour), (60, min), (1, sec), (-1, tzoff)]) else {
      return nil
    }
    if days < 0 {
      // The first day that an Int holds is not a whole one: its beginning is beyond.
      days += 1
      guard let less = Self.sum([(1, rest), (-1, 86_400)]) else { return nil }
      rest = less
    }
    return Self.sum([(86_400, days), (1, rest)])
  }

  /// The sum of products; nil if it or its parts do not fit.
  private static func sum(_ parts: [(Int, Int)]) -> Int? {
    var total = 0
    for (factor, number) in parts {
      let product = number.multipliedReportingOverflow(by: factor)
      let sum = total.addingReportingOverflow(product.partialValue)
      if product.overflow || sum.overflow { return nil }
      total = sum.partialValue
    }
    return total
  }

  /// `Thu Jan  1 00:00:00 GMT 1970`: as `asctime`, without the newline.
  public var text: String {
    "\(dayAndTime) \(zone) \(year.addingReportingOverflow(1900).partialValue)"
  }

  /// The part of the text that has no year.
  var dayAndTime: String {
    func two(_ number: Int, _ fill: String = "0") -> String {
      0..<10 ~= number ? fill + "\(number)" : "\(number)"
    }
    let day = Self.days.indices.contains(wday) ? Self.days[wday] : "???"
    let month = Self.months.indices.contains(mon) ? Self.months[mon] : "???"
    return "\(day) \(month) \(two(mday, " ")) \(two(hour)):\(two(min)):\(two(sec))"
  }

  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

extension Tm: CustomStringConvertible {
  /// The same as `text`.
  public var description: String { text }
}

/// The date and time in Greenwich `seconds` after 1970 began.  Any number will do.
///
/// Corresponds to `gmtime` of `ctime(3)`.
public func gmtime(_ seconds: Int) -> Tm { Tm(seconds) }

/// `tm` as text with a newline: `Thu Jan  1 00:00:00 GMT 1970`.
///
/// The year has all its digits; see `Plan9.asctime` for the one of old.  Corresponds to `asctime`.
public func asctime(_ tm: Tm) -> String { tm.text + "\n" }

/// The local date and time as text with a newline.  Corresponds to `ctime(3)`.
public func ctime(_ seconds: Int) -> String { asctime(localtime(seconds)) }

extension Plan9 {
  /// What plan9port's `asctime` answers: of the year only two digits are the year's own, behind
  /// `19` for years up to 1999 and `20` for all after them.
  public static func asctime(_ tm: Tm) -> String {
    let century = tm.year >= 100 ? 20 : 19
    let rest = (tm.year % 100 + 100) % 100
    return "\(tm.dayAndTime) \(tm.zone) \(century * 100 + rest)\n"
  }
}

/// Seconds from 1970 to `tm`, as Plan 9 counts: years before 1970 count for nothing, and what is
/// negative is 0.
///
/// A zone other than `GMT` is the local one, whatever its name; `tzoff` is not asked.  `mon` and
/// `mday` count, or `yday` if `mday` is 0.  From 1970 to 9999 the inverse of `gmtime` and
/// `localtime`; `Tm.seconds` is the exact one.  Corresponds to `tm2sec` of `ctime(3)`.
public func tm2sec(_ tm: Tm) -> Int {
  var date = tm
  date.tzoff = 0
  if date.year < 70 {
    // Plan 9 adds up whole years from 1970, and finds none; the days are still those of its year.
    let year = date.year
    date.year = 70
    let extra = date.mday != 0 && date.mon > 1 && Calendar.isLeap(year + 1900) ? 86_400 : 0
    return Swift.max(0, (date.seconds ?? 0) + extra)
  }
  guard let seconds = date.seconds else { return 0 }
  return Swift.max(0, tm.zone == "GMT" ? seconds : Zone.seconds(ofLocal: seconds, named: tm.zone))
}

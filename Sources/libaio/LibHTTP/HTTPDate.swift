// Dates as HTTP writes them: Sun, 06 Nov 1994 08:49:37 GMT.  RFC 9110, 5.6.7.

extension HTTP {
  /// A moment, in whole seconds.
  public struct Date: Equatable, Comparable, Sendable {
    /// Seconds since 1970, without leap seconds.
    public let seconds: Int64

    /// The last second of the year 9999, beyond which the form has no room.
    static let latest: Int64 = 253_402_300_799

    /// The moment `seconds` after the beginning of 1970; from there to the end of 9999.
    public init(seconds: Int64) { self.seconds = min(max(seconds, 0), Self.latest) }

    /// Whether `a` is before `b`.
    public static func < (a: Date, b: Date) -> Bool { a.seconds < b.seconds }

    private static let days: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months: [StaticString] = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The bytes of a date.
    public static let size = 29

    /// Appends the 29 bytes of the date to `text`.
    public func append(to text: inout [UInt8]) {
      let (day, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
      let date = Self.civil(day)
      text.append(Self.days[Int(day % 7)])
      text.append(", ")
      text.append(date.day, digits: 2)
      text.append(" ")
      text.append(Self.months[date.month - 1])
      text.append(" ")
      text.append(date.year, digits: 4)
      text.append(" ")
      text.append(Int(second / 3600), digits: 2)
      text.append(":")
      text.append(Int(second / 60 % 60), digits: 2)
      text.append(":")
      text.append(Int(second % 60), digits: 2)
      text.append(" GMT")
    }

    /// The moment that `text` names in the form that is sent today; nil if it names none.
    ///
    /// The two forms of the last century are not read: a condition that is not understood is
    /// passed over, and what it asked for is sent.
    public init?(_ text: Span<UInt8>) {
      guard text.count == Self.size, text[3] == UInt8(ascii: ","),
        text.extracting(25..<29).isCaseless(" gmt"),
        let day = text.extracting(5..<7).digits, let year = text.extracting(12..<16).digits,
        let hour = text.extracting(17..<19).digits, let minute = text.extracting(20..<22).digits,
        let second = text.extracting(23..<25).digits,
        let month = Self.months.firstIndex(where: { name in
          (0..<3).allSatisfy { unsafe name.utf8Start[$0] == text[8 + $0] }
        }),
        [4, 7, 11, 16].allSatisfy({ text[$0] == UInt8(ascii: " ") }),
        text[19] == UInt8(ascii: ":"), text[22] == UInt8(ascii: ":"),
        year >= 1970, hour < 24, minute < 60, second < 61
      else { return nil }
      let number = Self.day(year: Int64(year), month: month + 1, day: Int64(day))
      guard Self.civil(number) == (Int(year), month + 1, Int(day)) else { return nil }
      self.init(
        seconds: number * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second))
    }

    /// The year, month and day of a day since 1970.
    ///
    /// Years begin in March here, so that the leap day ends them; 400 years have 146,097 days.
    static func civil(_ day: Int64) -> (year: Int, month: Int, day: Int) {
      let shifted = day + 719_468
      let (era, inEra) = (shifted / 146_097, shifted % 146_097)
      let year = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
      let inYear = inEra - (365 * year + year / 4 - year / 100)
      let month = (5 * inYear + 2) / 153
      let civilMonth = month < 10 ? month + 3 : month - 9
      return (
        Int(year + era * 400 + (civilMonth <= 2 ? 1 : 0)), Int(civilMonth),
        Int(inYear - (153 * month + 2) / 5 + 1)
      )
    }

    /// The day since 1970 of a date.
    static func day(year: Int64, month: Int, day: Int64) -> Int64 {
      let year = month <= 2 ? year - 1 : year
      let (era, inEra) = (year / 400, year % 400)
      let inYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
      return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + inYear - 719_468
    }
  }
}

extension [UInt8] {
  /// Appends `text`, which is ASCII.
  mutating func append(_ text: StaticString) {
    unsafe append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends `value` in decimal, with zeros in front up to `digits`.
  mutating func append(_ value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      append(0x30 + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends `value` in decimal.
  mutating func append(_ value: UInt64) {
    var digits: InlineArray<20, UInt8> = .init(repeating: 0)
    var count = 0
    var rest = value
    repeat {
      digits[count] = 0x30 + UInt8(rest % 10)
      rest /= 10
      count += 1
    } while rest > 0
    while count > 0 {
      count -= 1
      append(digits[count])
    }
  }
}

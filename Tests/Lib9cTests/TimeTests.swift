import Glibc
import Lib9c
import Support
import Testing

@Suite("Time") struct TimeTests {
  @Test(
    "dates have their day",
    arguments: [
      (0, "Thu Jan  1 00:00:00 GMT 1970"), (-1, "Wed Dec 31 23:59:59 GMT 1969"),
      (951_868_799, "Tue Feb 29 23:59:59 GMT 2000"),
      (253_402_300_799, "Fri Dec 31 23:59:59 GMT 9999"),
      (5_922_622_959, "Mon Sep  5 21:02:39 GMT 2157"),
      (-62_167_219_200, "Sat Jan  1 00:00:00 GMT 0"),
    ])
  func prints(_ seconds: Int, _ text: String) {
    #expect(asctime(gmtime(seconds)) == text + "\n")
    #expect("\(gmtime(seconds))" == text)
    #expect(gmtime(seconds).seconds == seconds)
  }

  @Test("T2 holds at the ends", arguments: [Int.min, .min + 1, .max, .max - 86_399])
  func ends(_ seconds: Int) { #expect(gmtime(seconds).seconds == seconds) }

  @Test func theCenturyOfOldIsKept() {
    #expect(Plan9.asctime(gmtime(5_922_622_959)) == "Mon Sep  5 21:02:39 GMT 2057\n")
    #expect(Plan9.asctime(gmtime(0)) == asctime(gmtime(0)))
  }

  @Test func tm2secCountsAsPlan9Does() {
    #expect(tm2sec(gmtime(-1)) == 31_535_999)
    #expect(gmtime(-1).seconds == -1)
    // The first of March 1968, a leap year before 1970.
    #expect(tm2sec(gmtime(-57_974_400)) == 60 * 86_400)
    var day = Tm()
    (day.year, day.yday, day.hour) = (70, 32, 1)
    #expect(tm2sec(day) == 32 * 86_400 + 3600)
    #expect(day.seconds == 32 * 86_400 + 3600)
  }

  @Test func whatOverflowsHasNoSeconds() {
    var tm = Tm()
    (tm.year, tm.mday) = (Int.max, 1)
    #expect(tm.seconds == nil)
    (tm.year, tm.mon) = (70, Int.max)
    #expect(tm.seconds == nil)
    (tm.mon, tm.hour) = (0, Int.max)
    #expect(tm.seconds == nil)
    #expect(tm2sec(tm) == 0)
  }

  @Test func fieldsCarryOver() {
    var tm = Tm()
    (tm.year, tm.mon, tm.mday) = (100, 13, 1)
    #expect(tm.seconds == gmtime(980_985_600).seconds)
    (tm.mon, tm.mday) = (-1, 31)
    #expect(tm.seconds.map { gmtime($0).text } == "Fri Dec 31 00:00:00 GMT 1999")
  }

  @Test func localTimeGoesThereAndBack() {
    for seconds in stride(from: 0, to: 2_500_000_000, by: 86_400 * 17 + 3601) {
      let local = localtime(seconds)
      #expect(local.seconds == seconds)
      // In the hour that clocks show twice, the name of the zone tells which one.
      #expect(tm2sec(local) == seconds || local.zone == "GMT")
    }
  }

  @Test func aZoneHasTwoOffsets() async {
    // In a process of its own: the zone is the whole process's.
    await #expect(processExitsWith: .success) {
      unsafe setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1)
      let summer = 1_750_000_000
      guard localtime(summer).text == "Sun Jun 15 17:06:40 CEST 2025" else { exit(1) }
      guard localtime(summer).tzoff == 7200, localtime(0).zone == "CET" else { exit(2) }
      // The last Sunday of October 2025: from 02:00 to 03:00 twice.
      let first = 1_761_435_000
      guard localtime(first).text == "Sun Oct 26 01:30:00 CEST 2025" else { exit(3) }
      for seconds in stride(from: first, to: first + 4 * 3600, by: 600) {
        guard tm2sec(localtime(seconds)) == seconds else { exit(4) }
        guard localtime(seconds).seconds == seconds else { exit(5) }
      }
      // The last Sunday of March 2025: 02:30 is never shown; the offset of before holds.
      var never = Tm()
      (never.year, never.mon, never.mday, never.hour, never.min) = (125, 2, 30, 2, 30)
      never.zone = "CET"
      guard localtime(tm2sec(never)).text == "Sun Mar 30 03:30:00 CEST 2025" else { exit(6) }
      // Behind 2037, where plan9port's zones end.
      guard localtime(2_540_000_000).zone == "CEST" else { exit(7) }
    }
  }

  @Test func clocksRun() {
    #expect(nsec() > 1_600_000_000_000_000_000)
    #expect(time() > 1_600_000_000)
    let before = monotonicNsec()
    #expect(monotonicNsec() >= before)
    #expect(ctime(0).utf8.count >= 29)
  }

  @Test func agreesWithTheCLibrary() {
    var (numbers, seed) = SplitMix.printed("time", environment: Environment["TEST_SEED"])
    for _ in 0..<20_000 {
      let bits = Int.random(in: 20...54, using: &numbers)
      let seconds = Int(truncatingIfNeeded: numbers.next() >> UInt64(64 - bits)) - (1 << (bits - 1))
      var time = time_t(seconds)
      var parts = unsafe tm()
      unsafe gmtime_r(&time, &parts)
      let ours = gmtime(seconds)
      let theirs = unsafe [
        parts.tm_sec, parts.tm_min, parts.tm_hour, parts.tm_mday, parts.tm_mon, parts.tm_year,
        parts.tm_wday, parts.tm_yday,
      ].map { Int($0) }
      let mine = [
        ours.sec, ours.min, ours.hour, ours.mday, ours.mon, ours.year, ours.wday, ours.yday,
      ]
      #expect(mine == theirs, "seed \(seed), time \(seconds)")
      #expect(ours.seconds == seconds)
      if seconds >= 0, ours.year < 8100 { #expect(tm2sec(ours) == seconds) }
    }
  }
}

// Command lines and files on which our program is compared with Debian's.

/// A fault of the original that we do not repeat, as `docs/ministat.md` numbers them.
enum OriginalFault: Int {
  /// A crash, or a plot of no width, at `-w 0`, `-w 1` or `-w ''`, and values that are not finite.
  case crash = 1
  /// The plot has the height of the last set, and a set that is higher than the one before it
  /// wipes the rows above that one.
  case height = 2
  /// The deviation loses its digits where the mean is large against it.
  case cancellation = 3
  /// Squares leave the range of a Double.
  case range = 4
  /// `-c 99.5` takes the quantiles of 99.8 %; a bad second `-c` is passed over.
  case level = 6
  /// A negative half width, or infinitely many percent.
  case base = 7
  /// A line of more than 8191 bytes is taken for several.
  case longLine = 8
  /// Numbers in options wrap around at 2^32.
  case wrap = 11
}

/// A command line, and whether Debian's program answers it otherwise than ours.
struct CompatibilityCase {
  let arguments: [String]
  var input = "/dev/null"
  /// The fault that explains a difference; nil for none, and then the answers are the same.
  var fault: OriginalFault?
  /// Our exit status where the answers differ.
  var status = 0
}

enum CompatibilityCorpus {
  /// Files that are written by hand: every form of line, every kind of fault.
  static let files: [(name: String, text: String)] = [
    ("a", "1\n2\n3\n4\n5\n"), ("b", "2\n3\n5\n7\n9\n11\n"), ("even", "1\n2\n3\n10\n"),
    ("iguana", "50\n200\n150\n400\n750\n400\n150\n"), ("chameleon", "150\n400\n720\n500\n930\n"),
    ("same", "1\n1\n1\n"), ("three", "3\n1\n2"), ("two", "1\n2\n"), ("empty", ""),
    ("blank", "\n\n \n\t\n"), ("comments", "# one\n1 # 1\n#2\n 2 x\n\t3\n4#\n"),
    ("notes", "# one\n1 # 1\n#2\n 2 x\n\t3\n"), ("crlf", "1\r\n2\r\n3.5\r\n"),
    ("crlf2", "1 2\r\n2 3\r\n3 5\r\n"), ("word", "1\n2\nthree\n4\n"), ("tail", "1\n2\n3\n4x\n"),
    ("late", "1\n\n# c\n2\n3\n1,5\n"), ("hex", "0x10\n0X1.8p3\n0x.1\n-0xAp-2\n"),
    ("signs", "+1\n-2\n+.5\n-3.e1\n5E+0\n"), ("small", "1e-5\n3e-5\n2e-5\n"),
    ("big", "1e12\n3e12\n2.5e12\n"), ("scale", "1e-3\n1e3\n1\n"),
    ("negative", "-10\n-11\n-13\n"), ("around", "-1\n0\n2\n"), ("zero", "-1\n0\n1\n"),
    ("columns", "a 1 x 10\nb 2 y 20\nc 3 z 40\nd\n# e 5\n"),
    ("csv", "a,1,2\nb,,3,4\n,c,5,6\nd,7,8\n"),
    ("spaced", "a, 1,2\nb, 2,3\nc,\t3,4\n"), ("trailing", "1 \n2\t\n3 \t \n"),
    ("form", "1\u{0B}\n2\u{0C}\n3 \u{0B}\n"), ("inner", "1\u{0B}2\n3\n4\n"),
    ("exponents", "1e\n2\n3\n"), ("dots", "1.2.3\n2\n3\n"), ("underflow", "1e-400\n1\n2\n"),
    (
      "digits",
      "0.1000000000000000055511151231257827\n0.2\n0.3\n123456789012345678901234567890e-29\n"
    ),
    ("nul", "1\u{0}x\n2\n3\n4\u{0}\n"), ("nulline", "\u{0}1\n2\n3\n4\n"),
    ("infinite", "1\n2\ninf\n3\n"), ("overflow", "1\n2\n1e999\n3\n"),
    ("notanumber", "nan\n1\n2\n3\n"),
    ("shifted", "1000000000\n1000000001\n1000000002\n1000000003\n1000000004\n"),
    ("tenths", "0.1\n0.1\n0.1\n0.1\n0.1\n0.1\n0.1\n"),
    ("huge", "1e300\n2e300\n3e300\n"), ("tiny", "1e-300\n2e-300\n3e-300\n"),
    ("tall", "1\n1\n1\n1\n5\n"), ("flat", "2\n3\n4\n"), ("-dash", "7\n8\n9.5\n"),
    ("constant", "5\n5\n5\n5\n"), ("constant2", "6\n6\n6\n"),
  ]

  /// Files that are long: the original splits the lines of the last one.
  static func longFiles() -> [(name: String, text: String)] {
    let gap = String(repeating: " ", count: 9000)
    let hundred = (1...100).map { "\($0)\n" }.joined()
    return [
      ("hundred", hundred), ("seventy", (1...70).map { "\($0).5\n" }.joined()),
      ("long", "1 \(gap) 7\n2\n3\n"), ("longnote", "1 #\(gap)x\n2\n3\n"),
      ("longcut", "1\n2\n3\n" + String(repeating: "9", count: 8191) + "1\n"),
    ]
  }

  /// Command lines that Debian's program and ours answer alike.
  static let alike: [String] = [
    "a", "a b", "-s a b", "-A a b", "-n a b", "-An a", "-nA a b", "-sA a b", "-sn a", "even",
    "-w 20 a", "-w20 a", "-w 2 a", "-w ' 30' a", "-w +30 a", "-w 200 -s a b",
    "-w 500 a",
    "-c 80 a b", "-c 90 a b", "-c 95 a b", "-c 98 a b", "-c 99 a b", "-c 95.0 a b", "-c 9.5e1 a b",
    "-c 0x5fp0 a b", "-c ' 95' a b", "-c80 -A iguana chameleon", "-s -w 60 chameleon",
    "-c 80 -c 99 -A iguana chameleon", "-C 1 a", "-C 2 columns", "-C 4 columns", "-C2 columns",
    "-C 3 columns", "-C 9 a", "-C ' 1' a", "-C +1 a", "-d , -C 2 csv", "-d, -C3 csv",
    "-d , -C 1 csv",
    "-d , spaced", "-d ', ' -C 2 spaced", "-d , -C 2 spaced", "-d ,a -C 1 csv", "-d 0 a",
    "-d . -C 2 seventy", "-d e scale", "-d x hex", "-d '#' notes", "-d '\n' a", "comments", "notes",
    "crlf", "-C 2 crlf2", "word", "tail", "late", "hex", "signs", "small", "big", "scale",
    "negative",
    "around", "trailing", "form", "inner", "exponents", "dots", "underflow", "-n underflow",
    "digits",
    "nul", "nulline", "-A nul a", "three", "same", "two", "empty", "blank", "missing", "a missing",
    "two missing", "missing two", "word missing", ".", "a .", "''", "- a", "-- -dash",
    "-A -- -dash a",
    "-dash", "a -n", "a -A b", "a -w 20", "-n", "-", "-n -", "-A - a", "-A a -", "-n - -",
    "-A a b even", "-A a b three flat chameleon", "-A a a a a a a a", "a a a a a a a",
    "a a a a a a a a",
    "-A a b a b a b a b a", "-Z", "-Z a", "-q a", "-h", "a -Z", "-C", "-c", "-d", "-w", "-C 0 a",
    "-C -1 a", "-C x a", "-C 1x a", "-C '' a", "-C 1.5 a", "-c x a", "-c '' a", "-c 50 a",
    "-c 95x a",
    "-c nan a", "-c inf a", "-c -95 a", "-c 99.8 a", "-d '' a", "-w x a", "-w 7x a", "-w -1 a",
    "-w 0x20 a", "-w 1 -n a", "-w 0 -A a b", "-A constant a", "-A a constant",
    "-A constant constant2",
    "constant constant", "-A constant constant", "-A hundred a", "-c 90 -A hundred seventy",
    "-A seventy hundred", "-c 99 -A hundred hundred", "a a", "-s a a a", "flat flat",
    "-A zero around", "-A around zero", "-n infinite2", "-A big small", "-A small big",
    "-A negative negative", "-A a huge2", "chameleon iguana", "flat tall",
  ]

  /// Command lines that Debian's program answers wrongly, and by which fault.
  static let different: [(line: String, fault: OriginalFault, status: Int)] = [
    ("-w 1 a", .crash, 2), ("-w 0 a", .crash, 2), ("-w '' a", .crash, 2), ("-w '' -n a", .crash, 2),
    ("infinite", .crash, 2), ("-n infinite", .crash, 2), ("-A overflow a", .crash, 2),
    ("-n notanumber", .crash, 2), ("notanumber", .crash, 2),
    ("iguana chameleon", .height, 0), ("-s -w 60 iguana chameleon", .height, 0),
    ("tall flat", .height, 0), ("-w 3 a b", .height, 0),
    ("a tall b", .height, 0),
    ("-n shifted", .cancellation, 0), ("tenths", .cancellation, 0),
    ("-A tenths a", .cancellation, 0), ("-A shifted shifted", .cancellation, 0),
    ("-n huge", .range, 0), ("huge", .range, 0), ("-n tiny", .range, 0), ("tiny", .range, 0),
    ("-c 99.5 -A a chameleon", .level, 0), ("-c 90 -c 50 a", .level, 2),
    ("-c 80 -A zero a", .base, 0), ("-A negative a", .base, 0),
    ("-n long", .longLine, 0), ("-n longnote", .longLine, 0), ("longcut", .longLine, 2),
    ("-C 4294967297 -n a", .wrap, 2), ("-w 4294967316 a", .wrap, 2),
  ]
}

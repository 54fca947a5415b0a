import LibJSON
import Testing

@Suite("JSON") struct JSONTests {
  @Test(
    "is written as it was read",
    arguments: [
      "null", "true", "false", "0", "-0", "1.50", "1e400", "-12.5E+3", "18446744073709551615",
      #""""#, #""a\"b\\c/\n\t""#, #""é😀""#, "[]", "[1,[2,[]],{}]", #"{"b":1,"a":{"b":[null]}}"#,
      #"{"a":1,"a":2}"#,
    ])
  func roundTrips(_ text: String) throws { #expect(try JSON.parse(text).text == text) }

  @Test(
    "decodes escapes",
    arguments: [
      (#""\u0041\/\b\f\r""#, "A/\u{8}\u{C}\r"), (#""\ud83d\ude00""#, "😀"), (#""\u0000""#, "\0"),
      (#""\uFFFF""#, "\u{FFFF}"),
    ])
  func decodes(_ text: String, _ expected: String) throws {
    #expect(try JSON.parse(text).string == expected)
  }

  @Test(
    "tells the place and the remedy",
    arguments: [
      ("", "1:1: a value is wanted, the end found"),
      ("[1,\n 2 3]", "2:4: ',' or ']' is wanted, '3' found"),
      ("{\"a\" 1}", "1:6: ':' is wanted, '1' found"),
      ("{a:1}", "1:2: a member's name is wanted, 'a' found"),
      ("01", "1:2: a number does not begin with 0"),
      ("1.", "1:3: a digit is wanted, the end found"),
      ("-", "1:2: a digit is wanted, the end found"),
      ("1e+", "1:4: a digit is wanted, the end found"),
      ("tru", "1:1: 'true' is wanted"),
      ("nul\0", "1:1: 'null' is wanted"),
      ("1 2", "1:3: '2' after the value"),
      ("\"a", "1:1: the string does not end"),
      ("\"\u{1}\"", "1:2: a control character in a string: write it as \\u escape"),
      (#""\x""#, "1:3: '\\' is followed by 'x'"),
      (#""\u12g4""#, "1:6: four hexadecimal digits are wanted after \\u, 'g' found"),
      (#""\ud83d""#, "1:2: half of a surrogate pair"),
      (#""\ud83d\u0041""#, "1:2: half of a surrogate pair"),
      (#""\ude00\ud83d""#, "1:2: half of a surrogate pair"),
      ("[1,]", "1:4: a value is wanted, ']' found"),
      ("NaN", "1:1: a value is wanted, 'N' found"),
      ("\u{FEFF}1", "1:1: a value is wanted, byte 0xef found"),
    ])
  func refuses(_ text: String, _ message: String) {
    #expect { try JSON.parse(text) } throws: { ($0 as? JSONError)?.description == message }
  }

  @Test func refusesBytesThatAreNoText() {
    #expect(throws: JSONError(line: 1, column: 2, message: "the string is not UTF-8")) {
      try JSON.parse(bytes: [0x5B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x5D])
    }
  }

  @Test func boundsTheDepth() throws {
    let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    _ = try JSON.parse(deep(512))
    #expect(throws: JSONError.self) { try JSON.parse(deep(100_000)) }
  }

  @Test func readsNumbersAsAsked() throws {
    let numbers = try JSON.parse("[9223372036854775807, 18446744073709551615, 0.1, 1e2, -1]")
    #expect(numbers[0]?.int == .max)
    #expect(numbers[1]?.int == nil && numbers[1]?.uint == .max)
    #expect(numbers[2]?.double == 0.1 && numbers[2]?.int == nil)
    #expect(numbers[3]?.double == 100)
    #expect(numbers[4]?.uint == nil && numbers[4]?.int == -1)
    #expect(numbers[5] == nil && numbers["a"] == nil)
    #expect(JSON.double(.infinity) == .null && JSON.double(0.1).text == "0.1")
  }

  @Test func findsReplacesAndRemovesMembers() {
    var object: JSONObject = ["a": 1, "b": "x"]
    object["a"] = 2
    object["c"] = [true, nil, 1.5]
    #expect(JSON.object(object).text == #"{"a":2,"b":"x","c":[true,null,1.5]}"#)
    object["b"] = nil
    #expect(object.keys == ["a", "c"] && object.count == 2 && !object.isEmpty)
  }

  @Test func laysOutForPeople() {
    let value: JSON = ["a": [1, 2], "b": [["c": 1]], "d": [:]]
    let expected = """
      {
        "a": [1, 2],
        "b": [
          {
            "c": 1
          }
        ],
        "d": {}
      }

      """
    #expect(value.pretty == expected)
  }

  @Test func readsLines() throws {
    let lines = Array("{\"a\":1}\n\n 2 \r\n".utf8)
    #expect(try JSON.parseLines(lines) == [["a": 1], 2])
    #expect(throws: JSONError(line: 3, column: 4, message: "':' is wanted, '1' found")) {
      try JSON.parseLines(Array("1\n\n{\"\"1}\n".utf8))
    }
  }
}

// What the program says of itself, made from the option table.

import MiniStat
import Sys9

/// The program's texts.
enum Help {
  static let version = "ministat \(Release.version)\n"

  /// The line that shows how the program is called.
  static var usage: String {
    let bare = Option.allCases.filter { $0.argument == nil && $0.letter != nil }
    let letters = bare.compactMap { $0.letter.map { String($0) } }.joined()
    let others = Option.allCases.filter { $0.argument != nil || $0.letter == nil }
    let words = others.filter { $0 != .completions }.map { "[\($0.spelling)]" }.joined(
      separator: " ")
    return "Usage: ministat [-\(letters)] \(words) [file ...]\n"
  }

  /// The text of `--help`.
  static var text: String {
    let width = Option.allCases.reduce(0) { max($0, $1.spelling.count) }
    var text = usage
    text += """

      Says whether sets of measurements really differ.  Each file is a set, one number a line;
      '-' or no file is the standard input.  Text from '#' on is a comment.


      """
    for option in Option.allCases {
      let gap = String(repeating: " ", count: width - option.spelling.count + 2)
      text += "  \(option.spelling)\(gap)\(option.help)\n"
    }
    text += "\nSubcommands, each with a --help of its own:\n\n"
    for subcommand in Subcommand.allCases {
      let gap = String(repeating: " ", count: 9 - subcommand.rawValue.count)
      text += "  ministat \(subcommand.rawValue)\(gap)\(subcommand.help)\n"
    }
    return text + example
  }

  private static let example = """

    Example: is the new program faster?

      $ printf '%s\\n' 50 200 150 400 750 400 150 >old
      $ printf '%s\\n' 150 400 720 500 930 >new
      $ ministat -w 60 old new
      x old
      + new
      +------------------------------------------------------------+
      |       x               x                                    |
      |x      *  x            *      +              + x           +|
      | |________M__|___A____________M__A___________________|      |
      +------------------------------------------------------------+
          N           Min           Max        Median           Avg        Stddev
      x   7            50           750           200           300     238.04761
      +   5           150           930           500           540     299.08193
      No difference proven at 95.0% confidence

    Each mark in the plot is a value: x of the first set, + of the second, * where they meet.
    Below them '|' bounds one standard deviation around the average A; M is the median.
    The test is Student's t: it takes the values for independent and normal, the sets for
    equally spread.  "No difference proven" means that these values cannot tell, not that
    there is none: measure more often, in turns, on a quiet machine.

    Exit status: 0 for a report, whatever it says; 2 for bad usage, bad data or an error.

    """
}

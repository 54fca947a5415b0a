// The grammar by which editors without a language server colour our files, made from the keywords.

import LibJSON

/// The TextMate grammar of the language, as `docs/editor/config.tmLanguage.json` holds it.
///
/// It follows the layout as far as regular expressions can: a head stands in the first column, an
/// attachment behind a blank.  A word in quotes is never a keyword.
public enum TextMateGrammar {
  /// The grammar, laid out for the file.
  public static var text: String { json.pretty }

  /// The grammar.
  static var json: JSON {
    [
      "$schema":
        "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
      "comment": "Printed by `config lsp --textmate`; do not edit.",
      "name": "config", "scopeName": "source.config", "fileTypes": [],
      "patterns": [
        ["include": "#comment"], ["include": "#string"], ["include": "#owner"],
        ["include": "#definition"], ["include": "#head"], ["include": "#condition"],
        ["include": "#reference"], ["include": "#attachment"], ["include": "#variable"],
        ["include": "#join"],
      ],
      "repository": repository,
    ]
  }

  /// One of `words`, the longest first, so that none hides another.
  private static func choice(_ words: [String]) -> String {
    words.sorted { $0.utf8.count == $1.utf8.count ? $0 < $1 : $0.utf8.count > $1.utf8.count }
      .joined(separator: "|")
  }

  private static func words(_ isWanted: (Keyword) -> Bool) -> [String] {
    Keyword.allCases.filter(isWanted).map(\.rawValue)
  }

  /// What a pattern's parentheses are, from the first.
  private static func captures(_ names: [String]) -> JSON {
    .object(
      JSONObject(
        names.enumerated().map { ("\($0 + 1)", JSON.object(["name": .string("\($1).config")])) }))
  }

  private static var repository: JSON {
    let owners: Set<Keyword> = [.module, .library, .program, .test, .bench]
    let definitions: Set<Keyword> = [.option, .param, .defoption, .probe, .makeoption]
    let heads = words { $0.isDirective && !owners.contains($0) && !definitions.contains($0) }
    let references: Set<Keyword> = [.module, .library]
    let conditions: Set<Keyword> = [.option, .optional, .uses]
    let attachments = words {
      $0.isAttachment && !references.contains($0) && !conditions.contains($0) || $0 == .host
    }
    let fields = KeywordHelp.testFields.map(\.word).filter { Keyword(rawValue: $0) == nil }
    return [
      "comment": ["name": "comment.line.number-sign.config", "match": "#.*$"],
      "string": [
        "patterns": [
          [
            "name": "string.quoted.double.config", "begin": "(?<![^\\s;])\"",
            "end": "\"|(?<!\\\\)$",
            "patterns": [
              ["name": "constant.character.escape.config", "match": "\\\\([\"\\\\]|$)"],
              ["include": "#variable"],
            ],
          ],
          [
            "name": "string.quoted.single.config", "begin": "(?<![^\\s;])'", "end": "'|(?<!\\\\)$",
            "patterns": [["include": "#variable"]],
          ],
        ]
      ],
      "owner": pattern(
        "^(\(choice(owners.map(\.rawValue))))[ \\t]+([^\\s#\"';]+)",
        ["keyword.control", "entity.name.section"]),
      "definition": pattern(
        "^(\(choice(definitions.map(\.rawValue))))[ \\t]+([A-Za-z_][A-Za-z0-9_]*)",
        ["keyword.control", "entity.name.constant"]),
      "head": pattern("^(\(choice(heads)))(?=[\\s;]|$)", ["keyword.control"]),
      "condition": pattern(
        "(?<=\\s)(\(choice(conditions.map(\.rawValue))))[ \\t]+(!?)[ \\t]*([A-Za-z_][A-Za-z0-9_]*)",
        ["keyword.other", "keyword.operator", "variable.other.constant"]),
      "reference": pattern(
        "(?<=\\s)(\(choice(references.map(\.rawValue))))[ \\t]+([^\\s#\"';]+)",
        ["keyword.other", "support.other"]),
      "attachment": pattern(
        "(?<=\\s)(\(choice(attachments + fields)))(?=[\\s;#]|$)", ["keyword.other"]),
      "variable": [
        "name": "variable.other.config", "match": "\\$(\\{[^}]*\\}|\\([^)]*\\)|[A-Za-z@<^*$])",
      ],
      "join": ["name": "constant.character.escape.line-continuation.config", "match": "\\\\$"],
    ]
  }

  private static func pattern(_ match: String, _ names: [String]) -> JSON {
    ["match": .string(match), "captures": captures(names)]
  }
}

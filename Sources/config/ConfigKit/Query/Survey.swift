// Answers: theory of operation.
//
// Problem.  A description decides much that nobody sees: that a source is not built because of an
// option three files away, that two configurations differ in one word of a command, that a header
// is included by a source that never asked for its module.  People ask; other programs ask.
//
// Shape.  A survey is one variant of a configuration, read and resolved as for a build, and
// written nowhere.  Everything that is asked is a function of surveys:
//
//     Survey ----> Explanation    why, why not, where, and what a change reaches
//       |  `-----> ThingGraph --> Query, DotGraph      who needs whom
//       |  `-----> Lint           several surveys: what is probably not meant
//       |  `-----> Difference     two surveys
//       `--------> Rebuild        and the state of its build directory
//
// Mentions are found by parsing the files once more: a model keeps what was decided, not every
// place that said so, and whoever generates must not pay for questions that nobody asks.
//
// Invariants.
//   A1  A question changes nothing: no file is written, no build directory looked into, but by
//       `Rebuild`, which reads it.
//   A2  Every answer names places: `file:line:column`, columns in bytes from 1, as diagnostics do.
//   A3  An answer is a value first; text and JSON are printed from that value alone.
//
// Cost.  That of generating without writing; the includes of all sources are read where headers
// matter (query, graph, explain, lint).
//
// Rejected.  Keeping reasons in the resolver: it would slow every generation for a question that
// can be answered from the conditions that the model keeps anyway.

import SystemPackage

/// A place for people: a file's name as messages show it, line and column from 1.
public struct Position: Hashable, Sendable {
  /// The file, seen from the working directory where it was named so.
  public let file: String
  /// The line, from 1.
  public let line: Int
  /// The column in bytes, from 1.
  public let column: Int

  /// The place in `file`.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension Position {
  /// The place without an extent; its columns are bytes in both counts.
  var spot: FindingSpot {
    FindingSpot(
      file: file, line: line, column: column, endColumn: column, scalarColumn: column,
      endScalarColumn: column)
  }
}

extension Position: CustomStringConvertible, Comparable {
  /// `file:line:column`.
  public var description: String { "\(file):\(line):\(column)" }

  /// By file, then line, then column.
  public static func < (a: Position, b: Position) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }
}

/// One variant of a configuration, read and resolved: what questions are asked of.
///
/// Threads.  One owner; no locks.
public struct Survey {
  let names: Names
  let files: SourceFiles
  let model: Model
  let plan: Plan
  let expander: Expander
  let machine: Machine
  /// The source tree, absolute, without links.
  let root: FilePath
  /// The build directory, absolute, without links; it need not exist.
  let directory: FilePath
  /// What stands before a path of the tree so that the working directory knows it.
  let prefix: FilePath
  /// The configuration as it was named.
  let configuration: String
  /// Where the files of the description lie: other configurations are there as well.
  let descriptionFolders: [FilePath]

  var graph: Graph { plan.graph }

  /// The variant's name: that of its build directory.
  public var title: String { directory.lastComponent?.string ?? plan.ident }

  /// The text of `name`.
  func text(_ name: Name) -> String { names.text(name) }

  /// `place` for people; nil for no place, such as the command line.
  func position(_ place: Place) -> Position? {
    guard place.file >= 0 else { return nil }
    let (line, column) = files.position(place)
    return Position(file: files[place.file].name, line: line, column: column)
  }

  /// The name of the file at `path` of the tree, as the working directory knows it.
  func shown(_ path: String) -> String {
    if prefix.isEmpty || path.hasPrefix("/") { return path }
    return prefix.pushing(FilePath(path)).description
  }

  /// The name of `node`, without saying whether it lies in the tree or in the build directory.
  func label(_ node: Node) -> String { names.text(node.name) }

  /// Where `node` lies.
  func path(_ node: Node) -> FilePath {
    (node.isInTree ? root : directory).pushing(FilePath(names.text(node.name)))
  }

  /// The command of step `index`, as it is run in the build directory.
  ///
  /// Nil for what cannot be expanded, which only a makefile of one dialect holds.
  func command(of step: Step) -> String? {
    var expander = expander
    guard let text = try? expander.expand(step).text else { return nil }
    return String(decoding: expander.concrete(text, step), as: UTF8.self)
  }

  /// The owners by their kind and name: `program 'hello'`.
  func title(of owner: Owner) -> String { "\(owner.kind.rawValue) '\(text(owner.name))'" }
}

extension Generator {
  /// Reads and decides like `run`, and writes nothing: what the variant is, or what is wrong.
  ///
  /// - Returns: nil if the description is wrong; `messages` then says how.
  public func survey(caret: Bool = false, colour: Bool = false) -> (
    survey: Survey?, messages: String
  ) {
    let found = locate().flatMap { read($0) }.flatMap { reading in
      resolve(reading).map { (reading, $0) }
    }
    var survey: Survey?
    if let (reading, resolution) = found {
      do {
        let directory = try BuildDirectory(self, reading, resolution)
        survey = self.survey(reading, resolution, directory)
      } catch {
        diagnostics.error(.none, Self.text(error))
      }
    }
    return (survey, diagnostics.render(files, caret: caret, colour: colour))
  }

  /// What is asked of a description that was read and resolved.
  func survey(
    _ reading: Reading, _ resolution: Resolution, _ directory: BuildDirectory
  ) -> Survey {
    let (plan, expander) = directory.inspected()
    let given = request.configuration.removingLastComponent()
    let prefix =
      request.sourceRoot
      ?? (given.lastComponent?.string == "conf" ? given.removingLastComponent() : given)
    var folders: [FilePath] = []
    for file in files.all where !file.name.hasPrefix("<") {
      let folder = file.path.removingLastComponent()
      if !folders.contains(folder) { folders.append(folder) }
    }
    return Survey(
      names: names, files: files, model: resolution.model, plan: plan, expander: expander,
      machine: uncached, root: reading.location.root, directory: directory.place,
      prefix: prefix == "." ? "" : prefix, configuration: request.configuration.description,
      descriptionFolders: folders)
  }
}

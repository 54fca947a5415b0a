// What variants need alike is made once: theory of operation.
//
// Problem.  A grammar or a table becomes the same C file for arm64 as for amd64.  A matrix of
// twenty variants runs yacc twenty times, and a generator that takes a minute takes twenty.
//
// Shape.  A step that nothing of the variant goes into is not in the variant's build file; there
// is a copy from a directory beside the variants, where it is made:
//
//     compile/APP.Linux.amd64/matrix.ninja   build ../APP.Linux.amd64/parse.c: made <- below
//     compile/APP.Linux.amd64/o/.made        the steps of ../APP.made.5f1f3fbb, for Ninja
//     compile/APP.matrix/build.ninja         those steps, once, then the variants
//     compile/APP.made.5f1f3fbb/parse.c      made by the command as it would be in the variant
//
// The directory's name is the hash of all that makes its files: command, inputs, outputs, and the
// program that the command begins with.  So a variant's files say the same whatever other variants
// there are; variants whose commands differ, by an option or a flag, come to different names and
// share nothing; and a replaced generator makes anew.  Steps that need each other's files have one
// directory together, which lies as deep as a build directory, so that relative paths hold.
//
// Invariants.
//   S1  A shared step reads the tree, and files of shared steps, and no other file that it names.
//   S2  A command that would read something of the variant without naming it finds nothing of that
//       kind where it runs, and fails, rather than give one variant the file of another.
//   S3  What a variant compiles is its copy; the copy is left alone if it is equal.
//
// Not shared: what a program of the build makes, since it may include config.h; commands that
// speak of config.h, opt/ or the include path; trees whose path needs a link.
//
// Rejected.  Making it in the first variant, and copying from there: a command that reads config.h
// would be silently wrong for the others.  A cache of outputs by content: a second build system.

import Sys9
import SystemPackage

/// The steps of one variant that are made once for all.
struct MadeOnce {
  /// The directory of each shared step, by the step's number: `NAME.made.HASH`.
  private(set) var folders: [Int: String] = [:]
  /// The directories in the order of their first steps.
  private(set) var order: [String] = []

  /// No step.
  init() {}

  /// The shared steps of `plan`.
  ///
  /// - Parameter commands: the hash of each step's command, its program's identity in it.
  /// - Parameter text: the command of a step, expanded.
  init(_ plan: Plan, commands: [UInt64], text: (Step) -> [UInt8]?) {
    guard plan.root.elementsEqual("../..".utf8) else { return }
    var makerOf: [Node: Int] = [:]
    var group: [Int: Int] = [:]
    func root(_ index: Int) -> Int {
      var index = index
      while let above = group[index], above != index { index = above }
      return index
    }
    // A step comes behind those that it needs, or is looked at again when they are known.
    var waiting = plan.graph.steps.indices.filter { plan.graph.steps[$0].kind == .generate }
    var isChanging = true
    while isChanging {
      isChanging = false
      for index in waiting where group[index] == nil {
        let step = plan.graph.steps[index]
        let needs = Array(plan.graph[step.inputs]) + Array(plan.graph[step.implicit])
        guard !step.waits, needs.allSatisfy({ Self.isOfTree($0, plan) || makerOf[$0] != nil }),
          let text = text(step), !Self.speaksOfVariant(text)
        else { continue }
        group[index] = index
        for node in plan.graph[step.outputs] { makerOf[node] = index }
        for node in needs { if let maker = makerOf[node] { group[root(maker)] = index } }
        isChanging = true
      }
      waiting = waiting.filter { group[$0] == nil }
    }
    name(group.keys.sorted(), root, plan, commands)
  }

  /// Names the directories by what makes their files.
  private mutating func name(
    _ steps: [Int], _ root: (Int) -> Int, _ plan: Plan, _ commands: [UInt64]
  ) {
    var hashes: [Int: Hash64] = [:]
    for index in steps {
      let step = plan.graph.steps[index]
      var hash = hashes[root(index)] ?? Hash64()
      hash.add(commands[index])
      for list in [step.outputs, step.inputs, step.implicit] {
        for node in plan.graph[list] { hash.add(plan.path(node) + [Byte.newline]) }
        hash.add([Byte.newline])
      }
      hashes[root(index)] = hash
    }
    for index in steps {
      guard let hash = hashes[root(index)] else { continue }
      let folder = "\(plan.ident).made.\(hash.text.prefix(8))"
      folders[index] = folder
      if !order.contains(folder) { order.append(folder) }
    }
  }

  private static func isOfTree(_ node: Node, _ plan: Plan) -> Bool {
    node.isInTree || plan.names[node.name].first == Byte.slash
  }

  /// True for commands that seem to read what each variant has of its own (S2 is for the others).
  private static func speaksOfVariant(_ command: [UInt8]) -> Bool {
    ["config.h", "config.c", " opt/", " -I", ".configtool", " o/"].contains { word in
      command.firstRange(of: Array(word.utf8)) != nil
    }
  }

  /// The folders of the shared steps, and the lines that make their files, as `o/.made` has them.
  static func blocks(in bytes: [UInt8]) -> [(folder: String, lines: ArraySlice<UInt8>)] {
    var result: [(folder: String, lines: ArraySlice<UInt8>)] = []
    var start = 0
    var folder: String?
    func end(_ position: Int) {
      if let folder { result.append((folder, bytes[start..<position])) }
    }
    var position = 0
    while position < bytes.count {
      let next = (bytes[position...].firstIndex(of: Byte.newline) ?? bytes.count - 1) + 1
      if bytes[position] == Byte.hash {
        end(position)
        folder = String(decoding: bytes[(position + 2)..<(next - 1)], as: UTF8.self)
        start = next
      }
      position = next
    }
    end(bytes.count)
    return result
  }
}

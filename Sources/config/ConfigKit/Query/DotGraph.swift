// The graph of a variant, drawn: Graphviz's dot, clustered by module, library and program.
//
//     cluster of program hello            cluster of module net
//       [hello] --------------------------> (module net)   src/net.c  include/net.h
//       src/hello.c                           |
//         \--> [libutil.a] in its cluster     `--> (module base) ...
//
// Sources stand in the cluster of their module, or of the first library or program that names them;
// objects are left out.  A solid line is a need, a dashed one leads from a generated file to what
// makes it.

/// Draws one variant.
public struct DotGraph {
  /// Sources beyond which clusters show how many they have, not which.
  public static let sourcesMax = 150

  private let survey: Survey
  private let graph: ThingGraph
  private let engine: QueryEngine
  /// True to show all sources, false for none, nil for all up to `sourcesMax`.
  public var showsSources: Bool?

  /// Reads the includes of `survey`.
  public init(_ survey: Survey) {
    self.survey = survey
    engine = QueryEngine(survey)
    graph = engine.graph
  }

  /// A cluster: what stands in one box.
  private struct Cluster {
    let title: String
    /// The thing that the cluster is about.
    let head: Int
    var sources: [Int] = []
  }

  /// The text for dot(1).
  ///
  /// - Parameter query: restricts the drawing to these things, what they need and who needs them.
  /// - Throws: `QueryFault` for what is no query.
  public func dot(of query: String? = nil) throws(QueryFault) -> String {
    var kept = Marks()
    for index in try keptThings(query) { _ = kept.insert(index) }
    var clusters = self.clusters(kept)
    let count = clusters.reduce(0) { $0 + $1.sources.count }
    let isFull = showsSources ?? (count <= Self.sourcesMax)
    var text = "digraph \(Self.quoted(survey.title)) {\n"
    text += "  rankdir=LR; compound=true; fontname=\"Helvetica\";\n"
    text += "  node [fontname=\"Helvetica\", fontsize=10, shape=box, height=0.3];\n"
    text += "  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.7];\n"
    for index in clusters.indices {
      clusters[index].sources.sort { graph.things[$0].label < graph.things[$1].label }
      text += draw(clusters[index], number: index, isFull: isFull)
    }
    var drawn = Marks()
    for cluster in clusters {
      _ = drawn.insert(cluster.head)
      if isFull { for source in cluster.sources { _ = drawn.insert(source) } }
    }
    text += lines(clusters, drawn)
    return text + "}\n"
  }

  private func keptThings(_ query: String?) throws(QueryFault) -> [Int] {
    guard let query else { return Array(graph.things.indices) }
    let wanted = try engine.things(named: query)
    return ThingGraph.reach(wanted, graph.needs) + ThingGraph.reach(wanted, graph.users)
  }

  // MARK: Clusters

  private func clusters(_ kept: Marks) -> [Cluster] {
    let model = survey.model
    var clusters: [Cluster] = []
    var clusterOf: [Int: Int] = [:]
    var placed = Marks()
    for (number, owner) in model.owners.enumerated() {
      guard let head = graph.things(of: owner, survey).first, kept.contains(head) else { continue }
      clusterOf[number] = clusters.count
      clusters.append(
        Cluster(title: "\(owner.kind.rawValue) \(survey.text(owner.name))", head: head))
    }
    // Modules first: a source of one is shown there, whoever names it.
    let order = model.owners.indices.sorted { a, b in
      let (first, second) = (model.owners[a].kind == .module, model.owners[b].kind == .module)
      return first == second ? a < b : first
    }
    for number in order {
      guard let cluster = clusterOf[number] else { continue }
      for use in model.owners[number].uses where survey.isEnabled(use) {
        let source = survey.node(of: model.sources[Int(use.source)])
        guard let thing = graph.thing(source), kept.contains(thing), placed.insert(thing) else {
          continue
        }
        clusters[cluster].sources.append(thing)
      }
    }
    return clusters
  }

  private func draw(_ cluster: Cluster, number: Int, isFull: Bool) -> String {
    let thing = graph.things[cluster.head]
    var text = "  subgraph cluster_\(number) {\n"
    text += "    label=\(Self.quoted(cluster.title)); style=rounded; color=gray;\n"
    let style: String
    switch thing.kind {
    case .program: style = "style=bold"
    case .host: style = "style=\"bold,dashed\""
    case .library: style = "shape=folder"
    default: style = "shape=ellipse"
    }
    var label = thing.label
    if !isFull && !cluster.sources.isEmpty {
      let count = cluster.sources.count
      label += "\\n\(count) \(count == 1 ? "source" : "sources")"
    }
    let shown = Self.quoted(label).replacing("\\\\n", with: "\\n")
    text += "    \(Self.quoted(thing.name)) [label=\(shown), \(style)];\n"
    if isFull {
      for source in cluster.sources {
        let isMade = graph.things[source].kind == .generated
        let more = isMade ? " [style=dashed]" : " [shape=plaintext]"
        text += "    \(Self.quoted(graph.things[source].name))\(more);\n"
      }
    }
    return text + "  }\n"
  }

  // MARK: Lines

  private func lines(_ clusters: [Cluster], _ drawn: Marks) -> String {
    var text = ""
    for cluster in clusters {
      let from = Self.quoted(graph.things[cluster.head].name)
      for need in graph.needs[cluster.head] {
        let thing = graph.things[Int(need)]
        guard [.module, .library, .host, .program].contains(thing.kind),
          drawn.contains(Int(need))
        else { continue }
        text += "  \(from) -> \(Self.quoted(thing.name));\n"
      }
    }
    var headOf: [Int: Int] = [:]
    for cluster in clusters { for source in cluster.sources { headOf[source] = cluster.head } }
    for (index, thing) in graph.things.enumerated()
    where thing.kind == .generated && drawn.contains(index) {
      let needs = graph.needs[index].map { Int($0) }.filter { drawn.contains($0) }
      for need in gathered(needs, headOf) {
        let name = Self.quoted(graph.things[need].name)
        text += "  \(Self.quoted(thing.name)) -> \(name) [style=dashed];\n"
      }
    }
    return text
  }

  /// Lines to one cluster beyond which one line to its head stands for them.
  private static let linesMax = 3

  /// `needs`, with the head of a cluster for those of which it has many.
  private func gathered(_ needs: [Int], _ headOf: [Int: Int]) -> [Int] {
    let counts = needs.reduce(into: [Int: Int]()) { $0[headOf[$1] ?? -1, default: 0] += 1 }
    var seen = Marks()
    return needs.map { need in
      guard let head = headOf[need], counts[head] ?? 0 > Self.linesMax else { return need }
      return head
    }.filter { seen.insert($0) }
  }

  /// `text` as a string of dot's language.
  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}

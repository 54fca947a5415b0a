// Probes: what a description asks the compiler.

/// One question: `probe NAME KIND ...`.
struct Probe {
  enum Kind: Hashable {
    /// A header can be included.
    case header
    /// A function can be linked, declared by a header or not.
    case function(Name)
    /// A type is known.
    case type(Name)
    /// A macro, constant or variable is known.
    case symbol(Name)
    /// A library has a function.
    case library(Name, function: Name)
    /// The size of a type, in bytes.
    case size(Name)
  }

  /// The param that the answer becomes.
  let name: Name
  let place: Place
  let kind: Kind
  /// Headers included first, in order.
  let headers: [Name]
  /// True if the answer is wanted in C++.
  var isCXX = false
}

/// What a probe found.
struct ProbeResult {
  /// Nil for no.
  let value: Name?
  /// The source, the command and what the compiler said.
  let log: String
  let isCached: Bool
}

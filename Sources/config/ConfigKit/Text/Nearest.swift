// "Did you mean": the known word nearest to a wrong one.

/// The candidate nearest to `word`, nil if none is near enough to be worth a guess.
///
/// Near enough is a Damerau-Levenshtein distance (optimal string alignment) of a third of the
/// word's length, at least 1 and at most 3; a difference in case alone is nearest of all.
func nearest<Candidates: Sequence>(
  to word: String, among candidates: Candidates
) -> String? where Candidates.Element == String {
  let wanted = Array(word.utf8)
  let limit = max(1, min(3, wanted.count / 3))
  var best: String?
  var bestDistance = limit + 1
  for candidate in candidates where candidate != word {
    if candidate.lowercased() == word.lowercased() { return candidate }
    let distance = editDistance(wanted, Array(candidate.utf8), limit: bestDistance)
    if distance < bestDistance {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/// ` (did you mean 'x'?)`, or nothing if no candidate is near.
func suggestion<Candidates: Sequence>(
  for word: String, among candidates: Candidates
) -> String where Candidates.Element == String {
  nearest(to: word, among: candidates).map { " (did you mean '\($0)'?)" } ?? ""
}

/// The optimal string alignment distance of `a` and `b`, or `limit` if it is not below.
///
/// O(a.count x b.count).
private func editDistance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int {
  if abs(a.count - b.count) >= limit { return limit }
  var before: [Int] = []
  var previous = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var cost = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, row[j] + 1)
      if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
        cost = min(cost, before[j - 1] + 1)
      }
      row.append(cost)
    }
    before = previous
    previous = row
  }
  return min(previous[b.count], limit)
}

/// "Did you mean", for programs around the language.
public enum Spelling {
  /// ` (did you mean 'x'?)` for the candidate nearest to `word`, or nothing if none is near.
  public static func suggestion(for word: String, among candidates: [String]) -> String {
    ConfigKit.suggestion(for: word, among: candidates)
  }
}

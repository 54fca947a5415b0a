// Who counts the receivers of a run, and what they were promised.

import LibAIO

/// What the receivers of one run have in common.
public final class Ledger {
  /// What must not be, in words.
  public private(set) var violations: [String] = []
  /// Receivers that are alive.
  public fileprivate(set) var live = 0

  init() {}

  /// Notes what must not be; the first ten.
  func fault(_ text: @autoclosure () -> String) {
    if violations.count < 10 { violations.append(text()) }
  }
}

/// A receiver that knows which of its operations are under way (Z2).
class Tracked: Aio.Receiver {
  final let ledger: Ledger
  private final var underWay: [Aio.OpToken] = []
  /// Operations that were refused, and connects, which have no token of ours.
  private final var unnamed = 0

  init(_ ledger: Ledger) {
    self.ledger = ledger
    super.init()
    ledger.live += 1
  }

  deinit { ledger.live -= 1 }

  /// Whether all that it submitted has ended.
  final var isIdle: Bool { underWay.isEmpty && unnamed == 0 }

  /// An operation is under way.
  @discardableResult
  final func expect(_ token: Aio.OpToken) -> Aio.OpToken {
    if token == .none { unnamed += 1 } else { underWay.append(token) }
    return token
  }

  final func expectUnnamed() { unnamed += 1 }

  /// Handed the completions that are as they should be.
  func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {}

  final override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    if completion.kind != .timer { strike(completion.token, completion.kind, completion.isLast) }
    told(&completion, on: loop)
  }

  private func strike(_ token: Aio.OpToken, _ kind: Aio.OpKind, _ isLast: Bool) {
    if let index = underWay.firstIndex(of: token) {
      if isLast { underWay.remove(at: index) }
    } else if unnamed > 0 && isLast {
      unnamed -= 1
    } else {
      ledger.fault("Z2: a \(type(of: self)) was told of a \(kind) that is not under way")
    }
  }
}

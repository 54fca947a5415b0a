import Sys9

extension Aio {
  public final class SimNetwork: @unchecked Sendable {}
}
final class SimLoop: Aio.Loop {
  init(_ n: Aio.SimNetwork, options: Aio.LoopOptions) throws(SystemError) {
    try super.init(now: 0, options: options) {}
  }
}

// What a loop stands on where a program does not say: the build's option AIO_BACKEND.
//
// `config` makes `Config` from the option; SwiftPM knows no options, and takes `auto`.

import Sys9

extension Aio.World {
  #if AIO_BACKEND
    private static let standard = Config.AIO_BACKEND
  #else
    private static let standard = "auto"
  #endif

  /// The loop of `.machine`.
  static func standardLoop(_ options: Aio.LoopOptions) throws(SystemError) -> Aio.Loop {
    switch standard {
    case "epoll": return try EpollLoop(options: options)
    case "uring": return try UringLoop(options: options)
    default: break
    }
    do {
      return try UringLoop(options: options)
    } catch {
      guard error.isMissingFeature else { throw error }
      return try EpollLoop(options: options)
    }
  }
}

extension SystemError {
  /// Whether the system does not know the call, or does not allow it.
  fileprivate var isMissingFeature: Bool { errno == 38 || errno == 1 || errno == 22 }
}

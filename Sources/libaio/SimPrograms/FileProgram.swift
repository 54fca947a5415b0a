// Files, opened and read without waiting, and sent to an echo by sendfile.

import Glibc
import LibAIO
import Sys9
import SystemPackage

final class FileProgram: EchoProgram {
  private var readers: [FileClient] = []

  override func addCrowd() throws(SystemError) {
    let size = draw(1 << draw(16))
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 151 >> 3) }
    try network.addFile("/file", bytes)
    readers = []
    for _ in 0..<1 + draw(5) {
      let reader = FileClient(network, ledger, bytes)
      reader.start(front)
      readers.append(reader)
    }
  }

  override func check() -> [String] {
    super.check() + readers.compactMap { $0.fault(isHarmless: isHarmless) }
  }

  override func end() {
    readers = []
    super.end()
  }
}

/// Opens a file, reads all of it or sends all of it to the echo and reads what comes back, and
/// closes it.
private final class FileClient: Tracked {
  private enum Step { case opening, reading, sending, closing, done }

  private let network: Aio.SimNetwork
  private let content: [UInt8]
  private let sends: Bool
  private let isMissing: Bool
  private var step = Step.opening
  private var fd: CInt = -1
  private var held: Held?
  private var got: [UInt8] = []
  private var connection = Aio.Handle.none
  private var failure: CInt?
  private var isClosed = true

  private final class Held {
    var descriptor: Descriptor?
    init(_ descriptor: consuming Descriptor) { self.descriptor = consume descriptor }
    func take() -> Descriptor? { descriptor.take() }
  }

  init(_ network: Aio.SimNetwork, _ ledger: Ledger, _ content: [UInt8]) {
    self.network = network
    self.content = content
    sends = network.draw(below: 2) == 0
    isMissing = network.draw(below: 8) == 0
    super.init(ledger)
  }

  func fault(isHarmless: Bool) -> String? {
    if step != .done || !isClosed { return "Z3: a file is waited for for ever, \(step)" }
    if !isIdle { return "Z2: an operation has not ended" }
    if isMissing {
      let isRight = failure == ENOENT || mayFail || !isHarmless
      return isRight ? nil : "a file that is not there opens"
    }
    if !content.starts(with: got) { return "a file has changed on its way" }
    if got.count == content.count { return nil }
    if failure == nil { return "\(got.count) of \(content.count) bytes, and it was not told" }
    return isHarmless ? "failed with \(failure ?? 0) where nothing does harm" : nil
  }

  func start(_ loop: Aio.Loop) {
    let token = expect(loop.open(isMissing ? "/none" : "/file", to: self))
    if network.draw(below: 10) == 0 {
      mayFail = true
      loop.cancel(token)
    }
  }

  private var mayFail = false

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    if completion.kind == .close {
      isClosed = true
      return endFile(loop)
    }
    switch step {
    case .opening:
      if let error = completion.error {
        failure = mayFail ? nil : error
        if mayFail { got = content }
        step = .done
        return
      }
      guard let file = completion.takeDescriptor() else {
        return ledger.fault("an open brings no descriptor")
      }
      fd = file.raw
      held = Held(file)
      if sends { connect(loop) } else { readMore(loop) }
    case .reading:
      if let error = completion.error {
        failure = error
        return endFile(loop)
      }
      guard let buffer = completion.takeBuffer(), !buffer.isEmpty else { return endFile(loop) }
      unsafe buffer.withBytes { unsafe got.append(contentsOf: $0) }
      readMore(loop)
    case .sending: sent(&completion, loop)
    case .closing: step = .done
    case .done: ledger.fault("Z2: told after the end")
    }
  }

  private func readMore(_ loop: Aio.Loop) {
    step = .reading
    let count = 1 + network.draw(below: 8192)
    expect(loop.read(fd, at: Int64(got.count), count: count, to: self))
  }

  private func connect(_ loop: Aio.Loop) {
    step = .sending
    isClosed = false
    expectUnnamed()
    do {
      connection = try loop.connect(to: .ipv4(0x7F00_0001, port: 7), self)
    } catch {
      ledger.fault("a connect throws: \(error)")
    }
  }

  private func sent(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    if let error = completion.error {
      if failure == nil { failure = error }
      return closeConnection(loop)
    }
    switch completion.kind {
    case .connect:
      expect(loop.receive(from: connection, repeating: true, to: self))
      expect(
        loop.sendfile(from: fd, offset: 0, count: content.count, to: connection, self))
      if content.isEmpty { closeConnection(loop) }
    case .receive:
      if let buffer = completion.takeBuffer() {
        unsafe buffer.withBytes { unsafe got.append(contentsOf: $0) }
      }
      if completion.isEnd && failure == nil && got.count < content.count { failure = 0 }
      if completion.isEnd || got.count >= content.count { closeConnection(loop) }
    default: break
    }
  }

  private var isClosing = false

  private func closeConnection(_ loop: Aio.Loop) {
    if isClosing { return }
    isClosing = true
    if got.count == content.count { failure = nil }
    expect(loop.close(connection, self))
  }

  private func endFile(_ loop: Aio.Loop) {
    step = .closing
    guard let file = held?.take() else { return step = .done }
    expect(loop.close(file, to: self))
  }
}

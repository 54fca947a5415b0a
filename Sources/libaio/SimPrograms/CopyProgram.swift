// A tree of folders is copied: walked, made anew, file by file, and compared; and then removed.

import Glibc
import Lib9c
import LibAIO
import Sys9
import SystemPackage

final class CopyProgram: SimProgram {
  private let loop: Aio.Loop
  private var copiers: [Copier] = []
  private var crowd = 0

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    loop = try Aio.World.simulated(network).makeLoop()
    try super.init(network, ledger, isHarmless: isHarmless)
    loops.append(loop)
  }

  override func addCrowd() throws(SystemError) {
    copiers = []
    crowd += 1
    for number in 0..<1 + draw(3) {
      let top = "/\(crowd).\(number)"
      var files: [String: [UInt8]] = [:]
      for index in 0..<1 + draw(6) {
        let depth = draw(4)
        let folder = (0..<depth).map { _ in "/d\(draw(2))" }.joined()
        let seed = draw(256)
        files["\(folder)/f\(index)"] = (0..<draw(1 << draw(13))).map {
          UInt8(truncatingIfNeeded: $0 &* 31 &+ seed)
        }
      }
      for name in files.keys.sorted() {
        try network.addFile("\(top)/from\(name)", files[name] ?? [])
      }
      let copier = Copier(network, ledger, top, files)
      copier.start(loop)
      copiers.append(copier)
    }
  }

  override func check() -> [String] {
    copiers.compactMap { $0.fault(isHarmless: isHarmless) }
  }

  override func end() { copiers = [] }
}

/// Copies one tree, one thing at a time, and then takes the original away, from its leaves on.
private final class Copier: Tracked {
  private enum Job {
    case makeFolder(String)
    case list(String)
    case copy(String)
    case rename(String)
    case remove(String)
  }
  private enum Step {
    case folder, listing, opening, creating, reading, writing, renaming, removing
  }

  private let network: Aio.SimNetwork
  private let top: String
  private let files: [String: [UInt8]]
  private var jobs: [Job] = [.makeFolder(""), .list("")]
  private var job = Job.list("")
  private var step = Step.folder
  /// Folders in the order in which they were found.
  private var folders = [""]
  private var found: [String] = []
  private var source: Held?, target: Held?
  private var place = 0
  private var pending: [UInt8] = []
  private var failure: CInt?
  private var isDone = false
  private var isRemoving = false
  private var wasCancelled = false

  private final class Held {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
  }

  init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, _ top: String, _ files: [String: [UInt8]]
  ) {
    self.network = network
    self.top = top
    self.files = files
    super.init(ledger)
  }

  private func from(_ name: String) -> FilePath { FilePath("\(top)/from\(name)") }
  private func into(_ name: String) -> FilePath { FilePath("\(top)/to\(name)") }

  func start(_ loop: Aio.Loop) { next(loop) }

  private func next(_ loop: Aio.Loop) {
    if jobs.isEmpty && !isRemoving && failure == nil {
      isRemoving = true
      jobs = found.map { .remove($0) } + folders.reversed().map { .remove($0) }
    }
    guard failure == nil, !jobs.isEmpty else { return isDone = true }
    job = jobs.removeFirst()
    let token: Aio.OpToken
    switch job {
    case .makeFolder(let name):
      step = .folder
      token = loop.makeDirectory(into(name), mode: 0o755, to: self)
    case .list(let name):
      step = .listing
      token = loop.dirread(from(name), to: self)
    case .copy(let name):
      step = .opening
      token = loop.open(from(name), to: self)
    case .rename(let name):
      step = .renaming
      var change = DirChange()
      change.name = into(name).lastComponent?.string
      token = loop.dirwstat("\(into(name)).new", change, to: self)
    case .remove(let name):
      step = .removing
      token = loop.remove(from(name), to: self)
    }
    expect(token)
    if !wasCancelled && network.draw(below: 60) == 0 {
      wasCancelled = true
      loop.cancel(token)
    }
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    if isDone { return ledger.fault("Z2: told after the end") }
    if let error = completion.error {
      failure = error
      (source, target) = (nil, nil)
      return next(loop)
    }
    switch step {
    case .folder, .renaming, .removing: next(loop)
    case .listing:
      guard let dirs = completion.dirs, case .list(let folder) = job else {
        return ledger.fault("a listing brings no entries")
      }
      for dir in dirs { add("\(folder)/\(dir.name)", dir) }
      next(loop)
    case .opening, .creating: opened(&completion, loop)
    case .reading:
      guard let buffer = completion.takeBuffer() else {
        return ledger.fault("a read brings nothing")
      }
      pending = unsafe buffer.withBytes { unsafe Array($0) }
      if pending.isEmpty { endFile(loop) } else { write(loop) }
    case .writing:
      // A short count is no fault: the rest is written then.
      place += completion.result
      pending.removeFirst(completion.result)
      if pending.isEmpty { read(loop) } else { write(loop) }
    }
  }

  private func add(_ name: String, _ dir: Dir) {
    if dir.isDirectory {
      folders.append(name)
      jobs += [.makeFolder(name), .list(name)]
    } else {
      found.append(name)
      if Int(dir.length) != files[name]?.count { ledger.fault("\(name) has \(dir.length) bytes") }
      jobs += [.copy(name), .rename(name)]
    }
  }

  private func opened(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    guard let file = completion.takeDescriptor(), case .copy(let name) = job else {
      return ledger.fault("an open brings no descriptor")
    }
    if step == .opening {
      source = Held(file)
      step = .creating
      let flags = O_WRONLY | O_CREAT | O_EXCL
      expect(loop.open(FilePath("\(into(name)).new"), flags, mode: 0o644, to: self))
    } else {
      target = Held(file)
      place = 0
      read(loop)
    }
  }

  private func read(_ loop: Aio.Loop) {
    guard let source else { return }
    step = .reading
    let count = 1 + network.draw(below: 4096)
    expect(loop.read(source.descriptor.raw, at: Int64(place), count: count, to: self))
  }

  private func write(_ loop: Aio.Loop) {
    guard let target else { return }
    step = .writing
    expect(loop.write(target.descriptor.raw, at: Int64(place), pending, to: self))
  }

  private func endFile(_ loop: Aio.Loop) {
    (source, target) = (nil, nil)
    next(loop)
  }

  func fault(isHarmless: Bool) -> String? {
    if !isDone { return "Z3: a copy waits for ever, \(step) of \(job)" }
    if !isIdle { return "Z2: an operation has not ended" }
    if failure != nil {
      if isHarmless && !wasCancelled {
        return "failed with \(failure ?? 0) where nothing does harm"
      }
    } else if found.count != files.count {
      return "\(found.count) of \(files.count) files were found"
    }
    for name in files.keys.sorted() {
      let (old, new) = (network.fileContent("\(from(name))"), network.fileContent("\(into(name))"))
      if let new, new != files[name] { return "the copy of \(name) is another one" }
      // What has been taken away has been copied, and a name is that of a whole file.
      if new == nil && (old == nil || failure == nil) { return "\(name) is lost" }
      if old != nil && failure == nil { return "\(name) was not taken away" }
    }
    return nil
  }
}

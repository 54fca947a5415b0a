import Support
import Sys9
import Testing

@testable import LibAIO

/// A word of the explorer: the product's lock-free code is explored on it.
struct ModelWord: ~Copyable, SharedWord {
  let id: Int

  init(_ value: UInt) { id = Explorer.current.allocate(value) }
  func load() -> UInt { Explorer.current.load(id) }
  func loadAcquire() -> UInt { load() }
  func loadSequential() -> UInt { load() }
  func store(_ value: UInt) { Explorer.current.store(id, value) }
  func storeRelease(_ value: UInt) { store(value) }
  func storeSequential(_ value: UInt) { _ = exchange(value) }
  func exchange(_ value: UInt) -> UInt { Explorer.current.change(id) { _ in value } }
  func compareExchange(_ expected: UInt, _ desired: UInt) -> (done: Bool, found: UInt) {
    let found = Explorer.current.change(id) { $0 == expected ? desired : $0 }
    return (found == expected, found)
  }
  func add(_ value: UInt) -> UInt { Explorer.current.change(id) { $0 &+ value } &+ value }
  static func fence() { Explorer.current.fence() }
}

/// The same without fences, and with sequential stores that are ordinary: what must be found.
struct CarelessWord: ~Copyable, SharedWord {
  let word: ModelWord

  init(_ value: UInt) { word = ModelWord(value) }
  func load() -> UInt { word.load() }
  func loadAcquire() -> UInt { word.load() }
  func loadSequential() -> UInt { word.load() }
  func store(_ value: UInt) { word.store(value) }
  func storeRelease(_ value: UInt) { word.store(value) }
  func storeSequential(_ value: UInt) { word.store(value) }
  func exchange(_ value: UInt) -> UInt { word.exchange(value) }
  func compareExchange(_ expected: UInt, _ desired: UInt) -> (done: Bool, found: UInt) {
    word.compareExchange(expected, desired)
  }
  func add(_ value: UInt) -> UInt { word.add(value) }
  static func fence() {}
}

/// What the threads of an explored program share beside words.
private final class Ledger {
  var taken: [UInt] = []
  var links: [UInt: UInt] = [:]
  var holder: UInt = 0
  var served: [UInt] = []
  var copies = 0
  var ends = 0
  var isOver = false
}

/// Serial: one program at a time is explored.
@Suite("Every order of steps", .serialized, .enabled(if: Explorer.isUsable))
struct InterleavingTests {
  private func expectRight(_ outcome: Explorer.Outcome, atLeast runs: Int) {
    #expect(outcome.failure == nil)
    #expect(outcome.isComplete, "\(outcome.runs) runs were not all")
    #expect(outcome.runs >= runs, "a program of one order proves nothing")
  }

  // The explorer itself.

  @Test func findsThatStoresAreBuffered() {
    // Dekker: each says that it is there and then looks for the other.
    func program(fenced: Bool) -> Explorer.Outcome {
      Explorer.explore {
        let explorer = Explorer.current
        let words = [explorer.allocate(0), explorer.allocate(0)]
        let ledger = Ledger()
        let threads = (0..<2).map { number in
          {
            explorer.store(words[number], 1)
            if fenced { explorer.fence() }
            if explorer.load(words[1 - number]) == 0 { ledger.copies += 1 }
          }
        }
        return Explorer.Program(threads) { ledger.copies > 1 ? "both are alone" : nil }
      }
    }
    #expect(program(fenced: false).failure != nil)
    expectRight(program(fenced: true), atLeast: 3)
  }

  @Test func findsWhatWaitsForEver() {
    let outcome = Explorer.explore {
      let explorer = Explorer.current
      let word = explorer.allocate(0)
      let ledger = Ledger()
      return Explorer.Program([
        {
          if explorer.load(word) == 0 { explorer.wait(word) { $0 == 2 } }; ledger.isOver = true
        },
        { explorer.store(word, 1) },
      ]) { ledger.isOver ? nil : "asleep" }
    }
    #expect(outcome.failure != nil)
  }

  // The deque.

  private func deque<Word: SharedWord & ~Copyable>(
    _: Word.Type, owner: [Bool], thieves: Int, thefts: Int
  ) -> Explorer.Outcome {
    Explorer.explore {
      let deque = ChunkDeque<Word>(capacity: 2)
      let ledger = Ledger()
      var pushed: UInt = 0
      var threads: [() -> Void] = [
        {
          for isPush in owner {
            if isPush {
              if deque.push(pushed + 1) { pushed += 1 }
            } else if let chunk = deque.take() {
              ledger.taken.append(chunk)
            }
          }
        }
      ]
      for _ in 0..<thieves {
        threads.append {
          for _ in 0..<thefts {
            if case .chunk(let chunk) = deque.steal() { ledger.taken.append(chunk) }
          }
        }
      }
      return Explorer.Program(threads) {
        while let chunk = deque.take() { ledger.taken.append(chunk) }
        deque.deallocate()
        return ledger.taken.sorted() == (0..<pushed).map { $0 + 1 }
          ? nil : "D1: \(ledger.taken) of \(pushed)"
      }
    }
  }

  @Test("a chunk is taken once, by its owner or by one thief")
  func dequeIsRight() {
    expectRight(
      deque(ModelWord.self, owner: [true, false], thieves: 2, thefts: 1), atLeast: 10)
    expectRight(
      deque(ModelWord.self, owner: [true, true, false, false], thieves: 1, thefts: 2), atLeast: 100)
    expectRight(
      deque(ModelWord.self, owner: [true, false, true, false], thieves: 1, thefts: 1), atLeast: 10)
  }

  @Test func dequeWithoutItsFenceIsFoundOut() {
    let outcome = deque(
      CarelessWord.self, owner: [true, true, false, false], thieves: 1, thefts: 2)
    #expect(outcome.failure?.contains("D1") == true)
  }

  // The inbox.

  @Test("what is sent arrives once, in its sender's order")
  func inbox() {
    let outcome = Explorer.explore {
      let box = Inbox<ModelWord>()
      let ledger = Ledger()
      func drain() {
        var item = box.takeAll()
        var batch: [UInt] = []
        while item != 0 {
          batch.append(item)
          item = ledger.links[item] ?? 0
        }
        ledger.taken += batch.reversed()
      }
      let senders = [[2, 4], [3, 5]].map { (items: [UInt]) in
        { for item in items { box.push(item) { ledger.links[item] = $0 } } }
      }
      return Explorer.Program(senders + [drain]) {
        drain()
        box.deallocate()
        let even = ledger.taken.filter { $0 % 2 == 0 }, odd = ledger.taken.filter { $0 % 2 == 1 }
        return even == [2, 4] && odd == [3, 5] ? nil : "I1: \(ledger.taken)"
      }
    }
    expectRight(outcome, atLeast: 50)
  }

  // Sleeping and waking.

  /// A worker that takes what is sent to it and sleeps in between, and two senders.
  private func mail<Word: SharedWord & ~Copyable>(_: Word.Type) -> Explorer.Outcome {
    Explorer.explore {
      let explorer = Explorer.current
      let sleepers = Sleepers<Word>(count: 1)
      let box = Inbox<Word>()
      let bell = explorer.allocate(0)
      let ledger = Ledger()
      let worker = {
        var isSpinning = false
        while true {
          if box.takeAll() != 0 {
            ledger.isOver = true
            return
          }
          if !isSpinning {
            sleepers.beginSpinning(0)
            isSpinning = true
          }
          if sleepers.park(0, hasWork: { !box.isEmptySequential }) {
            explorer.wait(bell) { $0 != 0 }
            explorer.store(bell, 0)
            isSpinning = sleepers.awake(0)
          }
        }
      }
      let sender = {
        box.push(8) { _ in }
        if sleepers.wake(0) { _ = explorer.change(bell) { _ in 1 } }
      }
      return Explorer.Program([worker, sender]) {
        sleepers.deallocate()
        box.deallocate()
        return ledger.isOver ? nil : "S2: a message waits and its worker sleeps"
      }
    }
  }

  @Test func nobodySleepsOverAMessage() { expectRight(mail(ModelWord.self), atLeast: 5) }

  @Test func sleepersWithoutFencesAreFoundOut() {
    // The message is pushed by an atomic operation, so this one needs a publisher that is not.
    #expect(publish(CarelessWord.self, workers: 1, chunks: 1).failure?.contains("S2") == true)
  }

  /// Workers that steal and sleep, and somebody who publishes and goes away.
  private func publish<Word: SharedWord & ~Copyable>(
    _: Word.Type, workers: Int, chunks: UInt, limit: Int = .max
  ) -> Explorer.Outcome {
    Explorer.explore(limit: limit) {
      let explorer = Explorer.current
      let sleepers = Sleepers<Word>(count: workers)
      let deque = ChunkDeque<Word>(capacity: 2)
      let bells = (0..<workers).map { _ in explorer.allocate(0) }
      let ledger = Ledger()
      func wakeOne(_ first: Int) {
        if let found = sleepers.wakeOne(first: first) {
          _ = explorer.change(bells[found]) { _ in 1 }
        }
      }
      let publisher = {
        for chunk in 1...chunks {
          _ = deque.push(chunk)
          wakeOne(0)
        }
      }
      let thieves = (0..<workers).map { number in
        {
          var isSpinning = false
          while ledger.taken.count < chunks {
            if case .chunk(let chunk) = deque.steal() {
              ledger.taken.append(chunk)
              if isSpinning {
                isSpinning = false
                if sleepers.endSpinning(number) { wakeOne(number + 1) }
              }
              continue
            }
            if !isSpinning {
              sleepers.beginSpinning(number)
              isSpinning = true
            }
            if sleepers.park(number, hasWork: { !deque.isEmpty }) {
              explorer.wait(bells[number]) { $0 != 0 }
              explorer.store(bells[number], 0)
              isSpinning = sleepers.awake(number)
            }
          }
        }
      }
      return Explorer.Program([publisher] + thieves) {
        let left = deque.count
        sleepers.deallocate()
        deque.deallocate()
        return left == 0 ? nil : "S2: \(left) chunks wait and all workers sleep"
      }
    }
  }

  @Test func nobodySleepsWhileThereIsWork() {
    expectRight(publish(ModelWord.self, workers: 1, chunks: 1), atLeast: 5)
    expectRight(publish(ModelWord.self, workers: 1, chunks: 2), atLeast: 500)
    // Two workers have 17,612 orders, which take ten seconds: all of them if that is asked for.
    let limit = Environment["CHECK_LONG"] == "1" ? Int.max : 500
    let both = publish(ModelWord.self, workers: 2, chunks: 1, limit: limit)
    #expect(both.failure == nil && (both.isComplete || both.runs == limit))
  }

  // Locks.

  @Test("a lock is held by one at a time, and handed on")
  func lock() {
    for count in 2...3 {
      let outcome = Explorer.explore(limit: 300_000) {
        let word = UnsafeMutablePointer<ModelWord>.allocate(capacity: 1)
        let line = UnsafeMutablePointer<UInt>.allocate(capacity: 1)
        unsafe word.initialize(to: ModelWord(0))
        unsafe line.initialize(to: 0)
        let lock = unsafe LockCore(word: word, line: line)
        let ledger = Ledger()
        func hold(_ item: UInt) {
          if ledger.holder != 0 { Explorer.current.fail("K1: \(item) beside \(ledger.holder)") }
          ledger.holder = item
          ledger.served.append(item)
          ledger.holder = 0
          let next = lock.unlock {
            ledger.links[$0] ?? 0
          } link: { item, next in
            ledger.links[item] = next
          }
          if next != 0 { hold(next) }
        }
        let threads = (1...count).map { number in
          {
            let item = UInt(number) * 64
            if lock.lock(item, link: { ledger.links[item] = $0 }) { hold(item) }
          }
        }
        return Explorer.Program(threads) {
          let isFree = unsafe word.pointee.load() == 0
          unsafe word.deallocate()
          unsafe line.deallocate()
          if ledger.served.count != count { return "K3: served \(ledger.served)" }
          return isFree ? nil : "the lock is left held"
        }
      }
      expectRight(outcome, atLeast: 4)
    }
  }

  // Barriers.

  @Test(
    "a bounded barrier is left before it is freed", arguments: [(2, 3), (1, 3), (2, 4), (3, 3)])
  func barrier(_ numbers: (threshold: Int, bound: Int)) {
    let firings = (numbers.bound - 1) / numbers.threshold + 1
    let outcome = Explorer.explore {
      let words = UnsafeMutablePointer<ModelWord>.allocate(capacity: 2)
      unsafe words.initialize(to: ModelWord(0))
      unsafe (words + 1).initialize(to: ModelWord(UInt(firings)))
      let core = unsafe BarrierCore(
        arrived: words, pending: words + 1, threshold: UInt(numbers.threshold),
        bound: UInt(numbers.bound))
      let ledger = Ledger()
      let signal = {
        switch core.admitBounded() {
        case .none: return
        case .copy:
          if ledger.isOver { Explorer.current.fail("B2: copied from a barrier that is no more") }
          ledger.copies += 1
        case .last: break
        }
        guard core.fired() else { return }
        ledger.ends += 1
        ledger.isOver = true
      }
      return Explorer.Program((0..<numbers.bound).map { _ in signal }) {
        unsafe words.deallocate()
        return ledger.copies == firings - 1 && ledger.ends == 1
          ? nil : "B1: \(ledger.copies) copies, \(ledger.ends) ends"
      }
    }
    expectRight(outcome, atLeast: 2)
  }
}

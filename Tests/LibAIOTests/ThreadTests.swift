import Support
import Synchronization
import Sys9
import Testing

@testable import LibAIO

@Suite("Threads and their locks", .serialized) struct ThreadTests {
  /// Something that is wrong whenever two are in it.
  private final class Section: @unchecked Sendable {
    var sum = 0
    let inside = Atomic<Int>(0)
    let faults = Atomic<Int>(0)

    func visit() {
      if inside.add(1, ordering: .relaxed).newValue != 1 { faults.add(1, ordering: .relaxed) }
      sum += 1
      inside.add(-1, ordering: .relaxed)
    }
  }

  @Test func aLockLetsInOneAtATime() {
    let section = Section()
    let lock = Aio.Lock()
    Threads.run(4) { _ in for _ in 0..<2000 { lock.withLock { section.visit() } } }
    #expect(section.sum == 8000)
    #expect(section.faults.load(ordering: .relaxed) == 0)
    #expect(lock.canlock())
    #expect(!lock.canlock())
    lock.unlock()
  }

  @Test func aQLockLetsInOneAtATime() {
    let section = Section()
    let lock = Aio.QLock()
    Threads.run(4) { _ in for _ in 0..<1000 { lock.withLock { section.visit() } } }
    #expect(section.sum == 4000)
    #expect(section.faults.load(ordering: .relaxed) == 0)
    #expect(lock.canlock())
    #expect(!lock.canlock())
    lock.unlock()
  }

  /// Waits until `lock` has made so many wait.
  private func await(_ count: UInt64, on lock: Aio.QLock) {
    while lock.counts.waited < count { Aio.threadyield() }
  }

  @Test func aQLockServesInTheOrderOfComing() {
    let lock = Aio.QLock()
    let order = Guarded<[Int]>([])
    lock.lock()
    Threads.run(2) { number in
      if number == 0 {
        // The second comes when the first one waits.
        Threads.run(2) { inner in
          if inner == 1 { self.await(1, on: lock) }
          lock.lock()
          order.withLock { $0.append(inner) }
          lock.unlock()
        }
      } else {
        self.await(2, on: lock)
        lock.unlock()
      }
    }
    #expect(order.withLock { $0 } == [0, 1])
  }

  @Test func writersAreAloneAndReadersAreNot() {
    let section = Section()
    let lock = Aio.RWLock()
    let readers = Atomic<Int>(0)
    Threads.run(4) { number in
      for round in 0..<1000 {
        if (round + number) % 4 == 0 {
          lock.withWriteLock {
            if readers.load(ordering: .relaxed) != 0 { section.faults.add(1, ordering: .relaxed) }
            section.visit()
          }
        } else {
          lock.withReadLock {
            readers.add(1, ordering: .relaxed)
            if section.inside.load(ordering: .relaxed) != 0 {
              section.faults.add(1, ordering: .relaxed)
            }
            readers.add(-1, ordering: .relaxed)
          }
        }
      }
    }
    #expect(section.sum == 1000)
    #expect(section.faults.load(ordering: .relaxed) == 0)
    #expect(lock.canrlock() && lock.canrlock())
    #expect(!lock.canwlock())
    lock.runlock()
    lock.runlock()
    #expect(lock.canwlock())
    #expect(!lock.canrlock())
    lock.wunlock()
  }

  @Test func aReaderDoesNotOvertakeAWriter() {
    let lock = Aio.RWLock()
    lock.rlock()
    let hasWritten = Atomic<Bool>(false)
    Threads.run(2) { number in
      if number == 0 {
        lock.wlock()
        hasWritten.store(true, ordering: .relaxed)
        lock.wunlock()
      } else {
        while lock.counts.waited == 0 { Aio.threadyield() }
        #expect(!lock.canrlock(), "a writer waits")
        lock.runlock()
        lock.rlock()
        let isAfter = hasWritten.load(ordering: .relaxed)
        #expect(isAfter)
        lock.runlock()
      }
    }
  }

  @Test func threadsMeet() {
    let lock = Aio.QLock("buffer")
    let isFull = Aio.Rendez(lock), isEmpty = Aio.Rendez(lock)
    final class Slot: @unchecked Sendable { var value: Int? }
    let slot = Slot()
    let sum = Atomic<Int>(0)
    Threads.run(2) { number in
      for round in 1...500 {
        lock.lock()
        if number == 0 {
          while slot.value != nil { isEmpty.sleep() }
          slot.value = round
          isFull.wakeup()
        } else {
          while slot.value == nil { isFull.sleep() }
          sum.add(slot.value ?? 0, ordering: .relaxed)
          slot.value = nil
          isEmpty.wakeup()
        }
        lock.unlock()
      }
    }
    #expect(sum.load(ordering: .relaxed) == 500 * 501 / 2)
    lock.lock()
    #expect(!isFull.wakeup() && isEmpty.wakeupAll() == 0)
    lock.unlock()
    #expect(
      Aio.lockUsage().contains { $0.name == "buffer" && $0.kind == .qlock && $0.taken > 1000 })
  }

  @Test func referencesAreCounted() {
    let ref = Aio.Ref(1)
    Threads.run(3) { _ in for _ in 0..<1000 { ref.incref() } }
    #expect(ref.value == 3001)
    for _ in 0..<3000 { #expect(ref.decref() != 0) }
    #expect(ref.decref() == 0)
  }

  @Test func theProgramWaitsForItsThreads() throws {
    final class Box: Sendable {
      let runs = Atomic<Int>(0)
      let numbers = Guarded<Set<UInt>>([])
    }
    let box = Box()
    let status = Aio.threadmain { _ in
      for number in 0..<4 {
        _ = try? Aio.threadcreate(stackSize: 64 << 10) {
          unsafe Aio.threaddata().pointee = UnsafeMutableRawPointer(bitPattern: number + 1)
          Aio.threadyield()
          let own = unsafe UInt(bitPattern: Aio.threaddata().pointee)
          if own == UInt(number + 1) { box.runs.add(1, ordering: .relaxed) }
          box.numbers.withLock { _ = $0.insert(Aio.threadid()) }
        }
      }
      // What its frames hold is not given back: nothing, here.
      _ = try? Aio.threadcreate { Aio.threadexits("one is out") }
    }
    #expect(status == "one is out")
    #expect(box.runs.load(ordering: .relaxed) == 4)
    #expect(unsafe Aio.threaddata().pointee == nil)
  }
}

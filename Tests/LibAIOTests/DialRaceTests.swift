import Testing

@testable import LibAIO

@Suite("Dial race") struct DialRaceTests {
  fileprivate typealias Event = DialRace.Event
  fileprivate typealias Action = DialRace.Action

  @Test(
    "addresses of two families take turns",
    arguments: [
      ([], []), ([6], [0]), ([6, 6, 6], [0, 1, 2]), ([6, 6, 4, 4], [0, 2, 1, 3]),
      ([4, 6, 6, 6], [0, 1, 2, 3]), ([6, 6, 6, 4], [0, 3, 1, 2]),
    ] as [([Int32], [Int])])
  func interleaves(families: [Int32], order: [Int]) {
    #expect(DialRace(families: families, noAddress: 2).order == order)
  }

  static let stories: [([Int32], [(DialRace.Event, [DialRace.Action])])] = [
    // Nobody to try.
    ([], [(.begin, [.lost(2)]), (.connected(0), [])]),
    // One that answers, one that does not.
    ([4], [(.begin, [.start(0)]), (.connected(0), [.won(0)])]),
    ([4], [(.begin, [.start(0)]), (.failed(0, 111), [.lost(111)])]),
    // The second gets its chance when the first is slow, and the first may still win.
    (
      [6, 4],
      [
        (.begin, [.start(0), .armDelay]), (.delayPassed, [.start(1)]),
        (.connected(0), [.abandon(1), .won(0)]), (.failed(1, 111), []),
      ]
    ),
    // A failure brings the next at once, and the last one's errno is told.
    (
      [6, 4],
      [
        (.begin, [.start(0), .armDelay]), (.failed(0, 101), [.disarmDelay, .start(1)]),
        (.failed(1, 111), [.lost(111)]),
      ]
    ),
    (
      [6, 4, 6],
      [
        (.begin, [.start(0), .armDelay]), (.delayPassed, [.start(1), .armDelay]),
        (.failed(0, 101), [.disarmDelay, .start(2)]), (.failed(2, 101), []),
        (.failed(1, 111), [.lost(111)]),
      ]
    ),
    // Who gives up ends all that is under way.
    (
      [6, 4],
      [
        (.begin, [.start(0), .armDelay]),
        (.giveUp(110), [.disarmDelay, .abandon(0), .lost(110)]), (.delayPassed, []),
        (.connected(0), []),
      ]
    ),
  ]

  @Test("follows its stories", arguments: 0..<7)
  func followsStory(index: Int) {
    let (families, story) = Self.stories[index]
    #expect(Self.stories.count == 7)
    var race = DialRace(families: families, noAddress: 2)
    for (event, actions) in story {
      #expect(race.handle(event) == actions, "story \(index), \(event)")
    }
  }

  /// Every order of events for up to three addresses: it ends once (H2), and tries each once (H1).
  @Test func endsOnceWhateverHappens() {
    var count = 0
    for addresses in 0...3 {
      explore(DialRace(families: (0..<addresses).map { Int32($0 % 2) }, noAddress: 2)) {
        count += 1
      }
    }
    #expect(count > 50, "there were \(count) ends")
  }

  private func explore(_ start: DialRace, _ ended: () -> Void) {
    func step(
      _ race: DialRace, _ event: Event, _ running: Set<Int>, _ tried: Set<Int>, _ isDelayed: Bool
    ) {
      var race = race, running = running, tried = tried, isDelayed = isDelayed
      if case .failed(let attempt, _) = event { running.remove(attempt) }
      if event == .delayPassed { isDelayed = false }
      var isOver = false
      for action in race.handle(event) {
        #expect(!isOver, "H2: nothing follows the end")
        switch action {
        case .start(let attempt):
          #expect(tried.insert(attempt).inserted, "H1: tried once")
          running.insert(attempt)
        case .abandon(let attempt): #expect(running.remove(attempt) != nil)
        case .armDelay: isDelayed = true
        case .disarmDelay:
          #expect(isDelayed)
          isDelayed = false
        case .won(let attempt):
          #expect(running == [attempt] && !isDelayed, "what lost is given up")
          isOver = true
        case .lost:
          #expect(running.isEmpty && !isDelayed)
          isOver = true
        }
      }
      #expect(race.isOver == isOver)
      if isOver { return ended() }
      #expect(!running.isEmpty || isDelayed, "H3: it goes on")
      for attempt in running {
        step(race, .connected(attempt), running, tried, isDelayed)
        step(race, .failed(attempt, 111), running, tried, isDelayed)
      }
      if isDelayed { step(race, .delayPassed, running, tried, isDelayed) }
      step(race, .giveUp(110), running, tried, isDelayed)
    }
    step(start, .begin, [], [], false)
  }
}

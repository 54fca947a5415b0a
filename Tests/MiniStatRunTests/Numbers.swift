// What the tests of this module share: random numbers by seed.

import Glibc
import MiniStatRun

/// A normal deviate, by Box and Muller.
func normal(_ random: inout SeededGenerator) -> Double {
  let radius = (-2 * log(Double.random(in: .leastNormalMagnitude..<1, using: &random))).squareRoot()
  return radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &random))
}

func exponential(_ x: Double) -> Double { exp(x) }

func logarithm(_ x: Double) -> Double { log(x) }

#!/usr/bin/env python3
"""truth: after random edits, is what each make has built what a build from nothing makes?

Problem.  "Any edit is seen by the next build" is a promise about every sequence of edits, and the
sequences that break it are those nobody thought of.

Shape.  One project (model.py) is edited at random (edits.py) in three trees (trees.py):

    gnu and ninja   one tree, two build directories, edited the moment they are built
    bsd             one tree; its edits lie in another second than its last build
    clean           one tree, built from nothing after each step

A step is one edit, or some at once.  After each step every program must print what the model says, and every object, archive, program
and generated source must have the bytes of the build from nothing, and no other may be there.

Invariants.
  T1  A run follows from its seed: the edits, their manner, where a build is killed.
  T2  What the programs should print is computed without any build.
  T3  Builds from nothing may take from a cache what Swift made of the same bytes; each tenth
      takes nothing.  Incremental builds never do.

Manners.  A file is written in place, or replaced; a build is as people type it, or `config build`;
killed in the middle, and built again; a product is removed by hand.  With `config build` alone: a
file is changed and keeps its time, the clock is set back an hour, and BSD make's second is not
waited for.
"""

import argparse
import copy
import os
import random
import resource
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import edits  # noqa: E402
from model import Model  # noqa: E402
from trees import (BuildDirectory, BuildFailed, Tree, set_clock_back,  # noqa: E402
                   touch_the_future)

FAULTS_MAX = 10
BUILDS = [("plain", 62), ("killed", 12), ("removed", 5), ("config", 8), ("old time", 5),
          ("clock", 4), ("same second", 4)]


def arguments():
    parser = argparse.ArgumentParser(
        prog="truth.sh", description="Edits a project at random, and compares each incremental "
        "build with one from nothing, over GNU make, Ninja and BSD make.")
    parser.add_argument("--edits", type=int, default=12, metavar="N", help="edits (default 12)")
    parser.add_argument("--seed", type=int, help="of the random edits (default: by the clock)")
    parser.add_argument("--makers", default="gnu,ninja,bsd", help="of gnu,ninja,bsd")
    parser.add_argument("--swift", type=int, default=20, metavar="PERCENT",
                        help="how many steps have an edit in Swift, or in C that it imports "
                        "(default 20)")
    parser.add_argument("--only", metavar="EDIT[,EDIT]", help="of " + ", ".join(edits.names()))
    parser.add_argument("--manner", choices=[name for name, _ in BUILDS], help="always build so")
    parser.add_argument("--config", required=True, metavar="PROGRAM", help="the config to test")
    parser.add_argument("--keep", action="store_true", help="leave the trees there")
    parser.add_argument("--verbose", action="store_true", help="a line for each edit")
    options = parser.parse_args()
    options.makers = options.makers.split(",")
    if not set(options.makers) <= {"gnu", "ninja", "bsd"}:
        parser.error(f"--makers takes gnu, ninja and bsd, not '{','.join(options.makers)}'")
    options.only = set(options.only.split(",")) if options.only else set()
    if not options.only <= set(edits.names()):
        parser.error(f"--only takes {', '.join(edits.names())}")
    if options.edits < 1:
        parser.error("--edits takes a number from 1")
    options.config = os.path.abspath(options.config)
    options.seed = time.time_ns() // 10**6 % 10**9 if options.seed is None else options.seed
    return options


class Truth:
    """One run."""

    def __init__(self, options, place):
        self.options, self.place = options, place
        self.random = random.Random(options.seed)
        self.model = Model(self.random)
        self.history = [copy.deepcopy(self.model)]
        both, bsd = Tree(f"{place}/both"), Tree(f"{place}/bsd")
        self.clean = BuildDirectory(Tree(f"{place}/clean"), "gnu", options.config, "clean")
        self.directories = [BuildDirectory(bsd if maker == "bsd" else both, maker, options.config)
                            for maker in ("bsd", "gnu", "ninja") if maker in options.makers]
        self.trees = list({id(d.tree): d.tree for d in self.directories}.values())
        self.cache = f"{place}/cache"
        os.mkdir(self.cache)
        self.faults, self.counts = [], {}
        self.builds = dict.fromkeys(options.makers, 0)
        self.steps = 0

    def begin(self):
        files = self.model.files()
        for tree in [*self.trees, self.clean.tree]:
            tree.write(files, "in place")
        for directory in self.directories:
            directory.generate()
            directory.build()
        self.compare("the first build")

    def run(self):
        """All steps: at each some edits, a build by every maker, and the comparison."""
        self.begin()
        while self.edits() < self.options.edits and len(self.faults) < FAULTS_MAX:
            self.steps += 1
            self.step(self.steps)
        if len(self.faults) >= FAULTS_MAX:
            print(f"truth: {FAULTS_MAX} faults are enough")

    def edits(self):
        return sum(count for name, count in self.counts.items() if not name.startswith("("))

    # One step.

    def step(self, number):
        what = self.edit(self.options.edits - self.edits())
        functions, weights = zip(*BUILDS)
        manner = self.options.manner or self.random.choices(functions, weights)[0]
        self.count(f"({manner})")
        place = f"step {number} ({what}; {manner})"
        if self.options.verbose:
            print(place, flush=True)
        writing = "old time" if manner == "old time" else self.random.choice(
            ["in place", "in place", "rename"])
        kill = (self.random.randrange(0, 6), self.random.choice(["INT", "TERM", "HUP", "KILL"]),
                self.random.choice(["die", "go"]))
        for tree in self.trees:
            if manner != "same second" and any(
                    d.tree is tree and d.maker == "bsd" for d in self.directories):
                tree.wait_for_second()
            if manner == "clock":
                set_clock_back(tree)
            tree.write(self.model.files(), writing)
        self.clean.tree.write(self.model.files(), "in place")
        for directory in self.directories:
            try:
                self.build(directory, manner, kill)
            except BuildFailed as error:
                self.fault(directory, f"{place}: {error}")
        if manner == "clock":
            for tree in self.trees:
                touch_the_future(tree)
        self.compare(place, number)
        self.history = [*self.history[-7:], copy.deepcopy(self.model)]

    def edit(self, left):
        """Changes the model: by at most `left` edits, or back to what it was some steps ago."""
        if not self.options.only and self.random.random() < 0.06:
            count = self.model.count
            self.model = copy.deepcopy(self.random.choice(self.history))
            self.model.count = count  # names are never used twice for two things
            self.count("back")
            return "back: an earlier state of the whole tree"
        texts = []
        is_swift = self.random.random() < self.options.swift / 100
        for _ in range(min(self.random.choice([1, 1, 1, 2, 3]), left)):
            edit = edits.choose(self.model, is_swift, self.options.only)
            is_swift = False
            texts.append(f"{edit.__name__}: {edit(self.model)}")
            self.count(edit.__name__)
        return ", ".join(texts)

    def count(self, kind):
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def build(self, directory, manner, kill):
        self.builds[directory.maker] += 1
        if manner == "removed":
            directory.remove_some_product(self.random)
        if manner == "killed":
            directory.interrupt(*kill)
            self.builds[directory.maker] += 1
            if directory.maker == "bsd":
                directory.tree.wait_for_second()
        if manner in ("config", "old time", "clock") or (
                manner == "same second" and directory.maker == "bsd"):
            directory.build_by_config()
        else:
            directory.build()

    # What must hold.

    def fault(self, directory, text):
        """Reports a fault, and builds the directory from nothing, so that the next is another."""
        self.faults.append(text)
        print(f"FAULT {directory.maker}: {text}", flush=True)
        if self.options.keep:
            shutil.copytree(directory.tree.root, f"{self.place}/fault{len(self.faults)}",
                            symlinks=True)
        try:
            directory.build_from_nothing(None)
        except BuildFailed as error:
            print(f"FAULT {directory.maker}: and from nothing: {error}", flush=True)

    def compare(self, place, number=0):
        expected = self.model.output()
        self.clean.build_from_nothing(self.cache if number % 10 else None)
        if self.clean.outputs() != expected:
            raise SystemExit(f"truth: {place}: the build from nothing prints something else than "
                             f"the model:\n{self.clean.outputs()}\n{expected}")
        wanted = self.clean.products()
        for directory in self.directories:
            said = directory.outputs()
            found = directory.products()
            wrong = [f"{name} prints" + first_difference(said[name], expected[name])
                     for name in expected if said[name] != expected[name]]
            wrong += [f"{name} is missing" for name in sorted(wanted.keys() - found.keys())]
            wrong += [f"{name} is left behind" for name in sorted(found.keys() - wanted.keys())]
            wrong += [f"{name} differs" for name in sorted(wanted.keys() & found.keys())
                      if wanted[name] != found[name]]
            if wrong:
                self.fault(directory, f"{place}: " + "; ".join(wrong[:8]))


def first_difference(said, expected):
    for left, right in zip(said.splitlines(), expected.splitlines()):
        if left != right:
            return f" '{left}' instead of '{right}'"
    return " less or more"


def cpu_seconds():
    return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime
               for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main():
    options = arguments()
    place = tempfile.mkdtemp(prefix="truth-")
    start = time.monotonic()
    print(f"truth: seed {options.seed}, {options.edits} edits, {', '.join(options.makers)}",
          flush=True)
    truth = Truth(options, place)
    try:
        truth.run()
    except BuildFailed as error:
        print(f"truth: {error}")
        return 1
    finally:
        if options.keep:
            print(f"truth: the trees are in {place}")
        else:
            shutil.rmtree(place, ignore_errors=True)
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(truth.counts.items()))
    print(f"truth: {kinds}")
    builds = ", ".join(f"{count} by {name}" for name, count in truth.builds.items())
    print(f"truth: {truth.edits()} edits in {truth.steps} steps; {builds} builds, "
          f"{truth.steps + 1} from nothing; "
          f"{time.monotonic() - start:.0f} s, {cpu_seconds():.0f} s CPU")
    if truth.faults:
        print(f"truth: {len(truth.faults)} faults; again: Tests/Scripts/truth.sh "
              f"--seed {options.seed} --edits {options.edits}")
        return 1
    print("truth: every incremental build is that from nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main())

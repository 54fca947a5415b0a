"""Regular expressions: ours beside RE2 with longest_match, and 9grep beside GNU grep.

The text is made by a seeded script: 300,000 lines of lower-case words, 16.5 MB, with words that
the patterns look for in one line of a hundred or so.
"""
import os
import random
import shutil
import subprocess
import sys

LINES = 300_000


def corpus(file):
    generator = random.Random(9)

    def word(least, most):
        size = generator.randint(least, most)
        return "".join(generator.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(size))

    words = [word(2, 9) for _ in range(5000)]
    for _ in range(LINES):
        line = [generator.choice(words) for _ in range(generator.randint(5, 11))]
        place = generator.randrange(len(line))
        kind = generator.random()
        if kind < 0.01:
            line[place] = "needle"
        elif kind < 0.03:
            line[place] += "@" + generator.choice(words) + ".com"
        elif kind < 0.05:
            line[place] = generator.choice(["foo", "bar", "baz", "qux"])
            line[place] += str(generator.randint(0, 999))
        if generator.random() < 0.2:
            line.insert(0, str(generator.randint(0, 99999)))
        file.write((" ".join(line) + "\n").encode())


def hits(command):
    """How many matches a command says on its standard error that it found."""
    environment = {**os.environ, "REGEXP_HITS": "1"}
    result = subprocess.run(command, capture_output=True, check=True, env=environment)
    return result.stderr.decode().strip()


def jobs(bench):
    bench.install("/usr/include/re2/re2.h", "libre2-dev")
    ours = bench.swift("regexp")
    theirs = bench.cc("regexp-re2", ["regexp-re2.cc"], ["-lre2"])
    text = bench.data("regexp.txt", corpus)
    # A goal is the highest ratio of CPU times that is good enough: half RE2's speed, and 0.35 of
    # it for groups.
    half = {"match": ("re2", 2.0)}

    def job(label, task, source, pattern, goals):
        words = [task, source, pattern]
        counts = {hits([program, *words]) for program in (ours, theirs)}
        if len(counts) != 1:
            sys.exit(f"bench: {label}: the numbers of matches differ: {counts}")
        return Job(label, [ours, *words], {"re2": [theirs, *words]}, goals)

    patterns = {
        "literal": ("needle", {"match": ("re2", 1.0)}),
        "mail": (r"[a-z]+@[a-z]+\.com", half),
        "words": ("(foo|bar|baz|qux)[0-9]+", half),
        "line": ("^[0-9]+ .*z$", half),
        "many matches": ("[a-z]+z", half),
        "long matches": ("a.*e.*i", half),
    }
    result = []
    for name, (pattern, goals) in patterns.items():
        for task in "lines", "buffer":
            result.append(job(f"regexp {name}, {task}", task, text, pattern, goals))
    groups = "([^ ]+) ([^ ]+) ([^ ]+)"
    result.append(job("regexp three groups", "groups", text, groups, {"match": ("re2", 1 / 0.35)}))
    ambiguous = "(.*) ([a-z]*)x(.*)"
    result.append(job("regexp ambiguous groups", "groups", text, ambiguous, half))
    for count in "16", "24", "64":
        result.append(job(f"regexp a?^n a^n, n = {count}", "power", count, "-", {}))
    return result + grep_jobs(bench, text)


def grep_jobs(bench, text):
    """9grep, which has to be built with the rest: its benchmark is left out where it is not."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
    ours = os.path.join(root, ".build-static", "release", "9grep")
    grep = shutil.which("grep")
    if not os.path.exists(ours) or grep is None:
        print("(9grep is not measured: build it with `swift build -c release"
              " -Xswiftc -static-executable --scratch-path .build-static --product 9grep`)")
        return []
    result = []
    # Where every line is selected, as by "a", what is done for each line counts, and grep does less.
    goals = {
        "needle": 1.25, r"[a-z]+@[a-z]+\.com": 1.0, "(foo|bar|baz|qux)[0-9]+": 1.0,
        "^[0-9]+ .*z$": 1.0, "a": None,
    }
    for pattern, goal in goals.items():
        # To a file: grep stops at the first match if nobody looks at its output.
        shell = ["/bin/sh", "-c", 'exec "$@" >"$0"', text + ".out"]
        words = ["-c", "-e", pattern, text]
        peers = {"grep -E": [*shell, grep, "-E", *words]}
        goal = {"": ("grep -E", goal)} if goal else {}
        result.append(Job(f"9grep -c {pattern}", [*shell, ours, *words], peers, goal))
    return result

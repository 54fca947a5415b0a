"""Samples of commands, and what may be said about them.

CPU time is user plus system time of the command and of all children that it
waited for; peak RSS is that of the largest of them.  Both come from wait4 in
a small C program (see standin.c), not from this large process.
"""

import math
import os
import statistics
import subprocess


class CommandFailed(Exception):
    """A measured command ended with a status other than 0."""


class Sample:
    def __init__(self, cpu_ms, wall_ms, rss_mib, jobs):
        self.cpu_ms, self.wall_ms, self.rss_mib, self.jobs = cpu_ms, wall_ms, rss_mib, jobs


class Meter:
    """Runs commands under `standin measure`; counts the stand-in's jobs."""

    def __init__(self, scratch, tool):
        self.tool = tool
        self.usage = f"{scratch}/usage"
        self.output = f"{scratch}/output"
        self.jobs = f"{scratch}/jobs"
        self.env = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
        self.env.update(LC_ALL="C", BENCH_LOG=self.jobs)

    def run(self, argv, cwd):
        """Runs one command to its end.

        Raises CommandFailed with the end of its output, should it fail."""
        open(self.jobs, "w").close()
        with open(self.output, "wb") as out:
            subprocess.run([self.tool, self.usage, *argv], cwd=cwd, env=self.env, check=True,
                           stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        with open(self.usage, encoding="ascii") as usage:
            status, user, system, wall, rss = map(int, usage.read().split())
        if status != 0:
            with open(self.output, encoding="utf-8", errors="replace") as out:
                tail = "".join(out.readlines()[-12:])
            raise CommandFailed(f"{' '.join(argv)}: exit {status}\n{tail}")
        with open(self.jobs, encoding="ascii") as log:
            jobs = log.read()
        return Sample((user + system) / 1000, wall / 1000, rss / 1024,
                      {job: jobs.count(job) for job in "cal"})


def interval(values, confidence=0.95):
    """The median with the narrowest order-statistics interval that holds it.

    Distribution-free: P(x(k) < median < x(n+1-k)) is binomial.  With fewer
    than six values no such interval reaches 95 %: then it is the range."""
    ordered = sorted(values)
    n = len(ordered)
    rank = 1
    for k in range(1, n // 2 + 1):
        outside = 2 * sum(math.comb(n, j) for j in range(k)) / 2**n
        if 1 - outside >= confidence:
            rank = k
    return statistics.median(ordered), ordered[rank - 1], ordered[n - rank]


def paired(ours, theirs):
    """The ratio of two series, run by run, with its interval; None if empty."""
    ratios = [a.cpu_ms / b.cpu_ms for a, b in zip(ours, theirs) if b.cpu_ms > 0]
    return interval(ratios) if ratios else None


def snapshot(root):
    """What a rewrite of any file under `root` would change."""
    found = {}
    for directory, _, names in os.walk(root):
        for name in names:
            path = os.path.join(directory, name)
            state = os.lstat(path)
            found[os.path.relpath(path, root)] = (state.st_mtime_ns, state.st_ino, state.st_size)
    return found


def rewritten(before, after):
    """The files that are new, gone or changed between two snapshots."""
    return sorted(name for name in before.keys() | after.keys()
                  if before.get(name) != after.get(name))

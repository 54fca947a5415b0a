#!/usr/bin/env python3
"""Real experiments: how often a difference is called where there is none, and where there is 3 %.

An experiment spends the same number of runs of the same two commands, one after the other and in
random order, on

  ministat    blocks of A and B in random order (`ministat run --pairs N`)
  hyperfine   all runs of A, then all of B (`hyperfine -N -r N A B`)

The verdicts:

  ministat    that of `ministat compare`, of elapsed time and of CPU time
  hyperfine   Welch's t test of the elapsed times, two-sided, 5 %, as its scripts do
  benchstat   Mann and Whitney's test of the same times, as benchstat does: exact without ties up
              to 50 values a side, else normal with corrections for ties and continuity

  experiments.py measure FILE [--same N] [--different N] [--pairs N]    measure, append to FILE
  experiments.py table FILE                                             the table from FILE

FILE holds a JSON object a line, an experiment each, times in nanoseconds; `table` also reads it
compressed, as FILE.gz.  `measure` goes on where FILE ends, so that it can be interrupted.
"""
import argparse
import gzip
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))

# Turns of a loop in awk.  Starting awk costs too: 3.9 % more turns make 3 % more CPU time.
TURNS = 150_000
TURNS_MORE = 155_850


def command(turns):
    """The words of a command that loops so many turns."""
    return f"awk 'BEGIN{{for(i=0;i<{turns};i++)s+=i}}'"


def ministat_path(given):
    """The program to test."""
    path = given or os.path.join(ROOT, ".build-static", "release", "ministat")
    if not os.path.exists(path):
        sys.exit(f"experiments: there is no {path}; build it with bin/bench ministat, or say"
                 " --ministat PATH")
    return path


def interleaved(ministat, turns, pairs, seed, directory):
    """Times in nanoseconds by metric and arm, the order, and the seconds that it took."""
    record = os.path.join(directory, "record")
    start = time.monotonic()
    subprocess.run(
        [ministat, "run", "--pairs", str(pairs), "--seed", str(seed), "-o", record,
         "A=" + command(turns[0]), "B=" + command(turns[1])],
        check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    result = {"wall": {"A": [], "B": []}, "cpu": {"A": [], "B": []}, "order": ""}
    with open(record) as file:
        for line in file:
            run = json.loads(line)
            if run["kind"] != "run":
                continue
            result["order"] += run["arm"]
            for metric in ("wall", "cpu"):
                result[metric][run["arm"]].append(round(run["values"][metric] * 1e9))
    return result, seconds


def sequential(turns, pairs, directory):
    """The same for hyperfine."""
    export = os.path.join(directory, "export")
    start = time.monotonic()
    subprocess.run(
        ["hyperfine", "-N", "-r", str(pairs), "--style", "none", "--export-json", export,
         command(turns[0]), command(turns[1])],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - start
    with open(export) as file:
        results = json.load(file)["results"]
    times = [[round(t * 1e9) for t in result["times"]] for result in results]
    return {"wall": {"A": times[0], "B": times[1]}}, seconds


def read(path):
    """The experiments in the file at `path`."""
    if not os.path.exists(path):
        return []
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
    with opened as file:
        return [json.loads(line) for line in file]


def measure(arguments):
    """Make the experiments that are missing."""
    ministat = ministat_path(arguments.ministat)
    done = len(read(arguments.file))
    kinds = ["same"] * arguments.same + ["different"] * arguments.different
    random.Random(2026).shuffle(kinds)
    with tempfile.TemporaryDirectory() as directory:
        for number in range(done, len(kinds)):
            kind = kinds[number]
            turns = (TURNS, TURNS if kind == "same" else TURNS_MORE)
            # Who goes first is drawn: what changes meanwhile must meet both.
            first = random.Random(number).choice(["ministat", "hyperfine"])
            experiment = {"number": number, "kind": kind, "first": first,
                          "load": os.getloadavg()[0]}
            for side in (first, "hyperfine" if first == "ministat" else "ministat"):
                if side == "ministat":
                    values, seconds = interleaved(
                        ministat, turns, arguments.pairs, number, directory)
                else:
                    values, seconds = sequential(turns, arguments.pairs, directory)
                experiment[side] = values
                experiment[side]["seconds"] = round(seconds, 4)
            with open(arguments.file, "a") as file:
                file.write(json.dumps(experiment, separators=(",", ":")) + "\n")


# What the peers decide by.

def incomplete_beta(a, b, x):
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
                     + a * math.log(x) + b * math.log1p(-x)) / a
    # Lentz's method: the fraction 1/(1 + t1/(1 + t2/(1 + ...))).
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / (1 + term * d)
            c = 1 + term / c
            result *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * result


def welch_p(a, b):
    """The two-sided probability of Welch's t test."""
    def mean_variance(values):
        mean = sum(values) / len(values)
        return mean, sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values)
    (m1, v1), (m2, v2) = mean_variance(a), mean_variance(b)
    if v1 + v2 == 0:
        return float(m1 == m2)
    df = (v1 + v2) ** 2 / (v1 ** 2 / (len(a) - 1) + v2 ** 2 / (len(b) - 1))
    t = (m1 - m2) / math.sqrt(v1 + v2)
    return incomplete_beta(df / 2, 0.5, df / (df + t * t))


def rank_counts(n, m):
    """How many of the choices of n ranks among n + m have each value of U."""
    # counts[i][u]: ways for i of the first and the present number of the second.
    table = {}

    def ways(i, j):
        if (i, j) not in table:
            if i == 0 or j == 0:
                table[i, j] = [1]
            else:
                result = [0] * (i * j + 1)
                for u, count in enumerate(ways(i - 1, j)):
                    result[u + j] += count
                for u, count in enumerate(ways(i, j - 1)):
                    result[u] += count
                table[i, j] = result
        return table[i, j]
    for i in range(n + 1):
        for j in range(m + 1):
            ways(i, j)
    return table[n, m]


COUNTS = {}


def mann_whitney_p(a, b):
    """The two-sided probability of Mann and Whitney's test, as benchstat takes it."""
    n, m = len(a), len(b)
    u = sum((x > y) + 0.5 * (x == y) for x in a for y in b)
    pooled = sorted(a + b)
    ties = [pooled.count(v) for v in set(pooled)]
    if max(ties) == 1 and n <= 50 and m <= 50:
        if (n, m) not in COUNTS:
            COUNTS[n, m] = rank_counts(n, m)
        counts = COUNTS[n, m]
        low = min(u, n * m - u)
        tail = sum(counts[:int(low) + 1]) / sum(counts)
        return min(1.0, 2 * tail)
    total = n + m
    correction = sum(t ** 3 - t for t in ties) / (total * (total - 1))
    deviation = math.sqrt(n * m / 12 * (total + 1 - correction))
    if deviation == 0:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / deviation
    return math.erfc(z / math.sqrt(2))


def record_text(experiment, metric):
    """The interleaved runs as a record that `ministat compare` reads."""
    values = {arm: iter(times) for arm, times in experiment["ministat"][metric].items()}
    lines = [{"kind": "ministat", "version": 1, "design": "interleaved", "seed": 1,
              "metric": metric, "facts": {}},
             {"kind": "arm", "name": "A", "command": [], "facts": {}},
             {"kind": "arm", "name": "B", "command": [], "facts": {}},
             {"kind": "metric", "name": metric, "unit": "s", "better": "lower"}]
    for place, arm in enumerate(experiment["ministat"]["order"]):
        lines.append({"kind": "run", "arm": arm, "block": place // 2, "place": place,
                      "values": {metric: next(values[arm]) / 1e9}})
    return "".join(json.dumps(line) + "\n" for line in lines)


def verdict(ministat, experiment, metric):
    """1 if ours calls B slower, -1 if faster, 0 if neither."""
    result = subprocess.run(
        [ministat, "compare", "--format", "json", "-"], input=record_text(experiment, metric),
        capture_output=True, text=True, check=True)
    text = json.dumps(json.loads(result.stdout), separators=(",", ":"))
    if '"verdict":"worse"' in text:
        return 1
    return -1 if '"verdict":"better"' in text else 0


def called(p, a, b):
    """The same for a test of sequential runs, at 5 %."""
    if p >= 0.05:
        return 0
    return 1 if sum(b) / len(b) > sum(a) / len(a) else -1


def wilson(hits, count):
    """The interval of a proportion at 95 %, after Wilson."""
    z = 1.959964
    p = hits / count
    middle = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return middle - half, middle + half


def paired_difference(ours, theirs):
    """How much more often ours says "slower", with its interval at 95 % over the experiments."""
    differences = [(a > 0) - (b > 0) for a, b in zip(ours, theirs)]
    count = len(differences)
    mean = sum(differences) / count
    variance = sum((d - mean) ** 2 for d in differences) / (count - 1)
    half = 1.959964 * math.sqrt(variance / count)
    return mean, mean - half, mean + half


def table(arguments):
    """Print the table in Markdown."""
    ministat = ministat_path(arguments.ministat)
    experiments = read(arguments.file)
    rows = ["ministat, CPU time", "ministat, elapsed", "hyperfine, Welch",
            "benchstat, Mann-Whitney"]
    calls = {kind: {row: [] for row in rows} for kind in ("same", "different")}
    for experiment in experiments:
        if experiment["kind"] not in calls:
            continue
        results = calls[experiment["kind"]]
        times = experiment["hyperfine"]["wall"]
        results[rows[0]].append(verdict(ministat, experiment, "cpu"))
        results[rows[1]].append(verdict(ministat, experiment, "wall"))
        a, b = times["A"], times["B"]
        results[rows[2]].append(called(welch_p(a, b), a, b))
        results[rows[3]].append(called(mann_whitney_p(a, b), a, b))
    counts = {kind: len(calls[kind][rows[0]]) for kind in calls}
    seconds = {side: sum(e[side]["seconds"] for e in experiments)
               for side in ("ministat", "hyperfine")}
    ratio = 1.0
    different = [e["ministat"]["cpu"] for e in experiments if e["kind"] == "different"]
    if different:
        ratio = sum(sum(c["B"]) for c in different) / sum(sum(c["A"]) for c in different)
    pairs = len(experiments[0]["ministat"]["wall"]["A"])
    loads = sorted(e["load"] for e in experiments)
    print(f"{pairs} runs an arm; CPU time of B over A in all experiments with a difference:"
          f" {ratio:.4f}; seconds spent by ministat {seconds['ministat']:.0f}, by hyperfine"
          f" {seconds['hyperfine']:.0f}; load {loads[0]:.1f} to {loads[-1]:.1f}, median"
          f" {loads[len(loads) // 2]:.1f}\n")
    print(f"| | of {counts['same']} equal: called different"
          f" | of {counts['different']} slower by 3 %: called slower | called faster"
          " | CPU time finds it more often by |")
    print("|---|---|---|---|---|")
    for row in rows:
        line = [row]
        for kind, sign in (("same", None), ("different", 1), ("different", -1)):
            results = calls[kind][row]
            hits = sum(r != 0 if sign is None else r == sign for r in results)
            low, high = wilson(hits, len(results)) if results else (0, 1)
            line.append(f"{hits} ({100 * low:.1f} to {100 * high:.1f} %)")
        if row == rows[0]:
            line.append("")
        else:
            mean, low, high = paired_difference(
                calls["different"][rows[0]], calls["different"][row])
            line.append(f"{100 * mean:+.1f} % ({100 * low:+.1f} to {100 * high:+.1f})")
        print("| " + " | ".join(line) + " |")


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["measure", "table"])
    parser.add_argument("file")
    parser.add_argument("--same", type=int, default=200)
    parser.add_argument("--different", type=int, default=400)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--ministat")
    arguments = parser.parse_args()
    if arguments.what == "measure":
        measure(arguments)
    else:
        table(arguments)


if __name__ == "__main__":
    main()

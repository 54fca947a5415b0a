"""Reading 10^7 lines (275 MB): ours as borrowed spans, and the C library's getline."""
import random


def write(count):
    def fill(file):
        source = random.Random(20150715)
        block = "".join(
            "x" * source.randrange(1, 53) + "\n" for _ in range(100_000)).encode()
        for _ in range(count // 100_000):
            file.write(block)
    return fill


def jobs(bench):
    count = 1_000_000 if bench.quick else 10_000_000
    data = bench.data(f"lines-{count}", write(count))
    ours = bench.swift("bio")
    theirs = bench.cc("bio-getline", ["bio.c"])
    return [
        Job("lines as spans", [ours, "spans", data], {"getline": [theirs, data]},
            {"": ("getline", 0.55)}),
        Job("Brdline", [ours, "brdline", data], {"getline": [theirs, data]}),
        Job("lines as strings", [ours, "strings", data], {"getline": [theirs, data]}),
    ]

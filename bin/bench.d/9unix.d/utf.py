"""UTF-8 decoding of 50 MB of mixed text: ours and a plain C loop over the same bytes."""
import random


def write(size):
    def fill(file):
        source = random.Random(20150715)
        words = ["the", "quick", "größe", "naïve", "日本", "тест", "☺", "λόγος", "a", "of"]
        block = " ".join(source.choice(words) for _ in range(100_000)).encode()
        while file.tell() < size:
            file.write(block)
    return fill


def jobs(bench):
    size = 5_000_000 if bench.quick else 50_000_000
    data = bench.data(f"text-{size}", write(size))
    ours = bench.swift("utf")
    theirs = bench.cc("utf-c", ["utf.c"])
    return [Job("UTF-8", [ours, data], {"C": [theirs, data]}, {"decode": ("C", 1.11)})]

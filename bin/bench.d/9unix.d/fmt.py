"""Formatted printing of 10^6 mixed lines: ours and the C library's printf."""


def jobs(bench):
    count = "100000" if bench.quick else "1000000"
    ours = bench.swift("fmt")
    theirs = bench.cc("fmt-printf", ["fmt.c"])
    work = {"mixed": "%d %s %g", "integers": "%d %x %u", "exact": "%.3f %.10e"}
    goals = {"mixed": {"": ("printf", 0.64)}}
    return [
        Job(f"{kind}: {text}", [ours, kind, count], {"printf": [theirs, kind, count]},
            goals.get(kind, {}))
        for kind, text in work.items()
    ]

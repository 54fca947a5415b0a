"""Search trees of 10^6 random keys: ours and libbsd's."""


def jobs(bench):
    bench.install("/usr/include/bsd/sys/tree.h", "libbsd-dev")
    count = "100000" if bench.quick else "1000000"
    ours = bench.swift("trees")
    theirs = bench.cc("trees-libbsd", ["trees.c"])
    goal = ("libbsd", 1.10)
    goals = {"insert": goal, "find": goal, "delete": goal}
    return [
        Job("red-black tree", [ours, count, "rb"], {"libbsd": [theirs, count, "rb"]}, goals),
        Job("splay tree", [ours, count, "splay"], {"libbsd": [theirs, count, "splay"]}, goals),
    ]

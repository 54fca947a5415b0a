"""Waking a loop on another thread: a message to and fro, wall time, on two processors.

Beside two threads that raise an eventfd each and wait by epoll.
"""

GOALS = {"parked": 1.05, "spinning": 0.1}


def measure(bench):
    count = 1_000 if bench.quick else 5_000
    wakes = bench.product("wakes")
    results = bench.parts({
        "epoll": [wakes, "--backend", "epoll", str(count)],
        "uring": [wakes, "--backend", "uring", str(count)],
        "eventfd": [bench.peer("wakes-eventfd", "-pthread"), str(count)],
    })
    theirs = [seconds / count * 1e6 for seconds in results["eventfd"]["parked"]]
    for part, goal in GOALS.items():
        for who in ["epoll", "uring"]:
            ours = [seconds / count * 1e6 for seconds in results[who][part]]
            yield Row(f"wake-up and back, {part}", who, "eventfd", ours, theirs, goal, "us")

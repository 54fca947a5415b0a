"""A million timers: ours and libev's."""

GOALS = {"create": 0.5, "cancel": 0.3}


def measure(bench):
    bench.install("/usr/include/ev.h", "libev-dev")
    count = 100_000 if bench.quick else 1_000_000
    # The loop alone; what a start costs is in neither part.
    results = bench.parts({
        "libaio": [bench.product("timers"), str(count)],
        "libev": [bench.peer("timers-libev", "-lev"), str(count)],
    })
    for part in ["create", "cancel", "re-arm"]:
        done = count * 9 // 10 if part == "cancel" else count
        ours, theirs = ([seconds / done * 1e9 for seconds in results[who][part]]
                        for who in ["libaio", "libev"])
        yield Row(f"timers, {part}", "libaio", "libev", ours, theirs, GOALS.get(part))

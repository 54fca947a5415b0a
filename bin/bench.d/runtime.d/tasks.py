"""Tasks that do nothing: ours and oneTBB's task_group, with two workers that share them."""

# By the work and the clock; wall time is shown too, and says little on a machine that others use.
GOALS = {("flat", "CPU"): 0.2, ("tree", "CPU"): 0.2}


def measure(bench):
    bench.install("/usr/include/tbb/task_group.h", "libtbb-dev")
    pool, tbb = bench.product("pool"), bench.peer("tasks-tbb", "-ltbb")
    sizes = {"flat": 100_000, "tree": 1 << (20 if bench.quick else 24)}
    for work, count in sizes.items():
        # The fastest round of a run: what a task costs, and not what else the machine did.
        options = ["-n", str(count), "-r", "20" if work == "flat" else "2", work]
        results = bench.parts({
            "libaio": [pool, "-t", "2", *options],
            "alone": [pool, "-t", "1", *options],
            "recorded": [pool, "-t", "1", "--record", "65536", *options],
            "oneTBB": [tbb, "-t", "2", *options],
        })

        def each(who, part):
            return [seconds / count * 1e9 for seconds in results[who][part]]

        for clock, part in [("CPU", work), ("wall", work + "-wall")]:
            yield Row(f"tasks, {work}, {clock}", "libaio", "oneTBB", each("libaio", part),
                      each("oneTBB", part), GOALS.get((work, clock)))
        yield Row(f"tasks, {work}, one worker", "libaio", "oneTBB", each("alone", work),
                  each("oneTBB", work))
        yield Row(f"tasks, {work}, recorded", "libaio", "not recorded", each("recorded", work),
                  each("alone", work))

"""Memory: what a server takes before it serves anybody, and what a connection adds."""

MEGABYTE = 1 << 20
BASE_GOAL_MB = 8
CONNECTION_GOAL = 96


def measure(bench):
    echo = bench.product("echo")
    load = bench.peer("load")
    few, many = ([load, "-c", count, "-t", "0.3"] for count in ["100", "5000"])
    for name in ["epoll", "uring"]:
        server = Server(name, [echo, "--backend", name])
        rounds = [bench.memory(server, few, many) for _ in range(3)]
        base = [value / MEGABYTE for value, _ in rounds]
        yield Row("memory of an idle server", name, "8 MB", base, [BASE_GOAL_MB] * 3, 1, "MB")
        # Beyond what a hundred had touched: the buffers are not a connection's.
        each = [figures["conn-bytes"] for _, figures in rounds]
        yield Row("memory a connection, 5000", name, "96 bytes", each, [CONNECTION_GOAL] * 3, 1,
                  "B")

"""Echo servers under load: ours and the floors in C.

Messages of 64 bytes, on connections that stay or on one each ("connect").  SwiftNIO is no peer
here: it comes from GitHub alone, and what a benchmark needs must be had from Debian.
"""

# load: its options, and by our server's name the goals against C on epoll.
LOADS = {
    "echo, 100 connections": (["-c", "100"], {"epoll": 1.02, "uring": 1.05}),
    "echo, 1000 connections": (["-c", "1000"], {"epoll": 1.02, "uring": 1.05}),
    "echo, 100 by 16 deep": (["-c", "100", "-d", "16"], {"epoll": 1.02}),
    "connect, echo, close": (["-c", "32", "-m"], {"uring": 0.90}),
}
P99_GOAL = 0.8
ASYNC_GOAL = 1.05


def measure(bench):
    bench.install("/usr/include/liburing.h", "liburing-dev")
    echo = bench.product("echo")
    seconds = "0.2" if bench.quick else "0.5"
    servers = [
        Server("C epoll", [bench.peer("epoll")]),
        Server("C uring", [bench.peer("uring", "-luring")]),
        Server("epoll", [echo, "--backend", "epoll"]),
        Server("uring", [echo, "--backend", "uring"]),
    ]
    tasks = [
        Server("epoll, async", [echo, "--backend", "epoll", "--async"]),
        Server("uring, async", [echo, "--backend", "uring", "--async"]),
    ]
    load = bench.peer("load")
    for label, (options, goals) in LOADS.items():
        results = bench.serve(servers, [load, *options, "-t", seconds])
        floor = results["C epoll"]
        for server in servers[1:]:
            yield Row(label, server.name, "C epoll", results[server.name]["cpu-ns"],
                      floor["cpu-ns"], goals.get(server.name))
        if label == "echo, 100 connections":
            both = bench.serve(servers[2:] + tasks, [load, *options, "-t", seconds])
            for name in ["epoll", "uring"]:
                yield Row(label, name + ", async", name, both[name + ", async"]["cpu-ns"],
                          both[name]["cpu-ns"], ASYNC_GOAL)
            yield Row(label + ", p99", "uring", "C epoll", results["uring"]["p99-us"],
                      floor["p99-us"], P99_GOAL, "us")

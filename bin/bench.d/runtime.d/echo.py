"""Echo servers under load: ours, the floors in C, and SwiftNIO's.

Messages of 64 bytes, on connections that stay or on one each ("connect").
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
# Against SwiftNIO with handlers, and with NIOAsyncChannel.
NIO_GOALS = {"echo": 0.75, "async": 0.36}
NIO_NAMES = {"echo": "NIO handlers", "async": "NIO async"}


def measure(bench):
    bench.install("/usr/include/liburing.h", "liburing-dev")
    echo = bench.product("echo")
    seconds = "0.05" if bench.quick else "0.1"
    servers = [
        Server("C epoll", [bench.peer("epoll")]),
        Server("C uring", [bench.peer("uring", "-luring")]),
        Server("epoll", [echo, "--backend", "epoll"]),
        Server("uring", [echo, "--backend", "uring"]),
    ]
    more = [
        Server("epoll, async", [echo, "--backend", "epoll", "--async"]),
        Server("uring, async", [echo, "--backend", "uring", "--async"]),
    ]
    if bench.nio:
        more += [Server(name, [bench.nio, mode]) for mode, name in NIO_NAMES.items()]
    load = bench.peer("load")
    for label, (options, goals) in LOADS.items():
        is_first = label == "echo, 100 connections"
        results = bench.serve(servers + more if is_first else servers,
                              [load, *options, "-t", seconds, "-w", "0.05"])
        floor = results["C epoll"]
        for server in servers[1:]:
            yield Row(label, server.name, "C epoll", results[server.name]["cpu-ns"],
                      floor["cpu-ns"], goals.get(server.name))
        if is_first:
            yield from details(label, results)


def details(label, results):
    for name in ["epoll", "uring"]:
        yield Row(label, name + ", async", name, results[name + ", async"]["cpu-ns"],
                  results[name]["cpu-ns"], ASYNC_GOAL)
    for mode, peer in NIO_NAMES.items():
        who = "epoll" if mode == "echo" else "epoll, async"
        if peer in results:
            yield Row(label, who, peer, results[who]["cpu-ns"], results[peer]["cpu-ns"],
                      NIO_GOALS[mode])
        else:
            yield Row(label, who, peer, [], [], NIO_GOALS[mode], why="see --nio")
    # What the kernel gives on io_uring is the limit of ours.
    for who, goal in [("C uring", None), ("uring", P99_GOAL)]:
        yield Row(label + ", p99", who, "C epoll", results[who]["p99-us"],
                  results["C epoll"]["p99-us"], goal, "us")

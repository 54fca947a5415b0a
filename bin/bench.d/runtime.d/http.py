"""HTTP/1.1 plaintext: a short text on 64 connections that stay, ours and SwiftNIO's NIOHTTP1."""

GOAL = 0.6


def measure(bench):
    bench.install("/usr/include/liburing.h", "liburing-dev")
    httpd = bench.product("httpd")
    servers = [Server("C epoll", [bench.peer("epoll")])]
    servers += [Server(name, [httpd, "--backend", name]) for name in ["epoll", "uring"]]
    if bench.nio:
        servers.append(Server("NIOHTTP1", [bench.nio, "http"]))
    load = [bench.peer("load"), "-c", "64", "-t", "0.1", "-w", "0.05"]
    web = bench.serve(servers[1:], [*load, "-g"])
    for name in ["epoll", "uring"]:
        if bench.nio:
            yield Row("HTTP plaintext", name, "NIOHTTP1", web[name]["cpu-ns"],
                      web["NIOHTTP1"]["cpu-ns"], GOAL)
        else:
            yield Row("HTTP plaintext", name, "NIOHTTP1", [], [], GOAL, why="see --nio")
    # What a request costs beyond an echo of as many bytes as it has.
    floor = bench.serve(servers[:1], load)["C epoll"]["cpu-ns"]
    for name in ["epoll", "uring"]:
        yield Row("HTTP plaintext, an echo", name, "C epoll", web[name]["cpu-ns"], floor)

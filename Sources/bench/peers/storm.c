/*
 * storm: connections that come and go all at once.
 *
 *     storm COUNT PORT
 *
 * Opens COUNT connections to an echo server without waiting for any of them, sends a message on
 * each, and closes them all in one go when every message has come back.  Status 1, and a sentence,
 * if a connection fails, if a byte is wrong, or if nothing happens for ten seconds.  Connections end
 * as they should: the server's side closes second.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 64, PATIENCE_MS = 10000, ADDRESSES = 16 };

static void
die(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
open_one(int set, int number, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET }, from = { .sin_family = AF_INET };
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd == -1)
		die("socket");
	event.data.fd = fd;
	to.sin_port = htons(port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* Several addresses of our own: one has not ports enough for all. */
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + number % ADDRESSES);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef IP_BIND_ADDRESS_NO_PORT
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
#endif
	if (bind(fd, (struct sockaddr *)&from, sizeof from) == -1)
		die("bind");
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == -1 && errno != EINPROGRESS)
		die("connect");
	if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == -1)
		die("epoll_ctl");
}

int
main(int argc, char **argv)
{
	static struct epoll_event events[512];
	struct rlimit limit;
	unsigned char *received, *sent, message[SIZE], answer[SIZE];
	int count, done = 0, set = epoll_create1(0), i, n;

	if (argc != 3 || (count = atoi(argv[1])) < 1) {
		fprintf(stderr, "usage: storm COUNT PORT\n");
		return 2;
	}
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < (rlim_t)count + 16) {
		fprintf(stderr, "storm: %d connections want more descriptors than %lu\n", count,
		    (unsigned long)limit.rlim_max);
		return 1;
	}
	received = calloc(count + 64, 1);
	sent = calloc(count + 64, 1);
	memset(message, 'x', sizeof message);
	for (i = 0; i < count; i++)
		open_one(set, i, atoi(argv[2]));
	while (done < count) {
		if ((n = epoll_wait(set, events, 512, PATIENCE_MS)) == 0) {
			fprintf(stderr, "storm: %d of %d are stuck\n", count - done, count);
			return 1;
		}
		for (i = 0; i < n; i++) {
			int fd = events[i].data.fd;
			ssize_t got;

			if (!sent[fd] && events[i].events & EPOLLOUT) {
				if (send(fd, message, SIZE, MSG_NOSIGNAL) != SIZE)
					die("send");
				sent[fd] = 1;
			}
			while (received[fd] < SIZE) {
				got = recv(fd, answer, sizeof answer, 0);
				if (got == -1 && errno == EAGAIN)
					break;
				if (got <= 0 || memcmp(answer, message, got) != 0)
					die("recv");
				if ((received[fd] += got) == SIZE)
					done++;
			}
		}
	}
	return 0; /* and all of them are closed */
}

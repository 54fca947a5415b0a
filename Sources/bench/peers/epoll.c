/*
 * epoll: the floor of an echo server, with nothing between the kernel and the bytes.
 *
 * Level-triggered, one recv and one send a message, one buffer for all.  What a socket does not
 * take at once it loses: the load generator never sends more than fits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>

#include "peer.h"

static char buffer[65536];

static void
watch(int set, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == -1)
		die("epoll_ctl");
}

static void
accept_all(int set, int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1)
		watch(set, fd);
}

static void
echo(int fd)
{
	ssize_t count = recv(fd, buffer, sizeof buffer, 0);

	if (count > 0) {
		if (send(fd, buffer, count, MSG_NOSIGNAL) != count)
			close(fd);
	} else if (count == 0 || errno != EAGAIN) {
		close(fd);
	}
}

int
main(int argc, char **argv)
{
	static struct epoll_event events[512];
	int listener = announce(argc, argv, SOCK_NONBLOCK);
	int set = epoll_create1(EPOLL_CLOEXEC);
	int i, n;

	watch(set, listener);
	for (;;) {
		n = epoll_wait(set, events, 512, -1);
		for (i = 0; i < n; i++) {
			if (events[i].data.fd == listener)
				accept_all(set, listener);
			else
				echo(events[i].data.fd);
		}
	}
}

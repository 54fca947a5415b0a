/* What the peers' servers have in common: a listener, and the line that says where it is. */
#ifndef PEER_H
#define PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* A listener on 127.0.0.1, on the port after -p or on a free one, and the ready line. */
static int
announce(int argc, char **argv, int flags)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	int on = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(argc > 2 ? atoi(argv[2]) : 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* connections inherit it */
	if (bind(listener, (struct sockaddr *)&address, size) == -1 || listen(listener, 4096) == -1)
		die("bind");
	getsockname(listener, (struct sockaddr *)&address, &size);
	printf("%s: listening on 127.0.0.1:%d\n", argv[0], ntohs(address.sin_port));
	fflush(stdout);
	return listener;
}

#endif

#define _GNU_SOURCE
#include "CNine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

int cnine_scenes;

int cnine_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC);
}

int cnine_wait_end(int pid)
{
#ifdef SYS_pidfd_open
	struct pollfd p;
	int fd, n;

	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd == -1)
		return errno == ESRCH ? 0 : -1;
	p.fd = fd;
	p.events = POLLIN;
	n = poll(&p, 1, -1);
	close(fd);
	return n == -1 ? -1 : 0;
#else
	errno = ENOSYS;
	return -1;
#endif
}

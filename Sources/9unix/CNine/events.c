#define _GNU_SOURCE
#include "CNine.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#endif

int cnine_accept_now(int listener)
{
	return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

#if defined(__linux__) && defined(SYS_epoll_pwait2) && defined(SYS_io_uring_setup)

_Static_assert(sizeof(struct cnine_event) == sizeof(struct epoll_event), "the kernel's layout");

int cnine_epoll_create(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

int cnine_epoll_add(int epoll, int fd, unsigned events, unsigned long long data)
{
	struct epoll_event event = { .events = events, .data.u64 = data };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* sendfile(2) has no MSG_NOSIGNAL: the signal is held back, and taken if this call raised it. */
ssize_t cnine_sendfile(int socket, int file, long long *offset, size_t count)
{
	static const struct timespec now = { 0, 0 };
	sigset_t broken, before, pending;
	off_t at = *offset;
	ssize_t sent;
	int error;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken, &before);
	sigemptyset(&pending);
	if (sigismember(&before, SIGPIPE))
		sigpending(&pending);
	sent = sendfile(socket, file, &at, count);
	error = errno;
	if (sent == -1 && error == EPIPE && !sigismember(&pending, SIGPIPE))
		sigtimedwait(&broken, NULL, &now);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	*offset = at;
	errno = error;
	return sent;
}

int cnine_eventfd(void)
{
	return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int cnine_epoll_wait(int epoll, struct cnine_event *list, int count, long long timeout_ns)
{
	struct epoll_event *events = (struct epoll_event *)list;
	static int coarse; /* the kernel is older than epoll_pwait2: each thread may find out */
	struct timespec ts;
	long long ms;
	int n;

	if (timeout_ns <= 0)
		return epoll_wait(epoll, events, count, timeout_ns < 0 ? -1 : 0);
	if (!__atomic_load_n(&coarse, __ATOMIC_RELAXED)) {
		ts.tv_sec = timeout_ns / 1000000000;
		ts.tv_nsec = timeout_ns % 1000000000;
		n = (int)syscall(SYS_epoll_pwait2, epoll, events, count, &ts, NULL, 0);
		if (n != -1 || errno != ENOSYS)
			return n;
		__atomic_store_n(&coarse, 1, __ATOMIC_RELAXED);
	}
	ms = (timeout_ns + 999999) / 1000000;
	return epoll_wait(epoll, events, count, ms > INT_MAX ? INT_MAX : (int)ms);
}

int cnine_uring_setup(unsigned entries, void *params)
{
	return (int)syscall(SYS_io_uring_setup, entries, params);
}

int cnine_uring_enter(int ring, unsigned submit, unsigned wait, unsigned flags, void *arg, size_t size)
{
	return (int)syscall(SYS_io_uring_enter, ring, submit, wait, flags, arg, size);
}

int cnine_uring_register(int ring, unsigned opcode, void *arg, unsigned count)
{
	return (int)syscall(SYS_io_uring_register, ring, opcode, arg, count);
}

#else

ssize_t cnine_sendfile(int socket, int file, long long *offset, size_t count)
{
	(void)socket, (void)file, (void)offset, (void)count;
	errno = ENOSYS;
	return -1;
}

int cnine_epoll_create(void)
{
	errno = ENOSYS;
	return -1;
}

int cnine_epoll_add(int epoll, int fd, unsigned events, unsigned long long data)
{
	(void)epoll, (void)fd, (void)events, (void)data;
	errno = ENOSYS;
	return -1;
}

int cnine_eventfd(void)
{
	errno = ENOSYS;
	return -1;
}

int cnine_epoll_wait(int epoll, struct cnine_event *events, int count, long long timeout_ns)
{
	(void)epoll, (void)events, (void)count, (void)timeout_ns;
	errno = ENOSYS;
	return -1;
}

int cnine_uring_setup(unsigned entries, void *params)
{
	(void)entries, (void)params;
	errno = ENOSYS;
	return -1;
}

int cnine_uring_enter(int ring, unsigned submit, unsigned wait, unsigned flags, void *arg, size_t size)
{
	(void)ring, (void)submit, (void)wait, (void)flags, (void)arg, (void)size;
	errno = ENOSYS;
	return -1;
}

int cnine_uring_register(int ring, unsigned opcode, void *arg, unsigned count)
{
	(void)ring, (void)opcode, (void)arg, (void)count;
	errno = ENOSYS;
	return -1;
}

#endif

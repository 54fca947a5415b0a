/*
 * CNine: what Swift cannot import from C, and nothing else.
 *
 * Variadic functions and macros of the C library, each under a name of its own.
 * No policy: every function here is one call.
 */
#ifndef CNINE_H
#define CNINE_H

#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* open(2) with a mode: variadic in C. */
static inline int cnine_open(const char *path, int flags, mode_t mode)
{
	return open(path, flags, mode);
}

/* pipe2(2) with O_CLOEXEC: behind _GNU_SOURCE, which must come before the first header. */
int cnine_pipe(int ends[2]);

/* Waits until the process ends: pidfd_open(2) and poll(2), where the system has them.
 * 0 when it has ended, -1 with errno otherwise. */
int cnine_wait_end(int pid);

/* accept4(2), close-on-exec and non-blocking: behind _GNU_SOURCE too. */
int cnine_accept(int listener);

/* ioctl(TIOCGWINSZ): the terminal's columns, or -1. */
static inline int cnine_columns(int fd)
{
	struct winsize w;

	if (ioctl(fd, TIOCGWINSZ, &w) == -1)
		return -1;
	return w.ws_col;
}

/* st_mtime in nanoseconds since the epoch; st_mtim is a macro's field on some systems. */
static inline long long cnine_mtime_ns(const struct stat *st)
{
#ifdef __APPLE__
	return st->st_mtimespec.tv_sec * 1000000000LL + st->st_mtimespec.tv_nsec;
#else
	return st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec;
#endif
}

/* The process environment: a global that Swift 6 cannot name safely. */
static inline char **cnine_environ(void)
{
	extern char **environ;

	return environ;
}

/*
 * Events: epoll_pwait2(2) and io_uring(7), which have no wrappers in every C library.  They return
 * -1 with errno, as syscall(2) does; a timeout is nanoseconds, or negative for none.
 */
struct cnine_event { unsigned int events; unsigned long long data; }
#ifdef __x86_64__
__attribute__((packed)) /* as struct epoll_event is */
#endif
;
int cnine_epoll_create(void);
int cnine_epoll_add(int epoll, int fd, unsigned events, unsigned long long data);
int cnine_epoll_wait(int epoll, struct cnine_event *events, int count, long long timeout_ns);
int cnine_eventfd(void);
int cnine_uring_setup(unsigned entries, void *params);
int cnine_uring_enter(int ring, unsigned submit, unsigned wait, unsigned flags, void *arg, size_t size);
int cnine_uring_register(int ring, unsigned opcode, void *arg, unsigned count);

#endif

/*
 * kqueue(2), in the few calls that a loop makes of it; compiled with -DAIO_KQUEUE alone, for
 * systems that have it (FreeBSD, Darwin) and for Linux with libkqueue (Debian's libkqueue-dev, or
 * one built from source).
 *
 * What is said of the system here is said by its manual; what libkqueue (2.7) does otherwise is met
 * where the condition __linux__ is, or in KqueueLoop.swift, and is all here:
 *  Q1  It does not notice that a descriptor is closed (BUGS.md): cnine_kqueue_forget() first.  The
 *      manual: "Calling close() on a file descriptor will remove any kevents that reference" it.
 *  Q2  It asks SO_ERROR to fill `fflags` (evfilt_read_copyout), and so takes the error away from
 *      the next call on the socket: cnine_kqueue_wait() hands it on.  A system's own fills `fflags`
 *      with the error and leaves it where it is.
 *  Q3  Its timeouts are milliseconds in an int when they are whole ones (linux_kevent_wait): DAY_NS
 *      at most.
 *  Q4  It asks epoll for as many descriptors as there is room for events, of which each may have
 *      two: what finds no room is lost (linux_kevent_copyout, "oos"), and an edge does not come
 *      again.  See `KqueueLoop.rewatch`.
 *  Q5  A second filter on a descriptor takes EPOLLRDHUP from the first (epoll_update adds the flags
 *      of the filter in hand alone): if reading is not the last to be added, an end that comes with
 *      the last bytes is not told.  cnine_kqueue_add() adds it last, and anew.
 *  Q6  Its descriptor is the end of a pipe (linux_kqueue_init), and cannot be waited for.  See
 *      `KqueueLoop.descriptor`.
 *  Q7  A stream that was read meanwhile is said to end, if EPOLLIN comes with nothing there
 *      (evfilt_read_copyout): who then reads until EAGAIN loses a call and nothing else.
 *  Q8  It frees a queue that was closed later, on a thread of its own: its two other descriptors
 *      are open for a little longer.
 */
#define _GNU_SOURCE
#include "CNine.h"

#include <errno.h>

#ifdef AIO_KQUEUE
#include <fcntl.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(void *) >= sizeof(unsigned long long), "udata carries 64 bits");

/* As epoll(7) has them: see Kernel.Events. */
enum { CAN_READ = 1, CAN_WRITE = 4, HAS_ERROR = 8, IS_ENDING = 1 << 13 };
enum { EVENTS_MAX = 512 };
#define DAY_NS 86400000000000LL

int cnine_kqueue(void)
{
	int queue = kqueue();

	if (queue != -1 && fcntl(queue, F_SETFD, FD_CLOEXEC) == -1) {
		int error = errno;

		close(queue);
		errno = error;
		return -1;
	}
	return queue;
}

/* Q1.  A system's own kqueue forgets what is closed. */
void cnine_kqueue_forget(int queue, int fd)
{
#ifdef __linux__
	struct kevent change;
	int error = errno;

	/* One by one: the first that is not there would keep the second. */
	EV_SET(&change, fd, EVFILT_READ, EV_DELETE, 0, 0, NULL);
	(void)kevent(queue, &change, 1, NULL, 0, NULL);
	EV_SET(&change, fd, EVFILT_WRITE, EV_DELETE, 0, 0, NULL);
	(void)kevent(queue, &change, 1, NULL, 0, NULL);
	errno = error;
#else
	(void)queue, (void)fd;
#endif
}

int cnine_kqueue_add(int queue, int fd, int reads, int writes, unsigned long long data)
{
	struct kevent changes[2];
	void *udata = (void *)(uintptr_t)data;
	int count = 0;

#ifdef __linux__
	if (!reads) { /* Q5 */
		cnine_kqueue_forget(queue, fd);
		reads = 1;
	}
#endif
	/* EV_SET may name its first argument more than once. */
	if (writes) {
		EV_SET(&changes[count], fd, EVFILT_WRITE, EV_ADD | EV_CLEAR, 0, 0, udata);
		count++;
	}
	if (reads) { /* last: Q5 */
		EV_SET(&changes[count], fd, EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0, udata);
		count++;
	}
	/*
	 * No room for events: the first change that fails is the call's error.  EPIPE (FreeBSD: writing
	 * on a pipe whose reader has gone) is what the write would have said.
	 */
	return kevent(queue, changes, count, NULL, 0, NULL) == -1 ? -1 : 0;
}

/*
 * EV_EOF on reading: the peer sends nothing more, but there may be something left.  EV_EOF on
 * writing: what is written fails, which the write will say; that is also so behind our own
 * shutdown(2), and says nothing of reading.
 */
static void translate(struct cnine_queue_event *to, const struct kevent *from)
{
	to->events = from->filter == EVFILT_WRITE ? CAN_WRITE : CAN_READ;
	to->error = 0;
	to->data = (unsigned long long)(uintptr_t)from->udata;
	if (from->flags & EV_EOF) {
		if (from->filter == EVFILT_READ)
			to->events |= IS_ENDING;
		if (from->fflags != 0) {
			to->events |= HAS_ERROR;
#ifdef __linux__
			to->error = (int)from->fflags; /* Q2 */
#endif
		}
	}
}

int cnine_kqueue_wait(int queue, struct cnine_queue_event *list, int count, long long timeout_ns)
{
	struct kevent events[EVENTS_MAX];
	struct timespec ts;
	int n;

	if (count > EVENTS_MAX)
		count = EVENTS_MAX;
	if (timeout_ns > DAY_NS)
		timeout_ns = DAY_NS; /* Q3; who waits for longer waits again */
	if (timeout_ns >= 0) {
		ts.tv_sec = timeout_ns / 1000000000;
		ts.tv_nsec = timeout_ns % 1000000000;
	}
	n = kevent(queue, NULL, 0, events, count, timeout_ns < 0 ? NULL : &ts);
	for (int i = 0; i < n; i++)
		translate(&list[i], &events[i]);
	return n;
}

#else

int cnine_kqueue(void)
{
	errno = ENOSYS;
	return -1;
}

int cnine_kqueue_add(int queue, int fd, int reads, int writes, unsigned long long data)
{
	(void)queue, (void)fd, (void)reads, (void)writes, (void)data;
	errno = ENOSYS;
	return -1;
}

void cnine_kqueue_forget(int queue, int fd)
{
	(void)queue, (void)fd;
}

int cnine_kqueue_wait(int queue, struct cnine_queue_event *list, int count, long long timeout_ns)
{
	(void)queue, (void)list, (void)count, (void)timeout_ns;
	errno = ENOSYS;
	return -1;
}

#endif

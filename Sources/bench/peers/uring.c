/*
 * uring: the floor of an echo server on io_uring.
 *
 * Accepts and receives are submitted once and complete many times, into a ring of buffers that the
 * kernel takes from; what came in is sent from the same buffer, which then goes home.  One system
 * call a turn.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <stdint.h>
#include <sys/mman.h>

#include "peer.h"

enum { BUFFERS = 1024, SIZE = 4096 };
enum { ACCEPT = 1, RECEIVE, SEND, CLOSE };

static struct io_uring ring;
static struct io_uring_buf_ring *home;
static char *memory;
static int returned;

static struct io_uring_sqe *
submission(void)
{
	struct io_uring_sqe *entry = io_uring_get_sqe(&ring);

	if (entry == NULL) {
		io_uring_submit(&ring);
		entry = io_uring_get_sqe(&ring);
	}
	return entry;
}

/* What comes back with a completion: the operation, a buffer, a descriptor. */
static void
name(struct io_uring_sqe *entry, unsigned what, unsigned number, int fd)
{
	entry->user_data = (uint64_t)what << 56 | (uint64_t)number << 32 | (uint32_t)fd;
}

static void
accept_all(int listener)
{
	struct io_uring_sqe *entry = submission();

	io_uring_prep_multishot_accept(entry, listener, NULL, NULL, SOCK_CLOEXEC);
	name(entry, ACCEPT, 0, listener);
}

static void
receive(int fd)
{
	struct io_uring_sqe *entry = submission();

	io_uring_prep_recv(entry, fd, NULL, 0, 0);
	entry->ioprio |= IORING_RECV_MULTISHOT;
	entry->flags |= IOSQE_BUFFER_SELECT;
	entry->buf_group = 0;
	name(entry, RECEIVE, 0, fd);
}

static void
give(unsigned number)
{
	io_uring_buf_ring_add(home, memory + (size_t)number * SIZE, SIZE, number, BUFFERS - 1,
	    returned++);
}

static void
received(struct io_uring_cqe *entry, int fd)
{
	struct io_uring_sqe *next;
	unsigned number = entry->flags >> IORING_CQE_BUFFER_SHIFT;

	if (entry->res > 0) {
		next = submission();
		io_uring_prep_send(next, fd, memory + (size_t)number * SIZE, entry->res,
		    MSG_NOSIGNAL | MSG_WAITALL);
		name(next, SEND, number, fd);
		if (!(entry->flags & IORING_CQE_F_MORE))
			receive(fd);
		return;
	}
	if (entry->flags & IORING_CQE_F_BUFFER)
		give(number);
	if (entry->res == -ENOBUFS) {
		receive(fd);
	} else if (!(entry->flags & IORING_CQE_F_MORE)) {
		next = submission();
		io_uring_prep_close(next, fd);
		name(next, CLOSE, 0, fd);
	}
}

static void
completed(struct io_uring_cqe *entry)
{
	int fd = (int)(uint32_t)entry->user_data;

	switch (entry->user_data >> 56) {
	case ACCEPT:
		if (entry->res >= 0)
			receive(entry->res);
		if (!(entry->flags & IORING_CQE_F_MORE))
			accept_all(fd);
		break;
	case RECEIVE:
		received(entry, fd);
		break;
	case SEND:
		give(entry->user_data >> 32 & 0xffff);
		break;
	}
}

static void
lend_buffers(void)
{
	struct io_uring_buf_reg registration = { .ring_entries = BUFFERS };
	int number;

	home = mmap(NULL, BUFFERS * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
	memory = mmap(NULL, (size_t)BUFFERS * SIZE, PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
	registration.ring_addr = (uint64_t)(uintptr_t)home;
	if (io_uring_register_buf_ring(&ring, &registration, 0) != 0)
		die("io_uring_register_buf_ring");
	io_uring_buf_ring_init(home);
	for (number = 0; number < BUFFERS; number++)
		give(number);
}

int
main(int argc, char **argv)
{
	struct io_uring_params how = { .cq_entries = 16384 };
	struct io_uring_cqe *entry;
	unsigned head, count;

	how.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
	    IORING_SETUP_COOP_TASKRUN;
	if (io_uring_queue_init_params(4096, &ring, &how) != 0)
		die("io_uring_queue_init_params");
	lend_buffers();
	accept_all(announce(argc, argv, 0));
	for (;;) {
		io_uring_submit_and_wait(&ring, 1);
		count = 0;
		io_uring_for_each_cqe(&ring, head, entry) {
			completed(entry);
			count++;
		}
		if (returned > 0)
			io_uring_buf_ring_advance(home, returned);
		returned = 0;
		io_uring_cq_advance(&ring, count);
	}
}

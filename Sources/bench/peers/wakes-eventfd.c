/*
 * wakes-eventfd: two threads that wake each other through eventfd and epoll.
 *
 * The work of Sources/libaio/wakes, which says what the part is: the least that a loop that sleeps
 * can do.  The counters are never read: an edge is enough.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static int counter[2], set[2];
static long rounds = 20000;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
pin(int number)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(number, &cpus);
	sched_setaffinity(0, sizeof cpus, &cpus);
}

static void
hit(int who)
{
	uint64_t one = 1;

	if (write(counter[who], &one, sizeof one) != sizeof one)
		die("write");
}

static void
await(int who)
{
	struct epoll_event event;

	while (epoll_wait(set[who], &event, 1, -1) != 1)
		;
}

static void *
second(void *unused)
{
	long i;

	(void)unused;
	pin(1);
	for (i = 0; i < rounds; i++) {
		await(1);
		hit(0);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct timespec began, ended;
	pthread_t thread;
	long i;

	if (argc > 1)
		rounds = atol(argv[1]);
	for (i = 0; i < 2; i++) {
		counter[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		set[i] = epoll_create1(EPOLL_CLOEXEC);
		if (epoll_ctl(set[i], EPOLL_CTL_ADD, counter[i], &event) == -1)
			die("epoll_ctl");
	}
	clock_gettime(CLOCK_MONOTONIC, &began);
	if (pthread_create(&thread, NULL, second, NULL) != 0)
		die("pthread_create");
	pin(0);
	for (i = 0; i < rounds; i++) {
		hit(1);
		await(0);
	}
	pthread_join(thread, NULL);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	printf("parked %.9f\n",
	    (ended.tv_sec - began.tv_sec) + (ended.tv_nsec - began.tv_nsec) / 1e9);
	return 0;
}

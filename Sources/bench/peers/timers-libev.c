/*
 * timers-libev: a million timers of libev, armed and stopped.
 *
 * The work of Sources/libaio/timers, which says what the parts are.
 */
#include <ev.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HOT = 256 };

static uint64_t word = 88172645463325252ull;

static uint64_t
draw(void)
{
	word ^= word << 13;
	word ^= word >> 7;
	word ^= word << 17;
	return word;
}

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void
fired(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop, (void)timer, (void)events;
}

int
main(int argc, char **argv)
{
	struct ev_loop *loop = ev_default_loop(0);
	int count = argc > 1 ? atoi(argv[1]) : 1000000;
	double *delays = malloc(count * sizeof *delays);
	ev_timer *timers;
	double began;
	int i;

	for (i = 0; i < count; i++)
		delays[i] = draw() % 10000000 / 1e6;
	began = cpu();
	timers = malloc(count * sizeof *timers);
	for (i = 0; i < count; i++) {
		ev_timer_init(&timers[i], fired, delays[i], 0.);
		ev_timer_start(loop, &timers[i]);
	}
	printf("create %.6f\n", cpu() - began);
	began = cpu();
	for (i = 0; i < count; i++)
		if (i % 10 != 0)
			ev_timer_stop(loop, &timers[i]);
	printf("cancel %.6f\n", cpu() - began);
	for (i = 0; i < count; i += 10)
		ev_timer_stop(loop, &timers[i]);
	began = cpu();
	for (i = 0; i < count; i++) {
		ev_timer *timer = &timers[i % HOT];

		ev_timer_stop(loop, timer);
		ev_timer_set(timer, 30., 0.);
		ev_timer_start(loop, timer);
	}
	printf("re-arm %.6f\n", cpu() - began);
	return 0;
}

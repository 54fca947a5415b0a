#define _GNU_SOURCE
#include "CNine.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

static _Thread_local void *data;
static _Thread_local void *worker;
static _Thread_local void *loop;
static _Thread_local void *body;
static _Thread_local unsigned long long node[8];

void **
cnine_thread_data(void)
{
	return &data;
}

void *
cnine_thread_node(void)
{
	return node;
}

void
cnine_prefetch(void *const *addresses, int count)
{
	int i;

	for (i = 0; i < count; i++)
		__builtin_prefetch(addresses[i], 1);
}

void *
cnine_thread_worker(void)
{
	return worker;
}

void
cnine_set_thread_worker(void *w)
{
	worker = w;
}

void *
cnine_thread_loop(void)
{
	return loop;
}

void
cnine_set_thread_loop(void *l)
{
	loop = l;
}

void *
cnine_thread_body(void)
{
	return body;
}

void
cnine_set_thread_body(void *b)
{
	body = b;
}

#ifdef __linux__

int
cnine_park(unsigned *word, unsigned value, long long timeout_ns)
{
	struct timespec ts, *timeout = NULL;

	if (timeout_ns >= 0) {
		ts.tv_sec = timeout_ns / 1000000000;
		ts.tv_nsec = timeout_ns % 1000000000;
		timeout = &ts;
	}
	if (syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout, NULL, 0) == 0)
		return 1;
	return errno != ETIMEDOUT;
}

void
cnine_unpark(unsigned *word, int count)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

int
cnine_thread_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno;
}

#else

/* Elsewhere all sleep on one condition, and look again when it is signalled. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

int
cnine_park(unsigned *word, unsigned value, long long timeout_ns)
{
	struct timespec ts;
	int code = 0;

	pthread_mutex_lock(&mutex);
	if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value) {
		if (timeout_ns < 0) {
			pthread_cond_wait(&changed, &mutex);
		} else {
			clock_gettime(CLOCK_REALTIME, &ts);
			ts.tv_sec += timeout_ns / 1000000000;
			ts.tv_nsec += timeout_ns % 1000000000;
			if (ts.tv_nsec >= 1000000000) {
				ts.tv_nsec -= 1000000000;
				ts.tv_sec++;
			}
			code = pthread_cond_timedwait(&changed, &mutex, &ts);
		}
	}
	pthread_mutex_unlock(&mutex);
	return code != ETIMEDOUT;
}

void
cnine_unpark(unsigned *word, int count)
{
	(void)word;
	(void)count;
	pthread_mutex_lock(&mutex);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
}

int
cnine_thread_pin(int cpu)
{
	(void)cpu;
	return ENOSYS;
}

#endif

int
cnine_thread_start(
    void *(*body)(void *), void *argument, size_t stack, unsigned long *id, int detached)
{
	pthread_attr_t attributes;
	pthread_t thread;
	size_t least = PTHREAD_STACK_MIN;
	int code;

	code = pthread_attr_init(&attributes);
	if (code != 0)
		return code;
	if (stack != 0)
		code = pthread_attr_setstacksize(&attributes, stack < least ? least : stack);
	if (code == 0 && detached)
		code = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (code == 0)
		code = pthread_create(&thread, &attributes, body, argument);
	if (code == 0 && id != NULL)
		*id = (unsigned long)thread;
	pthread_attr_destroy(&attributes);
	return code;
}

int
cnine_thread_join(unsigned long id)
{
	return pthread_join((pthread_t)id, NULL);
}

unsigned long
cnine_thread_self(void)
{
	return (unsigned long)pthread_self();
}

void
cnine_thread_exit(void)
{
	pthread_exit(NULL);
}

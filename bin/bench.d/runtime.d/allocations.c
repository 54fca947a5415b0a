/*
 * allocations: counts how often a program asks for memory.
 *
 * To be preloaded (LD_PRELOAD) as a shared object; at each SIGUSR2 it writes the count so far to
 * standard error, a number and a newline.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

static uint64_t count;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void
counted(void)
{
	__atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
}

void *
malloc(size_t size)
{
	counted();
	return __libc_malloc(size);
}

void *
calloc(size_t number, size_t size)
{
	counted();
	return __libc_calloc(number, size);
}

void *
realloc(void *memory, size_t size)
{
	counted();
	return __libc_realloc(memory, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	counted();
	return __libc_memalign(alignment, size);
}

int
posix_memalign(void **memory, size_t alignment, size_t size)
{
	counted();
	*memory = __libc_memalign(alignment, size);
	return *memory == NULL ? ENOMEM : 0;
}

static void
tell(int signal)
{
	char text[24];
	int at = sizeof text;
	uint64_t left = __atomic_load_n(&count, __ATOMIC_RELAXED);

	(void)signal;
	text[--at] = '\n';
	do
		text[--at] = '0' + left % 10;
	while ((left /= 10) != 0);
	if (write(2, text + at, sizeof text - at) == -1)
		return;
}

__attribute__((constructor)) static void
begin(void)
{
	struct sigaction action = { .sa_handler = tell, .sa_flags = SA_RESTART };

	sigaction(SIGUSR2, &action, NULL);
}

#define _GNU_SOURCE
#include "CNine.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#ifdef __GLIBC__
#include <execinfo.h>
#endif

_Static_assert(sizeof(struct cnine_debug_record) == 64, "a record is a cache line");
_Static_assert(sizeof(struct cnine_debug_loop) == 128, "loops do not share lines");

__attribute__((section("eel_dbg"), used, aligned(64))) struct cnine_debug cnine_dbg = {
	.magic = "EELDBG",
	.version = CNINE_DEBUG_VERSION,
	.size = sizeof(struct cnine_debug),
	.loop_size = sizeof(struct cnine_debug_loop),
	.record_size = sizeof(struct cnine_debug_record),
	.loop_room = CNINE_DEBUG_LOOPS,
};

/* Touched as far as there are names. */
static struct cnine_debug_site sites[CNINE_DEBUG_SITES];
static struct cnine_debug_group groups[CNINE_DEBUG_GROUPS];
_Static_assert(sizeof sites[0] == 32 && sizeof groups[0] == 64, "as debuggers read them");

static pthread_mutex_t entering = PTHREAD_MUTEX_INITIALIZER;

int
cnine_debug_enter(struct cnine_debug_loop *loop)
{
	unsigned slot;

	pthread_mutex_lock(&entering);
	for (slot = 0; slot < CNINE_DEBUG_LOOPS && cnine_dbg.loops[slot] != 0; slot++)
		;
	if (slot < CNINE_DEBUG_LOOPS) {
		cnine_dbg.loops[slot] = (unsigned long long)(size_t)loop;
		if (slot >= cnine_dbg.loop_count)
			cnine_dbg.loop_count = slot + 1;
	}
	pthread_mutex_unlock(&entering);
	return slot < CNINE_DEBUG_LOOPS ? (int)slot : -1;
}

void
cnine_debug_leave(int slot)
{
	pthread_mutex_lock(&entering);
	cnine_dbg.loops[slot] = 0;
	while (cnine_dbg.loop_count > 0 && cnine_dbg.loops[cnine_dbg.loop_count - 1] == 0)
		cnine_dbg.loop_count--;
	pthread_mutex_unlock(&entering);
}

void
cnine_debug_name_site(unsigned number, const char *file, size_t file_length, unsigned line,
    const char *function, size_t function_length)
{
	unsigned count = cnine_dbg.site_count;

	if (count == CNINE_DEBUG_SITES)
		return;
	sites[count].file = (unsigned long long)(size_t)file;
	sites[count].function = (unsigned long long)(size_t)function;
	sites[count].file_length = (unsigned)file_length;
	sites[count].function_length = (unsigned)function_length;
	sites[count].line = line;
	sites[count].number = number;
	cnine_dbg.sites = (unsigned long long)(size_t)sites;
	__atomic_store_n(&cnine_dbg.site_count, count + 1, __ATOMIC_RELEASE);
}

void
cnine_debug_name_group(unsigned number, const char *name, size_t length)
{
	unsigned count = cnine_dbg.group_count;

	if (count == CNINE_DEBUG_GROUPS)
		return;
	if (length > sizeof groups[count].name)
		length = sizeof groups[count].name;
	memcpy(groups[count].name, name, length);
	groups[count].number = number;
	groups[count].length = (unsigned)length;
	cnine_dbg.groups = (unsigned long long)(size_t)groups;
	__atomic_store_n(&cnine_dbg.group_count, count + 1, __ATOMIC_RELEASE);
}

__attribute__((noinline)) void
eel_dbg_stop(unsigned group, unsigned long long event, unsigned kind,
    unsigned long long callback, unsigned long long argument, int fd)
{
	/* Each argument is used, so that a debugger finds them in their registers. */
	__asm__ volatile("" : : "r"(group), "r"(event), "r"(kind), "r"(callback), "r"(argument),
	    "r"(fd) : "memory");
}

#ifdef __GLIBC__

/*
 * One question at a time: `asked` is the thread that is asked, and 0 once it has begun to answer, or
 * nobody wants to know any more.  Whoever makes it 0 decides which: a handler that comes late finds
 * that it is not asked.
 */
enum { ADDRESSES_MAX = 64 };
static unsigned long asked;
static unsigned answered;
static void *answer[ADDRESSES_MAX];
static int answer_count;

static int
take_question(unsigned long thread)
{
	return __atomic_compare_exchange_n(
	    &asked, &thread, 0, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static void
answer_backtrace(int signal)
{
	int saved = errno;

	(void)signal;
	if (take_question((unsigned long)pthread_self())) {
		answer_count = backtrace(answer, ADDRESSES_MAX);
		__atomic_store_n(&answered, 1, __ATOMIC_RELEASE);
		cnine_unpark(&answered, 1);
	}
	errno = saved;
}

void
cnine_answer_backtraces(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGURG);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int
cnine_backtrace_of(unsigned long id, void **addresses, int room, long long timeout_ns)
{
	struct sigaction action;
	void *here[2];
	int count;

	/* The first call loads a library, which a handler must not. */
	(void)backtrace(here, 2);
	memset(&action, 0, sizeof action);
	action.sa_handler = answer_backtrace;
	action.sa_flags = SA_RESTART;
	sigaction(SIGURG, &action, NULL);
	__atomic_store_n(&answered, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&asked, id, __ATOMIC_RELEASE);
	if (pthread_kill((pthread_t)id, SIGURG) != 0 && take_question(id))
		return -1;
	while (__atomic_load_n(&answered, __ATOMIC_ACQUIRE) == 0) {
		if (cnine_park(&answered, 0, timeout_ns))
			continue;
		if (take_question(id))
			return -1;
		timeout_ns = -1; /* it is about to answer */
	}
	count = answer_count < room ? answer_count : room;
	memcpy(addresses, answer, count * sizeof *addresses);
	return count;
}

#else

void
cnine_answer_backtraces(void)
{
}

int
cnine_backtrace_of(unsigned long id, void **addresses, int room, long long timeout_ns)
{
	(void)id;
	(void)addresses;
	(void)room;
	(void)timeout_ns;
	return -1;
}

#endif

int
cnine_describe_address(void *address, char *text, size_t size)
{
	Dl_info info;
	const char *file;
	int n;

	if (dladdr(address, &info) == 0 || info.dli_fname == NULL)
		return snprintf(text, size, "%p", address);
	file = strrchr(info.dli_fname, '/');
	file = file == NULL ? info.dli_fname : file + 1;
	if (info.dli_sname != NULL)
		n = snprintf(text, size, "%s+%zu (%s)", info.dli_sname,
		    (size_t)((char *)address - (char *)info.dli_saddr), file);
	else
		n = snprintf(text, size, "%s+0x%zx", file,
		    (size_t)((char *)address - (char *)info.dli_fbase));
	return n < (int)size ? n : (int)size - 1;
}

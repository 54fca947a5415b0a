#define _GNU_SOURCE
#include "CNine.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

int cnine_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path)
{
	return posix_spawn_file_actions_addchdir_np(actions, path);
}

#ifdef __linux__
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

int cnine_signalfd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cnine_signalfd_read(int fd)
{
	struct signalfd_siginfo info;
	ssize_t n;

	n = read(fd, &info, sizeof info);
	if (n == -1)
		return -1;
	if (n != sizeof info) {
		errno = EIO;
		return -1;
	}
	return (int)info.ssi_signo;
}

int cnine_memfd(void)
{
	return memfd_create("output", MFD_CLOEXEC);
}

int cnine_set_affinity(const unsigned char *cpus, int count)
{
	cpu_set_t set;
	int i;

	CPU_ZERO(&set);
	for (i = 0; i < count && i < CPU_SETSIZE; i++)
		if (cpus[i])
			CPU_SET(i, &set);
	return sched_setaffinity(0, sizeof set, &set);
}

int cnine_get_affinity(unsigned char *cpus, int count)
{
	cpu_set_t set;
	int i;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof set, &set) == -1)
		return -1;
	for (i = 0; i < count && i < CPU_SETSIZE; i++)
		cpus[i] = CPU_ISSET(i, &set) != 0;
	return i;
}

int cnine_perf_open(int kind)
{
	static const struct {
		unsigned type;
		unsigned long long config;
	} events[] = {
		{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS },
		{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES },
		{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES },
		{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES },
		{ PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK },
	};
	struct perf_event_attr attr;

	if (kind < 0 || kind >= (int)(sizeof events / sizeof events[0])) {
		errno = EINVAL;
		return -1;
	}
	memset(&attr, 0, sizeof attr);
	attr.size = sizeof attr;
	attr.type = events[kind].type;
	attr.config = events[kind].config;
	attr.disabled = 1;
	attr.inherit = 1;
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
	attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int cnine_perf_read(int fd, double *value)
{
	unsigned long long v[3];
	ssize_t n;

	n = read(fd, v, sizeof v);
	if (n == -1)
		return -1;
	if (n != sizeof v) {
		errno = EIO;
		return -1;
	}
	*value = (double)v[0];
	if (v[2] != 0 && v[2] < v[1])
		*value *= (double)v[1] / (double)v[2];
	return 0;
}

int cnine_perf_start(int fd)
{
	return ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
}

int cnine_perf_stop(int fd)
{
	return ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
}

#else

static int missing(void)
{
	errno = ENOSYS;
	return -1;
}

int cnine_signalfd(void) { return missing(); }
int cnine_signalfd_read(int fd) { (void)fd; return missing(); }
int cnine_memfd(void) { return missing(); }
int cnine_set_affinity(const unsigned char *cpus, int count)
{
	(void)cpus;
	(void)count;
	return missing();
}
int cnine_get_affinity(unsigned char *cpus, int count)
{
	(void)cpus;
	(void)count;
	return missing();
}
int cnine_perf_open(int kind) { (void)kind; return missing(); }
int cnine_perf_read(int fd, double *value) { (void)fd; (void)value; return missing(); }
int cnine_perf_start(int fd) { (void)fd; return missing(); }
int cnine_perf_stop(int fd) { (void)fd; return missing(); }

#endif

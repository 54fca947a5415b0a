/*
 * What measuring a child process needs of Linux: calls without a C library function, structures
 * that Swift cannot import.  Elsewhere they fail with ENOSYS.
 */
#ifndef CNINE_MEASURE_H
#define CNINE_MEASURE_H

#include <spawn.h>
#include <sys/types.h>

/* signalfd(2) for SIGINT, SIGTERM and SIGHUP, close-on-exec, not waiting; they should be
 * blocked. */
int cnine_signalfd(void);

/* Reads one signal from such a descriptor: its number, or -1, with EAGAIN if none has come. */
int cnine_signalfd_read(int fd);

/* memfd_create(2): a nameless file in memory, close-on-exec. */
int cnine_memfd(void);

/* posix_spawn_file_actions_addchdir_np(3): behind _GNU_SOURCE. */
int cnine_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path);

/* sched_setaffinity(2) and sched_getaffinity(2) of the calling thread; CPUs below count, a byte
 * each.  The second returns how many CPUs it wrote. */
int cnine_set_affinity(const unsigned char *cpus, int count);
int cnine_get_affinity(unsigned char *cpus, int count);

/* perf_event_open(2) for this process and the children that it starts from now on, user space
 * only, not counting yet.  kind: 0 instructions, 1 cycles, 2 branch misses, 3 cache misses,
 * 4 task clock (a software event). */
int cnine_perf_open(int kind);

/* The event's value, scaled by the time it was counted; -1 with errno. */
int cnine_perf_read(int fd, double *value);

/* PERF_EVENT_IOC_ENABLE and PERF_EVENT_IOC_DISABLE. */
int cnine_perf_start(int fd);
int cnine_perf_stop(int fd);

#endif

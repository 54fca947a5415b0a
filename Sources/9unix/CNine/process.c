#define _GNU_SOURCE
#include "CNineProcess.h"
#include "CNine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__

#include <sys/syscall.h>

enum { STACK = 65536 };

/*
 * Between its birth and its program a child runs in its parent's memory.  A sanitizer that stands
 * before clone, close, sigaction or _exit would note there what is true of the child alone: so the
 * child asks the system directly, and no notes are taken of its code.
 */
#ifndef __has_attribute
#define __has_attribute(name) 0
#endif
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if __has_attribute(disable_sanitizer_instrumentation)
#define UNNOTED __attribute__((disable_sanitizer_instrumentation))
#else
#define UNNOTED
#endif
#if __has_feature(thread_sanitizer)
/* The name under which the C library has its own. */
int __clone(int (*)(void *), void *, int, void *, ...);
#define clone __clone
#endif

/* What parent and child share: the child runs in the parent's memory until its program begins. */
struct birth {
	const char *path;
	char *const *arguments;
	char *const *environment;
	const struct cnine_child_action *actions;
	int count;
	int error;
	int failed;
};

/* The first bytes of a sigset_t, which are the kernel's. */
enum { SIGSET = NSIG / 8 };

UNNOTED static int
act(const struct cnine_child_action *a, sigset_t *blocked)
{
	unsigned long long limit[] = { a->low, a->high };
	int fd, number;

	switch (a->what) {
	case CNINE_CHILD_DUP:
		if (a->number == a->number2)
			return syscall(SYS_fcntl, a->number, F_SETFD, 0);
		return syscall(SYS_dup3, a->number, a->number2, 0);
	case CNINE_CHILD_CLOSE:
		return syscall(SYS_close, a->number);
	case CNINE_CHILD_OPEN:
		fd = syscall(SYS_openat, AT_FDCWD, a->path, a->number, 0666);
		if (fd == -1 || fd == a->number2)
			return fd;
		if (syscall(SYS_dup3, fd, a->number2, 0) == -1)
			return -1;
		return syscall(SYS_close, fd);
	case CNINE_CHILD_CHDIR:
		return syscall(SYS_chdir, a->path);
	case CNINE_CHILD_SETSID:
		return syscall(SYS_setsid);
	case CNINE_CHILD_SETPGID:
		return syscall(SYS_setpgid, 0, a->number);
	case CNINE_CHILD_BLOCK:
		sigemptyset(blocked);
		for (number = 1; number <= 64; number++)
			if (a->low >> (number - 1) & 1)
				sigaddset(blocked, number);
		return 0;
	case CNINE_CHILD_RLIMIT:
		return syscall(SYS_prlimit64, 0, a->number, limit, NULL);
	case CNINE_CHILD_CALL:
		errno = a->function(a->context);
		return errno == 0 ? 0 : -1;
	}
	errno = EINVAL;
	return -1;
}

/* Signals that the parent catches or ignores, by default again: as a program expects. */
UNNOTED static void
forget_signals(void)
{
	/* The kernel's struct sigaction, however it is laid out: SIG_DFL, no flags, nothing blocked. */
	unsigned long action[8] = { 0 };
	int number;

	for (number = 1; number < NSIG; number++)
		if (number != SIGKILL && number != SIGSTOP)
			syscall(SYS_rt_sigaction, number, action, NULL, SIGSET);
}

/* Says what failed; the child's status, with which clone ends it by the system's exit alone. */
UNNOTED static int
fail(struct birth *b, int step)
{
	b->error = errno;
	b->failed = step;
	return 127;
}

UNNOTED static int
child(void *argument)
{
	struct birth *b = argument;
	sigset_t blocked;
	int i;

	forget_signals();
	sigemptyset(&blocked);
	for (i = 0; i < b->count; i++)
		if (act(&b->actions[i], &blocked) == -1)
			return fail(b, i);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &blocked, NULL, SIGSET);
	syscall(SYS_execve, b->path, b->arguments, b->environment);
	return fail(b, b->count);
}

int
cnine_spawn(const char *path, char *const arguments[], char *const environment[],
    const struct cnine_child_action *actions, int count, int *pidfd, int *failed)
{
	struct birth b = { path, arguments, environment, actions, count, 0, 0 };
	sigset_t all, before;
	char *stack;
	int pid, code;

	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return -1;
	/* No handler of ours may run in the child, which shares our memory. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = clone(child, stack + STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &b, pidfd);
	code = pid == -1 ? errno : b.error;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	munmap(stack, STACK);
	if (pid != -1 && code != 0) {
		while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
			;
		close(*pidfd);
		pid = -1;
	}
	*failed = b.failed;
	errno = code;
	return pid;
}

int
cnine_fork(int (*function)(void *context), void *context, int *pidfd)
{
	int pid = fork();

	if (pid == 0)
		_exit(function(context));
	if (pid == -1)
		return -1;
	*pidfd = cnine_pidfd_open(pid);
	return pid;
}

#else

int
cnine_spawn(const char *path, char *const arguments[], char *const environment[],
    const struct cnine_child_action *actions, int count, int *pidfd, int *failed)
{
	(void)path, (void)arguments, (void)environment, (void)actions, (void)count, (void)pidfd;
	*failed = count;
	errno = ENOSYS;
	return -1;
}

int
cnine_fork(int (*function)(void *context), void *context, int *pidfd)
{
	(void)function, (void)context, (void)pidfd;
	errno = ENOSYS;
	return -1;
}

#endif

static volatile int signal_fds[NSIG];

static void
caught(int number)
{
	int code = errno;
	unsigned char byte = (unsigned char)number;

	/* A full socket has been noticed. */
	if (write(signal_fds[number], &byte, 1) == -1)
		errno = code;
	errno = code;
}

int
cnine_signal_to(int number, int fd)
{
	struct sigaction action;

	if (number < 1 || number >= NSIG) {
		errno = EINVAL;
		return -1;
	}
	memset(&action, 0, sizeof action);
	action.sa_handler = fd < 0 ? SIG_DFL : caught;
	action.sa_flags = SA_RESTART;
	sigfillset(&action.sa_mask);
	if (fd >= 0)
		signal_fds[number] = fd;
	return sigaction(number, &action, NULL);
}

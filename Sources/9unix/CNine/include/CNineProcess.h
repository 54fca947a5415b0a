/*
 * What happens between the birth of a child and its program: in C, since no Swift may run there.
 */
#ifndef CNINE_PROCESS_H
#define CNINE_PROCESS_H

#include <stddef.h>

/* What the child does before its program begins, in the order of a table. */
enum cnine_child_what {
	CNINE_CHILD_DUP = 1, /* number becomes number2, and stays open */
	CNINE_CHILD_CLOSE,   /* number */
	CNINE_CHILD_OPEN,    /* path with the flags number, as number2 */
	CNINE_CHILD_CHDIR,   /* path */
	CNINE_CHILD_SETSID,
	CNINE_CHILD_SETPGID, /* number */
	CNINE_CHILD_BLOCK,   /* the signals of the mask low, bit n - 1 for signal n, and no others */
	CNINE_CHILD_RLIMIT,  /* number, to low and high */
	CNINE_CHILD_CALL,    /* function(context): 0, or an errno; async-signal-safe */
};

struct cnine_child_action {
	int what;
	int number;
	int number2;
	const char *path;
	unsigned long long low;
	unsigned long long high;
	int (*function)(void *context);
	void *context;
};

/* Starts path with arguments and environment after the actions, all signals as they are at the
 * start of a process.  Returns the process, and a descriptor of it, close-on-exec, in *pidfd; -1
 * with errno, the child's own if it was the child that failed: then *failed is the number of the
 * action, or count for the program itself. */
int cnine_spawn(const char *path, char *const arguments[], char *const environment[],
    const struct cnine_child_action *actions, int count, int *pidfd, int *failed);

/* fork(2) whose child runs function(context) and exits with what that returns.  A thread's fork:
 * the function may call what is async-signal-safe, exec above all. */
int cnine_fork(int (*function)(void *context), void *context, int *pidfd);

/* From now on the signal is written to fd as one byte, and does nothing else; fd -1 gives it its
 * default again.  0, or -1 with errno. */
int cnine_signal_to(int number, int fd);

#endif

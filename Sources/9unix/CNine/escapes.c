/*
 * Swift's library asks a hook, if there is one, before it gives a job to an executor of its own.
 * Its calling convention is C's for these arguments; where the compiler knows its name, it is said.
 * The references are weak: a program without tasks does not have the library.
 */
#include "CNine.h"

#if defined(__ELF__)

#if defined(__has_attribute)
#if __has_attribute(swiftcall)
#define SWIFTCALL __attribute__((swiftcall))
#endif
#endif
#ifndef SWIFTCALL
#define SWIFTCALL
#endif

typedef void SWIFTCALL plain(void *job);
struct executor {
	void *identity;
	void *implementation;
};
typedef struct executor SWIFTCALL executor(void);

extern void SWIFTCALL (*swift_task_enqueueGlobal_hook)(void *, plain *) __attribute__((weak));
extern struct executor SWIFTCALL (*swift_task_getMainExecutor_hook)(executor *)
    __attribute__((weak));

static _Thread_local void *world;
static cnine_escape *take;

static void SWIFTCALL
escape_global(void *job, plain *original)
{
	if (world == NULL)
		original(job);
	else
		take(world, job);
}

/* The main executor has no hook for jobs: but who sends one there asks for it before. */
static struct executor SWIFTCALL
escape_main(executor *original)
{
	if (world != NULL)
		take(world, NULL);
	return original();
}

int
cnine_catch_escapes(cnine_escape *function)
{
	if (&swift_task_enqueueGlobal_hook == NULL || &swift_task_getMainExecutor_hook == NULL)
		return 0;
	/* Somebody else's executor. */
	if (swift_task_enqueueGlobal_hook != NULL || swift_task_getMainExecutor_hook != NULL)
		return 0;
	take = function;
	swift_task_enqueueGlobal_hook = escape_global;
	swift_task_getMainExecutor_hook = escape_main;
	return 1;
}

#else

static _Thread_local void *world;

int
cnine_catch_escapes(cnine_escape *function)
{
	(void)function;
	return 0;
}

#endif

void *
cnine_thread_world(void)
{
	return world;
}

void
cnine_set_thread_world(void *w)
{
	world = w;
}

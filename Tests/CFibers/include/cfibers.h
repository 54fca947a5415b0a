/*
 * CFibers: several stacks on one thread, for tests that try every order of steps.
 *
 * ucontext(3) cannot be called from Swift: makecontext is variadic.
 */
#ifndef CFIBERS_H
#define CFIBERS_H

struct cfiber;

/* 1 where fibers work: not under sanitizers, which do not know of other stacks. */
int cfibers_usable(void);

/* A fiber that will run body(argument) when it is entered; its stack is kept for the next run. */
struct cfiber *cfiber_make(void);
void cfiber_begin(struct cfiber *fiber, void (*body)(void *), void *argument);
void cfiber_free(struct cfiber *fiber);

/* Runs the fiber until it leaves or ends; 1 if it has ended. */
int cfiber_enter(struct cfiber *fiber);
/* Goes back to who entered the fiber that runs. */
void cfiber_leave(void);

#endif

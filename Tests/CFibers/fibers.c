#include "cfibers.h"

#include <stdlib.h>
#include <ucontext.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { STACK_SIZE = 128 << 10 };

struct cfiber {
  ucontext_t inside;
  ucontext_t outside;
  void (*body)(void *);
  void *argument;
  int ended;
  char *stack;
};

static _Thread_local struct cfiber *running;

int
cfibers_usable(void)
{
#ifdef SANITIZED
  return 0;
#else
  return 1;
#endif
}

static void
run(void)
{
  struct cfiber *self = running;

  self->body(self->argument);
  self->ended = 1;
  swapcontext(&self->inside, &self->outside);
}

struct cfiber *
cfiber_make(void)
{
  struct cfiber *fiber = calloc(1, sizeof *fiber);

  if (fiber == NULL)
    abort();
  fiber->stack = malloc(STACK_SIZE);
  if (fiber->stack == NULL)
    abort();
  return fiber;
}

void
cfiber_begin(struct cfiber *fiber, void (*body)(void *), void *argument)
{
  getcontext(&fiber->inside);
  fiber->inside.uc_stack.ss_sp = fiber->stack;
  fiber->inside.uc_stack.ss_size = STACK_SIZE;
  fiber->inside.uc_link = NULL;
  fiber->body = body;
  fiber->argument = argument;
  fiber->ended = 0;
  makecontext(&fiber->inside, run, 0);
}

void
cfiber_free(struct cfiber *fiber)
{
  free(fiber->stack);
  free(fiber);
}

int
cfiber_enter(struct cfiber *fiber)
{
  struct cfiber *before = running;

  running = fiber;
  swapcontext(&fiber->outside, &fiber->inside);
  running = before;
  return fiber->ended;
}

void
cfiber_leave(void)
{
  struct cfiber *self = running;

  swapcontext(&self->inside, &self->outside);
}

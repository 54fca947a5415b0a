#include "callocations.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

/* Initial-exec: the count must not itself be allocated when it is first met. */
static _Thread_local unsigned long count __attribute__((tls_model("initial-exec")));

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *
malloc(size_t size)
{
  count++;
  return __libc_malloc(size);
}

void *
calloc(size_t number, size_t size)
{
  count++;
  return __libc_calloc(number, size);
}

void *
realloc(void *memory, size_t size)
{
  count++;
  return __libc_realloc(memory, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
  count++;
  return __libc_memalign(alignment, size);
}

int
posix_memalign(void **memory, size_t alignment, size_t size)
{
  count++;
  *memory = __libc_memalign(alignment, size);
  return *memory == NULL ? ENOMEM : 0;
}

int
callocations_are_counted(void)
{
  return 1;
}

unsigned long
callocations_count(void)
{
  return count;
}

#else

int
callocations_are_counted(void)
{
  return 0;
}

unsigned long
callocations_count(void)
{
  return 0;
}

#endif

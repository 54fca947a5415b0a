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
#include <malloc.h>

/* Initial-exec: the count must not itself be allocated when it is first met. */
static _Thread_local unsigned long count __attribute__((tls_model("initial-exec")));
/* Of all threads: what one has asked for another may give back. */
static long long live;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

/* Counts a block that has been given. */
static void *
given(void *memory)
{
  count++;
  __atomic_fetch_add(&live, (long long)malloc_usable_size(memory), __ATOMIC_RELAXED);
  return memory;
}

void *
malloc(size_t size)
{
  return given(__libc_malloc(size));
}

void *
calloc(size_t number, size_t size)
{
  return given(__libc_calloc(number, size));
}

void *
realloc(void *memory, size_t size)
{
  long long before = (long long)malloc_usable_size(memory);
  void *moved = __libc_realloc(memory, size);

  /* What could not be moved is still there. */
  if (moved != NULL || size == 0)
    __atomic_fetch_sub(&live, before, __ATOMIC_RELAXED);
  return given(moved);
}

void *
memalign(size_t alignment, size_t size)
{
  return given(__libc_memalign(alignment, size));
}

void *
aligned_alloc(size_t alignment, size_t size)
{
  return memalign(alignment, size);
}

int
posix_memalign(void **memory, size_t alignment, size_t size)
{
  *memory = memalign(alignment, size);
  return *memory == NULL ? ENOMEM : 0;
}

void
free(void *memory)
{
  __atomic_fetch_sub(&live, (long long)malloc_usable_size(memory), __ATOMIC_RELAXED);
  __libc_free(memory);
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

long long
callocations_live(void)
{
  return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

#else

#ifdef SANITIZED
size_t __sanitizer_get_current_allocated_bytes(void);
#endif

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

long long
callocations_live(void)
{
#ifdef SANITIZED
  return (long long)__sanitizer_get_current_allocated_bytes();
#else
  return -1;
#endif
}

#endif

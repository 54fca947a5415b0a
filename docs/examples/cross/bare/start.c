/*
 * The least that a program needs: where it begins, how it writes and how it ends.  The system
 * calls are those of Linux on arm64, so that qemu-aarch64 runs it; a board would have its UART.
 */
#include "port.h"

typedef __SIZE_TYPE__ size_type;

int main(int argc, char **argv);
void _start(void);
void *memset(void *to, int byte, size_type count);
void *memcpy(void *to, const void *from, size_type count);
void *memmove(void *to, const void *from, size_type count);
int posix_memalign(void **memory, size_type alignment, size_type size);
void free(void *memory);

static long
call(long number, long a, long b, long c)
{
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;

  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
}

void *
memset(void *to, int byte, size_type count)
{
  char *next = to;

  while (count-- > 0) *next++ = (char)byte;
  return to;
}

void *
memmove(void *to, const void *from, size_type count)
{
  char *next = to;
  const char *source = from;

  if (next < source) {
    while (count-- > 0) *next++ = *source++;
  } else {
    while (count-- > 0) next[count] = source[count];
  }
  return to;
}

void *
memcpy(void *to, const void *from, size_type count)
{
  return memmove(to, from, count);
}

/* There is no heap: what wants one gets an error. */
int
posix_memalign(void **memory, size_type alignment, size_type size)
{
  (void)memory, (void)alignment, (void)size;
  return 12;
}

void
free(void *memory)
{
  (void)memory;
}

void
print_number(int number)
{
  char text[12];
  int start = (int)sizeof text;

  text[--start] = '\n';
  do {
    text[--start] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  call(64, 1, (long)(text + start), (long)sizeof text - start);
}

void
_start(void)
{
  call(93, main(0, 0), 0, 0);
  for (;;) continue;
}

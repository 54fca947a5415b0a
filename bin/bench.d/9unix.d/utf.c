/* Decodes a file ten times with a plain loop: the CPU seconds.
 *
 * usage: utf FILE
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double
now(void)
{
  struct timespec t;

  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static inline int
decode(const uint8_t *p, size_t n, uint32_t *rune)
{
  uint32_t c = p[0], r, a, b, d;

  if (c < 0x80) {
    *rune = c;
    return 1;
  }
  if (c < 0xC2 || c > 0xF4 || n < 2 || (a = p[1] ^ 0x80) > 0x3F)
    goto bad;
  if (c < 0xE0) {
    *rune = (c & 0x1F) << 6 | a;
    return 2;
  }
  if (n < 3 || (b = p[2] ^ 0x80) > 0x3F)
    goto bad;
  r = (c & 0xF) << 12 | a << 6 | b;
  if (c < 0xF0) {
    if (r < 0x800 || (r >= 0xD800 && r < 0xE000))
      goto bad;
    *rune = r;
    return 3;
  }
  if (n < 4 || (d = p[3] ^ 0x80) > 0x3F)
    goto bad;
  r = (r & 0x7FFF) << 6 | d;
  if (r < 0x10000 || r > 0x10FFFF)
    goto bad;
  *rune = r;
  return 4;
bad:
  *rune = 0xFFFD;
  return 1;
}

int
main(int argc, char **argv)
{
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  size_t size, at, count = 0;
  uint64_t sum = 0;
  uint32_t rune;
  uint8_t *bytes;
  double start;
  int i;

  if (!file)
    return 1;
  fseek(file, 0, SEEK_END);
  size = ftell(file);
  rewind(file);
  bytes = malloc(size);
  if (!bytes || fread(bytes, 1, size, file) != size)
    return 1;
  start = now();
  for (i = 0; i < 10; i++) {
    count = 0;
    sum = 0;
    for (at = 0; at < size; at += decode(bytes + at, size - at, &rune), sum += rune)
      count++;
  }
  printf("decode %f\n", now() - start);
  fprintf(stderr, "%zu runes, sum %llu\n", count, (unsigned long long)sum);
  return 0;
}

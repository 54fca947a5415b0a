/*
 * The functions of nine.h that take any number of arguments: Swift cannot, so here the arguments
 * are collected, as the format says, and handed on.
 */
#include "nine.h"

#include <stdint.h>
#include <string.h>

static void
put_integer(struct p9_arg *a, int longs, va_list *ap)
{
  a->kind = P9_INTEGER;
  switch (longs) {
  case 0:
    a->size = 32;
    a->bits = (unsigned long long)va_arg(*ap, int);
    break;
  case 1:
    a->size = 8 * sizeof(long);
    a->bits = (unsigned long long)va_arg(*ap, long);
    break;
  default:
    a->size = 64;
    a->bits = (unsigned long long)va_arg(*ap, long long);
    break;
  }
}

/* Collects what the verbs of `format` take; returns how many arguments there are. */
static int
collect(const char *format, va_list *ap, struct p9_arg *args)
{
  const char *p = format;
  int count = 0, longs;

  memset(args, 0, P9_ARGMAX * sizeof *args);
  while ((p = strchr(p, '%')) != NULL) {
    longs = 0;
    for (p++; *p != '\0' && strchr("-+ #,'uhl0123456789.*", *p) != NULL; p++) {
      if (*p == 'l')
        longs++;
      if (*p == '*' && count < P9_ARGMAX)
        put_integer(&args[count++], 0, ap);
    }
    if (*p == '\0')
      break;
    if (count == P9_ARGMAX)
      break;
    if (strchr("bcCdoxX", *p) != NULL) {
      put_integer(&args[count++], longs, ap);
    } else if (strchr("eEfgG", *p) != NULL) {
      args[count].kind = P9_NUMBER;
      args[count++].number = va_arg(*ap, double);
    } else if (*p == 's') {
      args[count].kind = P9_TEXT;
      args[count++].text = va_arg(*ap, const char *);
    } else if (*p == 'p') {
      args[count].kind = P9_POINTER;
      args[count++].text = va_arg(*ap, void *);
    }
    p++;
  }
  return count;
}

int
p9_vfprint(int fd, const char *format, va_list ap)
{
  struct p9_arg args[P9_ARGMAX];
  va_list copy;
  int count;

  va_copy(copy, ap);
  count = collect(format, &copy, args);
  va_end(copy);
  return p9_fprint_args(fd, format, args, count);
}

int
p9_vsnprint(char *buf, size_t size, const char *format, va_list ap)
{
  struct p9_arg args[P9_ARGMAX];
  va_list copy;
  int count;

  va_copy(copy, ap);
  count = collect(format, &copy, args);
  va_end(copy);
  return p9_snprint_args(buf, size, format, args, count);
}

/* Collects the arguments of a function whose last named one is `format`. */
#define COLLECT(args, count)              \
  struct p9_arg args[P9_ARGMAX];          \
  va_list ap;                             \
  int count;                              \
                                          \
  va_start(ap, format);                   \
  count = collect(format, &ap, args);     \
  va_end(ap)

int
p9_print(const char *format, ...)
{
  COLLECT(args, count);
  return p9_fprint_args(1, format, args, count);
}

int
p9_fprint(int fd, const char *format, ...)
{
  COLLECT(args, count);
  return p9_fprint_args(fd, format, args, count);
}

int
p9_snprint(char *buf, size_t size, const char *format, ...)
{
  COLLECT(args, count);
  return p9_snprint_args(buf, size, format, args, count);
}

char *
p9_smprint(const char *format, ...)
{
  COLLECT(args, count);
  return p9_smprint_args(format, args, count);
}

void
p9_werrstr(const char *format, ...)
{
  COLLECT(args, count);
  p9_werrstr_args(format, args, count);
}

void
p9_sysfatal(const char *format, ...)
{
  COLLECT(args, count);
  p9_sysfatal_args(format, args, count);
}

int
p9_bprint(p9_bio *b, const char *format, ...)
{
  COLLECT(args, count);
  return p9_bprint_args(b, format, args, count);
}

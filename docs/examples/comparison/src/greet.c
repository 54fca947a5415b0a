/* A greeting, loud or not. */
#include <ctype.h>
#include <stdio.h>
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "greet.h"

void
greet(const char *name)
{
  fputs("hello, ", stdout);
  for (; *name != '\0'; name++) {
#ifdef LOUD
    putchar(toupper((unsigned char)*name));
#else
    putchar(*name);
#endif
  }
  putchar('\n');
}

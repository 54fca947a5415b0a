#include "greet.h"

static void
puts_to(const char *text, int (*put)(int))
{
  while (*text) put(*text++);
}

void
greet(const char *whom, int (*put)(int))
{
  puts_to("hello, ", put);
  puts_to(whom, put);
  put('\n');
}

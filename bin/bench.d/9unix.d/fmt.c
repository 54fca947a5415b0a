/* Prints COUNT lines to /dev/null with printf.
 *
 * usage: fmt mixed|integers|exact COUNT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *words[] = { "one", "twenty-two", "three hundred and thirty-three", "4" };

int
main(int argc, char **argv)
{
  long i, count = argc > 2 ? atol(argv[2]) : 0;

  if (!freopen("/dev/null", "w", stdout))
    return 1;
  if (strcmp(argv[1], "mixed") == 0)
    for (i = 0; i < count; i++)
      printf("%ld %s %g\n", i * 7919, words[i & 3], i * 0.37);
  else if (strcmp(argv[1], "integers") == 0)
    for (i = 0; i < count; i++)
      printf("%ld %lx %u\n", i * -7919, i, (unsigned)(i * 31));
  else
    for (i = 0; i < count; i++)
      printf("%.3f %.10e\n", i * 0.37, 1.0 / (i + 1));
  return 0;
}

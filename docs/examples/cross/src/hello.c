#include <stdio.h>
#include <string.h>

#include "greet.h"
#include "opt/CXX.h"

const char *byte_order(void);
int upper(int c);

#ifdef CXX
static int
put_upper(int c)
{
  return putchar(upper(c));
}
#endif

int
main(int argc, char **argv)
{
  if (argc == 2 && strcmp(argv[1], "-e") == 0) {
    puts(byte_order());
    return 0;
  }
#ifdef CXX
  if (argc == 3 && strcmp(argv[1], "-u") == 0) {
    greet(argv[2], put_upper);
    return 0;
  }
#endif
  if (argc != 2) return 2;
  greet(argv[1], putchar);
  return 0;
}

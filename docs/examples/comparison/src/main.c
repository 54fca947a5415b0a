/* greet NAME: greets; greet -c TEXT LETTER: counts. */
#include <stdio.h>
#include <string.h>

#include "greet.h"

int
main(int argc, char **argv)
{
  if (argc == 2 && strcmp(argv[1], "-c") != 0) {
    greet(argv[1]);
    return 0;
  }
  if (argc == 4 && strcmp(argv[1], "-c") == 0) {
    printf("%u\n", count(argv[2], argv[3][0]));
    return 0;
  }
  fprintf(stderr, "usage: greet NAME\n       greet -c TEXT LETTER\n");
  return 2;
}

/* Counts the lines of a file and their bytes with getline.
 *
 * usage: bio FILE
 */
#define _GNU_SOURCE
#include <stdio.h>

int
main(int argc, char **argv)
{
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  char *line = NULL;
  size_t size = 0, lines = 0, bytes = 0;
  ssize_t n;

  if (!file)
    return 1;
  while ((n = getline(&line, &size, file)) > 0) {
    lines++;
    bytes += n - 1;
  }
  fprintf(stderr, "%zu lines, %zu bytes\n", lines, bytes);
  return 0;
}

/* Counting, a byte at a time. */
#include "greet.h"

unsigned
count(const char *text, char letter)
{
  unsigned found = 0;
  for (; *text != '\0'; text++)
    if (*text == letter) found++;
  return found;
}

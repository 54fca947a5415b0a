/* Without _GNU_SOURCE strerror_r is the one of POSIX, which fills what it is given. */
#define _POSIX_C_SOURCE 200809L
#include "CNine.h"

#include <string.h>

static _Thread_local struct cnine_error current;

struct cnine_error *
cnine_error(void)
{
	return &current;
}

int
cnine_strerror(int code, char *text, size_t size)
{
	return strerror_r(code, text, size);
}

#define _GNU_SOURCE
#include "CNine.h"

int cnine_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC);
}

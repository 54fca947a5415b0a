/* libbsd's headers, for LibBSD.  The vis(3) dialect must be chosen before <bsd/vis.h>. */
#define LIBBSD_OPENBSD_VIS 1
#include <bsd/libutil.h>
#include <bsd/stdlib.h>
#include <bsd/unistd.h>
#include <bsd/vis.h>

/* setproctitle(3) is variadic in C. */
static inline void cbsd_setproctitle(const char *title)
{
	setproctitle("%s", title);
}

/* readpassphrase(3), and the file that says which process is the only one: pidfile(3). */
#include <bsd/readpassphrase.h>

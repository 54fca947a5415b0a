/*
 * nine.h: the C face of 9unix, for C programs: error strings, dial, print(3), bio(3).
 *
 * Every name begins with p9_, so that none collides with the C library's.  The functions are
 * written in Swift; their compiler checks them against this header.  Link with libnine; 9l does.
 *
 * Functions that can fail return -1 or NULL and leave the reason in the calling thread's error
 * string, which p9_errstr and the verb %r give.  All are thread-safe; a p9_bio belongs to one
 * thread at a time.
 */
#ifndef NINE_H
#define NINE_H

#include <stdarg.h>
#include <stddef.h>

#include "autolib.h"

AUTOLIB(nine)

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __clang__
#pragma clang assume_nonnull begin
#define P9_NULLABLE _Nullable
#else
#define P9_NULLABLE
#endif

/* Room for an error string, and for the directory of a connection. */
enum { P9_ERRMAX = 128, P9_NETPATHLEN = 40 };

/* Errors: errstr(3). */

/* Names the program in messages, as main's argv[0]; without it they begin with <prog>. */
void p9_setargv0(const char *name);
/* Exchanges the thread's error string and buf, which holds size bytes. */
void p9_errstr(char *buf, size_t size);
/* Copies the thread's error string. */
void p9_rerrstr(char *buf, size_t size);
/* Makes what is printed the thread's error string. */
void p9_werrstr(const char *format, ...);
/* Prints "NAME: what is printed" on the standard error and ends the program with status 1. */
void p9_sysfatal(const char *format, ...) __attribute__((noreturn));

/* The network: dial(3).  Each returns a descriptor or -1. */

int p9_dial(const char *address, const char *P9_NULLABLE local);
/* dir has room for P9_NETPATHLEN bytes, and is p9_listen's argument. */
int p9_announce(const char *address, char *dir);
/* Waits for a call; newdir has room for P9_NETPATHLEN bytes, and is p9_accept's argument. */
int p9_listen(const char *dir, char *newdir);
int p9_accept(int fd, const char *dir);
/* A whole dial string from a part of one; returns buf, cut at size bytes. */
char *p9_netmkaddr(
    char *buf, size_t size, const char *address, const char *P9_NULLABLE defnet,
    const char *P9_NULLABLE defservice);

/*
 * Formats: print(3).  The verbs are % b c C d e E f g G o p r s x X, with the flags of Plan 9;
 * %s takes a char *, %d an int, %ld a long, %lld a long long, and * an int.
 */

/* An argument of a format, as the functions that end in _args take them. */
struct p9_arg {
  int kind; /* of enum p9_kind */
  int size; /* of an integer, in bits */
  unsigned long long bits;
  double number;
  const void *P9_NULLABLE text;
};
enum p9_kind { P9_INTEGER, P9_NUMBER, P9_TEXT, P9_POINTER };

/* More arguments than this are taken as missing. */
enum { P9_ARGMAX = 32 };

int p9_print(const char *format, ...);
int p9_fprint(int fd, const char *format, ...);
/* Stores at most size bytes with a NUL, whole runes; returns the bytes stored without it. */
int p9_snprint(char *buf, size_t size, const char *format, ...);
/* The caller frees the result. */
char *P9_NULLABLE p9_smprint(const char *format, ...);

int p9_vfprint(int fd, const char *format, va_list ap);
int p9_vsnprint(char *buf, size_t size, const char *format, va_list ap);

int p9_fprint_args(int fd, const char *format, const struct p9_arg *args, int count);
int p9_snprint_args(
    char *buf, size_t size, const char *format, const struct p9_arg *args, int count);
char *P9_NULLABLE p9_smprint_args(const char *format, const struct p9_arg *args, int count);
void p9_werrstr_args(const char *format, const struct p9_arg *args, int count);
void p9_sysfatal_args(const char *format, const struct p9_arg *args, int count)
    __attribute__((noreturn));

/* Buffered files: bio(3). */

typedef struct p9_bio p9_bio;
enum { P9_BEOF = -1, P9_OREAD = 0, P9_OWRITE = 1 };

p9_bio *P9_NULLABLE p9_bopen(const char *path, int mode);
/* The bio owns fd, and p9_bterm closes it. */
p9_bio *P9_NULLABLE p9_bfdopen(int fd, int mode);
/* Flushes, closes and frees; -1 if not all was written. */
int p9_bterm(p9_bio *b);
int p9_bflush(p9_bio *b);
int p9_bgetc(p9_bio *b);
int p9_bungetc(p9_bio *b);
int p9_bgetrune(p9_bio *b);
int p9_bputc(p9_bio *b, int c);
long p9_bread(p9_bio *b, void *buf, size_t size);
long p9_bwrite(p9_bio *b, const void *bytes, size_t size);
/*
 * A line with its delimiter, p9_blinelen bytes of it, valid until the next call on b; NULL at the
 * end, and for a line that is longer than the buffer.
 */
const char *P9_NULLABLE p9_brdline(p9_bio *b, int delimiter);
size_t p9_blinelen(p9_bio *b);
/* A line of any length with a NUL behind, without its delimiter if strip; the caller frees it. */
char *P9_NULLABLE p9_brdstr(p9_bio *b, int delimiter, int strip);
long long p9_boffset(p9_bio *b);
int p9_bprint(p9_bio *b, const char *format, ...);
int p9_bprint_args(p9_bio *b, const char *format, const struct p9_arg *args, int count);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif

#endif

/*
 * autolib.h: AUTOLIB(name), by which a source or a header says which library goes with it.
 *
 * AUTOLIB(bio) defines the weak symbol __9l_autolib_bio in each object that it is compiled into.
 * 9l finds it there and links libbio, and what that needs in its turn.  The symbol is a byte that
 * nobody uses; the linker keeps one of all of them.  There is no semicolon behind it.
 */
#ifndef AUTOLIB_H
#define AUTOLIB_H

#if defined(__GNUC__) && !defined(__swift__)
#ifdef __cplusplus
#define AUTOLIB(name) \
  extern "C" { \
  extern char __9l_autolib_##name; \
  char __9l_autolib_##name __attribute__((weak)); \
  }
#else
#define AUTOLIB(name) \
  extern char __9l_autolib_##name; \
  char __9l_autolib_##name __attribute__((weak));
#endif
#else
#define AUTOLIB(name)
#endif

#endif

/*
 * CAllocations: how often the calling thread has asked for memory, and how much the process has.
 *
 * For tests of promises such as "no allocation per match" and "nothing is left".  malloc(3) and its kin are defined
 * here and count before they call the C library's own; where a sanitizer or another C library
 * has its own, callocations_are_counted says 0 and a test has to say so.
 */
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

/* 1 if allocations are counted. */
int callocations_are_counted(void);

/* The number of allocations that the calling thread has made so far. */
unsigned long callocations_count(void);

/* The bytes that the process has asked for and not given back, under a sanitizer too; -1 where
 * nobody knows.  Other threads count: ask in a process of its own. */
long long callocations_live(void);

#endif

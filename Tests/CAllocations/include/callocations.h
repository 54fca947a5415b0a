/*
 * CAllocations: how often the calling thread has asked for memory.
 *
 * For tests of promises such as "no allocation per match".  malloc(3) and its kin are defined
 * here and count before they call the C library's own; where a sanitizer or another C library
 * has its own, callocations_are_counted says 0 and a test has to say so.
 */
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

/* 1 if allocations are counted. */
int callocations_are_counted(void);

/* The number of allocations that the calling thread has made so far. */
unsigned long callocations_count(void);

#endif

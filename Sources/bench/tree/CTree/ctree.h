/*
 * Ordered sets of 64-bit keys in C: the reference that the Swift trees are measured against.
 *
 * Both trees take their nodes from a pool that is allocated once, so that an operation never
 * calls malloc.  A tree holds at most the capacity it was made with; inserting beyond it is a
 * programmer's error and aborts.  A node holds pointers, as a C programmer would have it.
 */
#ifndef CTREE_H
#define CTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A red-black tree: a find only reads, and no path is twice as long as another. */
struct redblack;

struct redblack *redblack_new(size_t capacity); /* NULL: no memory */
void redblack_delete(struct redblack *tree);
bool redblack_insert(struct redblack *tree, uint64_t key); /* false: was there already */
bool redblack_find(struct redblack *tree, uint64_t key);
bool redblack_remove(struct redblack *tree, uint64_t key); /* false: was not there */
size_t redblack_count(const struct redblack *tree);
bool redblack_check(const struct redblack *tree); /* true: every invariant holds */

/* A splay tree: each operation brings its key to the root, so that what is popular is near. */
struct splay;

struct splay *splay_new(size_t capacity);
void splay_delete(struct splay *tree);
bool splay_insert(struct splay *tree, uint64_t key);
bool splay_find(struct splay *tree, uint64_t key);
bool splay_remove(struct splay *tree, uint64_t key);
size_t splay_count(const struct splay *tree);
bool splay_check(const struct splay *tree);

#ifdef __cplusplus
}
#endif

#endif

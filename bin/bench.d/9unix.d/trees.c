/*
 * Trees of libbsd, as trees.swift does it: the CPU seconds of insert, find, iterate and delete.
 *
 * usage: trees COUNT rb|splay
 */
#include <bsd/sys/tree.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct item {
  RB_ENTRY(item) link;
  uint64_t key;
};

struct twig {
  SPLAY_ENTRY(twig) link;
  uint64_t key;
};

static int
compare_items(struct item *a, struct item *b)
{
  return a->key < b->key ? -1 : a->key > b->key;
}

static int
compare_twigs(struct twig *a, struct twig *b)
{
  return a->key < b->key ? -1 : a->key > b->key;
}

RB_HEAD(items, item);
RB_PROTOTYPE(items, item, link, compare_items)
RB_GENERATE(items, item, link, compare_items)
SPLAY_HEAD(twigs, twig);
SPLAY_PROTOTYPE(twigs, twig, link, compare_twigs)
SPLAY_GENERATE(twigs, twig, link, compare_twigs)

static uint64_t state = 20150715;

static uint64_t
next_key(void)
{
  uint64_t z = state += 0x9E3779B97F4A7C15;

  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

static double
now(void)
{
  struct timespec t;

  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static double start;

static void
done(const char *part)
{
  printf("%s %f\n", part, now() - start);
  start = now();
}

static void
red_black(uint64_t *keys, size_t count)
{
  struct items tree = RB_INITIALIZER(&tree);
  struct item probe, *node;
  uint64_t sum = 0;
  size_t i;

  start = now();
  for (i = 0; i < count; i++) {
    node = malloc(sizeof *node);
    node->key = keys[i];
    RB_INSERT(items, &tree, node);
  }
  done("insert");
  for (i = 0; i < count; i++) {
    probe.key = keys[i];
    sum += RB_FIND(items, &tree, &probe)->key;
  }
  done("find");
  RB_FOREACH(node, items, &tree)
    sum -= node->key;
  done("iterate");
  if (sum != 0)
    abort();
  for (i = 0; i < count; i++) {
    probe.key = keys[i];
    node = RB_FIND(items, &tree, &probe);
    RB_REMOVE(items, &tree, node);
    free(node);
  }
  done("delete");
}

static void
splay(uint64_t *keys, size_t count)
{
  struct twigs tree = SPLAY_INITIALIZER(&tree);
  struct twig probe, *node;
  size_t i;

  start = now();
  for (i = 0; i < count; i++) {
    node = malloc(sizeof *node);
    node->key = keys[i];
    SPLAY_INSERT(twigs, &tree, node);
  }
  done("insert");
  for (i = 0; i < count; i++) {
    probe.key = keys[i];
    if (SPLAY_FIND(twigs, &tree, &probe) == NULL)
      abort();
  }
  done("find");
  for (i = 0; i < count; i++) {
    probe.key = keys[i];
    node = SPLAY_FIND(twigs, &tree, &probe);
    SPLAY_REMOVE(twigs, &tree, node);
    free(node);
  }
  done("delete");
}

int
main(int argc, char **argv)
{
  size_t i, count;
  uint64_t *keys;

  if (argc != 3)
    return 2;
  count = strtoul(argv[1], NULL, 10);
  keys = malloc(count * sizeof *keys);
  for (i = 0; i < count; i++)
    keys[i] = next_key();
  if (strcmp(argv[2], "rb") == 0)
    red_black(keys, count);
  else
    splay(keys, count);
  return 0;
}

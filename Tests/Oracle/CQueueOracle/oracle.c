#include "CQueueOracle.h"

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>
#include <stddef.h>
#include <string.h>

struct node {
  int key;
  SLIST_ENTRY(node) slist;
  STAILQ_ENTRY(node) stailq;
  LIST_ENTRY(node) list;
  TAILQ_ENTRY(node) tailq;
  RB_ENTRY(node) rb;
  SPLAY_ENTRY(node) splay;
};

static int
compare(struct node *a, struct node *b)
{
  return a->key < b->key ? -1 : a->key > b->key;
}

SLIST_HEAD(slists, node);
STAILQ_HEAD(stailqs, node);
LIST_HEAD(lists, node);
TAILQ_HEAD(tailqs, node);
RB_HEAD(rbs, node);
RB_PROTOTYPE(rbs, node, rb, compare)
RB_GENERATE(rbs, node, rb, compare)
SPLAY_HEAD(splays, node);
SPLAY_PROTOTYPE(splays, node, splay, compare)
SPLAY_GENERATE(splays, node, splay, compare)

static struct node nodes[ORACLE_NODES];
static struct slists slists[2];
static struct stailqs stailqs[2];
static struct lists lists[2];
static struct tailqs tailqs[2];
static struct rbs rbs;
static struct splays splays;

static int
number(struct node *n)
{
  return n == NULL ? -1 : (int)(n - nodes);
}

void
oracle_reset(void)
{
  int i;

  memset(nodes, 0, sizeof nodes);
  for (i = 0; i < ORACLE_NODES; i++)
    nodes[i].key = i / 2;
  for (i = 0; i < 2; i++) {
    SLIST_INIT(&slists[i]);
    STAILQ_INIT(&stailqs[i]);
    LIST_INIT(&lists[i]);
    TAILQ_INIT(&tailqs[i]);
  }
  RB_INIT(&rbs);
  SPLAY_INIT(&splays);
}

static void
change_slist(int change, struct slists *head, struct node *n, struct node *other)
{
  struct node *last;

  switch (change) {
  case ORACLE_INSERT_HEAD: SLIST_INSERT_HEAD(head, n, slist); break;
  case ORACLE_INSERT_AFTER: SLIST_INSERT_AFTER(other, n, slist); break;
  case ORACLE_REMOVE: SLIST_REMOVE(head, n, node, slist); break;
  case ORACLE_REMOVE_HEAD: SLIST_REMOVE_HEAD(head, slist); break;
  case ORACLE_SWAP: SLIST_SWAP(&slists[0], &slists[1], node); break;
  case ORACLE_CONCAT:
    /* libbsd has no SLIST_CONCAT. */
    if (SLIST_EMPTY(&slists[0])) {
      SLIST_FIRST(&slists[0]) = SLIST_FIRST(&slists[1]);
    } else {
      for (last = SLIST_FIRST(&slists[0]); SLIST_NEXT(last, slist) != NULL;)
        last = SLIST_NEXT(last, slist);
      SLIST_NEXT(last, slist) = SLIST_FIRST(&slists[1]);
    }
    SLIST_INIT(&slists[1]);
    break;
  }
}

static void
change_stailq(int change, struct stailqs *head, struct node *n, struct node *other)
{
  switch (change) {
  case ORACLE_INSERT_HEAD: STAILQ_INSERT_HEAD(head, n, stailq); break;
  case ORACLE_INSERT_TAIL: STAILQ_INSERT_TAIL(head, n, stailq); break;
  case ORACLE_INSERT_AFTER: STAILQ_INSERT_AFTER(head, other, n, stailq); break;
  case ORACLE_REMOVE: STAILQ_REMOVE(head, n, node, stailq); break;
  case ORACLE_REMOVE_HEAD: STAILQ_REMOVE_HEAD(head, stailq); break;
  case ORACLE_CONCAT: STAILQ_CONCAT(&stailqs[0], &stailqs[1]); break;
  case ORACLE_SWAP: STAILQ_SWAP(&stailqs[0], &stailqs[1], node); break;
  }
}

static void
change_list(int change, struct lists *head, struct node *n, struct node *other)
{
  struct node *last;

  switch (change) {
  case ORACLE_INSERT_HEAD: LIST_INSERT_HEAD(head, n, list); break;
  case ORACLE_INSERT_AFTER: LIST_INSERT_AFTER(other, n, list); break;
  case ORACLE_INSERT_BEFORE: LIST_INSERT_BEFORE(other, n, list); break;
  case ORACLE_REMOVE: LIST_REMOVE(n, list); break;
  case ORACLE_REMOVE_HEAD: LIST_REMOVE(LIST_FIRST(head), list); break;
  case ORACLE_SWAP: LIST_SWAP(&lists[0], &lists[1], node, list); break;
  case ORACLE_CONCAT:
    /* libbsd has no LIST_CONCAT. */
    while ((n = LIST_FIRST(&lists[1])) != NULL) {
      LIST_REMOVE(n, list);
      if (LIST_EMPTY(&lists[0])) {
        LIST_INSERT_HEAD(&lists[0], n, list);
        continue;
      }
      for (last = LIST_FIRST(&lists[0]); LIST_NEXT(last, list) != NULL;)
        last = LIST_NEXT(last, list);
      LIST_INSERT_AFTER(last, n, list);
    }
    break;
  }
}

static void
change_tailq(int change, struct tailqs *head, struct node *n, struct node *other)
{
  switch (change) {
  case ORACLE_INSERT_HEAD: TAILQ_INSERT_HEAD(head, n, tailq); break;
  case ORACLE_INSERT_TAIL: TAILQ_INSERT_TAIL(head, n, tailq); break;
  case ORACLE_INSERT_AFTER: TAILQ_INSERT_AFTER(head, other, n, tailq); break;
  case ORACLE_INSERT_BEFORE: TAILQ_INSERT_BEFORE(other, n, tailq); break;
  case ORACLE_REMOVE: TAILQ_REMOVE(head, n, tailq); break;
  case ORACLE_REMOVE_HEAD: TAILQ_REMOVE(head, TAILQ_FIRST(head), tailq); break;
  case ORACLE_CONCAT: TAILQ_CONCAT(&tailqs[0], &tailqs[1], tailq); break;
  case ORACLE_SWAP: TAILQ_SWAP(&tailqs[0], &tailqs[1], node, tailq); break;
  }
}

void
oracle_list(int kind, int change, int list, int node, int other)
{
  struct node *n = &nodes[node], *o = &nodes[other];

  switch (kind) {
  case ORACLE_SLIST: change_slist(change, &slists[list], n, o); break;
  case ORACLE_STAILQ: change_stailq(change, &stailqs[list], n, o); break;
  case ORACLE_LIST: change_list(change, &lists[list], n, o); break;
  case ORACLE_TAILQ: change_tailq(change, &tailqs[list], n, o); break;
  }
}

int
oracle_list_nodes(int kind, int list, int *out)
{
  struct node *n;
  int count = 0;

  switch (kind) {
  case ORACLE_SLIST: SLIST_FOREACH(n, &slists[list], slist) out[count++] = number(n); break;
  case ORACLE_STAILQ: STAILQ_FOREACH(n, &stailqs[list], stailq) out[count++] = number(n); break;
  case ORACLE_LIST: LIST_FOREACH(n, &lists[list], list) out[count++] = number(n); break;
  case ORACLE_TAILQ: TAILQ_FOREACH(n, &tailqs[list], tailq) out[count++] = number(n); break;
  }
  return count;
}

int
oracle_tree_insert(int splay, int node)
{
  struct node *n = &nodes[node];

  return number(splay ? SPLAY_INSERT(splays, &splays, n) : RB_INSERT(rbs, &rbs, n));
}

int
oracle_tree_find(int splay, int key)
{
  struct node n;

  n.key = key;
  return number(splay ? SPLAY_FIND(splays, &splays, &n) : RB_FIND(rbs, &rbs, &n));
}

int
oracle_tree_nfind(int key)
{
  struct node n;

  n.key = key;
  return number(RB_NFIND(rbs, &rbs, &n));
}

void
oracle_tree_remove(int splay, int node)
{
  if (splay)
    SPLAY_REMOVE(splays, &splays, &nodes[node]);
  else
    RB_REMOVE(rbs, &rbs, &nodes[node]);
}

int
oracle_tree_min(int splay)
{
  if (splay)
    return SPLAY_EMPTY(&splays) ? -1 : number(SPLAY_MIN(splays, &splays));
  return number(RB_MIN(rbs, &rbs));
}

int
oracle_tree_max(int splay)
{
  if (splay)
    return SPLAY_EMPTY(&splays) ? -1 : number(SPLAY_MAX(splays, &splays));
  return number(RB_MAX(rbs, &rbs));
}

int
oracle_tree_next(int splay, int node)
{
  struct node *n = &nodes[node];

  return number(splay ? SPLAY_NEXT(splays, &splays, n) : RB_NEXT(rbs, &rbs, n));
}

int
oracle_tree_prev(int node)
{
  return number(RB_PREV(rbs, &rbs, &nodes[node]));
}

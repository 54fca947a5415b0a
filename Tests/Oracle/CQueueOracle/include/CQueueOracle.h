/*
 * CQueueOracle: libbsd's <bsd/sys/queue.h> and <bsd/sys/tree.h>, driven by numbers.
 *
 * There are ORACLE_NODES nodes, two lists of each kind and a tree of each kind.  A node is on one
 * list of a kind at most.  The key of a node in the trees is half its number, so that two nodes
 * collide.
 */
#ifndef CQUEUEORACLE_H
#define CQUEUEORACLE_H

enum { ORACLE_NODES = 256 };

enum oracle_kind { ORACLE_SLIST, ORACLE_STAILQ, ORACLE_LIST, ORACLE_TAILQ };

enum oracle_change {
  ORACLE_INSERT_HEAD,   /* node */
  ORACLE_INSERT_TAIL,   /* node */
  ORACLE_INSERT_AFTER,  /* node, other */
  ORACLE_INSERT_BEFORE, /* node, other */
  ORACLE_REMOVE,        /* node */
  ORACLE_REMOVE_HEAD,
  ORACLE_CONCAT, /* list 1 behind list 0 */
  ORACLE_SWAP
};

/* Forgets everything. */
void oracle_reset(void);

/* One change to a list; a change that the kind does not have does nothing. */
void oracle_list(int kind, int change, int list, int node, int other);

/* The numbers of the nodes on a list in order, and how many they are. */
int oracle_list_nodes(int kind, int list, int *nodes);

/* Trees: RB if `splay` is 0.  They answer a node's number, or -1 for none. */
int oracle_tree_insert(int splay, int node);
int oracle_tree_find(int splay, int key);
int oracle_tree_nfind(int key);
void oracle_tree_remove(int splay, int node);
int oracle_tree_min(int splay);
int oracle_tree_max(int splay);
int oracle_tree_next(int splay, int node);
int oracle_tree_prev(int node);

#endif

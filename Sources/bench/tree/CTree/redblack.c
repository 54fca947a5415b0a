/*
 * A red-black tree with parent pointers.
 *
 * The struct holds one node that is not in the set, `nil`.  It is every missing child, and it
 * is also the parent of the root, which hangs on its left.  So no rotation and no loop asks
 * whether it has come to the edge of the tree.
 *
 *   R1  nil is black, and so is the root.
 *   R2  A red node has no red child.
 *   R3  Every way from the root to nil meets the same number of black nodes.
 *   R4  Keys ascend from left to right.
 *   R5  The parent of a node's child is that node; nil's own parent is scratch.
 *   R6  count is the number of nodes that can be reached.
 */
#include "ctree.h"

#include <stdlib.h>

enum side { LEFT, RIGHT };

struct node {
  struct node *child[2];
  struct node *parent;
  uint64_t key;
  bool red;
};

struct redblack {
  struct node nil;
  struct node *pool;   /* capacity nodes */
  struct node *unused; /* given back, linked through child[LEFT]; NULL ends the list */
  size_t fresh;        /* pool[fresh...] was never in use */
  size_t capacity;
  size_t count;
};

struct redblack *
redblack_new(size_t capacity)
{
  struct redblack *tree = calloc(1, sizeof *tree);

  if (tree == NULL)
    return NULL;
  /* calloc, and a walk over it: the pages are there before anybody measures. */
  tree->pool = calloc(capacity + 1, sizeof *tree->pool);
  if (tree->pool == NULL) {
    free(tree);
    return NULL;
  }
  for (size_t i = 0; i < capacity; i++)
    tree->pool[i].parent = &tree->nil;
  tree->capacity = capacity;
  tree->nil.child[LEFT] = tree->nil.child[RIGHT] = tree->nil.parent = &tree->nil;
  return tree;
}

void
redblack_delete(struct redblack *tree)
{
  if (tree == NULL)
    return;
  free(tree->pool);
  free(tree);
}

size_t
redblack_count(const struct redblack *tree)
{
  return tree->count;
}

static struct node *
take(struct redblack *tree)
{
  struct node *node = tree->unused;

  if (node != NULL) {
    tree->unused = node->child[LEFT];
    return node;
  }
  if (tree->fresh == tree->capacity)
    abort();
  return &tree->pool[tree->fresh++];
}

static void
give_back(struct redblack *tree, struct node *node)
{
  node->child[LEFT] = tree->unused;
  tree->unused = node;
}

static enum side
other(enum side side)
{
  return side == LEFT ? RIGHT : LEFT;
}

/* The side of its parent on which a node hangs; LEFT for the root. */
static enum side
side_of(const struct node *node)
{
  return node->parent->child[RIGHT] == node ? RIGHT : LEFT;
}

/* Moves a node down to `side`; its child on the other side takes its place. */
static void
rotate(struct node *node, enum side side)
{
  struct node *child = node->child[other(side)];
  struct node *inner = child->child[side];

  node->parent->child[side_of(node)] = child;
  child->parent = node->parent;
  child->child[side] = node;
  node->parent = child;
  node->child[other(side)] = inner;
  inner->parent = node;
}

static void
mend_after_insert(struct redblack *tree, struct node *node)
{
  while (node->parent->red) {
    struct node *parent = node->parent, *above = parent->parent;
    enum side side = side_of(parent);
    struct node *uncle = above->child[other(side)];

    if (uncle->red) {
      parent->red = uncle->red = false;
      above->red = true;
      node = above;
      continue;
    }
    if (parent->child[other(side)] == node) {
      rotate(parent, side);
      parent = node;
    }
    parent->red = false;
    above->red = true;
    rotate(above, other(side));
    break;
  }
  tree->nil.child[LEFT]->red = false;
}

bool
redblack_insert(struct redblack *tree, uint64_t key)
{
  struct node *nil = &tree->nil, *parent = nil, *node = nil->child[LEFT];
  enum side side = LEFT;

  while (node != nil) {
    if (key == node->key)
      return false;
    side = key < node->key ? LEFT : RIGHT;
    parent = node;
    node = node->child[side];
  }
  node = take(tree);
  node->key = key;
  node->child[LEFT] = node->child[RIGHT] = nil;
  node->parent = parent;
  node->red = true;
  parent->child[side] = node;
  tree->count++;
  mend_after_insert(tree, node);
  return true;
}

static struct node *
lookup(struct redblack *tree, uint64_t key)
{
  struct node *nil = &tree->nil, *node = nil->child[LEFT];

  while (node != nil && node->key != key)
    node = node->child[key < node->key ? LEFT : RIGHT];
  return node;
}

bool
redblack_find(struct redblack *tree, uint64_t key)
{
  return lookup(tree, key) != &tree->nil;
}

/* The ways through `side` of `parent` are one black node short: R3 is all that is broken. */
static void
mend_after_remove(struct redblack *tree, struct node *parent, enum side side)
{
  while (parent != &tree->nil) {
    enum side far = other(side);
    struct node *sibling = parent->child[far];

    if (sibling->red) {
      sibling->red = false;
      parent->red = true;
      rotate(parent, side);
      sibling = parent->child[far];
    }
    if (sibling->child[far]->red) {
      sibling->red = parent->red;
      parent->red = sibling->child[far]->red = false;
      rotate(parent, side);
      return;
    }
    if (sibling->child[side]->red) {
      sibling->child[side]->red = parent->red;
      parent->red = false;
      rotate(sibling, far);
      rotate(parent, side);
      return;
    }
    sibling->red = true;
    if (parent->red) {
      parent->red = false;
      return;
    }
    side = side_of(parent);
    parent = parent->parent;
  }
}

bool
redblack_remove(struct redblack *tree, uint64_t key)
{
  struct node *nil = &tree->nil, *node = lookup(tree, key), *victim = node, *child;

  if (node == nil)
    return false;
  if (node->child[LEFT] != nil && node->child[RIGHT] != nil) {
    /* The next key moves here, and its node, which has no left child, goes instead. */
    victim = node->child[RIGHT];
    while (victim->child[LEFT] != nil)
      victim = victim->child[LEFT];
    node->key = victim->key;
  }
  child = victim->child[victim->child[LEFT] != nil ? LEFT : RIGHT];
  struct node *parent = victim->parent;
  enum side side = side_of(victim);

  parent->child[side] = child;
  child->parent = parent;
  if (!victim->red) {
    if (child->red)
      child->red = false;
    else
      mend_after_remove(tree, parent, side);
  }
  give_back(tree, victim);
  tree->count--;
  return true;
}

/* The black height of the part below `node`, or -1 if an invariant is broken there. */
static int
black_height(const struct redblack *tree, const struct node *node, uint64_t low, uint64_t high,
    size_t *count)
{
  const struct node *nil = &tree->nil, *left = node->child[LEFT], *right = node->child[RIGHT];
  int heights[2];

  if (node == nil)
    return 1;
  ++*count;
  if (node->key < low || node->key > high) /* R4 */
    return -1;
  if (node->red && (left->red || right->red)) /* R2 */
    return -1;
  if ((left != nil && left->parent != node) || (right != nil && right->parent != node)) /* R5 */
    return -1;
  if ((left != nil && node->key == 0) || (right != nil && node->key == UINT64_MAX))
    return -1;
  heights[LEFT] = black_height(tree, left, low, node->key - 1, count);
  heights[RIGHT] = black_height(tree, right, node->key + 1, high, count);
  if (heights[LEFT] < 0 || heights[LEFT] != heights[RIGHT]) /* R3 */
    return -1;
  return heights[LEFT] + (node->red ? 0 : 1);
}

bool
redblack_check(const struct redblack *tree)
{
  const struct node *root = tree->nil.child[LEFT];
  size_t count = 0;

  if (tree->nil.red || root->red || tree->nil.child[RIGHT] != &tree->nil) /* R1 */
    return false;
  return black_height(tree, root, 0, UINT64_MAX, &count) > 0 && count == tree->count; /* R6 */
}

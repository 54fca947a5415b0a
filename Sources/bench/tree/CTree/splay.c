/*
 * A splay tree, splayed from the top down: no parent pointers, no stack, no balance to keep.
 *
 * splay() takes the tree apart on its way to the key.  What is smaller than the key hangs on
 * the right of the left heap, what is greater on the left of the right heap; at the end the
 * two become the children of the node that was found.
 *
 *   S1  Keys ascend from left to right.
 *   S2  count is the number of nodes that can be reached.
 *   S3  After an operation on a key, the root is that key or a neighbour of it.
 */
#include "ctree.h"

#include <stdlib.h>

struct node {
  struct node *left;
  struct node *right;
  uint64_t key;
};

struct splay {
  struct node *root;
  struct node *pool;   /* capacity nodes */
  struct node *unused; /* given back, linked through left; NULL ends the list */
  size_t fresh;        /* pool[fresh...] was never in use */
  size_t capacity;
  size_t count;
};

struct splay *
splay_new(size_t capacity)
{
  struct splay *tree = calloc(1, sizeof *tree);

  if (tree == NULL)
    return NULL;
  /* calloc, and a walk over it: the pages are there before anybody measures. */
  tree->pool = calloc(capacity + 1, sizeof *tree->pool);
  if (tree->pool == NULL) {
    free(tree);
    return NULL;
  }
  for (size_t i = 0; i < capacity; i++)
    tree->pool[i].key = i;
  tree->capacity = capacity;
  return tree;
}

void
splay_delete(struct splay *tree)
{
  if (tree == NULL)
    return;
  free(tree->pool);
  free(tree);
}

size_t
splay_count(const struct splay *tree)
{
  return tree->count;
}

/* Brings `key`, or one of its neighbours, to the top of the tree that begins with `top`. */
static struct node *
splay(struct node *top, uint64_t key)
{
  struct node heaps = { NULL, NULL, 0 }; /* the left heap on its right, the right on its left */
  struct node *left = &heaps, *right = &heaps, *child;

  for (;;) {
    if (key < top->key) {
      child = top->left;
      if (child == NULL)
        break;
      if (key < child->key) {
        top->left = child->right;
        child->right = top;
        top = child;
        child = top->left;
        if (child == NULL)
          break;
      }
      right->left = top;
      right = top;
      top = child;
    } else if (key > top->key) {
      child = top->right;
      if (child == NULL)
        break;
      if (key > child->key) {
        top->right = child->left;
        child->left = top;
        top = child;
        child = top->right;
        if (child == NULL)
          break;
      }
      left->right = top;
      left = top;
      top = child;
    } else {
      break;
    }
  }
  left->right = top->left;
  right->left = top->right;
  top->left = heaps.right;
  top->right = heaps.left;
  return top;
}

bool
splay_insert(struct splay *tree, uint64_t key)
{
  struct node *root = tree->root, *node;

  if (root != NULL) {
    root = tree->root = splay(root, key);
    if (root->key == key)
      return false;
  }
  node = tree->unused;
  if (node != NULL)
    tree->unused = node->left;
  else if (tree->fresh < tree->capacity)
    node = &tree->pool[tree->fresh++];
  else
    abort();
  node->key = key;
  node->left = node->right = NULL;
  if (root != NULL && key < root->key) {
    node->left = root->left;
    node->right = root;
    root->left = NULL;
  } else if (root != NULL) {
    node->right = root->right;
    node->left = root;
    root->right = NULL;
  }
  tree->root = node;
  tree->count++;
  return true;
}

bool
splay_find(struct splay *tree, uint64_t key)
{
  if (tree->root == NULL)
    return false;
  tree->root = splay(tree->root, key);
  return tree->root->key == key;
}

bool
splay_remove(struct splay *tree, uint64_t key)
{
  struct node *victim;

  if (!splay_find(tree, key))
    return false;
  victim = tree->root;
  if (victim->left == NULL) {
    tree->root = victim->right;
  } else {
    tree->root = splay(victim->left, key); /* the greatest of the left: it has no right child */
    tree->root->right = victim->right;
  }
  victim->left = tree->unused;
  tree->unused = victim;
  tree->count--;
  return true;
}

bool
splay_check(const struct splay *tree)
{
  /* A splay tree may be one long branch, so this walks with a stack of its own. */
  const struct node **stack = malloc((tree->count + 1) * sizeof *stack);
  const struct node *node = tree->root, *last = NULL;
  size_t depth = 0, count = 0;
  bool good = stack != NULL;

  while (good && (node != NULL || depth > 0)) {
    if (node != NULL) {
      good = depth < tree->count; /* S2, and no circles */
      if (good)
        stack[depth++] = node;
      node = good ? node->left : NULL;
      continue;
    }
    node = stack[--depth];
    good = (last == NULL || last->key < node->key) && ++count <= tree->count; /* S1 */
    last = node;
    node = node->right;
  }
  free(stack);
  return good && count == tree->count; /* S2 */
}

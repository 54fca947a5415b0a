// Which tree this build measures.  `TREE_SPLAY` is an option of the configuration: it decides
// here which trees are meant, and in the description which files are compiled at all.

import CTree

#if TREE_SPLAY
  /// The Swift tree of this build.
  typealias ChosenTree = SplayTree
  /// The C tree of this build.
  typealias ChosenCTree = CSplayTree
#else
  /// The Swift tree of this build.
  typealias ChosenTree = RedBlackTree
  /// The C tree of this build.
  typealias ChosenCTree = CRedBlackTree
#endif

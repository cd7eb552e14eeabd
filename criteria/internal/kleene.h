// What `and`, `at least n of`, `if` and their kin make of the values of their parts.
#pragma once

#include "criteria/program.h"
#include "criteria/truth.h"

namespace medverka::criteria::internal {

inline bool IsLeaf(NodeKind kind) {
  switch (kind) {
    case NodeKind::kAnd:
    case NodeKind::kOr:
    case NodeKind::kNot:
    case NodeKind::kAtLeastOf:
    case NodeKind::kAtMostOf:
    case NodeKind::kExactlyOf:
    case NodeKind::kIf:
      return false;
    default:
      return true;
  }
}

// REQUIRES: node is no leaf. `value_of` gives the value of a child by its index in the program.
template <typename ValueOf>
Truth Combine(const Node& node, const ValueOf& value_of) {
  int settled_true = 0;
  int undecided = 0;
  for (const std::uint32_t child : node.children) {
    const Truth one = value_of(child);
    if (one == Truth::kTrue) ++settled_true;
    if (one == Truth::kUnknown) ++undecided;
  }
  const int children = static_cast<int>(node.children.size());
  const auto at_least = [&](int n) {
    return settled_true >= n              ? Truth::kTrue
           : settled_true + undecided < n ? Truth::kFalse
                                          : Truth::kUnknown;
  };
  switch (node.kind) {
    case NodeKind::kAnd:
      return at_least(children);
    case NodeKind::kOr:
      return at_least(1);
    case NodeKind::kNot:
      return Not(at_least(1));
    case NodeKind::kAtLeastOf:
      return at_least(node.count);
    case NodeKind::kAtMostOf:
      return Not(at_least(node.count + 1));
    case NodeKind::kExactlyOf:
      return And(at_least(node.count), Not(at_least(node.count + 1)));
    case NodeKind::kIf: {
      const Truth condition = value_of(node.children[0]);
      const Truth then = value_of(node.children[1]);
      const Truth otherwise = children > 2 ? value_of(node.children[2]) : Truth::kTrue;
      return condition == Truth::kTrue    ? then
             : condition == Truth::kFalse ? otherwise
             : then == otherwise          ? then
                                          : Truth::kUnknown;
    }
    default:
      return Truth::kUnknown;
  }
}

}  // namespace medverka::criteria::internal

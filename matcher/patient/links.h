// What the resources of one person say of each other: a reason that names a condition has its
// codes; a condition that a visit ranks is its main diagnosis, or another one.
//
// All of it is derived, in place, and stored nowhere: it follows whatever comes, in any order.
#pragma once

#include <functional>
#include <string_view>

#include "matcher/patient/shelf.h"

namespace medverka::matcher {

// References are followed to resources of these kinds.
bool MayBeReferredTo(const ShelfItem& item);

class Linker {
 public:
  // By the id of a resource; nullptr: not among the person's.
  explicit Linker(std::function<ShelfItem*(std::string_view id)> find) : find_(std::move(find)) {}

  // Takes away what visits said of a condition.
  static void Unlink(ShelfItem& item);
  // REQUIRES: item.refers.
  void Link(ShelfItem& item) const;

 private:
  std::function<ShelfItem*(std::string_view id)> find_;
};

}  // namespace medverka::matcher

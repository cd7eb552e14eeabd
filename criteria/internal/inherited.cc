#include "criteria/internal/inherited.h"

#include "criteria/internal/walk.h"

namespace medverka::criteria::internal {

Inherited HandDown(const ast::Expr& expr, Inherited from_outside, Module& home) {
  if (HasWindow(expr.times) || (from_outside.times == nullptr && !expr.times.empty())) {
    from_outside.times = &expr.times;
    from_outside.home = &home;
  }
  if (expr.otherwise && expr.otherwise->type != ast::Else::Type::kAsk) {
    from_outside.otherwise = &*expr.otherwise;
    from_outside.else_home = &home;
  }
  return from_outside;
}

Inherited IntoWhere(const Inherited& inner, const ast::FactTerm& candidate) {
  Inherited inside;
  inside.otherwise = inner.otherwise;
  inside.else_home = inner.else_home;
  inside.candidate = &candidate;
  return inside;
}

std::vector<TimeAt> TimesOf(const ast::Expr& expr, const Inherited& outer, Module& home) {
  std::vector<TimeAt> out;
  for (const ast::Time& time : expr.times) out.push_back({&time, &home});
  if (HasWindow(expr.times) || outer.times == nullptr) return out;
  for (const ast::Time& time : *outer.times) {
    if (expr.times.empty() || IsWindow(time)) out.push_back({&time, outer.home});
  }
  return out;
}

}  // namespace medverka::criteria::internal

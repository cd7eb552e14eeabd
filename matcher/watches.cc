#include "matcher/watches.h"

#include <algorithm>
#include <utility>

#include "matcher/limits.h"

namespace medverka::matcher {
namespace {

// A visit that says which condition was its main diagnosis.
bool RanksConditions(const criteria::Fact& visit) {
  return std::any_of(visit.attributes.begin(), visit.attributes.end(),
                     [](const criteria::Attribute& attribute) {
                       return !attribute.reference.empty() && attribute.number.low;
                     });
}

// Can it change more than its own facts say? A participation keeps studies from the person; a
// visit can rank conditions, and a condition be what another fact names.
bool ReachesFurther(const criteria::Fact& fact, bool linked) {
  switch (fact.kind) {
    case criteria::FactKind::kParticipation:
      return true;
    case criteria::FactKind::kCondition:
    case criteria::FactKind::kProcedure:
      return linked;
    case criteria::FactKind::kVisit:
      return RanksConditions(fact);
    default:
      return false;
  }
}

}  // namespace

void StudySet::Add(const StudySet& other) {
  if (other.all_) *this = All();
  for (const std::uint32_t study : other.some_) Add(study);
}

bool StudySet::Contains(std::size_t study) const {
  return all_ || std::find(some_.begin(), some_.end(), study) != some_.end();
}

Watches::Watch* Watches::Find(const PersonKey& subject) {
  const auto found = watches_.find(subject);
  return found == watches_.end() ? nullptr : &found->second;
}

Watches::Watch& Watches::Remember(const PersonKey& subject, Watch watch) {
  if (stands_ >= kWatchedStandsMax) Clear();
  Watch& held = watches_[subject];
  if (held.stands.empty()) stands_ += watch.stands.size();
  held = std::move(watch);
  return held;
}

void Watches::AddReaders(const PersonKey& subject, const criteria::Resource& resource,
                         const std::vector<criteria::Evaluator>& evaluators, StudySet& readers) {
  const Watch* watch = Find(subject);
  const bool everybody =
      watch == nullptr ||
      std::any_of(resource.facts.begin(), resource.facts.end(),
                  [&](const criteria::Fact& fact) { return ReachesFurther(fact, watch->linked); });
  if (everybody) {
    readers = StudySet::All();
    return;
  }
  for (std::size_t i = 0; i < evaluators.size(); ++i) {
    const std::uint32_t reads = watch->stands[i].reads;
    if (reads == kNothing) continue;
    const bool matters = reads == kEveryCriterion ? evaluators[i].ReadsAtAll(resource)
                                                  : evaluators[i].Reads(reads, resource);
    if (matters) readers.Add(i);
  }
}

}  // namespace medverka::matcher

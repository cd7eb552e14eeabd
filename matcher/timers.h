// When each subject must be looked at again although nothing happened. One timer per subject at
// most. In memory in order of time; in the store as Room::kTimers, read back when the lane opens.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "matcher/journal/journal.h"
#include "matcher/store/batch.h"
#include "matcher/store/store.h"
#include "ops/base/time.h"

namespace medverka::matcher {

class Timers {
 public:
  struct Timer {
    base::Instant due;
    PersonKey subject;
    friend auto operator<=>(const Timer&, const Timer&) = default;
  };

  base::Result<void> Load(const Store& store);
  void Set(const PersonKey& subject, std::optional<base::Instant> due);
  std::optional<base::Instant> Of(const PersonKey& subject) const;
  // The earliest; equal times in order of the subjects' keys.
  std::optional<Timer> Next() const;
  const std::set<Timer>& all() const { return queue_; }
  void Write(Batch& batch);

 private:
  std::set<Timer> queue_;
  std::unordered_map<PersonKey, base::Instant, PersonKeyHash> due_;
  std::map<PersonKey, std::optional<base::Instant>> stored_;  // of those set since the last commit
};

}  // namespace medverka::matcher

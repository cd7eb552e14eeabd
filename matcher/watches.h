// What each subject's verdicts wait for, so that an event is judged only by the studies that it can
// mean something to.
//
// Idea: a verdict stands until something is said that the study reads, or until its instant comes.
// A study that is out for the person reads less still: it stays out while nothing comes that its
// blocker reads. So per subject and study stand here what is read, and when to look again.
//
// Derived, and in memory only: a subject that is not here is judged by every study, with the same
// outcome. What is said here ends with the studies it was said of: when they change, Clear.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

#include "criteria/evaluator.h"
#include "criteria/fact.h"
#include "matcher/journal/journal.h"
#include "ops/base/time.h"

namespace medverka::matcher {

// Some of the lane's studies, by their place in the order of evaluators.
class StudySet {
 public:
  static StudySet All() { return StudySet(true); }
  StudySet() = default;

  void Add(std::size_t study) {
    if (Contains(study)) return;
    some_.push_back(static_cast<std::uint32_t>(study));
  }
  void Add(const StudySet& other);
  bool Contains(std::size_t study) const;
  bool empty() const { return !all_ && some_.empty(); }
  bool all() const { return all_; }

 private:
  explicit StudySet(bool all) : all_(all) {}
  bool all_ = false;
  std::vector<std::uint32_t> some_;  // a handful, in any order
};

class Watches {
 public:
  static constexpr std::uint32_t kEveryCriterion = UINT32_MAX;
  static constexpr std::uint32_t kNothing = UINT32_MAX - 1;  // out whatever its criteria say

  // How one study stands to one subject.
  struct Stand {
    std::uint32_t reads = kEveryCriterion;  // or the one criterion that keeps it out, or kNothing
    std::optional<base::Instant> look_again;
  };
  struct Watch {
    std::vector<Stand> stands;  // in the order of the evaluators
    bool linked = false;        // conditions decide what other facts of the person say
  };

  // nullptr: every study must look.
  Watch* Find(const PersonKey& subject);
  // What was found by looking with every study. The reference stands until the next call here.
  Watch& Remember(const PersonKey& subject, Watch watch);
  void Forget(const PersonKey& subject) { watches_.erase(subject); }
  void Clear() {
    watches_.clear();
    stands_ = 0;
  }

  // Adds the studies whose verdict a resource that is new about this subject can change.
  void AddReaders(const PersonKey& subject, const criteria::Resource& resource,
                  const std::vector<criteria::Evaluator>& evaluators, StudySet& readers);

 private:
  std::unordered_map<PersonKey, Watch, PersonKeyHash> watches_;
  std::size_t stands_ = 0;  // of all that were remembered since the last Clear
};

}  // namespace medverka::matcher

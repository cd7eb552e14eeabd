// Which studies the stored subjects have still to meet, and how far that has come. A part of the
// state: whoever takes the lane over goes on from there.
//
// Subjects are passed in order of names; a subject that something happens to meanwhile is evaluated
// whole by the lane, so that it does not matter on which side of the mark it then stands.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "matcher/journal/journal.h"
#include "matcher/store/batch.h"
#include "matcher/store/store.h"
#include "ops/base/result.h"

namespace medverka::matcher {

class Backfill {
 public:
  base::Result<void> Load(const Store& store);

  // New, changed and removed studies, besides those that are under way: all begins anew.
  void Add(const std::vector<std::string>& studies);
  void AddAll();  // every study

  bool under_way() const { return all_ || !studies_.empty(); }
  bool all() const { return all_; }
  const std::set<std::string, std::less<>>& studies() const { return studies_; }  // unless all
  const std::optional<PersonKey>& mark() const { return mark_; }  // names up to it are done

  // `subjects` more were looked at; all names up to `mark` are done, or all there are.
  void Advance(std::uint64_t subjects, std::optional<PersonKey> mark);

  // How many subjects there are, about: where nothing better is known yet. Not stored.
  void Expect(std::uint64_t subjects) { expected_ = subjects; }

  std::uint64_t done() const { return done_; }
  // By estimate: what was expected, and more and more what the mark says, since keys lie evenly.
  // While under way above done(), then done(); towards the end ever closer to what it will be.
  std::uint64_t total() const;

  void Write(Batch& batch);

 private:
  void Begin();

  bool all_ = false;
  std::set<std::string, std::less<>> studies_;
  std::optional<PersonKey> mark_;
  std::uint64_t done_ = 0;
  std::uint64_t expected_ = 0;
  bool written_ = true;
};

}  // namespace medverka::matcher

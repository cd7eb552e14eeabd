// How many of a query's facts pass, where which facts are there, whether they pass and when they
// were may each be open. Everything is said twice: what is so for certain, and what is possible.
#pragma once

#include <cstdint>
#include <vector>

#include "criteria/internal/leaves.h"

namespace medverka::criteria::internal {

// Is `later` at least, at most so long after `earlier`? Days and longer are counted between local
// days, hours and shorter between instants.
bool AtLeastApart(base::Instant earlier, base::Instant later, base::Period period);
bool AtMostApart(base::Instant earlier, base::Instant later, base::Period period);

// Does `a` certainly come before `b`? Of results at one known instant the tie decides.
bool SurelyBefore(const Item& a, const Item& b);

// Are there at least `count` facts that pass, as the query wants them: different, in a row, so far
// apart, on so many days, so close together?
Truth AtLeastCounted(const Query& query, const std::vector<Item>& items, std::int32_t count);

// Does the query ask for more of the counted facts than their number?
inline bool HasStructure(const Query& query) {
  return query.different || query.consecutive || query.apart || query.different_days > 0 ||
         query.within_any;
}

// The instants at which distances between facts with partial dates may turn.
void AddDistanceMoments(const Query& query, const std::vector<Item>& items, Moments& moments);

// Orders of facts with partial dates that are tried, and choices of which are there; beyond them
// it is unknown.
inline constexpr int kOrdersTriedMax = 720;
inline constexpr int kChoicesTriedMax = 4096;
// Facts with partial dates that are laid out exactly to see how many can be far enough apart.
inline constexpr std::size_t kLaidOutMax = 12;
// Undecided facts of which every choice is tried to see how many different ones there are.
inline constexpr std::size_t kUndecidedTriedMax = 10;

}  // namespace medverka::criteria::internal

// Tests criteria/select_count.cc against the obvious: every world that the unknowns allow (which
// facts are there, which pass, on which day each was) is counted by trying all sets, and the
// worlds agree or it is unknown. Where the fast way is allowed to be unknown though all worlds
// agree, it must at least never be settled the other way.
#include <gtest/gtest.h>

#include <random>

#include "support.h"

namespace medverka::criteria {
namespace {

using namespace testing;  // NOLINT: the truths and builders of these tests
using base::TimeUnit;

struct Made {
  int first_day;  // days of June 2026
  int last_day;
  Truth there;
  Truth passes;
  std::vector<int> codes;
};

struct Seen {
  int day;
  bool passes;
  std::vector<int> codes;
};

bool Share(const Seen& a, const Seen& b) {
  for (const int code : a.codes) {
    if (std::find(b.codes.begin(), b.codes.end(), code) != b.codes.end()) return true;
  }
  return false;
}

int Groups(const std::vector<Seen>& all, unsigned chosen) {
  std::vector<int> group(all.size(), -1);
  int groups = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((chosen >> i & 1) == 0 || group[i] >= 0) continue;
    std::vector<std::size_t> todo = {i};
    group[i] = groups;
    while (!todo.empty()) {
      const std::size_t at = todo.back();
      todo.pop_back();
      for (std::size_t j = 0; j < all.size(); ++j) {
        if ((chosen >> j & 1) != 0 && group[j] < 0 && Share(all[at], all[j])) {
          group[j] = groups;
          todo.push_back(j);
        }
      }
    }
    ++groups;
  }
  return groups;
}

// Is there a set of so many, in this world, that fits all that the query wants?
bool ThereIs(const Query& query, std::vector<Seen> seen, int count) {
  if (query.different) {
    // Counted over all that pass: one more may show that two are the same.
    unsigned passing = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i].passes) passing |= 1U << i;
    }
    return Groups(seen, passing) >= count;
  }
  std::stable_sort(seen.begin(), seen.end(),
                   [](const Seen& a, const Seen& b) { return a.day < b.day; });
  for (unsigned chosen = 0; chosen < (1U << seen.size()); ++chosen) {
    std::vector<int> days;
    bool fits = true;
    int first = -1;
    int last = -1;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if ((chosen >> i & 1) == 0) continue;
      fits = fits && seen[i].passes;
      for (const int day : days) {
        fits = fits && (!query.apart || std::abs(day - seen[i].day) >= query.apart->amount) &&
               (!query.within_any || std::abs(day - seen[i].day) <= query.within_any->amount);
      }
      days.push_back(seen[i].day);
      if (first < 0) first = static_cast<int>(i);
      last = static_cast<int>(i);
    }
    for (int i = first; query.consecutive && first >= 0 && i <= last; ++i) {
      fits = fits && seen[static_cast<std::size_t>(i)].passes;
    }
    if (!fits) continue;
    const int size = static_cast<int>(days.size());
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    if (size >= count && static_cast<int>(days.size()) >= query.different_days) return true;
  }
  return false;
}

class Worlds {
 public:
  Worlds(const Query& query, const std::vector<Made>& made) : query_(query), made_(made) {}
  Truth Settle() {
    Next(0);
    return yes_ && no_ ? U : yes_ ? T : F;
  }

 private:
  void Next(std::size_t i) {
    if (yes_ && no_) return;
    if (i == made_.size()) {
      const auto at_least = [&](int count) { return ThereIs(query_, seen_, count); };
      bool truth = at_least(query_.count);
      if (query_.selector == Selector::kAtMost) truth = !at_least(query_.count + 1);
      if (query_.selector == Selector::kExactly) truth = truth && !at_least(query_.count + 1);
      (truth ? yes_ : no_) = true;
      return;
    }
    const Made& one = made_[i];
    if (one.there != T) Next(i + 1);
    for (int day = one.first_day; day <= one.last_day; ++day) {
      for (const bool passes : {false, true}) {
        if ((one.passes == T && !passes) || (one.passes == F && passes)) continue;
        seen_.push_back({day, passes, one.codes});
        Next(i + 1);
        seen_.pop_back();
      }
    }
  }

  const Query& query_;
  const std::vector<Made>& made_;
  std::vector<Seen> seen_;
  bool yes_ = false;
  bool no_ = false;
};

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  std::vector<Made> Facts(bool shared_codes) {
    std::vector<Made> made;
    for (int n = 1 + Below(4); n > 0; --n) {
      Made one;
      one.first_day = 1 + Below(9);
      one.last_day = Below(3) == 0 ? one.first_day + Below(4) : one.first_day;
      one.there = Below(4) == 0 ? U : T;
      one.passes = static_cast<Truth>(Below(3));
      one.codes = {shared_codes ? Below(3) : 10 + n};
      if (shared_codes && Below(4) == 0) one.codes.push_back(Below(3));
      made.push_back(one);
    }
    return made;
  }

 private:
  std::mt19937_64 random_;
};

// A fact whose being there, value and day are as open as asked.
void Put(PatientBuilder& patient, Vocabulary& vocabulary, const Made& made) {
  const std::string number = made.passes == T ? "9" : made.passes == F ? "1" : "5";
  Fact& fact = patient.Result("A", number, "g/L", "");
  if (made.passes == U) {
    fact.value.number.low.reset();
    fact.value.number.high_open = true;
    fact.value.number.high = base::Decimal(9);  // "<9" against 5
  }
  fact.holding = made.there == U ? Holding::kUnverified : Holding::kHolds;
  const auto day = [](int number_of_day) {
    return base::ParseTime(fmt::format("2026-06-{:02}", number_of_day));
  };
  fact.start = base::TimeRange{day(made.first_day)->lo, day(made.last_day)->hi};
  for (const int code : made.codes)
    fact.codes.push_back(vocabulary.Code(SystemId::kAtc, "C" + std::to_string(code)));
}

// Results that share the set's code would all be one, so the set is found by several codes here.
Truth Fast(const Query& asked, const std::vector<Made>& made) {
  Vocabulary vocabulary;
  StudyBuilder study;
  Query query = asked;
  query.kind = FactKind::kObservation;
  query.sets = {study.Set(SystemId::kAtc, "C")};
  query.absence = Absence::kNo;
  query.test = TestOf(CompareOp::kGreaterEqual, "5", "g/L");
  PatientBuilder patient(vocabulary);
  for (const Made& one : made) {
    Put(patient, vocabulary, one);
    auto& codes = patient.last().facts[0].codes;
    codes.erase(codes.begin());
  }
  const std::uint32_t node = study.Of(query);
  return Verdict(study, node, vocabulary, patient.View(), "2026-07-15").value;
}

Query AnyCount(Random& random) {
  Query query;
  const Selector selectors[] = {Selector::kAtLeast, Selector::kAtMost, Selector::kExactly};
  query.selector = selectors[random.Below(3)];
  query.count = 1 + random.Below(3);
  return query;
}

struct Tally {
  int settled = 0;
  int open_though_settled = 0;
};

Tally Compare(const std::function<void(Random&, Query&)>& want, bool shared_codes) {
  Tally tally;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    Random random(seed);
    Query query = AnyCount(random);
    want(random, query);
    const std::vector<Made> made = random.Facts(shared_codes);
    const Truth obvious = Worlds(query, made).Settle();
    const Truth fast = Fast(query, made);
    if (fast == U && obvious != U) ++tally.open_though_settled;
    if (obvious != U) ++tally.settled;
    if (fast != U) {
      EXPECT_EQ(fast, obvious) << "seed " << seed;
    }
  }
  return tally;
}

TEST(Counts, PlainOnesAreExact) {
  const Tally tally = Compare([](Random&, Query&) {}, false);
  EXPECT_EQ(tally.open_though_settled, 0);
  EXPECT_GT(tally.settled, 300);
}

TEST(Counts, DifferentIsExact) {
  const Tally tally = Compare([](Random&, Query& query) { query.different = true; }, true);
  EXPECT_EQ(tally.open_though_settled, 0);
  EXPECT_GT(tally.settled, 300);
}

TEST(Counts, ApartIsExact) {
  const Tally tally = Compare(
      [](Random& random, Query& query) {
        query.apart = base::Period{1 + random.Below(4), TimeUnit::kDay};
      },
      false);
  EXPECT_EQ(tally.open_though_settled, 0);
  EXPECT_GT(tally.settled, 300);
}

// "Exactly n on so many days" asks twice about the same days: that they agree is not followed.
TEST(Counts, DifferentDaysAreNeverWrong) {
  const Tally tally = Compare(
      [](Random& random, Query& query) { query.different_days = 1 + random.Below(3); }, false);
  EXPECT_LT(tally.open_though_settled, 60);
  EXPECT_GT(tally.settled, 300);
}

TEST(Counts, WithinAnyIsNeverWrong) {
  // Of several coarse dates some two can be close whichever way they fall: that is not followed.
  const Tally tally = Compare(
      [](Random& random, Query& query) {
        query.within_any = base::Period{random.Below(4), TimeUnit::kDay};
      },
      false);
  EXPECT_LT(tally.open_though_settled, 30);
  EXPECT_GT(tally.settled, 300);
}

TEST(Counts, SeveralConditionsAreNeverWrong) {
  const Tally tally = Compare(
      [](Random& random, Query& query) {
        if (random.Below(2) == 0) query.apart = base::Period{1 + random.Below(3), TimeUnit::kDay};
        if (random.Below(2) == 0)
          query.within_any = base::Period{3 + random.Below(4), TimeUnit::kDay};
        if (random.Below(2) == 0) query.different_days = 1 + random.Below(2);
      },
      false);
  EXPECT_LT(tally.open_though_settled, 30);
  EXPECT_GT(tally.settled, 300);
}

// Days leave the order within a day open, so a world has an order of its own: tried by days that
// differ.
TEST(Counts, ConsecutiveAgreesWhereEveryDayDiffers) {
  int settled = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    Query query = AnyCount(random);
    query.consecutive = true;
    std::vector<Made> made = random.Facts(false);
    bool distinct = true;
    for (std::size_t i = 0; i < made.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        distinct = distinct &&
                   (made[i].first_day > made[j].last_day || made[j].first_day > made[i].last_day);
      }
    }
    if (!distinct) continue;
    // Exactly two may be impossible though one and three are not: that is not followed.
    const Truth obvious = Worlds(query, made).Settle();
    const Truth fast = Fast(query, made);
    if (fast != U || query.selector != Selector::kExactly) {
      EXPECT_EQ(fast, obvious) << "seed " << seed;
    }
    if (obvious != U) ++settled;
  }
  EXPECT_GT(settled, 300);
}

TEST(Counts, ConsecutiveIsOpenWhileTheOrderWithinADayIs) {
  Query query;
  query.selector = Selector::kAtLeast;
  query.count = 2;
  query.consecutive = true;
  const auto result = [](int day, Truth passes, int code) {
    return Made{day, day, T, passes, {code}};
  };
  // Two that pass and one that does not, all of one day: it may lie between them, or not.
  EXPECT_EQ(Fast(query, {result(1, T, 1), result(1, F, 2), result(1, T, 3)}), U);
  EXPECT_EQ(Fast(query, {result(1, T, 1), result(1, F, 2), result(2, T, 3), result(2, T, 4)}), T);
  EXPECT_EQ(Fast(query, {result(1, T, 1), result(2, F, 2), result(3, T, 3)}), F);
}

}  // namespace
}  // namespace medverka::criteria

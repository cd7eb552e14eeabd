// Terms of random studies: queries and what else can be true of a patient.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ops/base/format.h"
#include "ops/generator/random.h"

namespace medverka::generator {

// Text whose parts are drawn in the order they are written: compilers evaluate the arguments of a
// function in orders of their own, those in braces from left to right.
struct Written {
  std::string text;
  template <typename... Args>
  explicit Written(fmt::format_string<Args...> form, Args&&... parts)
      : text(fmt::format(form, std::forward<Args>(parts)...)) {}
};

struct StudySet {
  std::string_view name;
  std::string_view codes;
};
struct StudyLab {
  std::string_view name;
  std::string_view codes;
  std::string_view unit;
  std::int32_t low;  // limits that split real patients, times 10^decimals
  std::int32_t high;
  int decimals;
};

// The sets a study may declare; a term uses only those that its study has taken.
struct StudySets {
  std::vector<StudySet> conditions;
  std::vector<StudySet> medications;
  std::vector<StudySet> procedures;
  std::vector<StudySet> vaccines;
  std::vector<StudySet> allergens;
  std::vector<StudySet> family;
  std::vector<StudyLab> labs;
};
StudySets AllStudySets();

// Does a query stand in it, for which `else no` could speak?
bool HasQuery(std::string_view text);

// What the terms of one study can refer to.
struct StudyWorld {
  StudySets sets;
  bool core_only = false;
  std::vector<std::string> definitions;
  std::vector<std::string> facts_events;    // chosen facts: one word each
  std::vector<std::string> lasting_events;  // periods and visits
  std::vector<std::string> questions;
};

class StudyTerms {
 public:
  StudyTerms(Random& random, const StudyWorld& world) : r_(random), world_(world) {}

  // Stands alone after a colon; may be a chain.
  std::string Expression(int depth);
  // Stands beside `and`, `or`, `not`.
  std::string Term(int depth);
  // An event's choice: `latest procedure "x" within last 1 year`.
  std::string Choice();
  std::string Date();
  std::string Amount(int least_unit, int most_unit);  // of kUnits: 0 hour to 4 year

 private:
  template <typename T>
  const T& Pick(const std::vector<T>& all) {
    return all[r_.Below(static_cast<std::uint32_t>(all.size()))];
  }
  std::string_view Word(std::initializer_list<std::string_view> words);
  bool Whole() { return !world_.core_only && r_.Percent(50); }

  std::string Chain(int depth);
  std::string List(int depth);
  std::string Leaf();
  std::string Core();
  std::string Extended();
  std::string Rare();
  std::string Condition();
  std::string Medication();
  std::string Short();  // procedure, immunization, allergy, visit
  std::string Observation();
  std::string Measured(const StudyLab& lab);
  std::string Test(const StudyLab& lab);
  std::string Number(const StudyLab& lab);
  std::string Person();
  std::string Variant();
  std::string Score();
  std::string Change();
  std::string Window();       // back from log time or fixed
  std::string EventWindow();  // from an event
  std::string Sets(const std::vector<StudySet>& sets);
  std::string Lasting(std::string_view kind, const std::vector<StudySet>& sets);
  std::string Counted(std::string_view kind);

  Random& r_;
  const StudyWorld& world_;
};

}  // namespace medverka::generator

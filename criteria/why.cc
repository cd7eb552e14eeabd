// Verdicts in words. One sentence per deciding leaf, Swedish and English, naming the facts, their
// dates, values as sent and as compared, and the absence policy where it decided; and what would
// settle an unknown. No sentence names a person.
//
// Here: what is asked of the person. Queries, values and variants have files of their own; the
// pieces of all of them are in words.cc.
#include <algorithm>

#include "criteria/internal/words.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

using base::Date;
using base::Instant;
using base::TimeUnit;

// Whole units passed between two days.
int Passed(Date from, Date to, TimeUnit unit) {
  if (to < from) return 0;
  if (unit == TimeUnit::kDay) return to.days - from.days;
  if (unit == TimeUnit::kWeek) return (to.days - from.days) / 7;
  const base::CivilDate a = base::ToCivil(from);
  const base::CivilDate b = base::ToCivil(to);
  int months = (b.year - a.year) * 12 + b.month - a.month;
  while (months > 0 && base::AddMonths(from, months) > to) --months;
  if (unit == TimeUnit::kMonth) return months;
  int years = months / 12;
  while (years > 0 && base::AddMonths(from, 12 * years) > to) --years;
  return years;
}

LeafWords AgeWords(const Telling& telling, const AgeTest& test) {
  const Leaf& leaf = telling.leaf;
  const Demographics& person = telling.person;
  LeafWords words;
  if (leaf.reason == Reason::kNoEvent) return NoEvent(telling);
  if (leaf.reason == Reason::kNotRecorded || !person.birth) {
    words.why = Text("the birth date is not known", "födelsedatum är inte känt");
    words.needs = Text("the birth date", "födelsedatum");
    return words;
  }
  base::TimeRange when{telling.at, telling.at};
  Bilingual at;
  if (test.event != kNoEvent) {
    at = Text(" at ", " vid ") + EventText(telling.program(), test.event, leaf);
    for (const UsedEvent& used : leaf.events) {
      if (used.event == test.event && used.ref.fact != nullptr) when = used.span.start;
    }
  }
  const auto age_of = [&](Instant born, Instant on) {
    return Passed(base::LocalDate(born), base::LocalDate(on), test.unit);
  };
  const int youngest = age_of(person.birth->hi, when.lo);
  const int oldest = age_of(person.birth->lo, when.hi);
  const Bilingual unit = PeriodText({oldest, test.unit});
  const std::string more = std::to_string(youngest) + "-";
  const Bilingual age = youngest == oldest ? unit : Same(more) + unit;
  Bilingual asked;
  const auto limit = [&](const char* op, std::int32_t number) {
    if (!Empty(asked)) asked = asked + Text(" and ", " och ");
    asked = asked + Same(std::string(op) + " ") + PeriodText({number, test.unit});
  };
  if (test.min) limit(test.min_strict ? ">" : ">=", *test.min);
  if (test.max) limit(test.max_strict ? "<" : "<=", *test.max);
  words.why = Text("age ", "ålder ") + age + at + Same(" ") + Meets(leaf.value) + Same(" ") + asked;
  if (leaf.value == Truth::kUnknown) {
    words.needs = test.event == kNoEvent
                      ? Text("the exact birth date", "exakt födelsedatum")
                      : Text("the exact dates of birth and of what it counts from",
                             "exakta datum för födelsen och för det som räknas från");
  }
  return words;
}

LeafWords AnswerWords(const Telling& telling, const AnswerQuery& query) {
  const Leaf& leaf = telling.leaf;
  LeafWords words;
  const std::string en = query.text.en.empty() ? query.question : query.text.en;
  const std::string sv = query.text.sv.empty() ? en : query.text.sv;
  if (leaf.value == Truth::kUnknown || leaf.used.empty()) {
    words.why = Text("not answered: " + en, "ej besvarad: " + sv);
    words.needs = Text("an answer to: " + en, "svar på: " + sv);
    return words;
  }
  const bool yes = leaf.value == Truth::kTrue;
  const Bilingual date = DateText(leaf.used.front());
  words.why = Text("answered " + std::string(yes ? "yes" : "no") + " on " + date.en + ": " + en,
                   "besvarad med " + std::string(yes ? "ja" : "nej") + " " + date.sv + ": " + sv);
  return words;
}

LeafWords SexWords(const Telling& telling) {
  LeafWords words;
  if (telling.leaf.value == Truth::kUnknown) {
    words.why = Text("the sex is not recorded", "kön är inte registrerat");
    words.needs = Text("the registered sex", "registrerat kön");
  } else {
    words.why = telling.person.sex == Sex::kFemale ? Text("sex is female", "kön: kvinna")
                                                   : Text("sex is male", "kön: man");
  }
  return words;
}

LeafWords ResidentWords(const Telling& telling, const std::vector<std::string>& asked) {
  std::string regions;
  for (const std::string& region : asked) regions += (regions.empty() ? "" : ", ") + region;
  const std::string& region = telling.person.region;
  LeafWords words;
  if (telling.leaf.value == Truth::kUnknown) {
    words.why =
        Text("the region of residence is not recorded", "folkbokföringsregion är inte registrerad");
    words.needs = Text("the region of residence", "folkbokföringsregion");
  } else {
    words.why = Text("resident in region " + region + " (asked: " + regions + ")",
                     "folkbokförd i region " + region + " (villkor: " + regions + ")");
  }
  return words;
}

LeafWords AliveWords(const Telling& telling) {
  LeafWords words;
  words.why = telling.leaf.value == Truth::kTrue ? Text("alive", "lever")
              : telling.leaf.value == Truth::kFalse
                  ? Text("the patient has died", "patienten har avlidit")
                  : Text("the date of death is not exact", "dödsdatum är inte exakt");
  return words;
}

}  // namespace

LeafWords WordsOf(PreparedProgram& prepared, const Node& node, const Leaf& leaf,
                  const Demographics& demographics, Instant at) {
  const Telling telling{prepared, leaf, demographics, at};
  const Program& program = prepared.program;
  switch (node.kind) {
    case NodeKind::kQuery:
      return QueryWords(telling, program.queries[node.payload]);
    case NodeKind::kVariant:
      return VariantWords(telling, program.variants[node.payload]);
    case NodeKind::kAge:
      return AgeWords(telling, program.ages[node.payload]);
    case NodeKind::kScore:
      return ScoreWords(telling, program.scores[node.payload]);
    case NodeKind::kChange:
      return ChangeWords(telling, program.changes[node.payload]);
    case NodeKind::kText:
      return TextWords(telling, program.texts[node.payload]);
    case NodeKind::kGestation:
      return GestationWords(telling, program.gestations[node.payload]);
    case NodeKind::kAnswer:
    case NodeKind::kElseAsk:
      return AnswerWords(telling, program.answers[node.payload]);
    case NodeKind::kSexIs:
      return SexWords(telling);
    case NodeKind::kResident:
      return ResidentWords(telling, program.regions[node.payload]);
    case NodeKind::kAlive:
      return AliveWords(telling);
    default:
      return {Text("settled by the study file itself", "avgjort av studiefilen"), {}};
  }
}

}  // namespace medverka::criteria::internal

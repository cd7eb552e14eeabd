#include "tests/support/portrait.h"

#include <gtest/gtest.h>

#include <set>

#include "ops/base/crypto.h"
#include "ops/base/format.h"

namespace medverka::tests {

using matcher::Lane;
using matcher::PersonKey;

namespace {

std::string Show(const std::optional<base::TimeRange>& range) {
  return range ? fmt::format("{}..{}", range->lo.us, range->hi.us) : "-";
}

std::string ShowAttributes(const criteria::Fact& fact) {
  std::multiset<std::string> shown;
  for (const criteria::Attribute& attribute : fact.attributes) {
    shown.insert(fmt::format(" {} {} {}", static_cast<int>(attribute.field), attribute.codes.size(),
                             attribute.number.low ? attribute.number.low->ToString() : "-"));
  }
  std::string out;
  for (const std::string& one : shown) out += one;
  return out;
}

}  // namespace

std::string Portrait(Lane& lane) {
  std::string out = fmt::format("log time {}\n", base::FormatUtc(lane.log_time()));
  for (const Lane::Subject& subject : lane.Subjects()) {
    out += "subject " + base::Hex(subject.key.view()) + "\n";
    for (const PersonKey& name : subject.names) out += "  name " + base::Hex(name.view()) + "\n";
    const auto view = lane.View(subject.key);
    EXPECT_TRUE(view.has_value());
    const criteria::Demographics& who = view->demographics;
    out +=
        fmt::format("  sex {} birth {} dead {} {} region {}\n", static_cast<int>(who.sex),
                    Show(who.birth), static_cast<int>(who.deceased), Show(who.death), who.region);
    std::multiset<std::string> facts;
    for (const auto& kind : view->facts) {
      for (const criteria::FactRef& ref : kind) {
        const criteria::Fact& fact = *ref.fact;
        facts.insert(fmt::format(
            "  {} kind {} part {} holding {} start {} end {} codes {} value {} study {} {}\n",
            criteria::EvidenceName(*ref.resource), static_cast<int>(fact.kind), fact.part,
            static_cast<int>(fact.holding), Show(fact.start), Show(fact.end), fact.codes.size(),
            fact.value.number.low ? fact.value.number.low->ToString() : "-", fact.study,
            ShowAttributes(fact)));
      }
    }
    for (const std::string& fact : facts) out += fact;
    for (const criteria::Evaluator& evaluator : lane.evaluators()) {
      const criteria::StudyVerdict verdict =
          evaluator.Evaluate(*view, lane.log_time(), {.explain = true});
      out += fmt::format("  {} {} changes {}\n", evaluator.program().study.id, Name(verdict.grade),
                         verdict.changes_at ? verdict.changes_at->us : 0);
      for (const criteria::Grade grade : verdict.cohorts)
        out += fmt::format("   {}\n", Name(grade));
      for (const criteria::CriterionVerdict& criterion : verdict.criteria) {
        out += fmt::format("    {} policy {} until {} why {} needs {}", Name(criterion.value),
                           criterion.policy ? static_cast<int>(*criterion.policy) : -1,
                           criterion.until ? criterion.until->us : 0, criterion.why.en,
                           criterion.needs.sv);
        for (const std::string& evidence : criterion.evidence) out += " " + evidence;
        out += "\n";
      }
    }
  }
  const auto open = lane.OpenSuggestions();
  EXPECT_TRUE(open.has_value());
  for (const Lane::OpenSuggestion& one : *open) {
    out += fmt::format("open {} {} {} {}\n", base::Hex(one.subject.view()), one.study,
                       Name(one.grade), one.digest);
  }
  return out;
}

}  // namespace medverka::tests

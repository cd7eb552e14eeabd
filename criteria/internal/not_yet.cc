#include "criteria/internal/not_yet.h"

#include <algorithm>
#include <array>

#include "criteria/diagnostic_codes.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

// ---- the lists: what is built leaves them

constexpr bool kScalesBuilt = false;
constexpr bool kEventsBuilt = false;
constexpr bool kCohortsBuilt = false;
constexpr bool kEventTimesBuilt = false;  // every shape from Time::Shape::kWithinAfter on
constexpr bool kAgeAtBuilt = false;
constexpr bool kGestationBuilt = false;
constexpr bool kChangeBuilt = false;
constexpr bool kTextBuilt = false;
constexpr bool kScoresBuilt = false;  // others than egfr by lm-rev
constexpr bool kNameTestBuilt = false;
constexpr bool kGivenBuilt = false;  // what a line of an example can hold beyond the core

struct FactRule {
  bool (*has)(const ast::FactTerm&);
  std::string_view what;
};
constexpr FactRule kFactRules[] = {
    {[](const ast::FactTerm& f) { return f.kind == FactKind::kDevice; }, "the kind \"device\""},
    {[](const ast::FactTerm& f) { return f.kind == FactKind::kFamilyHistory; },
     "\"family history\""},
    {[](const ast::FactTerm& f) { return f.different; }, "\"different\""},
    {[](const ast::FactTerm& f) { return f.consecutive; }, "\"consecutive\""},
    {[](const ast::FactTerm& f) { return f.selector == Selector::kAverage; }, "\"average of\""},
    {[](const ast::FactTerm& f) { return f.selector == Selector::kMedian; }, "\"median of\""},
    {[](const ast::FactTerm& f) { return f.of_it; }, "\"component ... of it\""},
    {[](const ast::FactTerm& f) { return f.registry; }, "participation in a registry"},
    {[](const ast::FactTerm& f) { return f.observational; }, "\"observational study\""},
    {[](const ast::FactTerm& f) { return f.at_visit; }, "\"at visit\""},
    {[](const ast::FactTerm& f) { return f.reason_of != nullptr; }, "\"reason ... of\""},
    {[](const ast::FactTerm& f) { return !f.fields.empty(); },
     "\"with ...\" (a field of the fact) and \"for ...\""},
    {[](const ast::FactTerm& f) { return f.main_diagnosis.has_value(); }, "\"as main diagnosis\""},
    {[](const ast::FactTerm& f) { return f.regularly.has_value(); }, "\"regularly\""},
    {[](const ast::FactTerm& f) { return f.suspected_too.has_value(); },
     "\"suspected or confirmed\""},
    {[](const ast::FactTerm& f) { return f.step.has_value(); },
     "\"prescribed\", \"dispensed\" and \"given\""},
    {[](const ast::FactTerm& f) { return f.lasting_at_most.has_value(); }, "\"for at most\""},
    {[](const ast::FactTerm& f) { return f.total.has_value(); }, "\"for a total of\""},
    {[](const ast::FactTerm& f) { return f.gaps.has_value(); }, "\"with gaps\""},
    {[](const ast::FactTerm& f) { return f.where != nullptr; }, "\"where\""},
    {[](const ast::FactTerm& f) {
       return f.test && f.test->kind == ValueTest::Kind::kCompareLevel;
     },
     "a comparison with a level of a scale"},
};

struct VariantRule {
  bool (*has)(const ast::VariantTerm&);
  std::string_view what;
};
constexpr VariantRule kVariantRules[] = {
    {[](const ast::VariantTerm& v) { return v.type != VariantQuery::Type::kVariant; },
     "fusions, copy numbers and \"tested for gene\""},
    {[](const ast::VariantTerm& v) { return v.consequence != VariantQuery::Consequence::kAny; },
     "a consequence (\"missense variant\")"},
    {[](const ast::VariantTerm& v) { return !v.changes.empty(); }, "a single change of a gene"},
    {[](const ast::VariantTerm& v) { return !v.exons.empty(); }, "\"in exon\""},
    {[](const ast::VariantTerm& v) { return !v.fields.empty(); }, "\"with allele fraction\""},
    {[](const ast::VariantTerm& v) { return !v.reasons.items.empty(); }, "\"for ...\""},
};

// ---- the walk

class Refusal {
 public:
  explicit Refusal(Reporter& reporter) : reporter_(reporter) {}

  // True if `expr` holds something that is not built.
  bool In(const ast::Expr& expr) {
    bool found = Payload(expr);
    for (const ast::Time& time : expr.times) {
      const bool event = time.shape >= ast::Time::Shape::kWithinAfter ||
                         time.from.type == ast::Point::Type::kEvent ||
                         time.to.type == ast::Point::Type::kEvent;
      if (event && !kEventTimesBuilt) found = Say(time.span, "a time counted from an event");
    }
    for (const ast::ExprPtr& child : expr.children) found = In(*child) || found;
    return found;
  }

  bool Say(Span span, std::string_view what) {
    reporter_.Report(DiagnosticCode::kNotYet, span,
                     fmt::format("not yet: {} comes with a later version", what),
                     "The words are kept for it. Until then an \"ask\" can take its place.");
    return true;
  }

 private:
  bool Payload(const ast::Expr& expr) {
    const auto holds = [&](auto* type) {
      return std::holds_alternative<std::remove_pointer_t<decltype(type)>>(expr.payload);
    };
    if (holds(static_cast<ast::GestationTerm*>(nullptr)) && !kGestationBuilt)
      return Say(expr.span, "\"gestational age\"");
    if (holds(static_cast<ast::ChangeTerm*>(nullptr)) && !kChangeBuilt)
      return Say(expr.span, "a change (\"rise of\")");
    if (holds(static_cast<ast::TextTerm*>(nullptr)) && !kTextBuilt)
      return Say(expr.span, "\"text matches\"");
    if (const auto* age = std::get_if<ast::AgeTerm>(&expr.payload))
      return age->at && !kAgeAtBuilt && Say(expr.span, "age at another time than now");
    if (const auto* name = std::get_if<ast::NameTerm>(&expr.payload))
      return name->test && !kNameTestBuilt && Say(expr.span, "a test on a named event");
    if (const auto* score = std::get_if<ast::ScoreTerm>(&expr.payload)) {
      const bool built =
          kScoresBuilt || (score->score == ScoreQuery::Score::kEgfr &&
                           score->formulas == std::vector{ScoreQuery::Formula::kLmRev} &&
                           score->test.kind != ValueTest::Kind::kCompareBySex);
      return !built && Say(expr.span, "this score or formula");
    }
    if (const auto* fact = std::get_if<ast::FactTerm>(&expr.payload)) {
      for (const FactRule& rule : kFactRules) {
        if (rule.has(*fact)) return Say(expr.span, rule.what);
      }
    }
    if (const auto* variant = std::get_if<ast::VariantTerm>(&expr.payload)) {
      for (const VariantRule& rule : kVariantRules) {
        if (rule.has(*variant)) return Say(expr.span, rule.what);
      }
    }
    return false;
  }

  Reporter& reporter_;
};

// A line of an example that the core does not turn into a fact.
bool BeyondCore(const ast::Given& given) {
  return given.kind == FactKind::kDevice || given.kind == FactKind::kFamilyHistory ||
         given.kind == FactKind::kReport || !given.fields.empty() || given.main_diagnosis ||
         given.regular;
}

}  // namespace

void RefuseNotYet(ast::File& file, Reporter& reporter) {
  Refusal refusal(reporter);
  const auto lose = [&](Span span, std::string_view what) {
    refusal.Say(span, what);
    file.names_lost = true;
  };
  if (!kScalesBuilt) {
    for (const ast::Scale& scale : file.scales) lose(scale.name.span, "a scale");
  }
  if (!kEventsBuilt) {
    for (const ast::Event& event : file.events) lose(event.name.span, "an event");
  }
  if (!kCohortsBuilt) {
    for (const ast::Cohort& cohort : file.cohorts) lose(cohort.span, "a cohort");
  }
  for (ast::Example& example : file.examples) {
    for (const ast::Given& given : example.given) {
      if (!kGivenBuilt && BeyondCore(given)) refusal.Say(given.span, "this line of an example");
    }
  }
  for (ast::Define& define : file.defines) {
    if (!define.body || !refusal.In(*define.body)) continue;
    define.broken = true;
    define.body.reset();
  }
  for (ast::Criterion& criterion : file.criteria) {
    for (ast::ExprPtr* body : {&criterion.body, &criterion.asked_if}) {
      if (!*body || !refusal.In(**body)) continue;
      criterion.broken = true;
      body->reset();
    }
  }
}

}  // namespace medverka::criteria::internal

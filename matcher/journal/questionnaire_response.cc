// QuestionnaireResponse (https://hl7.org/fhir/R4/questionnaireresponse.html): each answer is an
// observation whose code is
// "<questionnaire without version>#<linkId>". Items may stand below items and below answers.
#include "matcher/journal/observation_value.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Holding;

namespace {

constexpr StatusRow kStatus[] = {
    {"completed", Effect::kHolds},         {"amended", Effect::kHolds},
    {"in-progress", Effect::kUnverified},  {"stopped", Effect::kUnverified},
    {"entered-in-error", Effect::kNoFact},
};

class Answers {
 public:
  Answers(Reading& reading, Holding holding, std::optional<base::TimeRange> authored)
      : r_(reading), holding_(holding), authored_(authored) {
    const std::string_view canonical =
        r_.String(r_.resource(), "QuestionnaireResponse.questionnaire");
    questionnaire_ = canonical.substr(0, canonical.find('|'));
    visit_id_ = r_.ReferenceTo("QuestionnaireResponse.encounter", "Encounter");
  }

  // Recursion is bounded by the depth of the document.
  void Items(const Node* holder) {
    const Node* const items = r_.Array(holder, "QuestionnaireResponse.item");
    if (items == nullptr) return;
    for (const Node& item : *items) {
      const std::string_view link = r_.String(&item, "QuestionnaireResponse.item.linkId");
      if (link.empty()) r_.Fail("QuestionnaireResponse.item.linkId");
      if (const Node* const answers = r_.Array(&item, "QuestionnaireResponse.item.answer")) {
        for (const Node& answer : *answers) {
          Answer(link, answer);
          Items(&answer);
        }
      }
      Items(&item);
    }
  }

 private:
  void Answer(std::string_view link, const Node& answer) {
    if (r_.out().facts.size() >= kPartsMax) {
      r_.Fail("QuestionnaireResponse.item");
      return;
    }
    code_.assign(questionnaire_);
    code_.push_back('#');
    code_.append(link);
    Fact& fact = r_.AddFact(FactKind::kObservation, holding_);
    fact.codes.push_back(r_.codes().Of(criteria::SystemId::kQuestionnaireItem, code_));
    fact.start = authored_;
    fact.visit_id = visit_id_;
    ReadValue(r_, answer, "QuestionnaireResponse.item.answer.value", fact);
  }

  Reading& r_;
  Holding holding_;
  std::optional<base::TimeRange> authored_;
  std::string_view questionnaire_;
  std::string visit_id_;
  std::string code_;  // scratch
};

}  // namespace

void ReadQuestionnaireResponse(Reading& r) {
  r.out().recorded = r.Time(r.resource(), "QuestionnaireResponse.authored");
  const auto holding = r.Status("QuestionnaireResponse.status", kStatus);
  if (!holding) return;
  Answers(r, *holding, r.out().recorded).Items(r.resource());
}

}  // namespace medverka::matcher::journal

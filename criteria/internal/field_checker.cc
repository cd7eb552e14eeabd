#include "criteria/internal/field_checker.h"

#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"

namespace medverka::criteria::internal {
namespace {

constexpr FieldOf kSite{Field::kSite, "site"};
constexpr FieldOf kSide{Field::kSide, "side"};
constexpr FieldOf kSeverity{Field::kSeverity, "severity"};
constexpr FieldOf kReaction{Field::kReaction, "reaction"};
constexpr FieldOf kDailyDose{Field::kDailyDose, "daily dose"};
constexpr FieldOf kDose{Field::kDose, "dose"};
constexpr FieldOf kRoute{Field::kRoute, "route"};
constexpr FieldOf kMethod{Field::kMethod, "method"};
constexpr FieldOf kDischarge{Field::kDischarge, "discharge"};
constexpr FieldOf kOutcome{Field::kOutcome, "outcome"};
constexpr FieldOf kReason{Field::kReason, "for"};
constexpr FieldOf kFraction{Field::kAlleleFraction, "allele fraction"};

constexpr FieldOf kAll[] = {kSite,  kSide,   kSeverity,  kReaction, kDailyDose, kDose,
                            kRoute, kMethod, kDischarge, kOutcome,  kReason,    kFraction};
constexpr FieldOf kCondition[] = {kSite, kSide, kSeverity};
constexpr FieldOf kProcedure[] = {kSite, kSide, kMethod, kOutcome, kReason};
constexpr FieldOf kMedication[] = {kDailyDose, kDose, kRoute, kReason};
constexpr FieldOf kAllergy[] = {kSeverity, kReaction};
constexpr FieldOf kImmunization[] = {kSite, kDose, kRoute, kReason};
constexpr FieldOf kObservation[] = {kSite, kSide, kMethod, kReason};
constexpr FieldOf kVisit[] = {kDischarge, kReason};
constexpr FieldOf kDevice[] = {kSite, kSide, kReason};
constexpr FieldOf kVariant[] = {kFraction, kReason};

// "site, side and severity"
std::string FieldsHint(FactKind kind) {
  std::vector<std::string> words;
  for (const FieldOf& field : FieldsOf(kind)) {
    if (field.field != Field::kReason) words.push_back(fmt::format("with {}", field.word));
  }
  if (HasValue(kind)) words.insert(words.begin(), "with value");
  if (HasField(kind, Field::kReason)) words.push_back("for \"set\"");
  if (words.empty()) return fmt::format("Nothing can be asked of {} so.", With(Name(kind)));
  return fmt::format("Of {} can be asked: {}.", With(Name(kind)), Listed(words, "and"));
}

void CheckField(FactKind kind, const ast::FieldDemand& demand, Reporter& reporter) {
  if (demand.value) {
    if (HasValue(kind)) return;
    reporter.Report(DiagnosticCode::kNoSuchField, demand.span,
                    fmt::format("{} has no value", With(Name(kind))), FieldsHint(kind));
    return;
  }
  if (!HasField(kind, demand.field)) {
    reporter.Report(DiagnosticCode::kNoSuchField, demand.span,
                    demand.field == Field::kReason
                        ? fmt::format("{} has no reason that is recorded", With(Name(kind)))
                        : fmt::format("{} has no {}", With(Name(kind)), WordOf(demand.field)),
                    FieldsHint(kind));
    return;
  }
  const bool number = demand.test && demand.test->kind != ValueTest::Kind::kIs &&
                      demand.test->kind != ValueTest::Kind::kIn;
  if (number == IsNumber(demand.field)) return;
  reporter.Report(
      DiagnosticCode::kNoSuchField, demand.span,
      number ? fmt::format("a {} is told in words or codes, not as a number", WordOf(demand.field))
             : fmt::format("a {} is a number", WordOf(demand.field)),
      number ? fmt::format("Write for example: with {} \"...\"", WordOf(demand.field))
             : fmt::format("Compare it: with {} >= 20 mg", WordOf(demand.field)));
}

}  // namespace

std::span<const FieldOf> FieldsOf(FactKind kind) {
  switch (kind) {
    case FactKind::kCondition:
      return kCondition;
    case FactKind::kProcedure:
      return kProcedure;
    case FactKind::kMedication:
      return kMedication;
    case FactKind::kAllergy:
      return kAllergy;
    case FactKind::kImmunization:
      return kImmunization;
    case FactKind::kObservation:
      return kObservation;
    case FactKind::kVisit:
      return kVisit;
    case FactKind::kDevice:
      return kDevice;
    case FactKind::kVariant:
      return kVariant;
    default:
      return {};
  }
}

bool HasField(FactKind kind, Field field) {
  const auto fields = FieldsOf(kind);
  return std::any_of(fields.begin(), fields.end(),
                     [&](const FieldOf& each) { return each.field == field; });
}

bool IsNumber(Field field) {
  return field == Field::kDailyDose || field == Field::kDose || field == Field::kAlleleFraction;
}

std::string_view WordOf(Field field) {
  for (const FieldOf& each : kAll) {
    if (each.field == field) return each.word;
  }
  return "field";
}

std::string With(std::string_view kind) {
  return fmt::format("{} {}",
                     std::string_view("aeiou").find(kind[0]) == std::string_view::npos ? "a" : "an",
                     kind);
}

void CheckFields(FactKind kind, const std::vector<ast::FieldDemand>& fields, Reporter& reporter) {
  for (const ast::FieldDemand& demand : fields) CheckField(kind, demand, reporter);
}

void CheckMarks(const ast::FactTerm& fact, Reporter& reporter) {
  const std::string kind = With(Name(fact.kind));
  const auto report = [&](Span span, std::string message, std::string hint) {
    reporter.Report(DiagnosticCode::kKindHasNoSuchPart, span, std::move(message), std::move(hint));
  };
  if (fact.main_diagnosis && fact.kind != FactKind::kCondition)
    report(*fact.main_diagnosis, fmt::format("{} is no diagnosis", kind),
           "Only conditions can be the main diagnosis of their visit.");
  if (fact.regularly && fact.kind != FactKind::kMedication)
    report(*fact.regularly, fmt::format("{} is not taken regularly", kind),
           "Only medications are; count other facts, such as: at least 3 visits.");
  if (fact.step && fact.kind != FactKind::kMedication)
    report(fact.step_span, fmt::format("{} is not prescribed, dispensed or given", kind),
           "Only medications are.");
  if (fact.suspected_too && fact.kind != FactKind::kCondition && fact.kind != FactKind::kAllergy)
    report(*fact.suspected_too, fmt::format("{} is never suspected", kind),
           "Only conditions and allergies have such a state.");
  if (fact.current && !Lasts(fact.kind))
    report(*fact.current, fmt::format("{} is short and cannot be current", kind),
           "Write a window, such as: within last 30 days.");
  const bool has_length =
      Lasts(fact.kind) || fact.kind == FactKind::kVisit || fact.kind == FactKind::kProcedure;
  for (const auto* length : {&fact.lasting, &fact.lasting_at_most, &fact.total, &fact.gaps}) {
    if (!*length || has_length) continue;
    report(length == &fact.lasting ? fact.lasting_span : (*length)->span,
           fmt::format("{} has no length", kind),
           "Conditions, medications, allergies, devices, participations, procedures and visits "
           "have one.");
  }
  if (fact.gaps && has_length && !fact.lasting && !fact.lasting_at_most && !fact.total) {
    reporter.Report(DiagnosticCode::kSelectorSaysNothing, fact.gaps->span,
                    "\"with gaps up to\" says nothing without a length",
                    "Gaps are closed to tell how long it lasted: for at least 6 months with gaps "
                    "up to 30 days.");
  }
  if (fact.lasting && fact.lasting_at_most && has_length &&
      fact.lasting->period.unit == fact.lasting_at_most->period.unit &&
      fact.lasting->period.amount > fact.lasting_at_most->period.amount) {
    reporter.Report(DiagnosticCode::kUpsideDown, fact.lasting_at_most->span,
                    "the greatest length lies below the least");
  }
}

}  // namespace medverka::criteria::internal

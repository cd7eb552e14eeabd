// DiagnosticReport (https://hl7.org/fhir/R4/diagnosticreport.html): the report with its conclusion;
// its results are Observations of their own. A final genomic report that names genes by HGNC code
// says that they were looked at.
#include "matcher/journal/attributes.h"
#include "matcher/journal/genomics.h"
#include "matcher/journal/resource_types.h"

namespace medverka::matcher::journal {

using criteria::Fact;
using criteria::FactKind;
using criteria::Holding;
using criteria::Value;

namespace {

constexpr StatusRow kStatus[] = {
    {"final", Effect::kHolds},        {"amended", Effect::kHolds},
    {"corrected", Effect::kHolds},    {"appended", Effect::kHolds},
    {"partial", Effect::kUnverified}, {"preliminary", Effect::kUnverified},
    {"unknown", Effect::kUnverified}, {"registered", Effect::kNoFact},
    {"cancelled", Effect::kNoFact},   {"entered-in-error", Effect::kNoFact},
};

std::optional<base::TimeRange> ReadEffective(Reading& r) {
  const Choice effective = r.ChoiceOf(r.resource(), "DiagnosticReport.effective");
  if (effective.type == "DateTime")
    return r.AsTime(*effective.node, "DiagnosticReport.effectiveDateTime");
  if (effective.type != "Period") return std::nullopt;
  const PeriodRead period = r.AsPeriod(*effective.node, "DiagnosticReport.effectivePeriod");
  return period.end ? period.end : period.start;
}

void ReadConclusion(Reading& r, Fact& fact) {
  std::string_view display;
  if (const Node* const codes = r.Array(r.resource(), "DiagnosticReport.conclusionCode")) {
    for (const Node& item : *codes) r.Concept(item, fact.value.codes, &display);
  }
  const std::string_view conclusion = Trim(r.String(r.resource(), "DiagnosticReport.conclusion"));
  fact.value.text = BoundedText(conclusion.empty() ? display : conclusion);
  if (!conclusion.empty()) {
    fact.value.type = Value::Type::kText;
  } else if (!fact.value.codes.empty()) {
    fact.value.type = Value::Type::kCoded;
  }
}

void ReadReportText(Reading& r, Fact& fact) {
  if (!r.report_texts()) return;
  const std::string_view text = Trim(r.String(r.resource(), "DiagnosticReport.conclusion"));
  if (text.empty()) return;
  criteria::Attribute* const attribute =
      AddAttribute(r, criteria::Field::kText, "DiagnosticReport.conclusion", fact);
  if (attribute != nullptr) attribute->text = BoundedText(text, criteria::kReportTextBytesMax);
}

std::vector<criteria::CodeId> ReadGenes(Reading& r) {
  std::vector<criteria::CodeId> genes;
  if (const Node* const items = r.Array(r.resource(), "DiagnosticReport.conclusionCode")) {
    for (const Node& item : *items) {
      std::vector<criteria::CodeId> named;
      r.Concept(item, named);
      for (const criteria::CodeId code : named) {
        if (r.vocabulary().coding(code).system == criteria::SystemId::kHgnc) {
          AddGenes(r, item, genes);
          break;
        }
      }
    }
  }
  return genes;
}

void ReadCoverage(Reading& r, Holding holding) {
  if (holding != Holding::kHolds) return;
  if (!ContainsAny(r.out().facts.front().codes, r.known().genomic_reports)) return;
  std::vector<criteria::CodeId> genes = ReadGenes(r);
  if (genes.empty()) return;
  Fact& coverage = r.AddFact(FactKind::kVariant, holding);
  const Fact& report = r.out().facts.front();
  coverage.part = 1;
  coverage.codes = report.codes;
  coverage.start = report.start;
  coverage.visit_id = report.visit_id;
  coverage.covers = true;
  coverage.genes = std::move(genes);
}

}  // namespace

void ReadDiagnosticReport(Reading& r) {
  const auto issued = r.Time(r.resource(), "DiagnosticReport.issued");
  if (issued) r.out().issued = issued->lo;
  const auto holding = r.Status("DiagnosticReport.status", kStatus);
  if (!holding) return;
  if (r.resource()->Member("code") == nullptr) r.Fail("DiagnosticReport.code");

  Fact& fact = r.AddFact(FactKind::kReport, *holding);
  r.ConceptOf(r.resource(), "DiagnosticReport.code", fact.codes);
  fact.start = ReadEffective(r);
  if (!fact.start && issued) fact.start = issued;
  fact.visit_id = r.ReferenceTo("DiagnosticReport.encounter", "Encounter");
  ReadConclusion(r, fact);
  ReadReportText(r, fact);
  ReadCoverage(r, *holding);
}

}  // namespace medverka::matcher::journal

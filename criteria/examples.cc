// Examples: small patients made from words, and what must come out for them. The facts are made as
// the journal reader would make them from a well-kept journal, so that an example means what its
// words say.
#include <algorithm>

#include "criteria/criteria.h"
#include "criteria/diagnostic_codes.h"
#include "criteria/evaluator.h"
#include "criteria/internal/example_checker.h"
#include "criteria/internal/frontend.h"
#include "ops/base/text.h"

namespace medverka::criteria {
namespace {

using internal::StudyUnit;

// Resource names of a journal, for evidence: "Condition/example-3".
std::string_view ResourceType(FactKind kind) {
  switch (kind) {
    case FactKind::kCondition:
      return "Condition";
    case FactKind::kProcedure:
      return "Procedure";
    case FactKind::kMedication:
      return "MedicationStatement";
    case FactKind::kAllergy:
      return "AllergyIntolerance";
    case FactKind::kImmunization:
      return "Immunization";
    case FactKind::kVisit:
      return "Encounter";
    case FactKind::kParticipation:
      return "ResearchSubject";
    case FactKind::kAnswer:
      return "QuestionnaireResponse";
    case FactKind::kDevice:
      return "DeviceUseStatement";
    case FactKind::kFamilyHistory:
      return "FamilyMemberHistory";
    case FactKind::kReport:
      return "DiagnosticReport";
    default:
      return "Observation";
  }
}

class Patient {
 public:
  Patient(const StudyUnit& unit, Vocabulary& vocabulary, const ast::Example& example)
      : unit_(unit), vocabulary_(vocabulary), example_(example) {
    resources_.reserve(example.given.size() * 2);  // a diagnosis brings its visit along
    for (const ast::Given& given : example.given) Add(given);
    view_.demographics = demographics_;
    for (const Resource& resource : resources_) view_.Add(resource);
  }

  const PatientView& view() const { return view_; }

 private:
  void Add(const ast::Given& given) {
    switch (given.type) {
      case ast::Given::Type::kBorn:
        demographics_.birth = given.date;
        return;
      case ast::Given::Type::kSex:
        demographics_.sex = given.sex;
        return;
      case ast::Given::Type::kResident:
        demographics_.region = given.region;
        return;
      case ast::Given::Type::kDead:
        demographics_.deceased = Truth::kTrue;
        demographics_.death = given.date;
        return;
      case ast::Given::Type::kFact:
        break;
    }
    Resource resource;
    resource.id = fmt::format("{}/example-{}", ResourceType(given.kind), resources_.size() + 1);
    resource.version = "1";
    Fact fact;
    fact.kind = given.kind;
    Codes(given, fact);
    Times(given, fact);
    Status(given, fact);
    if (given.kind == FactKind::kObservation) Value(given, fact);
    if (given.kind == FactKind::kVariant) Variant(given, fact);
    Attributes(given, fact);
    if (given.kind == FactKind::kVisit && !given.visit_class.empty()) {
      fact.visit_class = vocabulary_.Code(SystemId::kActCode, given.visit_class);
    }
    fact.visit_unit = given.visit_unit;
    fact.study = given.study;
    fact.interventional_arm = given.interventional;
    if (given.kind == FactKind::kAnswer) {
      fact.study = unit_.program->study.id;
      fact.question = given.question.text;
      fact.value.type = Value::Type::kBoolean;
      fact.value.boolean = given.answer;
    }
    resource.recorded = given.recorded ? given.recorded : fact.start;
    if (given.updated) resource.updated = given.updated->hi;
    if (given.upkeep == Upkeep::kAtVisit && given.from) AddVisitOf(given, fact);
    resource.facts.push_back(std::move(fact));
    resources_.push_back(std::move(resource));
  }

  // `condition ... at visit from A to B`: the visit, and the diagnosis as one that names it and no
  // onset of its own.
  void AddVisitOf(const ast::Given& given, Fact& diagnosis) {
    Resource visit;
    visit.id = fmt::format("Encounter/example-{}", resources_.size() + 1);
    visit.version = "1";
    visit.recorded = given.from;
    Fact fact;
    fact.kind = FactKind::kVisit;
    fact.start = given.from;
    fact.end = given.to;
    fact.ongoing = !given.to;
    fact.ended = given.to.has_value();
    visit.facts.push_back(std::move(fact));
    diagnosis.visit_id = visit.id;
    diagnosis.start.reset();
    diagnosis.end.reset();
    diagnosis.ended = false;
    diagnosis.holding = Holding::kHolds;
    resources_.push_back(std::move(visit));
  }

  CodeId Code(const ast::CodeItem& item) {
    const auto rule =
        internal::ExampleCode(item, *unit_.scope, *unit_.sets, unit_.module->reporter);
    if (!rule) return 0;
    const SystemId system =
        rule->system == SystemId::kNone ? vocabulary_.System(rule->uri) : rule->system;
    return vocabulary_.Code(system, rule->from);
  }

  void Codes(const ast::Given& given, Fact& fact) {
    const auto add = [&](const std::optional<ast::CodeItem>& item, std::vector<CodeId>& codes) {
      if (!item) return;
      if (const CodeId code = Code(*item); code != 0) codes.push_back(code);
    };
    if (!given.component) {
      add(given.code, fact.codes);
      return;
    }
    fact.part = 1;
    add(given.component, fact.codes);
    add(given.code, fact.parent_codes);
  }

  // Without a date a fact is of the example's own time; what lasts goes on from there.
  void Times(const ast::Given& given, Fact& fact) {
    const base::TimeRange now{example_.at, example_.at};
    fact.start = given.from                   ? given.from
                 : given.on                   ? given.on
                 : given.to || given.recorded ? std::nullopt
                                              : std::optional(now);
    fact.end = given.to;
    const bool over = given.to && given.to->hi <= example_.at;
    switch (given.kind) {
      case FactKind::kCondition:
      case FactKind::kAllergy:
      case FactKind::kDevice:
        fact.upkeep = given.upkeep.value_or(Upkeep::kKept);
        fact.ongoing = !over;
        fact.ended = over;
        if (over) fact.holding = Holding::kPast;
        break;
      case FactKind::kMedication:
        fact.upkeep = given.upkeep.value_or(given.on ? Upkeep::kSupply : Upkeep::kKept);
        if (given.on) fact.end = given.on;
        fact.ongoing = !over && !given.on;
        fact.ended = over || given.on;
        if (over) fact.holding = Holding::kPast;
        break;
      case FactKind::kParticipation:
        if (given.on && !given.to) fact.start = given.on;
        fact.ongoing = !over;
        fact.ended = over;
        if (over) fact.holding = Holding::kPast;
        break;
      case FactKind::kVisit:
        fact.ongoing = given.from && !given.to;
        fact.ended = !fact.ongoing;
        break;
      default:
        break;
    }
  }

  static void Status(const ast::Given& given, Fact& fact) {
    using S = ast::Given::Status;
    switch (given.status) {
      case S::kUnstated:
        return;
      case S::kActive:
        fact.ongoing = true;
        fact.ended = false;
        fact.holding = Holding::kHolds;
        return;
      case S::kResolved:
        fact.stopped = fact.kind == FactKind::kMedication;
        fact.ongoing = false;
        fact.ended = true;
        fact.holding = Holding::kPast;
        return;
      case S::kRefuted:
        if (fact.kind == FactKind::kMedication) {  // somebody's statement, not a dose
          fact.upkeep = Upkeep::kKept;
          fact.end.reset();
        }
        fact.holding = Holding::kNegative;
        return;
      case S::kSuspected:
        fact.holding = Holding::kUnverified;
        return;
    }
  }

  void Value(const ast::Given& given, Fact& fact) {
    fact.value_absent = given.without_value;
    if (given.number) {
      fact.value.type = Value::Type::kQuantity;
      fact.value.number = *given.number;
      fact.value.unit = vocabulary_.Unit(given.unit);
    } else if (given.value_code) {
      fact.value.type = Value::Type::kCoded;
      if (const CodeId code = Code(*given.value_code); code != 0) fact.value.codes.push_back(code);
    } else if (given.text) {
      fact.value.type = Value::Type::kText;
      fact.value.text = *given.text;
    }
    if (given.limit_low || given.limit_high) {
      ReferenceLimits limits;
      limits.low = given.limit_low;
      limits.high = given.limit_high;
      limits.unit = fact.value.unit;
      fact.limits = limits;
    }
  }

  void Variant(const ast::Given& given, Fact& fact) {
    for (const std::string& gene : given.genes) {
      const bool hgnc = gene.substr(0, 5) == "HGNC:";
      std::string symbol = gene;
      for (char& c : symbol) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      fact.genes.push_back(
          vocabulary_.Code(hgnc ? SystemId::kHgnc : SystemId::kGeneSymbol, symbol));
    }
    if (!given.change.empty()) {
      fact.codes.push_back(vocabulary_.Code(SystemId::kHgvs, given.change));
      AddText(fact, Field::kChange, given.change);
    }
    fact.covers = given.covers || given.status == ast::Given::Status::kRefuted;
    fact.origin = given.origin;
    fact.significance = given.significance;
  }

  // ---- what else is reported

  static void AddText(Fact& fact, Field field, std::string text) {
    Attribute attribute;
    attribute.field = field;
    attribute.text = std::move(text);
    fact.attributes.push_back(std::move(attribute));
  }

  static void AddMark(Fact& fact, Field field, bool yes) {
    Attribute attribute;
    attribute.field = field;
    attribute.number.low = attribute.number.high = base::Decimal(yes ? 1 : 0);
    fact.attributes.push_back(std::move(attribute));
  }

  void Attributes(const ast::Given& given, Fact& fact) {
    if (given.main_diagnosis) AddMark(fact, Field::kMain, *given.main_diagnosis);
    if (given.regular) AddMark(fact, Field::kRegular, *given.regular);
    if (given.step) fact.step = *given.step;
    if (!given.words_text.empty()) AddText(fact, Field::kText, given.words_text);
    for (const ast::FieldDemand& field : given.fields) {
      if (field.field == Field::kPartner && field.word) {
        Fusion(fact, field.word->text);
      } else if (field.field == Field::kStructure && field.word) {
        AddText(fact, field.field, field.word->text);
        if (field.word->text == "homozygous deletion") AddText(fact, field.field, "deletion");
      } else if (field.field == Field::kConsequence && field.word) {
        AddText(fact, field.field,
                field.word->text == "truncating" ? "nonsense" : field.word->text);
      } else {
        AddField(field, fact);
      }
    }
  }

  void AddField(const ast::FieldDemand& field, Fact& fact) {
    Attribute attribute;
    attribute.field = field.field;
    for (const ast::CodeItem& item : field.items.items) {
      if (const CodeId code = Code(item); code != 0) attribute.codes.push_back(code);
    }
    if (field.word) {
      const bool set = field.word->quoted && unit_.scope->FindSet(field.word->text) != nullptr;
      ast::CodeItem item;
      item.type = ast::CodeItem::Type::kSetName;
      item.text = field.word->text;
      item.span = field.word->span;
      if (const CodeId code = set ? Code(item) : 0; code != 0)
        attribute.codes.push_back(code);
      else
        attribute.text = field.word->text;
    }
    if (field.test) {
      attribute.number.low = attribute.number.high = field.test->limit.number;
      attribute.unit = vocabulary_.Unit(field.test->limit.unit);
    }
    fact.attributes.push_back(std::move(attribute));
  }

  // Both genes of a fusion are its genes, and each the partner of the other.
  void Fusion(Fact& fact, std::string partner) {
    for (char& c : partner) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const bool hgnc = partner.substr(0, 5) == "HGNC:";
    fact.genes.push_back(vocabulary_.Code(hgnc ? SystemId::kHgnc : SystemId::kGeneSymbol, partner));
    for (const CodeId gene : fact.genes) {
      Attribute attribute;
      attribute.field = Field::kPartner;
      attribute.codes.push_back(gene);
      attribute.text = vocabulary_.coding(gene).code;
      fact.attributes.push_back(std::move(attribute));
    }
  }

  const StudyUnit& unit_;
  Vocabulary& vocabulary_;
  const ast::Example& example_;
  Demographics demographics_;
  std::vector<Resource> resources_;  // reserved: the view points into it
  PatientView view_;
};

std::string Names(const Program& program, const StudyVerdict& verdict, bool against) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < program.criteria.size(); ++i) {
    const CriterionVerdict& criterion = verdict.criteria[i];
    if (against ? criterion.against : criterion.value == Truth::kUnknown)
      names.push_back(program.criteria[i].name);
  }
  return Listed(names, "and");
}

std::string_view Word(ast::Expectation::Claim claim) {
  constexpr std::string_view kWords[] = {"unknown", "against", "true", "false", "cohort"};
  return kWords[static_cast<std::size_t>(claim)];
}

std::string UnmetCohort(const Program& program, const StudyVerdict& verdict,
                        const std::string& name) {
  for (std::size_t i = 0; i < program.cohorts.size(); ++i) {
    if (base::Fold(program.cohorts[i].name) != base::Fold(name)) continue;
    if (i < verdict.cohorts.size() && verdict.cohorts[i] == verdict.grade) return "";
    return fmt::format("expected cohort {} to be {} as the study, but it is {}",
                       program.cohorts[i].name, Name(verdict.grade),
                       i < verdict.cohorts.size() ? Name(verdict.cohorts[i]) : "not told");
  }
  return fmt::format("there is no cohort {}", name);
}

// "" where the claim holds; else what is.
std::string Unmet(const Program& program, const StudyVerdict& verdict,
                  ast::Expectation::Claim claim, const std::string& name) {
  using C = ast::Expectation::Claim;
  if (claim == C::kCohort) return UnmetCohort(program, verdict, name);
  for (std::size_t i = 0; i < program.criteria.size(); ++i) {
    if (base::Fold(program.criteria[i].name) != base::Fold(name)) continue;
    const CriterionVerdict& criterion = verdict.criteria[i];
    const bool holds = claim == C::kAgainst   ? criterion.against
                       : claim == C::kUnknown ? criterion.value == Truth::kUnknown
                       : claim == C::kTrue    ? criterion.value == Truth::kTrue
                                              : criterion.value == Truth::kFalse;
    if (holds) return "";
    return fmt::format("expected {} to be {}, but it is {}{}", program.criteria[i].name,
                       Word(claim), Name(criterion.value),
                       claim == C::kAgainst
                           ? fmt::format(" and not against ({})", Name(program.criteria[i].kind))
                           : "");
  }
  return fmt::format("there is no criterion {}", name);
}

// The first thing that is not as expected, or "".
std::string Compare(const Program& program, const StudyVerdict& verdict,
                    const ast::Expectation& expectation) {
  std::string why;
  if (verdict.grade != expectation.grade) {
    why = fmt::format("expected {}, got {}", Name(expectation.grade), Name(verdict.grade));
    const std::string against = Names(program, verdict, true);
    const std::string unknown = Names(program, verdict, false);
    if (!against.empty())
      why += fmt::format(" (against: {})", against);
    else if (!unknown.empty())
      why += fmt::format(" (unknown: {})", unknown);
  }
  for (const auto& [claim, name] : expectation.claims) {
    const std::string unmet = Unmet(program, verdict, claim, name.text);
    if (!unmet.empty()) why += (why.empty() ? "" : "; ") + unmet;
  }
  return why;
}

ExampleResult Run(const StudyUnit& unit, const ast::Example& example) {
  ExampleResult result;
  result.path = unit.module->source.path();
  result.study = unit.program->study.id;
  result.example = example.words;
  result.line = unit.module->source.LineOf(example.span.begin);
  Vocabulary vocabulary;
  const Patient patient(unit, vocabulary, example);
  const Evaluator evaluator(unit.program, vocabulary);
  for (const ast::Expectation& expectation : example.expectations) {
    const StudyVerdict verdict =
        evaluator.Evaluate(patient.view(), expectation.at.value_or(example.at));
    std::string why = Compare(*unit.program, verdict, expectation);
    if (why.empty()) continue;
    if (expectation.at) why = fmt::format("at {}: {}", base::FormatLocal(*expectation.at), why);
    result.failure += (result.failure.empty() ? "" : "; ") + why;
  }
  result.passed = result.failure.empty();
  return result;
}

}  // namespace

Compilation CompileAndTest(const std::vector<SourceFile>& files, const UseLoader& load) {
  internal::Frontend frontend(files, load);
  std::vector<bool> pass;
  for (const StudyUnit& unit : frontend.studies()) {
    pass.push_back(true);
    if (!unit.program) continue;
    for (const ast::Example& example : unit.module->file.examples) {
      const ExampleResult result = Run(unit, example);
      if (result.passed) continue;
      pass.back() = false;
      unit.module->reporter.Report(
          DiagnosticCode::kExampleFails, example.span,
          fmt::format("the example comes out otherwise: {}", result.failure),
          "Mend the criteria or what is expected; `medverka explain` shows each criterion's "
          "reason.");
    }
  }
  Compilation out = internal::CompilationOf(frontend);
  for (std::size_t i = 0; i < pass.size(); ++i) out.studies[i].examples_pass = pass[i];
  return out;
}

std::vector<ExampleResult> RunExamples(const std::vector<SourceFile>& files,
                                       const UseLoader& load) {
  internal::Frontend frontend(files, load);
  std::vector<ExampleResult> out;
  for (const StudyUnit& unit : frontend.studies()) {
    if (!unit.program) continue;
    for (const ast::Example& example : unit.module->file.examples)
      out.push_back(Run(unit, example));
  }
  return out;
}

Trial CompileAndRun(const std::vector<SourceFile>& files, const UseLoader& load,
                    const std::function<bool(const CompiledStudy&)>& chosen,
                    const std::function<void(std::size_t done, std::size_t all)>& ran) {
  internal::Frontend frontend(files, load);
  Trial trial;
  trial.compilation = internal::CompilationOf(frontend);
  if (trial.compilation.diagnostics.has_errors()) return trial;
  const std::size_t all = frontend.studies().size();
  for (std::size_t i = 0; i < all; ++i) {
    const StudyUnit& unit = frontend.studies()[i];
    if (!unit.program || !chosen(trial.compilation.studies[i])) continue;
    for (const ast::Example& example : unit.module->file.examples) {
      trial.examples.push_back(Run(unit, example));
    }
    ran(i + 1, all);
  }
  return trial;
}

}  // namespace medverka::criteria

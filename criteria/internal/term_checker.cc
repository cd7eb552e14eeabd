#include "criteria/internal/term_checker.h"

#include <algorithm>
#include <cctype>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/example_checker.h"
#include "criteria/internal/field_checker.h"
#include "criteria/internal/walk.h"

namespace medverka::criteria::internal {
namespace {

// A query of its own, that has times and an absence policy.
bool IsQuery(const ast::Expr& expr) {
  return std::holds_alternative<ast::FactTerm>(expr.payload) ||
         std::holds_alternative<ast::VariantTerm>(expr.payload) ||
         std::holds_alternative<ast::ScoreTerm>(expr.payload) ||
         std::holds_alternative<ast::ChangeTerm>(expr.payload) ||
         std::holds_alternative<ast::TextTerm>(expr.payload);
}

}  // namespace

void TermChecker::CheckBody(const ast::Expr& body, bool excluding, bool asks) {
  questions_ = asks ? 1 : 0;
  excluding_ = excluding;
  Walk(body, {}, module_);
  excluding_ = false;
}

void TermChecker::Walk(const ast::Expr& expr, const Inherited& outer, Module& home) {
  if (expr.otherwise && Here(home)) CheckElse(expr, outer);
  if (const auto* logic = std::get_if<ast::Logic>(&expr.payload)) {
    WalkLogic(expr, *logic, outer, home);
  } else if (const auto* fact = std::get_if<ast::FactTerm>(&expr.payload)) {
    Fact(expr, *fact, outer, home);
  } else if (const auto* variant = std::get_if<ast::VariantTerm>(&expr.payload)) {
    Variant(expr, *variant, outer, home);
  } else if (const auto* score = std::get_if<ast::ScoreTerm>(&expr.payload)) {
    if (Here(home)) tests_.CheckScoreUnits(score->score, score->test, home.reporter);
    Times(expr, outer, home, FactKind::kObservation, false, {});
  } else if (const auto* change = std::get_if<ast::ChangeTerm>(&expr.payload)) {
    Change(expr, *change, outer, home);
  } else if (const auto* text = std::get_if<ast::TextTerm>(&expr.payload)) {
    Text(expr, *text, outer, home);
  } else if (const auto* age = std::get_if<ast::AgeTerm>(&expr.payload)) {
    if (Here(home) && age->at) CheckPoint(*age->at, outer, home);
  } else if (const auto* gestation = std::get_if<ast::GestationTerm>(&expr.payload)) {
    if (Here(home) && gestation->at) Event(*gestation->at, outer, home);
  } else if (const auto* answer = std::get_if<ast::AnswerTerm>(&expr.payload)) {
    if (Here(home)) Answer(answer->question);
  } else if (const auto* name = std::get_if<ast::NameTerm>(&expr.payload)) {
    Name(expr, *name, outer, home);
  }
}

// ---- logic

void TermChecker::WalkLogic(const ast::Expr& expr, const ast::Logic& logic, const Inherited& outer,
                            Module& home) {
  if (Here(home)) {
    CheckLogic(expr, logic);
    for (const ast::Time& time : expr.times) CheckTime(time, outer, home);
    if (!expr.times.empty() && !TakesTime(expr)) {
      Report(DiagnosticCode::kTimeBindsNothing, expr.times[0].span,
             "this time clause binds nothing in the bracket",
             "It goes to every query inside that has no time of its own; here there is none.");
    }
  }
  const Inherited inner = HandDown(expr, outer, home);
  for (const ast::ExprPtr& child : expr.children) Walk(*child, inner, home);
}

void TermChecker::CheckElse(const ast::Expr& expr, const Inherited& outer) {
  if (expr.otherwise->type == ast::Else::Type::kAsk) {
    if (outer.candidate != nullptr) {
      Report(DiagnosticCode::kWhere, expr.otherwise->span,
             "nobody can be asked about each candidate of a \"where\"",
             "Put \"else ask\" behind the whole query.");
    } else if (++questions_ > 1) {
      Report(DiagnosticCode::kTwoQuestions, expr.otherwise->span,
             "this is the second question of one criterion",
             "Write it as an \"ask\" of its own, and use its answer: ... or answer NAME");
    }
    return;
  }
  if (!HasQuery(expr)) {
    Report(DiagnosticCode::kElseSaysNothing, expr.otherwise->span,
           "there is no query here that this \"else\" could speak for",
           "\"else no\" and \"else unknown\" say what a fact that is not recorded means.");
  }
}

void TermChecker::CheckLogic(const ast::Expr& expr, const ast::Logic& logic) {
  using Type = ast::Logic::Type;
  const auto size = static_cast<std::int32_t>(expr.children.size());
  const bool least = logic.type == Type::kAtLeastOf || logic.type == Type::kExactlyOf;
  if (least && logic.count > size) {
    Report(DiagnosticCode::kImpossibleCount, logic.count_span,
           fmt::format("the list has only {} part{}", size, size == 1 ? "" : "s"));
  } else if (logic.type == Type::kAtLeastOf && logic.count == 0) {
    Report(DiagnosticCode::kImpossibleCount, logic.count_span, "at least 0 is always true");
  } else if (logic.type == Type::kAtMostOf && logic.count >= size) {
    Report(
        DiagnosticCode::kImpossibleCount, logic.count_span,
        fmt::format("the list has {} part{}, so this is always true", size, size == 1 ? "" : "s"));
  }
  if (logic.type == Type::kAnd || logic.type == Type::kOr) TimeOnlyOnLast(expr);
}

// `condition "a" or procedure "b" within last 6 months`: the window is that of "b" alone.
void TermChecker::TimeOnlyOnLast(const ast::Expr& chain) {
  const ast::Expr& last = *chain.children.back();
  if (!IsQuery(last) || !HasWindow(last.times)) return;
  for (const ast::ExprPtr& child : chain.children) {
    const auto* fact = std::get_if<ast::FactTerm>(&child->payload);
    const bool of_now =
        fact != nullptr && (fact->current || fact->of_it || fact->at_visit || fact->reason_of);
    if (!IsQuery(*child) || HasWindow(child->times) || of_now) continue;
    Report(DiagnosticCode::kTimeOnlyOnLast, child->span,
           "this query has no time clause; the one at the end of the line is not its own",
           "Put brackets around all of them and the time clause behind, or give each its own.");
  }
}

bool TermChecker::HasQuery(const ast::Expr& expr) {
  if (IsQuery(expr)) return true;
  if (const ast::Expr* body = BodyOf(expr)) {
    if (const auto known = has_query_.find(body); known != has_query_.end()) return known->second;
    return has_query_[body] = HasQuery(*body);
  }
  return UnknownName(expr) || std::any_of(expr.children.begin(), expr.children.end(),
                                          [&](const auto& child) { return HasQuery(*child); });
}

// Has a query that has no time yet.
bool TermChecker::TakesTime(const ast::Expr& expr, bool outermost) {
  if (!outermost && HasWindow(expr.times)) return false;
  if (IsQuery(expr)) return true;
  if (const ast::Expr* body = BodyOf(expr)) {
    if (const auto known = takes_time_.find(body); known != takes_time_.end()) return known->second;
    return takes_time_[body] = TakesTime(*body, false);
  }
  return UnknownName(expr) ||
         std::any_of(expr.children.begin(), expr.children.end(),
                     [&](const auto& child) { return TakesTime(*child, false); });
}

const ast::Expr* TermChecker::BodyOf(const ast::Expr& expr) const {
  const auto* name = std::get_if<ast::NameTerm>(&expr.payload);
  const NamedDefinition* found = name == nullptr ? nullptr : scope_.FindDefinition(name->name.text);
  const bool usable =
      found != nullptr && found->declaration->body && scope_.Usable(found->declaration);
  return usable ? found->declaration->body.get() : nullptr;
}

// An event, or a name that is not known: nothing can be said of what hides behind it.
bool TermChecker::UnknownName(const ast::Expr& expr) const {
  return std::holds_alternative<ast::NameTerm>(expr.payload) && BodyOf(expr) == nullptr;
}

// ---- names

void TermChecker::Name(const ast::Expr& expr, const ast::NameTerm& term, const Inherited& outer,
                       Module& home) {
  if (term.name.text == "it") {
    CandidateAsTerm(expr, term, outer, home);
    return;
  }
  if (const NamedDefinition* define = scope_.FindDefinition(term.name.text)) {
    Definition(term, *define, HandDown(expr, outer, home), home);
  } else if (const NamedEvent* event = scope_.FindEvent(term.name.text)) {
    EventAsTerm(expr, term, *event, outer, home);
  } else if (Here(home) && !scope_.names_lost()) {
    UnknownTerm(term.name);
  }
}

void TermChecker::Definition(const ast::NameTerm& term, const NamedDefinition& found,
                             const Inherited& inner, Module& home) {
  const ast::Define& define = *found.declaration;
  used_.defines.insert(&define);
  if (Here(home) && term.test) {
    Report(
        DiagnosticCode::kKindHasNoValue, term.test->span,
        fmt::format("the definition {} is true or false and has no value", Quoted(term.name.text)),
        "Only an event has one: event NAME : latest observation \"...\"");
  }
  if (!define.body || !scope_.Usable(&define)) return;
  if (inner.candidate != nullptr && Here(home) && HasWhere(define)) {
    Report(DiagnosticCode::kTooDeep, term.name.span,
           fmt::format("the definition {} has a \"where\" in it, and stands in one here",
                       Quoted(term.name.text)),
           "\"where\" has one level: it could not be told which fact \"it\" is.");
  }
  Inherited into = inner;
  into.candidate = nullptr;  // its words do not know of our candidate
  if (!walked_.insert({&define, into.times, into.otherwise}).second) return;
  const int questions = questions_;
  questions_ = 0;  // a definition's question has the definition's name
  Walk(*define.body, into, *found.home);
  questions_ = questions;
}

bool TermChecker::HasWhere(const ast::Define& define) {
  const auto [place, added] = has_where_.insert({&define, false});
  if (!added) return place->second;
  bool has = false;
  Walker walker;
  walker.expr = [&](const ast::Expr& expr) {
    const auto* fact = std::get_if<ast::FactTerm>(&expr.payload);
    if (fact != nullptr && fact->where) has = true;
    const auto* name = std::get_if<ast::NameTerm>(&expr.payload);
    const NamedDefinition* inner =
        name == nullptr ? nullptr : scope_.FindDefinition(name->name.text);
    if (inner != nullptr && scope_.Usable(inner->declaration) && HasWhere(*inner->declaration))
      has = true;
  };
  walker.Walk(*define.body);
  has_where_[&define] = has;
  return has;
}

void TermChecker::UnknownTerm(const ast::Name& name) {
  std::string hint = scope_.DidYouMeanDefinition(name.text);
  if (hint.empty()) hint = DidYouMeanHint(name.text, TermWords());
  if (hint.empty() && scope_.FindSet(name.text) != nullptr) {
    hint = fmt::format(
        "There is a set of codes of this name. Say what is asked of it: condition \"{}\".",
        name.text);
  }
  if (hint.empty() && scope_.FindCriterion(name.text) != nullptr) {
    hint =
        "There is a criterion of this name, but only definitions can be used by name. Use "
        "\"define\".";
  }
  Report(DiagnosticCode::kUnknownName, name.span,
         fmt::format("there is no definition or event {}", Quoted(name.text)),
         hint.empty() ? fmt::format("Make one: define {} : ...", name.text) : hint);
}

void TermChecker::Answer(const ast::Name& question) {
  const ast::Criterion* found = scope_.FindCriterion(question.text);
  if (found != nullptr && found->kind == CriterionKind::kAsk) return;
  if (scope_.names_lost()) return;
  const std::string hint = scope_.DidYouMeanCriterion(question.text, true);
  Report(DiagnosticCode::kUnknownQuestion, question.span,
         fmt::format("there is no question {}", Quoted(question.text)),
         hint.empty() ? fmt::format("Make one: ask {} : \"...?\"", question.text) : hint);
}

// ---- variants

void TermChecker::Variant(const ast::Expr& expr, const ast::VariantTerm& variant,
                          const Inherited& outer, Module& home) {
  if (Here(home)) {
    for (const ast::Word& gene : variant.genes) Gene(gene);
    if (variant.partner) Gene(*variant.partner);
    for (const ast::Word& change : variant.changes) ChangeForm(change);
    CheckFields(FactKind::kVariant, variant.fields, home.reporter);
    Demands(variant.fields, FactKind::kVariant, Analyte::kNone);
    sets_.Resolve(variant.reasons, home.source, home.reporter);
    if (variant.copies && !variant.copies->limit.unit.empty() &&
        !tests_.SameDimension(variant.copies->limit.unit, Analyte::kNone, "")) {
      Report(DiagnosticCode::kUnitDoesNotFit, variant.copies->limit.unit_span,
             "this unit does not fit", "Copies of a gene are counted: copy number of ERBB2 >= 6");
    }
  }
  Times(expr, outer, home, FactKind::kVariant, false, {});
}

void TermChecker::Gene(const ast::Word& gene) {
  const NamedSet* set = gene.quoted ? scope_.FindSet(gene.text) : nullptr;
  if (set != nullptr) {
    sets_.MarkUsed(set->declaration);
    const CodeSet* codes = sets_.Named(*set);
    if (codes == nullptr || GenesOf(*codes)) return;
    Report(DiagnosticCode::kUnknownSet, gene.span,
           fmt::format("the set {} has codes that are no genes", Quoted(gene.text)),
           "A set of genes has hgnc codes only.");
    return;
  }
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
  const bool letter =
      !gene.text.empty() && std::isalpha(static_cast<unsigned char>(gene.text[0])) != 0;
  if (letter && gene.text.find_first_not_of(kAllowed) == std::string::npos) return;
  const std::string hint = gene.quoted ? scope_.DidYouMeanSet(gene.text) : "";
  Report(DiagnosticCode::kCodeForm, gene.span, fmt::format("{} is no gene", Quoted(gene.text)),
         hint.empty() ? "A gene is named by its symbol, such as PIK3CA, or as HGNC:8975." : hint);
}

// p.V600, p.V600E, p.Glu746_Ala750del; c.76A>T, c.-32-13T>G: a letter and a number at least.
void TermChecker::ChangeForm(const ast::Word& change) {
  const std::string& text = change.text;
  const bool protein = text.substr(0, 2) == "p.";
  const bool coding = text.substr(0, 2) == "c.";
  const bool digit =
      std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool letter = text.size() > 2 && std::isalpha(static_cast<unsigned char>(text[2])) != 0;
  if (digit && (coding || (protein && (letter || text[2] == '(')))) return;
  Report(DiagnosticCode::kCodeForm, change.span,
         fmt::format("{} is no change of a gene", Quoted(text)),
         "A change is written as in HGVS: p.V600E, p.V600 (any change there), c.76A>T.");
}

}  // namespace medverka::criteria::internal

// Idea: walk every declaration with what its brackets hand down. A definition is walked by itself
// where it stands, and once more for each different thing that a criterion hands down to it, since
// only then its queries get their times.
#include "criteria/checker.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <tuple>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/example_checker.h"
#include "criteria/internal/test_checker.h"
#include "criteria/internal/window_checker.h"
#include "criteria/limits.h"
#include "ops/base/text.h"

namespace medverka::criteria {

using internal::Module;
using internal::NamedDefinition;
using internal::Quoted;
using internal::Scope;
using internal::SetResolver;

Inherited HandDown(const ast::Expr& expr, Inherited from_outside, const Module& home) {
  if (!expr.times.empty()) {
    from_outside.times = &expr.times;
    from_outside.home = &home;
  }
  if (expr.otherwise && expr.otherwise->type != ast::Else::Type::kAsk) {
    from_outside.otherwise = &*expr.otherwise;
    from_outside.else_home = &home;
  }
  return from_outside;
}

namespace {

class Checker {
 public:
  Checker(const Scope& scope, SetResolver& sets)
      : scope_(scope), sets_(sets), module_(scope.module()) {}

  void Run() {
    for (const ast::Codes& codes : module_.file.codes) {
      if (const internal::NamedSet* set = scope_.FindSet(codes.name.text);
          set != nullptr && set->declaration == &codes) {
        sets_.Named(*set);
      }
    }
    for (const ast::Define& define : module_.file.defines) {
      if (define.body && scope_.Usable(&define)) Body(*define.body);
    }
    if (module_.shared) {
      for (const Span span : module_.file.not_for_shared) {
        Report(DiagnosticCode::kNotInShared, span,
               fmt::format("{} has no place in a .codes file", Quoted(module_.source.text(span))),
               "Shared files hold codes and definitions; a study file ends with .study.");
      }
      return;
    }
    Study();
    for (const ast::Criterion& criterion : module_.file.criteria) Criterion(criterion);
    CheckQuestionNames();
    internal::CheckExamples(scope_, sets_);
    bool errors = false;
    for (const Module* module : internal::Closure(module_)) errors = errors || module->has_errors();
    if (!errors) Warnings();
  }

 private:
  void Report(DiagnosticCode code, Span span, std::string message, std::string hint = "") {
    module_.reporter.Report(code, span, std::move(message), std::move(hint));
  }

  // ---- the study block

  void Study() {
    const ast::File& file = module_.file;
    if (file.studies.empty()) {
      if (!file.names_lost) {
        Report(DiagnosticCode::kNoStudy, {}, "this file has no study block",
               "Begin with: study ID \"title\" { ... }. A file of shared codes ends with .codes.");
      }
      return;
    }
    if (file.studies.size() > 1) {
      Report(DiagnosticCode::kSecondStudy, file.studies[1].span,
             "a file holds one study; this is the second", "Put it into a file of its own.");
    }
    if (file.criteria.empty() && !file.names_lost && !file.studies[0].broken) {
      Report(DiagnosticCode::kNoCriteria, file.studies[0].id.span,
             "this study has no criteria, so it would fit everybody",
             "Add lines such as: include adult : age >= 18 years");
    }
  }

  // ---- expressions

  void Body(const ast::Expr& body) {
    questions_ = 0;
    Walk(body, {}, module_);
  }

  void Criterion(const ast::Criterion& criterion) {
    questions_ = 0;
    excluding_ = criterion.kind == CriterionKind::kExclude;
    if (criterion.body) Walk(*criterion.body, {}, module_);
    excluding_ = false;
    questions_ = 1;  // the question itself
    if (criterion.asked_if) Walk(*criterion.asked_if, {}, module_);
  }

  // `home`: the file the expression stands in; problems of other files are told there, not here,
  // unless what this file hands down makes them.
  void Walk(const ast::Expr& expr, Inherited inherited, Module& home) {
    const Inherited inner = HandDown(expr, inherited, home);
    if (expr.otherwise && &home == &module_) CheckElse(expr);
    if (const auto* logic = std::get_if<ast::Logic>(&expr.payload)) {
      CheckLogic(expr, *logic, home);
      if (!expr.times.empty() && &home == &module_ && !TakesTime(expr)) {
        Report(DiagnosticCode::kTimeBindsNothing, expr.times[0].span,
               "this time clause binds nothing in the bracket",
               "It goes to every query inside that has no time of its own; here there is none.");
      }
      for (const ast::ExprPtr& child : expr.children) Walk(*child, inner, home);
    } else if (const auto* fact = std::get_if<ast::FactTerm>(&expr.payload)) {
      Fact(expr, *fact, inner, home);
    } else if (const auto* variant = std::get_if<ast::VariantTerm>(&expr.payload)) {
      Genes(*variant, home);
      CheckWindows(expr, inner, home, FactKind::kVariant, false);
    } else if (const auto* score = std::get_if<ast::ScoreTerm>(&expr.payload)) {
      if (&home == &module_) tests_.CheckScoreUnits(score->test, home.reporter);
      if (inner.otherwise != nullptr && inner.otherwise->type == ast::Else::Type::kNo &&
          inner.else_home == &module_) {
        Report(DiagnosticCode::kNotYet, inner.otherwise->span,
               "not yet: \"else no\" on a score comes with a later version",
               "Where no score can be worked out the answer is unknown.");
      }
      CheckWindows(expr, inner, home, FactKind::kObservation, false);
    } else if (const auto* answer = std::get_if<ast::AnswerTerm>(&expr.payload)) {
      if (&home == &module_) Answer(answer->question);
    } else if (const auto* name = std::get_if<ast::NameTerm>(&expr.payload)) {
      Name(name->name, inner, home);
    }
  }

  void CheckElse(const ast::Expr& expr) {
    if (expr.otherwise->type == ast::Else::Type::kAsk) {
      if (++questions_ > 1) {
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

  void CheckLogic(const ast::Expr& expr, const ast::Logic& logic, Module& home) {
    if (&home != &module_) return;
    using Type = ast::Logic::Type;
    const auto size = static_cast<std::int32_t>(expr.children.size());
    const bool least = logic.type == Type::kAtLeastOf || logic.type == Type::kExactlyOf;
    if (least && logic.count > size) {
      Report(DiagnosticCode::kImpossibleCount, logic.count_span,
             fmt::format("the list has only {} part{}", size, size == 1 ? "" : "s"));
    } else if (logic.type == Type::kAtLeastOf && logic.count == 0) {
      Report(DiagnosticCode::kImpossibleCount, logic.count_span, "at least 0 is always true");
    } else if (logic.type == Type::kAtMostOf && logic.count >= size) {
      Report(DiagnosticCode::kImpossibleCount, logic.count_span,
             fmt::format("the list has {} part{}, so this is always true", size,
                         size == 1 ? "" : "s"));
    }
    if (logic.type == Type::kAnd || logic.type == Type::kOr) TimeOnlyOnLast(expr);
  }

  // `condition "a" or procedure "b" within last 6 months`: the window is that of "b" alone.
  void TimeOnlyOnLast(const ast::Expr& chain) {
    const auto query = [](const ast::Expr& expr) {
      return std::holds_alternative<ast::FactTerm>(expr.payload) ||
             std::holds_alternative<ast::VariantTerm>(expr.payload);
    };
    const ast::Expr& last = *chain.children.back();
    if (!query(last) || last.times.empty()) return;
    for (const ast::ExprPtr& child : chain.children) {
      const auto* fact = std::get_if<ast::FactTerm>(&child->payload);
      if (!query(*child) || !child->times.empty() || (fact != nullptr && fact->current)) continue;
      Report(DiagnosticCode::kTimeOnlyOnLast, child->span,
             "this query has no time clause; the one at the end of the line is not its own",
             "Put brackets around all of them and the time clause behind, or give each its own.");
    }
  }

  // An answer is known by its question's name alone, so no two questions of a study can share one.
  void CheckQuestionNames() {
    std::map<std::string, const ast::Name*> names;
    for (const ast::Criterion& criterion : module_.file.criteria) {
      const bool asks =
          criterion.kind == CriterionKind::kAsk || (criterion.body && AsksWithin(*criterion.body));
      if (asks) names.insert({base::Fold(criterion.name.text), &criterion.name});
    }
    for (const ast::Define* define : used_) {
      const auto taken = names.find(base::Fold(define->name.text));
      if (taken == names.end() || !define->body || !AsksWithin(*define->body)) continue;
      Report(DiagnosticCode::kTwoQuestions, taken->second->span,
             fmt::format("the definition {} asks a question of the same name",
                         Quoted(define->name.text)),
             "Give one of them another name.");
    }
  }

  static bool AsksWithin(const ast::Expr& expr) {
    if (expr.otherwise && expr.otherwise->type == ast::Else::Type::kAsk) return true;
    return std::any_of(expr.children.begin(), expr.children.end(),
                       [](const auto& child) { return AsksWithin(*child); });
  }

  bool HasQuery(const ast::Expr& expr) const {
    if (std::holds_alternative<ast::FactTerm>(expr.payload) ||
        std::holds_alternative<ast::VariantTerm>(expr.payload) ||
        std::holds_alternative<ast::ScoreTerm>(expr.payload)) {
      return true;
    }
    if (const ast::Expr* body = BodyOf(expr)) return HasQuery(*body);
    return UnknownName(expr) || std::any_of(expr.children.begin(), expr.children.end(),
                                            [&](const auto& child) { return HasQuery(*child); });
  }

  // Has a query that has no time yet.
  bool TakesTime(const ast::Expr& expr, bool outermost = true) const {
    if (!outermost && !expr.times.empty()) return false;
    const bool query = std::holds_alternative<ast::FactTerm>(expr.payload) ||
                       std::holds_alternative<ast::VariantTerm>(expr.payload) ||
                       std::holds_alternative<ast::ScoreTerm>(expr.payload);
    if (query) return true;
    if (const ast::Expr* body = BodyOf(expr)) return TakesTime(*body, false);
    return UnknownName(expr) ||
           std::any_of(expr.children.begin(), expr.children.end(),
                       [&](const auto& child) { return TakesTime(*child, false); });
  }

  const ast::Expr* BodyOf(const ast::Expr& expr) const {
    const auto* name = std::get_if<ast::NameTerm>(&expr.payload);
    const NamedDefinition* found =
        name == nullptr ? nullptr : scope_.FindDefinition(name->name.text);
    const bool usable =
        found != nullptr && found->declaration->body && scope_.Usable(found->declaration);
    return usable ? found->declaration->body.get() : nullptr;
  }

  // Nothing can be said of what hides behind a name that is not known.
  bool UnknownName(const ast::Expr& expr) const {
    return std::holds_alternative<ast::NameTerm>(expr.payload) && BodyOf(expr) == nullptr;
  }

  void Name(const ast::Name& name, Inherited inherited, Module& home) {
    const NamedDefinition* found = scope_.FindDefinition(name.text);
    if (found == nullptr) {
      if (&home == &module_ && !scope_.names_lost()) UnknownDefinition(name);
      return;
    }
    used_.insert(found->declaration);
    if (!found->declaration->body || !scope_.Usable(found->declaration)) return;
    if (!walked_.insert({found->declaration, inherited.times, inherited.otherwise}).second) return;
    const int questions = questions_;
    questions_ = 0;  // a definition's question has the definition's name
    Walk(*found->declaration->body, inherited, *found->home);
    questions_ = questions;
  }

  void UnknownDefinition(const ast::Name& name) {
    std::string hint = scope_.DidYouMeanDefinition(name.text);
    if (hint.empty()) hint = internal::DidYouMeanHint(name.text, internal::TermWords());
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
           fmt::format("there is no definition {}", Quoted(name.text)),
           hint.empty() ? fmt::format("Make one: define {} : ...", name.text) : hint);
  }

  void Answer(const ast::Name& question) {
    const ast::Criterion* found = scope_.FindCriterion(question.text);
    if (found != nullptr && found->kind == CriterionKind::kAsk) return;
    if (scope_.names_lost()) return;
    const std::string hint = scope_.DidYouMeanCriterion(question.text, true);
    Report(DiagnosticCode::kUnknownQuestion, question.span,
           fmt::format("there is no question {}", Quoted(question.text)),
           hint.empty() ? fmt::format("Make one: ask {} : \"...?\"", question.text) : hint);
  }

  void Genes(const ast::VariantTerm& variant, Module& home) {
    if (&home != &module_) return;
    for (const ast::Word& gene : variant.genes) {
      const internal::NamedSet* set = gene.quoted ? scope_.FindSet(gene.text) : nullptr;
      if (set != nullptr) {
        sets_.MarkUsed(set->declaration);
        const CodeSet* codes = sets_.Named(*set);
        if (codes == nullptr || internal::GenesOf(*codes)) continue;
        Report(DiagnosticCode::kUnknownSet, gene.span,
               fmt::format("the set {} has codes that are no genes", Quoted(gene.text)),
               "A set of genes has hgnc codes only.");
        continue;
      }
      constexpr std::string_view kAllowed =
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:";
      const bool letter =
          !gene.text.empty() && std::isalpha(static_cast<unsigned char>(gene.text[0])) != 0;
      if (letter && gene.text.find_first_not_of(kAllowed) == std::string::npos) continue;
      const std::string hint = gene.quoted ? scope_.DidYouMeanSet(gene.text) : "";
      Report(
          DiagnosticCode::kCodeForm, gene.span, fmt::format("{} is no gene", Quoted(gene.text)),
          hint.empty() ? "A gene is named by its symbol, such as PIK3CA, or as HGNC:8975." : hint);
    }
  }

  void Fact(const ast::Expr& expr, const ast::FactTerm& fact, const Inherited& inner,
            Module& home) {
    if (&home == &module_) {
      tests_.CheckShape(fact, module_.reporter);
      const auto sets = sets_.Resolve(fact.sets, module_.source, module_.reporter);
      const auto components = sets_.Resolve(fact.components, module_.source, module_.reporter);
      if (fact.test && sets && components && HasValue(fact.kind)) {
        std::vector<const CodeSet*> measured;
        for (const CodeSet& set : fact.component ? *components : *sets) measured.push_back(&set);
        tests_.CheckUnits(*fact.test, internal::AnalyteOfSets(measured), module_.reporter);
      }
      if (fact.test && fact.test->kind == ValueTest::Kind::kIs && fact.test->words[0].quoted) {
        if (const internal::NamedSet* set = scope_.FindSet(fact.test->words[0].text)) {
          sets_.MarkUsed(set->declaration);
          sets_.Named(*set);
        }
      }
      FactWarnings(fact, inner);
    }
    CheckWindows(expr, inner, home, fact.kind, fact.current.has_value());
  }

  void FactWarnings(const ast::FactTerm& fact, const Inherited& inner) {
    const bool latest_assumed = fact.test && fact.selector == Selector::kThereIs && !fact.no;
    if (excluding_ && latest_assumed) {
      Report(
          DiagnosticCode::kLatestAssumed, fact.kind_span,
          "only the latest value counts here, since no selector is written",
          "Write \"latest\" if that is meant, or \"any\" if one such value is enough to exclude.");
    }
    if (fact.kind == FactKind::kCondition && fact.current && inner.times == nullptr) {
      Report(DiagnosticCode::kBareCurrent, *fact.current,
             "a diagnosis from a visit is not known to be current once the visit has ended",
             "Set a limit of your own: current within last 30 days.");
    }
  }

  void CheckWindows(const ast::Expr& expr, const Inherited& inner, Module& home, FactKind kind,
                    bool current) {
    const auto& times = !expr.times.empty()      ? expr.times
                        : inner.times != nullptr ? *inner.times
                                                 : expr.times;
    // Times that this file hands down into another are told here, where they stand.
    const Module* told = expr.times.empty() && inner.home != nullptr ? inner.home : &home;
    if (told != &module_ || times.empty()) return;
    internal::CheckWindows(times, kind, current, module_.source, module_.reporter);
  }

  // ---- warnings of a study without errors

  void Warnings() {
    const ast::File& file = module_.file;
    for (const ast::Codes& codes : file.codes) {
      if (sets_.used().count(&codes) > 0 || internal::IsCreatinine(codes.name.text)) continue;
      Report(DiagnosticCode::kSetUnused, codes.name.span,
             fmt::format("the set {} is never used", Quoted(codes.name.text)));
    }
    for (const ast::Define& define : file.defines) {
      if (used_.count(&define) > 0) continue;
      Report(DiagnosticCode::kDefinitionUnused, define.name.span,
             fmt::format("the definition {} is never used", Quoted(define.name.text)));
    }
    if (file.studies.empty()) return;
    const ast::Study& study = file.studies[0];
    if (study.header.sites.empty()) {
      Report(DiagnosticCode::kNoSite, study.id.span, "this study names no site",
             "Write: sites \"Danderyds sjukhus\" region 01");
    }
    const bool ineligible =
        std::any_of(file.examples.begin(), file.examples.end(), [](const ast::Example& example) {
          return std::any_of(
              example.expectations.begin(), example.expectations.end(),
              [](const ast::Expectation& each) { return each.grade == Grade::kIneligible; });
        });
    if (!ineligible) {
      Report(DiagnosticCode::kNoIneligibleExample, study.id.span,
             "no example of this study ends ineligible",
             "An example that is turned away shows that the study turns somebody away.");
    }
    const bool narrow = std::any_of(
        file.criteria.begin(), file.criteria.end(), [](const ast::Criterion& criterion) {
          return criterion.kind != CriterionKind::kInclude || !criterion.body ||
                 !(std::holds_alternative<ast::AgeTerm>(criterion.body->payload) ||
                   std::holds_alternative<ast::AliveTerm>(criterion.body->payload));
        });
    if (!narrow) {
      Report(DiagnosticCode::kEveryAdultFits, study.id.span,
             "every person of the right age fits this study", "Is a criterion missing?");
    }
  }

  const Scope& scope_;
  SetResolver& sets_;
  Module& module_;
  internal::TestChecker tests_;
  bool excluding_ = false;
  int questions_ = 0;
  std::set<const ast::Define*> used_;
  std::set<std::tuple<const ast::Define*, const std::vector<ast::Time>*, const ast::Else*>> walked_;
};

}  // namespace

void Check(const Scope& scope, SetResolver& sets) { Checker(scope, sets).Run(); }

}  // namespace medverka::criteria

// Queries of facts: selector, kind, sets, then filters, test and time in any order.
#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "criteria/limits.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

struct KindWord {
  std::string_view word;
  FactKind kind;
};
constexpr KindWord kKindWords[] = {
    {"condition", FactKind::kCondition},
    {"conditions", FactKind::kCondition},
    {"procedure", FactKind::kProcedure},
    {"procedures", FactKind::kProcedure},
    {"medication", FactKind::kMedication},
    {"medications", FactKind::kMedication},
    {"allergy", FactKind::kAllergy},
    {"allergies", FactKind::kAllergy},
    {"immunization", FactKind::kImmunization},
    {"immunizations", FactKind::kImmunization},
    {"device", FactKind::kDevice},
    {"devices", FactKind::kDevice},
    {"family", FactKind::kFamilyHistory},
    {"observation", FactKind::kObservation},
    {"observations", FactKind::kObservation},
    {"component", FactKind::kObservation},
    {"visit", FactKind::kVisit},
    {"visits", FactKind::kVisit},
    {"participation", FactKind::kParticipation},
};
constexpr std::string_view kKinds[] = {
    "condition",    "procedure",  "medication", "allergy",     "immunization",
    "observation",  "component",  "visit",      "device",      "participation",
    "variant",      "conditions", "procedures", "medications", "allergies",
    "observations", "visits",     "devices",    "family",      "latest",
    "first",        "lowest",     "highest",    "average",     "median"};

std::optional<FactKind> KindOf(std::string_view word) {
  for (const KindWord& kind : kKindWords) {
    if (kind.word == word) return kind.kind;
  }
  return std::nullopt;
}

}  // namespace

bool ExpressionParser::AtFact() const {
  constexpr std::string_view kSelectorWords[] = {"no",     "any",     "every",   "latest",
                                                 "first",  "lowest",  "highest", "average",
                                                 "median", "exactly", "at"};
  return c_.AtAnyWord(kSelectorWords) || KindOf(c_.Word()).has_value();
}

ast::ExprPtr ExpressionParser::Fact() {
  auto expr = std::make_unique<ast::Expr>();
  const Span begin = c_.here();
  ast::FactTerm fact;
  if (!SelectorAndKind(fact)) return nullptr;
  if (!Tail(fact, *expr)) return nullptr;
  expr->payload = std::move(fact);
  expr->span = c_.From(begin);
  return expr;
}

// at visit class emergency at unit "...": the visit that is going on.
ast::ExprPtr ExpressionParser::AtVisit() {
  const Span begin = c_.Take().span;
  ast::FactTerm fact;
  fact.kind = FactKind::kVisit;
  fact.at_visit = true;
  fact.kind_span = c_.Take().span;
  if (!VisitClasses(fact)) return nullptr;
  if (c_.TakeWords({"at", "unit"})) {
    const auto unit = c_.String("the unit in quotes");
    if (!unit) return nullptr;
    fact.visit_unit = *unit;
  }
  auto expr = MakeTerm(std::move(fact), begin);
  expr->span = c_.From(begin);
  return expr;
}

// reason "chest pain" of current visit
ast::ExprPtr ExpressionParser::ReasonOf() {
  ast::FactTerm fact;
  fact.kind = FactKind::kVisit;
  fact.kind_span = c_.Take().span;
  const Span begin = fact.kind_span;
  if (!AtItem()) {
    c_.Expected("the reason, as a set in quotes or a code",
                "It reads: reason \"chest pain\" of current visit.");
    return nullptr;
  }
  if (!SetsOf(fact.sets) || !c_.ExpectWord("of")) return nullptr;
  fact.reason_of = Ev();
  if (!fact.reason_of) return nullptr;
  auto expr = MakeTerm(std::move(fact), begin);
  expr->span = c_.From(begin);
  return expr;
}

bool ExpressionParser::SelectorAndKind(ast::FactTerm& fact) {
  const Span begin = c_.here();
  fact.no = c_.TakeWord("no");
  if (fact.no && LaterTerm()) return false;
  const Span selector = c_.here();
  if (!ParseSelector(fact)) return false;
  if (fact.selector != Selector::kThereIs) fact.selector_span = c_.From(selector);
  if (LaterTerm()) return false;
  if (AtVariant()) {
    return c_.Fail(DiagnosticCode::kKindHasNoSuchPart,
                   fact.selector_span.end > fact.selector_span.begin ? fact.selector_span : begin,
                   "variants take no selector but \"no\"");
  }
  return Kind(fact);
}

bool ExpressionParser::ParseSelector(ast::FactTerm& fact) {
  struct SelectorWord {
    std::string_view word;
    Selector selector;
  };
  constexpr SelectorWord kWords[] = {
      {"any", Selector::kAny},         {"every", Selector::kEvery},
      {"latest", Selector::kLatest},   {"first", Selector::kFirst},
      {"lowest", Selector::kLowest},   {"highest", Selector::kHighest},
      {"average", Selector::kAverage}, {"median", Selector::kMedian},
  };
  if (c_.AtWord("at") || c_.AtWord("exactly")) return CountingSelector(fact);
  for (const SelectorWord& word : kWords) {
    if (!c_.TakeWord(word.word)) continue;
    fact.selector = word.selector;
    break;
  }
  if (fact.selector == Selector::kLatest || fact.selector == Selector::kFirst)
    fact.ever = c_.TakeWord("ever");
  if (fact.selector == Selector::kAverage || fact.selector == Selector::kMedian) {
    if (!c_.ExpectWord("of")) return false;
    if (!c_.TakeWord("last")) return true;
    const auto count = c_.Whole("a number");
    if (!count) return false;
    fact.count = *count;
  }
  return true;
}

// at least 2 different, at most 3, exactly 1
bool ExpressionParser::CountingSelector(ast::FactTerm& fact) {
  if (c_.TakeWord("exactly")) {
    fact.selector = Selector::kExactly;
  } else {
    c_.Take();
    if (c_.TakeWord("least")) {
      fact.selector = Selector::kAtLeast;
    } else if (c_.ExpectWord("most")) {
      fact.selector = Selector::kAtMost;
    } else {
      return false;
    }
  }
  const auto count = c_.Whole("a number");
  if (!count) return false;
  fact.count = *count;
  fact.different = c_.TakeWord("different");
  fact.consecutive = !fact.different && c_.TakeWord("consecutive");
  return true;
}

bool ExpressionParser::Kind(ast::FactTerm& fact) {
  fact.kind_span = c_.here();
  const auto kind = KindOf(c_.Word());
  if (!kind || c_.AtStop()) {
    if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word())) {
      return c_.UnknownWord(c_.here(), kKinds,
                            "Here a kind should stand: condition, procedure, medication, allergy, "
                            "immunization, device, family history, observation, visit, "
                            "participation or variant.");
    }
    return c_.Expected("a kind (condition, observation, ...)");
  }
  fact.kind = *kind;
  if (c_.AtWord("component")) return Component(fact);
  c_.Take();
  switch (fact.kind) {
    case FactKind::kObservation:
      return ObservationSets(fact);
    case FactKind::kVisit:
      return Visit(fact);
    case FactKind::kParticipation:
      return Participation(fact);
    case FactKind::kFamilyHistory:
      if (!c_.ExpectWord("history")) return false;
      fact.kind_span = c_.From(fact.kind_span);
      return OptionalSets(fact, fact.sets);
    default:
      return OptionalSets(fact, fact.sets);
  }
}

// component "systolic" of observation "blood pressure"; component "systolic" of it
bool ExpressionParser::Component(ast::FactTerm& fact) {
  c_.Take();
  fact.component = true;
  if (!AtItem()) {
    return c_.Expected("the name of the component in quotes",
                       "It reads: component \"systolic\" of observation \"blood pressure\".");
  }
  if (!SetsOf(fact.components) || !c_.ExpectWord("of")) return false;
  if (c_.TakeWord("it")) {
    fact.of_it = true;
    return true;
  }
  if (!c_.TakeWord("observations") && !c_.ExpectWord("observation")) return false;
  return ObservationSets(fact);
}

bool ExpressionParser::ObservationSets(ast::FactTerm& fact) {
  if (!OptionalSets(fact, fact.sets)) return false;
  if (!fact.sets.items.empty()) return true;
  return c_.Fail(DiagnosticCode::kUnexpected, fact.kind_span,
                 "an observation needs the name of a set or a code",
                 "Write for example: observation \"haemoglobin\".");
}

// Sets if any follow. A word that is neither a set nor anything that can follow is reported here,
// where it can still be said what was meant.
bool ExpressionParser::OptionalSets(ast::FactTerm& fact, ast::Items& items) {
  if (AtItem()) return SetsOf(items);
  if (!c_.At(TokenKind::kWord) || c_.AtStop() || IsKeyword(c_.Word()) || IsTimeUnit(c_.Word()))
    return true;
  const std::string_view word = c_.Word();
  const bool code_follows =
      c_.At(TokenKind::kWord, 1) && BeginsWithDigit(c_.Word(1).substr(c_.Word(1).empty() ? 0 : 1));
  if (!code_follows && !base::DidYouMean(word, TailWords()).empty())
    return c_.UnknownWord(c_.here(), TailWords(), "");
  if (code_follows || !base::DidYouMean(word, SystemWords()).empty()) {
    const std::string hint = DidYouMeanHint(word, SystemWords());
    return c_.Fail(DiagnosticCode::kUnknownSystem, c_.here(),
                   fmt::format("{} is no code system that is known here", Quoted(word)),
                   hint.empty() ? "Other systems are written: system \"URI\" code." : hint);
  }
  return c_.UnknownWord(
      c_.here(), {},
      fmt::format("Sets stand in quotes: {} {}.", c_.source().text(fact.kind_span), Quoted(word)));
}

bool ExpressionParser::Visit(ast::FactTerm& fact) {
  return OptionalSets(fact, fact.sets) && VisitClasses(fact);
}

bool ExpressionParser::VisitClasses(ast::FactTerm& fact) {
  if (!c_.TakeWord("class")) return true;
  do {
    ast::Word word;
    word.span = c_.here();
    if (!VisitClass(word.span)) return false;
    word.text = std::string(c_.source().text(word.span));
    fact.visit_classes.push_back(std::move(word));
  } while (c_.Take(TokenKind::kComma));
  return true;
}

std::optional<std::string> ExpressionParser::VisitClass(Span& span) {
  span = c_.here();
  const std::vector<std::string> codes = VisitClassCodes(c_.Word());
  if (codes.empty()) {
    if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word())) {
      std::vector<std::string> words(VisitClassWords().begin(), VisitClassWords().end());
      c_.UnknownWord(span, VisitClassWords(),
                     fmt::format("A class of visit is {}.", Listed(words)));
    } else {
      c_.Expected("a class of visit (emergency, inpatient, outpatient, ...)");
    }
    return std::nullopt;
  }
  c_.Take();
  return codes.front();
}

// participation in study "X", in interventional study, in registry "X"
bool ExpressionParser::Participation(ast::FactTerm& fact) {
  if (!c_.ExpectWord("in")) return false;
  if (c_.TakeWord("registry")) {
    fact.registry = true;
    const auto name = c_.String("the registry in quotes");
    if (name) fact.study = *name;
    return name.has_value();
  }
  fact.interventional = c_.TakeWord("interventional");
  fact.observational = !fact.interventional && c_.TakeWord("observational");
  if (!c_.TakeWord("study")) {
    constexpr std::string_view kWords[] = {"study", "interventional", "observational", "registry"};
    if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word()))
      return c_.UnknownWord(c_.here(), kWords, "Write: in study, in interventional study.");
    return c_.ExpectWord("study");
  }
  if (!c_.At(TokenKind::kString) || c_.AtStop()) return true;
  fact.study = *c_.String("the study in quotes");
  return true;
}

bool ExpressionParser::Tail(ast::FactTerm& fact, ast::Expr& expr) {
  while (!c_.AtStop()) {
    const bool dates_possible = !HasValue(fact.kind) || fact.test.has_value();
    if (AtTest(dates_possible)) {
      const auto test = ParseTest();
      if (!test) return false;
      if (fact.test)
        return c_.Fail(DiagnosticCode::kTwice, test->span,
                       "a query takes one test; this is the second",
                       "Write two queries with \"and\" between them.");
      fact.test = *test;
      continue;
    }
    if (AtTime(dates_possible)) {
      const auto time = ParseTime();
      if (!time) return false;
      expr.times.push_back(*time);
      continue;
    }
    bool taken = false;
    if (!Filter(fact, taken)) return false;
    if (!taken) return true;
  }
  return true;
}

}  // namespace medverka::criteria::internal

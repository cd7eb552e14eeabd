// Queries of facts: selector, kind, sets, then filters, test and time in any order.
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
    {"observation", FactKind::kObservation},
    {"observations", FactKind::kObservation},
    {"component", FactKind::kObservation},
    {"visit", FactKind::kVisit},
    {"visits", FactKind::kVisit},
    {"participation", FactKind::kParticipation},
};
constexpr std::string_view kKinds[] = {"condition",     "procedure",   "medication",   "allergy",
                                       "immunization",  "observation", "component",    "visit",
                                       "participation", "variant",     "conditions",   "procedures",
                                       "medications",   "allergies",   "observations", "visits",
                                       "latest",        "first",       "lowest",       "highest"};

std::optional<FactKind> KindOf(std::string_view word) {
  for (const KindWord& kind : kKindWords) {
    if (kind.word == word) return kind.kind;
  }
  return std::nullopt;
}

}  // namespace

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

bool ExpressionParser::SelectorAndKind(ast::FactTerm& fact) {
  const Span begin = c_.here();
  fact.no = c_.TakeWord("no");
  if (fact.no && LaterTerm()) return false;
  if (!ParseSelector(fact)) return false;
  if (fact.selector != Selector::kThereIs)
    fact.selector_span = c_.From(fact.no ? c_.last() : begin);
  if (c_.AtWord("different") || c_.AtWord("consecutive")) {
    return c_.NotYet(c_.here(), fmt::format("\"{}\"", c_.Word()));
  }
  if (LaterTerm()) return false;
  if (AtVariant()) {
    return c_.Fail(DiagnosticCode::kKindHasNoSuchPart, fact.selector_span,
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
      {"exactly", Selector::kExactly},
  };
  for (const SelectorWord& word : kWords) {
    if (!c_.TakeWord(word.word)) continue;
    fact.selector = word.selector;
    break;
  }
  if (c_.AtWord("at")) {
    c_.Take();
    if (c_.TakeWord("least")) {
      fact.selector = Selector::kAtLeast;
    } else if (c_.ExpectWord("most")) {
      fact.selector = Selector::kAtMost;
    } else {
      return false;
    }
  }
  const bool counts = fact.selector == Selector::kAtLeast || fact.selector == Selector::kAtMost ||
                      fact.selector == Selector::kExactly;
  if (counts) {
    const auto count = c_.Whole("a number");
    if (!count) return false;
    fact.count = *count;
  }
  if (fact.selector == Selector::kLatest || fact.selector == Selector::kFirst)
    fact.ever = c_.TakeWord("ever");
  return true;
}

bool ExpressionParser::Kind(ast::FactTerm& fact) {
  fact.kind_span = c_.here();
  const auto kind = KindOf(c_.Word());
  if (!kind) {
    if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word())) {
      return c_.UnknownWord(c_.here(), kKinds,
                            "Here a kind should stand: condition, procedure, medication, allergy, "
                            "immunization, observation, visit, participation or variant.");
    }
    return c_.Expected("a kind (condition, observation, ...)");
  }
  fact.kind = *kind;
  const bool component = c_.AtWord("component");
  c_.Take();
  if (component) {
    fact.component = true;
    if (!AtItem())
      return c_.Expected("the name of the component in quotes",
                         "It reads: component \"systolic\" of observation \"blood pressure\".");
    if (!SetsOf(fact.components) || !c_.ExpectWord("of")) return false;
    if (!c_.TakeWord("observations") && !c_.ExpectWord("observation")) return false;
    return ObservationSets(fact);
  }
  switch (fact.kind) {
    case FactKind::kObservation:
      return ObservationSets(fact);
    case FactKind::kVisit:
      return Visit(fact);
    case FactKind::kParticipation:
      return Participation(fact);
    default:
      return OptionalSets(fact, fact.sets);
  }
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
  if (c_.AtWord("valueset")) return c_.NotYet(c_.here(), "\"valueset\"");
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
  if (!OptionalSets(fact, fact.sets)) return false;
  if (c_.TakeWord("class")) {
    do {
      ast::Word word;
      word.span = c_.here();
      if (!VisitClass(word.span)) return false;
      word.text = std::string(c_.source().text(word.span));
      fact.visit_classes.push_back(std::move(word));
    } while (c_.Take(TokenKind::kComma));
  }
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

bool ExpressionParser::Participation(ast::FactTerm& fact) {
  if (!c_.ExpectWord("in")) return false;
  if (c_.AtWord("registry")) return c_.NotYet(c_.here(), "participation in a registry");
  if (c_.AtWord("observational")) return c_.NotYet(c_.here(), "\"observational study\"");
  fact.interventional = c_.TakeWord("interventional");
  if (!c_.ExpectWord("study")) return false;
  if (!c_.At(TokenKind::kString)) return true;
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

// current, for at least 6 months, at unit "..."; and those of a later version.
bool ExpressionParser::Filter(ast::FactTerm& fact, bool& taken) {
  taken = true;
  const Span begin = c_.here();
  if (c_.TakeWord("current")) {
    if (fact.current) return c_.Fail(DiagnosticCode::kTwice, begin, "\"current\" is said twice");
    fact.current = begin;
    return true;
  }
  if (c_.AtWord("for") && c_.AtWord("at", 1) && c_.AtWord("least", 2)) {
    c_.Take(), c_.Take(), c_.Take();
    auto amount = c_.TimeAmount();
    if (!amount) return false;
    if (fact.lasting) return c_.Fail(DiagnosticCode::kTwice, begin, "the length is said twice");
    fact.lasting = amount;
    fact.lasting_span = c_.From(begin);
    return true;
  }
  if (c_.AtWord("at") && c_.AtWord("unit", 1)) {
    c_.Take(), c_.Take();
    const auto unit = c_.String("the unit in quotes");
    if (!unit) return false;
    if (fact.kind != FactKind::kVisit) {
      return c_.Fail(DiagnosticCode::kKindHasNoSuchPart, c_.From(begin),
                     "only visits take \"at unit\"");
    }
    if (!fact.visit_unit.empty())
      return c_.Fail(DiagnosticCode::kTwice, begin, "the unit is said twice");
    fact.visit_unit = *unit;
    return true;
  }
  if (c_.AtWord("class") && fact.kind != FactKind::kVisit) {
    return c_.Fail(DiagnosticCode::kKindHasNoSuchPart, begin, "only visits have a class");
  }
  if (LaterFilter()) return false;
  taken = false;
  return true;
}

bool ExpressionParser::LaterFilter() {
  const auto words = [&](std::initializer_list<std::string_view> wanted) {
    std::size_t ahead = 0;
    for (const std::string_view word : wanted) {
      if (!c_.AtWord(word, ahead++)) return false;
    }
    return true;
  };
  const auto later = [&](std::size_t count, std::string_view what) {
    c_.NotYet(Cover(c_.here(), c_.Peek(count - 1).span), what);
    return true;
  };
  if (c_.AtStop()) return false;
  if (c_.AtWord("where")) return later(1, "\"where\"");
  if (words({"with", "gaps"})) return later(2, "\"with gaps\"");
  if (c_.AtWord("with")) return later(1, "\"with ...\" (a field of the fact)");
  if (words({"for", "at", "most"})) return later(3, "\"for at most\"");
  if (words({"for", "a", "total"})) return later(3, "\"for a total of\"");
  if (c_.AtWord("for") && !words({"for", "at", "least"}))
    return later(1, "\"for ...\" (an indication)");
  if (words({"as", "main"})) return later(2, "\"as main diagnosis\"");
  if (c_.AtWord("prescribed") || c_.AtWord("dispensed") || c_.AtWord("given")) {
    return later(1, fmt::format("\"{}\"", c_.Word()));
  }
  if (c_.AtWord("regularly")) return later(1, "\"regularly\"");
  if (words({"suspected", "or"})) return later(2, "\"suspected or confirmed\"");
  if (c_.AtWord("unchanged")) return later(1, "\"unchanged for\"");
  if (words({"not", "done"})) return later(2, "\"not done\"");
  if (words({"reported", "by"})) return later(2, "\"reported by patient\"");
  if (words({"not", "reported"})) return later(2, "\"not reported by patient\"");
  if (words({"counts", "as"})) return later(2, "\"counts as yes\"");
  return false;
}

// ---- sets and codes

bool ExpressionParser::AtItem() const {
  if (c_.At(TokenKind::kString)) return !c_.AtStop();
  const std::string_view word = c_.Word();
  if (word.empty() || c_.AtStop()) return false;
  for (const std::string_view system : SystemWords()) {
    if (word == system) return true;
  }
  return (word == "system" || word == "set")
             ? c_.At(TokenKind::kString, 1)
             : word == "item" && c_.At(TokenKind::kString, 1) && c_.At(TokenKind::kString, 2);
}

bool ExpressionParser::SetsOf(ast::Items& items) {
  items.span = c_.here();
  std::optional<ast::CodeItem> system;
  do {
    if (c_.AtWord("valueset")) return c_.NotYet(c_.here(), "\"valueset\"");
    auto item = Item(system);
    if (!item) return false;
    items.items.push_back(std::move(*item));
  } while (c_.Take(TokenKind::kComma));
  items.span = c_.From(items.span);
  return true;
}

std::optional<ast::CodeItem> ExpressionParser::OneItem() {
  std::optional<ast::CodeItem> system;
  return Item(system);
}

// One set, code or questionnaire item. `system` is the one named last: after a comma its codes go
// on.
std::optional<ast::CodeItem> ExpressionParser::Item(std::optional<ast::CodeItem>& system) {
  ast::CodeItem item;
  item.span = c_.here();
  if (c_.AtWord("set") && c_.At(TokenKind::kString, 1)) c_.Take();
  if (c_.At(TokenKind::kString)) {
    system.reset();
    item.type = ast::CodeItem::Type::kSetName;
    item.span = c_.here();
    item.text = *c_.String("a set");
    return item;
  }
  if (c_.AtWord("item") && c_.At(TokenKind::kString, 1)) {
    system.reset();
    c_.Take();
    item.type = ast::CodeItem::Type::kQuestionnaireItem;
    const auto questionnaire = c_.String("the questionnaire");
    const auto link = c_.String("the linkId in quotes");
    if (!questionnaire || !link) return std::nullopt;
    item.system = SystemId::kQuestionnaireItem;
    item.text = fmt::format("{}#{}", *questionnaire, *link);
    item.span = c_.From(item.span);
    return item;
  }
  ast::CodeItem named;
  if (SystemWord(named)) {
    if (c_.failed()) return std::nullopt;
    system = named;
  }
  if (!system) {
    if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word())) {
      const std::string hint = DidYouMeanHint(c_.Word(), SystemWords());
      c_.Fail(DiagnosticCode::kUnknownSystem, c_.here(),
              fmt::format("{} is no code system that is known here", Quoted(c_.Word())),
              hint.empty()
                  ? "Other systems are written: system \"URI\" code. Names of sets stand in quotes."
                  : hint);
    } else {
      c_.Expected("a set in quotes or a code");
    }
    return std::nullopt;
  }
  auto code = Code(*system);
  if (code) code->span = Cover(item.span, code->span);
  return code;
}

bool ExpressionParser::SystemWord(ast::CodeItem& system) {
  if (c_.AtWord("system") && c_.At(TokenKind::kString, 1)) {
    c_.Take();
    const std::string uri = *c_.String("the URI of a code system");
    system.system = KnownSystem(uri);
    if (system.system == SystemId::kNone) system.uri = uri;
    return true;
  }
  for (const std::string_view word : SystemWords()) {
    if (!c_.AtWord(word)) continue;
    system.system = SystemOfWord(word);
    c_.Take();
    return true;
  }
  return false;
}

std::optional<ast::CodeItem> ExpressionParser::Code(const ast::CodeItem& system) {
  ast::CodeItem item = system;
  item.type = ast::CodeItem::Type::kCode;
  item.span = c_.here();
  item.with_descendants = c_.Take(TokenKind::kBelow);
  if (item.with_descendants && item.system != SystemId::kSnomed) {
    c_.Fail(
        DiagnosticCode::kUnexpected, item.span, "\"<<\" (with all below) is for snomed",
        "In icd10se, icd10, atc and kva a code already stands for all codes that begin with it.");
    return std::nullopt;
  }
  const bool text_code = c_.At(TokenKind::kString) && !item.uri.empty();
  if (text_code) {
    item.text = *c_.String("a code");
    item.span = c_.From(item.span);
    return item;
  }
  if (!c_.At(TokenKind::kWord) || c_.AtStop() || IsKeyword(c_.Word())) {
    c_.Expected("a code");
    return std::nullopt;
  }
  const Span code = CodeAt(c_.source(), c_.here().begin);
  item.text = std::string(c_.source().text(code));
  c_.Take();
  c_.SkipTo(code.end);
  item.span = c_.From(item.span);
  return item;
}

bool ExpressionParser::CodeLists(std::vector<ast::CodeItem>& items) {
  std::optional<ast::CodeItem> system;
  bool after_comma = false;
  while (after_comma || (!c_.AtStop() && !c_.At(TokenKind::kCloseBrace) && !c_.AtWord("except"))) {
    if (c_.AtWord("valueset")) return c_.NotYet(c_.here(), "\"valueset\"");
    if (!after_comma) system.reset();
    auto item = Item(system);
    if (!item) return false;
    items.push_back(std::move(*item));
    after_comma = c_.Take(TokenKind::kComma);
  }
  return true;
}

}  // namespace medverka::criteria::internal

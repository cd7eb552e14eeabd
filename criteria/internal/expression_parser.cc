// Logic and the terms that are no queries of facts. Queries: query_parser.cc; tests and times:
// tail_parser.cc.
#include "criteria/internal/expression_parser.h"

#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/limits.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

template <typename Payload>
ast::ExprPtr Make(Payload payload, Span begin) {
  auto expr = std::make_unique<ast::Expr>();
  expr->payload = std::move(payload);
  expr->span = begin;
  return expr;
}

// Words that begin a term of a later version, and what to call it.
struct Later {
  std::string_view word;
  std::string_view next;  // "" for any
  std::string_view what;
};
constexpr Later kLaterTerms[] = {
    {"family", "history", "\"family history\""},
    {"device", "", "the kind \"device\""},
    {"devices", "", "the kind \"device\""},
    {"rise", "of", "a change (\"rise of\")"},
    {"fall", "of", "a change (\"fall of\")"},
    {"text", "matches", "\"text matches\""},
    {"bmi", "", "the score \"bmi\""},
    {"score", "", "a score by its name"},
    {"creatinine", "clearance", "the score \"creatinine clearance\""},
    {"gestational", "age", "\"gestational age\""},
    {"tested", "for", "\"tested for gene\""},
    {"fusion", "of", "\"fusion of\""},
    {"copy", "number", "\"copy number\""},
    {"amplification", "", "\"amplification of\""},
    {"homozygous", "", "a copy number change"},
    {"gain", "of", "\"gain of\""},
    {"loss", "of", "\"loss of\""},
    {"deletion", "of", "\"deletion of\""},
    {"missense", "", "\"missense variant\""},
    {"truncating", "", "\"truncating variant\""},
    {"inframe", "", "\"inframe variant\""},
    {"frameshift", "", "\"frameshift variant\""},
    {"splice", "", "\"splice variant\""},
    {"alteration", "", "\"alteration\""},
    {"alterations", "", "\"alteration\""},
    {"average", "of", "\"average of\""},
    {"median", "of", "\"median of\""},
    {"planned", "", "\"planned\""},
    {"journal", "covers", "\"journal covers\""},
    {"reason", "", "\"reason ... of\""},
    {"sick", "leave", "\"sick leave\""},
    {"pregnancy", "", "\"pregnancy\" as a period"},
    {"lines", "of", "\"lines of treatment\""},
};

constexpr std::string_view kFollowsName[] = {"and", "or", "else", "because", "then", "otherwise"};

}  // namespace

ast::ExprPtr ExpressionParser::Whole() {
  ast::ExprPtr expr = Expression();
  if (!expr || !Else(*expr)) return nullptr;
  return expr;
}

ast::ExprPtr ExpressionParser::Expression() {
  if (++depth_ > kExpressionDepthMax) {
    c_.Fail(DiagnosticCode::kTooDeep, c_.here(),
            fmt::format("brackets stand more than {} deep here", kExpressionDepthMax),
            "Give the inner parts names of their own with \"define\".");
    --depth_;
    return nullptr;
  }
  ast::ExprPtr expr = c_.AtWord("if") ? If() : Chain();
  --depth_;
  return expr;
}

// `if` stands alone or in brackets.
ast::ExprPtr ExpressionParser::If() {
  const Span begin = c_.Take().span;
  auto expr = Make(ast::Logic{ast::Logic::Type::kIf, 0, {}}, begin);
  for (const std::string_view next : {"then", "otherwise", ""}) {
    ast::ExprPtr part = Chain();
    if (!part) return nullptr;
    expr->children.push_back(std::move(part));
    if (next == "then" && !c_.ExpectWord(next)) return nullptr;
    if (next == "otherwise" && !c_.TakeWord(next)) break;
  }
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::Chain() {
  const Span begin = c_.here();
  ast::ExprPtr first = Term();
  if (!first || !(c_.AtWord("and") || c_.AtWord("or"))) return first;
  const std::string op(c_.Word());
  auto chain =
      Make(ast::Logic{op == "and" ? ast::Logic::Type::kAnd : ast::Logic::Type::kOr, 0, {}}, begin);
  chain->children.push_back(std::move(first));
  while (c_.AtWord("and") || c_.AtWord("or")) {
    if (!c_.AtWord(op)) {
      c_.Fail(DiagnosticCode::kAndOrMixed, c_.here(),
              "\"and\" and \"or\" stand side by side here, and that can be read in two ways",
              "Put brackets around what belongs together: (a and b) or c, or a and (b or c).");
      return nullptr;
    }
    c_.Take();
    ast::ExprPtr term = Term();
    if (!term) return nullptr;
    chain->children.push_back(std::move(term));
  }
  chain->span = c_.From(begin);
  return chain;
}

ast::ExprPtr ExpressionParser::NotTerm() {
  const Span begin = c_.Take().span;
  if (c_.AtWord("done") || c_.AtWord("reported")) {
    c_.NotYet(begin, fmt::format("\"not {}\"", c_.Word()));
    return nullptr;
  }
  if (++depth_ > kExpressionDepthMax) {
    c_.Fail(DiagnosticCode::kTooDeep, begin,
            fmt::format("more than {} levels stand within one another here", kExpressionDepthMax),
            "Two \"not\" in a row say nothing.");
    --depth_;
    return nullptr;
  }
  auto expr = Make(ast::Logic{ast::Logic::Type::kNot, 0, {}}, begin);
  ast::ExprPtr term = Term();
  --depth_;
  if (!term) return nullptr;
  expr->children.push_back(std::move(term));
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::Bracket() {
  const Span open = c_.Take().span;
  auto expr = Make(ast::Logic{ast::Logic::Type::kBracket, 0, {}}, open);
  ast::ExprPtr inner = Whole();
  if (!inner || !c_.Close(TokenKind::kCloseBracket, open)) return nullptr;
  expr->children.push_back(std::move(inner));
  expr->span = c_.From(open);
  if (!Times(*expr)) return nullptr;
  return expr;
}

// The count has been taken; `of` stands here.
ast::ExprPtr ExpressionParser::List(ast::Logic::Type type, std::int32_t count, Span count_span,
                                    Span begin) {
  c_.Take();
  auto expr = Make(ast::Logic{type, count, count_span}, begin);
  const Span open = c_.here();
  if (!c_.Expect(TokenKind::kOpenBracket, "a list in brackets: (a; b)")) return nullptr;
  do {
    ast::ExprPtr item = Whole();
    if (!item) return nullptr;
    expr->children.push_back(std::move(item));
    if (c_.At(TokenKind::kComma)) {
      c_.Fail(DiagnosticCode::kUnexpected, c_.here(),
              "the parts of a list are parted by semicolons", "Write \";\" instead of \",\".");
      return nullptr;
    }
  } while (c_.Take(TokenKind::kSemicolon));
  if (!c_.Close(TokenKind::kCloseBracket, open)) return nullptr;
  expr->span = c_.From(begin);
  if (!Times(*expr)) return nullptr;
  return expr;
}

ast::ExprPtr ExpressionParser::Term() {
  if (c_.AtStop() || c_.At(TokenKind::kBad)) {
    c_.Expected("a criterion in words");
    return nullptr;
  }
  if (c_.AtWord("not")) return NotTerm();
  if (c_.At(TokenKind::kOpenBracket)) return Bracket();
  if (LaterTerm()) return nullptr;
  const Span begin = c_.here();
  struct ListWord {
    std::string_view word;
    ast::Logic::Type type;
  };
  for (const ListWord& list :
       {ListWord{"any", ast::Logic::Type::kAnyOf}, ListWord{"all", ast::Logic::Type::kAllOf},
        ListWord{"none", ast::Logic::Type::kNoneOf}}) {
    if (!c_.AtWord(list.word) || !(c_.AtWord("of", 1) || list.word != "any")) continue;
    c_.Take();
    if (!c_.AtWord("of")) {
      c_.Expected("\"of\"", "A list reads: all of (a; b).");
      return nullptr;
    }
    return List(list.type, 0, begin, begin);
  }
  if (c_.AtWord("age")) return Age();
  if (c_.AtWord("sex")) return SexIs();
  if (c_.AtWord("resident")) return Resident();
  if (c_.AtWord("alive")) {
    c_.Take();
    return Make(ast::AliveTerm{}, begin);
  }
  if (c_.AtWord("answer")) {
    c_.Take();
    auto expr = Make(ast::AnswerTerm{}, begin);
    ast::Name& name = std::get<ast::AnswerTerm>(expr->payload).question;
    name.span = c_.here();
    if (c_.At(TokenKind::kString)) {
      name.text = *c_.String("a question");
    } else {
      // A name of several words goes on until a word that can follow it.
      while (c_.At(TokenKind::kWord) && c_.SameLine() && !c_.AtAnyWord(kFollowsName)) {
        if (!name.text.empty()) name.text += ' ';
        name.text += c_.source().text(c_.Take().span);
      }
    }
    if (name.text.empty()) {
      c_.Expected("the name of an \"ask\"");
      return nullptr;
    }
    name.span = c_.From(name.span);
    expr->span = c_.From(begin);
    return expr;
  }
  if (c_.AtWord("egfr")) return Score();
  if (AtVariant()) return Variant();
  const bool count = c_.AtWord("exactly") ||
                     (c_.AtWord("at") && !c_.AtWord("visit", 1) && !c_.AtWord("visits", 1));
  if (count && !c_.AtWord("of", c_.AtWord("exactly") ? 2 : 3)) return Fact();
  if (count) {
    const bool exactly = c_.TakeWord("exactly");
    bool least = false;
    if (!exactly) {
      c_.Take();
      least = c_.TakeWord("least");
      if (!least && !c_.ExpectWord("most")) return nullptr;
    }
    const Span count_span = c_.here();
    const auto number = c_.Whole("a number");
    if (!number) return nullptr;
    return List(exactly ? ast::Logic::Type::kExactlyOf
                : least ? ast::Logic::Type::kAtLeastOf
                        : ast::Logic::Type::kAtMostOf,
                *number, count_span, begin);
  }
  if (c_.AtWord("at")) {
    c_.NotYet(begin, "\"at visit\" as a criterion");
    return nullptr;
  }
  constexpr std::string_view kFactWords[] = {
      "no",           "any",       "every",      "latest",       "first",         "lowest",
      "highest",      "condition", "conditions", "procedure",    "procedures",    "medication",
      "medications",  "allergy",   "allergies",  "immunization", "immunizations", "observation",
      "observations", "component", "visit",      "visits",       "participation"};
  if (c_.AtAnyWord(kFactWords)) return Fact();
  return Name();
}

ast::ExprPtr ExpressionParser::Name() {
  const Span begin = c_.here();
  auto expr = Make(ast::NameTerm{}, begin);
  ast::Name& name = std::get<ast::NameTerm>(expr->payload).name;
  name.span = begin;
  if (c_.At(TokenKind::kString)) {
    name.text = *c_.String("a name");
    return expr;
  }
  if (!c_.At(TokenKind::kWord)) {
    c_.Expected("a criterion in words");
    return nullptr;
  }
  const std::string word(c_.source().text(begin));
  constexpr std::string_view kKinds =
      "A term begins with a kind (condition, observation, ...), with age, sex or the like, or is "
      "the name of a definition.";
  if (word == "if") {
    c_.Fail(DiagnosticCode::kUnexpected, begin, "\"if\" stands alone or in brackets",
            "Write: (if a then b) and ...");
    return nullptr;
  }
  if (IsKeyword(word) || BeginsWithDigit(word)) {
    c_.Fail(DiagnosticCode::kUnexpected, begin, fmt::format("{} cannot begin a term", Quoted(word)),
            std::string(kKinds));
    return nullptr;
  }
  c_.Take();
  name.text = word;
  const bool ends = c_.AtStop() || c_.At(TokenKind::kCloseBracket) ||
                    c_.At(TokenKind::kSemicolon) || c_.AtAnyWord(kFollowsName) ||
                    c_.At(TokenKind::kBad);
  if (ends) return expr;
  const bool slip = !base::DidYouMean(word, TermWords()).empty();
  if (!slip && AtTest(false)) {
    c_.NotYet(begin, "a test on a named event");
    return nullptr;
  }
  if (!slip && AtTime(true)) {
    c_.Fail(DiagnosticCode::kTimeBindsNothing, c_.here(),
            "a time clause stands after a query or a bracket, not after a name",
            fmt::format("Put the name in brackets, ({}), and the clause goes to every query in it "
                        "that has none.",
                        word));
    return nullptr;
  }
  c_.UnknownWord(begin, TermWords(), std::string(kKinds));
  return nullptr;
}

ast::ExprPtr ExpressionParser::Age() {
  const Span begin = c_.Take().span;
  auto expr = Make(ast::AgeTerm{}, begin);
  AgeTest& test = std::get<ast::AgeTerm>(expr->payload).test;
  if (c_.AtWord("at")) {
    c_.NotYet(c_.here(), "age at another time than now");
    return nullptr;
  }
  const auto unit = [&]() -> bool {
    if (!IsTimeUnit(c_.Word()) &&
        (c_.AtStop() || IsKeyword(c_.Word()) || !c_.At(TokenKind::kWord))) {
      return c_.Fail(DiagnosticCode::kAgeUnit, c_.last(), "an age needs its unit",
                     "Write years, months, weeks or days.");
    }
    const auto of_time = c_.UnitOfTime();
    if (!of_time) return false;
    if (*of_time < base::TimeUnit::kDay) {
      return c_.Fail(DiagnosticCode::kAgeUnit, c_.last(),
                     "an age is given in years, months, weeks or days");
    }
    test.unit = *of_time;
    return true;
  };
  if (c_.TakeWord("between")) {
    const Span low = c_.here();
    const auto min = c_.Whole("a number");
    if (!min || !c_.ExpectWord("and")) return nullptr;
    const auto max = c_.Whole("a number");
    if (!max || !unit()) return nullptr;
    if (*min > *max) {
      c_.Fail(DiagnosticCode::kUpsideDown, c_.From(low),
              fmt::format("\"between {} and {}\" is upside down", *min, *max),
              fmt::format("Write \"between {} and {}\".", *max, *min));
      return nullptr;
    }
    test.min = min;
    test.max = max;
  } else {
    const TokenKind op = c_.Peek().kind;
    if (op < TokenKind::kLess || op > TokenKind::kEqual) {
      c_.Expected("a comparison such as >= 18 years, or \"between 18 and 80 years\"");
      return nullptr;
    }
    c_.Take();
    const auto number = c_.Whole("a number");
    if (!number || !unit()) return nullptr;
    const bool upward = op == TokenKind::kGreater || op == TokenKind::kGreaterEqual;
    if (upward || op == TokenKind::kEqual) test.min = number;
    if (!upward) test.max = number;
    test.min_strict = op == TokenKind::kGreater;
    test.max_strict = op == TokenKind::kLess;
  }
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::SexIs() {
  const Span begin = c_.Take().span;
  if (!c_.ExpectWord("is")) return nullptr;
  constexpr std::string_view kSexes[] = {"female", "male"};
  if (!c_.AtAnyWord(kSexes)) {
    if (c_.At(TokenKind::kWord) && !c_.AtStop()) {
      c_.UnknownWord(c_.here(), kSexes, "Sex is female or male.");
    } else {
      c_.Expected("female or male");
    }
    return nullptr;
  }
  auto expr = Make(ast::SexTerm{c_.AtWord("female") ? Sex::kFemale : Sex::kMale}, begin);
  c_.Take();
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::Resident() {
  // The 21 regions by their county number, as the Tax Agency and the regions use them.
  constexpr std::string_view kRegions[] = {"01", "03", "04", "05", "06", "07", "08",
                                           "09", "10", "12", "13", "14", "17", "18",
                                           "19", "20", "21", "22", "23", "24", "25"};
  const Span begin = c_.Take().span;
  if (!c_.ExpectWord("in")) return nullptr;
  if (c_.AtWord("municipality")) {
    c_.NotYet(c_.here(), "\"municipality\"");
    return nullptr;
  }
  if (!c_.TakeWord("regions") && !c_.ExpectWord("region")) return nullptr;
  auto expr = Make(ast::ResidentTerm{}, begin);
  auto& regions = std::get<ast::ResidentTerm>(expr->payload).regions;
  do {
    if (!c_.AtAnyWord(kRegions)) {
      if (!BeginsWithDigit(c_.Word())) {
        c_.Expected("a region of two digits");
      } else {
        c_.Fail(DiagnosticCode::kUnknownWord, c_.here(),
                fmt::format("there is no region {}", Quoted(c_.Word())),
                c_.Word().size() == 1
                    ? fmt::format("A region has two digits: 0{}.", c_.Word())
                    : "A region is the two digits of its county, such as 01 for Stockholm.");
      }
      return nullptr;
    }
    regions.push_back(std::string(c_.source().text(c_.Take().span)));
  } while (c_.Take(TokenKind::kComma));
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  expr->span = c_.From(begin);
  return expr;
}

ast::ExprPtr ExpressionParser::Score() {
  constexpr std::string_view kLater[] = {"ckd-epi-2021", "ckd-epi-2009",    "ekfc",
                                         "capa",         "cockcroft-gault", "reported"};
  constexpr std::string_view kFormulas[] = {"lm-rev", "ckd-epi-2021",    "ckd-epi-2009", "ekfc",
                                            "capa",   "cockcroft-gault", "reported"};
  const Span begin = c_.Take().span;
  if (!c_.TakeWord("by")) {
    c_.Fail(DiagnosticCode::kFormula, begin, "the formula of an eGFR is always named",
            "Write \"egfr by lm-rev\".");
    return nullptr;
  }
  if (c_.AtAnyWord(kLater)) {
    c_.NotYet(c_.here(), fmt::format("the formula \"{}\"", c_.Word()));
    return nullptr;
  }
  if (!c_.AtWord("lm-rev")) {
    if (!c_.At(TokenKind::kWord) || c_.AtStop()) {
      c_.Expected("the name of a formula", "Write \"egfr by lm-rev\".");
    } else {
      const std::string hint = DidYouMeanHint(c_.Word(), kFormulas);
      c_.Fail(DiagnosticCode::kFormula, c_.here(),
              fmt::format("there is no formula {} for eGFR", Quoted(c_.Word())),
              hint.empty() ? "Write \"egfr by lm-rev\"." : hint);
    }
    return nullptr;
  }
  c_.Take();
  if (c_.AtWord("or") && c_.AtAnyWord(kFormulas, 1)) {
    c_.NotYet(c_.here(), "a choice between formulas");
    return nullptr;
  }
  auto expr = Make(ast::ScoreTerm{}, begin);
  if (!AtTest(false)) {
    c_.Expected("a test such as >= 30 mL/min/1.73m2");
    return nullptr;
  }
  const auto test = ParseTest();
  if (!test) return nullptr;
  if (test->kind != ValueTest::Kind::kCompare && test->kind != ValueTest::Kind::kBetween) {
    c_.Fail(DiagnosticCode::kKindHasNoSuchPart, test->span,
            "a score can only be compared with a number", "Write for example >= 30 mL/min/1.73m2.");
    return nullptr;
  }
  std::get<ast::ScoreTerm>(expr->payload).formulas = {ScoreQuery::Formula::kLmRev};
  std::get<ast::ScoreTerm>(expr->payload).test = *test;
  if (LaterFilter() || !Times(*expr)) return nullptr;
  if (LaterFilter()) return nullptr;
  expr->span = c_.From(begin);
  return expr;
}

bool ExpressionParser::AtVariant() const {
  std::size_t ahead = c_.AtWord("no") ? 1 : 0;
  while (c_.AtWord("somatic", ahead) || c_.AtWord("germline", ahead) ||
         c_.AtWord("pathogenic", ahead))
    ++ahead;
  return c_.AtWord("variant", ahead) || c_.AtWord("variants", ahead) ||
         ahead > (c_.AtWord("no") ? 1U : 0U);
}

ast::ExprPtr ExpressionParser::Variant() {
  const Span begin = c_.here();
  auto expr = Make(ast::VariantTerm{}, begin);
  auto& variant = std::get<ast::VariantTerm>(expr->payload);
  variant.no = c_.TakeWord("no");
  while (c_.AtWord("somatic") || c_.AtWord("germline") || c_.AtWord("pathogenic")) {
    if (c_.AtWord("pathogenic")) {
      variant.pathogenic = true;
    } else {
      const Origin origin = c_.AtWord("somatic") ? Origin::kSomatic : Origin::kGermline;
      if (variant.origin != Origin::kNotReported) {
        c_.Fail(DiagnosticCode::kTwice, c_.here(), "the origin of the variant is said twice");
        return nullptr;
      }
      variant.origin = origin;
    }
    c_.Take();
  }
  if (LaterTerm()) return nullptr;
  if (!c_.TakeWord("variants") && !c_.ExpectWord("variant")) return nullptr;
  if (c_.AtWord("in") && c_.AtWord("exon", 1)) {
    c_.NotYet(Cover(c_.here(), c_.Peek(1).span), "\"in exon\"");
    return nullptr;
  }
  if (c_.At(TokenKind::kWord) && !c_.AtWord("in") && !IsKeyword(c_.Word()) &&
      (c_.Word(1).substr(0, 2) == "p." || c_.Word(1).substr(0, 2) == "c.")) {
    c_.NotYet(Cover(c_.here(), c_.Peek(1).span), "a single change of a gene");
    return nullptr;
  }
  if (!c_.ExpectWord("in") || (!c_.TakeWord("genes") && !c_.ExpectWord("gene"))) return nullptr;
  do {
    auto gene = Gene();
    if (!gene) return nullptr;
    variant.genes.push_back(std::move(*gene));
  } while (c_.Take(TokenKind::kComma));
  if (c_.AtWord("in") && c_.AtWord("exon", 1)) {
    c_.NotYet(Cover(c_.here(), c_.Peek(1).span), "\"in exon\"");
    return nullptr;
  }
  if (LaterFilter() || !Times(*expr) || LaterFilter()) return nullptr;
  expr->span = c_.From(begin);
  return expr;
}

std::optional<ast::Word> ExpressionParser::Gene() {
  ast::Word gene;
  gene.span = c_.here();
  if (c_.At(TokenKind::kString)) {
    gene.quoted = true;
    gene.text = *c_.String("a gene");
    return gene;
  }
  if (!c_.At(TokenKind::kWord) || c_.AtStop() || IsKeyword(c_.Word())) {
    c_.Expected("a gene (such as PIK3CA)");
    return std::nullopt;
  }
  gene.span = CodeAt(c_.source(), c_.here().begin);
  gene.text = std::string(c_.source().text(gene.span));
  c_.Take();
  c_.SkipTo(gene.span.end);
  return gene;
}

bool ExpressionParser::Else(ast::Expr& expr) {
  if (!c_.AtWord("else")) return true;
  ast::Else otherwise;
  otherwise.span = c_.Take().span;
  if (c_.TakeWord("no")) {
    otherwise.type = ast::Else::Type::kNo;
  } else if (c_.TakeWord("unknown")) {
    otherwise.type = ast::Else::Type::kUnknown;
  } else if (c_.TakeWord("ask")) {
    otherwise.type = ast::Else::Type::kAsk;
    const auto question = c_.String("a question in quotes");
    if (!question || !c_.Labels(otherwise.question)) return false;
    if (otherwise.question.en.empty()) otherwise.question.en = *question;
  } else {
    return c_.Expected("\"no\", \"unknown\" or \"ask\"");
  }
  otherwise.span = c_.From(otherwise.span);
  expr.otherwise = std::move(otherwise);
  return true;
}

bool ExpressionParser::Times(ast::Expr& expr) {
  while (!c_.AtStop() && AtTime(true)) {
    auto time = ParseTime();
    if (!time) return false;
    expr.times.push_back(*time);
  }
  return true;
}

bool ExpressionParser::LaterTerm() {
  const std::size_t ahead = c_.AtWord("no") ? 1 : 0;
  for (const Later& later : kLaterTerms) {
    if (!c_.AtWord(later.word, ahead) || (!later.next.empty() && !c_.AtWord(later.next, ahead + 1)))
      continue;
    const Span first = c_.Peek(ahead).span;
    c_.NotYet(later.next.empty() ? first : Cover(first, c_.Peek(ahead + 1).span), later.what);
    return true;
  }
  if (c_.AtWord("likely", ahead) && c_.AtWord("pathogenic", ahead + 1)) {
    c_.NotYet(Cover(c_.Peek(ahead).span, c_.Peek(ahead + 1).span), "\"likely pathogenic\"");
    return true;
  }
  return false;
}

}  // namespace medverka::criteria::internal

// The small patients of examples: what is given stands in words as in queries, one fact after the
// other.
#include "criteria/internal/example_parser.h"

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

constexpr std::string_view kGivenWords[] = {
    "born",        "female",    "male",       "dead",          "resident",
    "condition",   "procedure", "medication", "allergy",       "immunization",
    "observation", "component", "visit",      "participation", "variant",
    "no",          "somatic",   "germline",   "pathogenic",    "benign",
    "tested",      "answer",    "at",         "expect",        "device",
    "family",      "report",    "fusion",     "amplification", "copy"};

constexpr std::size_t kDateLength = 10;

class ExampleParser {
 public:
  ExampleParser(Cursor& cursor, ast::Example& example) : c_(cursor), example_(example) {}

  bool Run() {
    const auto words = c_.String("a text in quotes (what the example shows)");
    if (!words) return false;
    example_.words = *words;
    example_.span = c_.From(example_.span);
    if (!c_.ExpectWord("at")) return false;
    const auto at = c_.ClockTime();
    if (!at) return false;
    example_.at = *at;
    const Span open = c_.here();
    if (!c_.Expect(TokenKind::kOpenBrace, "\"{\"")) return false;
    while (!c_.AtStop() && !c_.At(TokenKind::kCloseBrace)) {
      if (!Line()) return false;
    }
    if (!c_.Close(TokenKind::kCloseBrace, open)) return false;
    if (example_.expectations.empty()) {
      return c_.Fail(DiagnosticCode::kExampleExpectsNothing, c_.last(),
                     "this example expects nothing", "Write what must come out: expect eligible");
    }
    return true;
  }

 private:
  bool Line() {
    if (c_.AtWord("expect") || (c_.AtWord("at") && BeginsWithDigit(c_.Word(1))))
      return Expectation();
    ast::Given given;
    given.span = c_.here();
    if (!Given(given)) return false;
    given.span = c_.From(given.span);
    example_.given.push_back(std::move(given));
    return true;
  }

  bool Given(ast::Given& given) {
    if (c_.TakeWord("born")) {
      given.type = ast::Given::Type::kBorn;
      return Day(given.date, false);
    }
    if (c_.AtWord("female") || c_.AtWord("male")) {
      given.type = ast::Given::Type::kSex;
      given.sex = c_.AtWord("female") ? Sex::kFemale : Sex::kMale;
      c_.Take();
      return true;
    }
    if (c_.TakeWord("dead")) {
      given.type = ast::Given::Type::kDead;
      given.date = {example_.at, example_.at};
      return !c_.TakeWord("on") || Day(given.date, true);
    }
    if (c_.TakeWord("resident")) {
      given.type = ast::Given::Type::kResident;
      if (!c_.ExpectWord("in") || !c_.ExpectWord("region")) return false;
      if (!BeginsWithDigit(c_.Word())) return c_.Expected("a region of two digits");
      given.region = std::string(c_.source().text(c_.Take().span));
      return true;
    }
    if (c_.TakeWord("answer")) return Answer(given);
    if (c_.TakeWord("visit") || c_.TakeWord("visits")) return Visit(given);
    if (c_.TakeWord("participation")) return Participation(given);
    if (c_.TakeWord("report")) return Report(given);
    if (AtGivenVariant(c_)) return ParseGivenVariant(c_, given) && Details(given);
    if (c_.TakeWord("component")) return Component(given);
    struct KindWord {
      std::string_view word;
      FactKind kind;
    };
    constexpr KindWord kKinds[] = {{"condition", FactKind::kCondition},
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
                                   {"device", FactKind::kDevice},
                                   {"devices", FactKind::kDevice},
                                   {"family", FactKind::kFamilyHistory}};
    for (const KindWord& kind : kKinds) {
      if (!c_.TakeWord(kind.word)) continue;
      given.kind = kind.kind;
      if (given.kind == FactKind::kFamilyHistory && !c_.ExpectWord("history")) return false;
      return Code(given.code) && Details(given);
    }
    if (c_.At(TokenKind::kWord) && !IsKeyword(c_.Word())) {
      return c_.UnknownWord(c_.here(), kGivenWords,
                            "An example gives born, female or male, and facts such as: condition "
                            "icd10se C18.7 on 2026-07-20.");
    }
    return c_.Expected("something about the patient, or \"expect\"");
  }

  bool Code(std::optional<ast::CodeItem>& code) {
    ExpressionParser parser(c_);
    code = parser.OneItem();
    return code.has_value();
  }

  // A whole date is 12:00 local unless it is a birth; months and years stay as coarse as they are.
  bool Day(base::TimeRange& out, bool at_noon) {
    const bool whole = c_.Word().size() == kDateLength;
    const auto range = c_.Date("a date");
    if (!range) return false;
    out = *range;
    if (at_noon && whole) out.lo = out.hi = base::FromLocal(base::LocalDate(range->lo), 12, 0, 0);
    return true;
  }

  bool Component(ast::Given& given) {
    given.kind = FactKind::kObservation;
    return Code(given.component) && c_.ExpectWord("of") && c_.ExpectWord("observation") &&
           Code(given.code) && Details(given);
  }

  bool Answer(ast::Given& given) {
    given.kind = FactKind::kAnswer;
    given.question.span = c_.here();
    if (c_.At(TokenKind::kString)) {
      given.question.text = *c_.String("the name of a question");
    } else {
      while (c_.At(TokenKind::kWord) && c_.SameLine() && !c_.AtWord("yes") && !c_.AtWord("no")) {
        if (!given.question.text.empty()) given.question.text += ' ';
        given.question.text += c_.source().text(c_.Take().span);
      }
      given.question.span = c_.From(given.question.span);
    }
    if (given.question.text.empty()) return c_.Expected("the name of a question");
    if (!c_.AtWord("yes") && !c_.AtWord("no")) return c_.Expected("\"yes\" or \"no\"");
    given.answer = c_.AtWord("yes");
    c_.Take();
    return Details(given);
  }

  bool Visit(ast::Given& given) {
    given.kind = FactKind::kVisit;
    ExpressionParser parser(c_);
    if (parser.AtItem() && !Code(given.code)) return false;
    if (c_.TakeWord("class")) {
      Span span;
      const auto code = parser.VisitClass(span);
      if (!code) return false;
      given.visit_class = *code;
    }
    if (c_.AtWord("at") && c_.AtWord("unit", 1)) {
      c_.Take();
      c_.Take();
      const auto unit = c_.String("the unit in quotes");
      if (!unit) return false;
      given.visit_unit = *unit;
    }
    return Details(given);
  }

  bool Participation(ast::Given& given) {
    given.kind = FactKind::kParticipation;
    if (!c_.ExpectWord("in")) return false;
    if (c_.TakeWord("registry")) {
      const auto name = c_.String("the registry in quotes");
      if (!name) return false;
      given.study = *name;
      return Details(given);
    }
    given.interventional = c_.TakeWord("interventional");
    if (!given.interventional) c_.TakeWord("observational");
    if (!c_.ExpectWord("study")) return false;
    if (c_.At(TokenKind::kString)) given.study = *c_.String("a study");
    return Details(given);
  }

  // report "pathology" "Angiosarcoma of the breast": its set or code, if any, and its words.
  bool Report(ast::Given& given) {
    given.kind = FactKind::kReport;
    const ExpressionParser parser(c_);
    const bool coded =
        parser.AtItem() && !(c_.At(TokenKind::kString) && !c_.At(TokenKind::kString, 1));
    if (coded && !Code(given.code)) return false;
    if (c_.At(TokenKind::kString)) given.words_text = *c_.String("the words of the report");
    return Details(given);
  }

  // Status, value, dates and what else is reported, in any order, up to the next fact.
  bool Details(ast::Given& given) {
    for (bool more = true; more && !c_.AtStop();) {
      more = false;
      if (!Status(given, more)) return false;
      if (!more && !Dates(given, more)) return false;
      if (!more && !Attribute(given, more)) return false;
      if (!more && given.kind == FactKind::kObservation && !Value(given, more)) return false;
    }
    return true;
  }

  bool Status(ast::Given& given, bool& taken) {
    struct StatusWord {
      std::string_view word;
      ast::Given::Status status;
    };
    using S = ast::Given::Status;
    constexpr StatusWord kWords[] = {{"active", S::kActive},        {"resolved", S::kResolved},
                                     {"stopped", S::kResolved},     {"completed", S::kResolved},
                                     {"refuted", S::kRefuted},      {"suspected", S::kSuspected},
                                     {"preliminary", S::kSuspected}};
    taken = true;
    for (const StatusWord& word : kWords) {
      if (!c_.TakeWord(word.word)) continue;
      given.status = word.status;
      return true;
    }
    if (c_.AtWord("not") && (c_.AtWord("done", 1) || c_.AtWord("taken", 1))) {
      c_.Take();
      c_.Take();
      given.status = S::kRefuted;
      return true;
    }
    if (given.kind == FactKind::kCondition && c_.AtWord("at") && c_.AtWord("visit", 1)) {
      c_.Take();
      c_.Take();
      given.upkeep = Upkeep::kAtVisit;
      return true;
    }
    if (given.kind == FactKind::kMedication &&
        (c_.AtWord("prescribed") || c_.AtWord("dispensed") || c_.AtWord("given"))) {
      given.upkeep = c_.AtWord("prescribed") ? Upkeep::kOrder : Upkeep::kSupply;
      given.step = c_.AtWord("prescribed")  ? MedicationStep::kPrescribed
                   : c_.AtWord("dispensed") ? MedicationStep::kDispensed
                                            : MedicationStep::kGiven;
      c_.Take();
      return true;
    }
    taken = false;
    return true;
  }

  // with severity is "severe", with daily dose 20 mg, for "set", as main diagnosis, regularly
  bool Attribute(ast::Given& given, bool& taken) {
    taken = true;
    if (c_.TakeWords({"as", "main", "diagnosis"})) {
      given.main_diagnosis = true;
    } else if (c_.TakeWords({"as", "other", "diagnosis"})) {
      given.main_diagnosis = false;
    } else if (c_.TakeWord("regularly")) {
      given.regular = true;
    } else if (c_.TakeWords({"as", "needed"})) {
      given.regular = false;
    } else if (c_.AtWord("with") || c_.AtWord("for")) {
      auto demand = ExpressionParser(c_).GivenField();
      if (!demand) return false;
      given.fields.push_back(std::move(*demand));
    } else {
      taken = false;
    }
    return true;
  }

  bool Dates(ast::Given& given, bool& taken) {
    const auto date = [&](std::optional<base::TimeRange>& out) {
      base::TimeRange range{};
      const Span word = c_.last();
      if (!Day(range, true)) return false;
      if (out) return c_.Fail(DiagnosticCode::kTwice, word, "the same date is given twice");
      out = range;
      return true;
    };
    taken = true;
    if (c_.TakeWord("on")) return date(given.on);
    if (c_.TakeWord("recorded")) return date(given.recorded);
    if (c_.TakeWord("updated")) return date(given.updated);
    if (c_.TakeWord("from")) return date(given.from) && (!c_.TakeWord("to") || date(given.to));
    if (c_.TakeWord("to")) return date(given.to);
    taken = false;
    return true;
  }

  // limits 11.7 to 15.3; limits to 1.1, as laboratories print an upper limit alone
  bool Limits(ast::Given& given) {
    if (!c_.AtWord("to")) {
      given.limit_low = c_.Number("the lower limit");
      if (!given.limit_low) return false;
    }
    if (!c_.ExpectWord("to")) return false;
    given.limit_high = c_.Number("the upper limit");
    return given.limit_high.has_value();
  }

  bool Value(ast::Given& given, bool& taken) {
    taken = true;
    if (c_.TakeWord("is")) {
      if (c_.AtAnyWord(SystemWords())) return Code(given.value_code);
      if (c_.At(TokenKind::kString)) {
        given.text = *c_.String("a value");
      } else if (c_.At(TokenKind::kWord) && !c_.AtStop()) {
        given.text = std::string(c_.source().text(c_.Take().span));
      } else {
        return c_.Expected("a word, or a text in quotes");
      }
      return true;
    }
    if (c_.AtWord("without") && c_.AtWord("value", 1)) {
      c_.Take();
      c_.Take();
      given.without_value = true;
      return true;
    }
    if (c_.TakeWord("limits")) return Limits(given);
    const TokenKind op = c_.Peek().kind;
    if (op >= TokenKind::kLess && op <= TokenKind::kEqual)
      c_.Take();
    else if (!BeginsWithDigit(c_.Word()) && !IsNumber(c_.Word())) {
      taken = false;
      return true;
    }
    if (given.number) return c_.Fail(DiagnosticCode::kTwice, c_.here(), "the value is given twice");
    ExpressionParser parser(c_);
    const auto quantity = parser.ParseQuantity();
    if (!quantity) return false;
    Bounds bounds;
    if (op != TokenKind::kLess && op != TokenKind::kLessEqual) bounds.low = quantity->number;
    if (op != TokenKind::kGreater && op != TokenKind::kGreaterEqual) bounds.high = quantity->number;
    bounds.low_open = op == TokenKind::kGreater;
    bounds.high_open = op == TokenKind::kLess;
    given.number = bounds;
    given.unit = quantity->unit;
    given.unit_span = quantity->unit_span;
    return true;
  }

  // [at TIME] expect GRADE[, unknown: a, b][, against: c][, true: x][, false: y][, cohort: z]
  bool Expectation() {
    ast::Expectation expectation;
    expectation.span = c_.here();
    if (c_.TakeWord("at")) {
      const auto at = c_.ClockTime();
      if (!at) return false;
      expectation.at = at;
    }
    if (!c_.ExpectWord("expect")) return false;
    constexpr std::string_view kGrades[] = {"ineligible", "possible", "likely", "eligible"};
    bool found = false;
    for (std::size_t i = 0; i < std::size(kGrades); ++i) {
      if (found || !c_.TakeWord(kGrades[i])) continue;
      expectation.grade = static_cast<Grade>(i);
      found = true;
    }
    if (!found) {
      if (c_.At(TokenKind::kWord) && !c_.AtStop()) {
        return c_.UnknownWord(c_.here(), kGrades,
                              "What comes out is eligible, likely, possible or ineligible.");
      }
      return c_.Expected("eligible, likely, possible or ineligible");
    }
    std::optional<ast::Expectation::Claim> claim;
    while (c_.Take(TokenKind::kComma)) {
      if (!Claim(expectation, claim)) return false;
    }
    expectation.span = c_.From(expectation.span);
    example_.expectations.push_back(std::move(expectation));
    return true;
  }

  bool Claim(ast::Expectation& expectation, std::optional<ast::Expectation::Claim>& claim) {
    using C = ast::Expectation::Claim;
    struct ClaimWord {
      std::string_view word;
      C claim;
    };
    constexpr std::string_view kWords[] = {"unknown", "against", "true", "false", "cohort"};
    constexpr ClaimWord kClaims[] = {{"unknown", C::kUnknown},
                                     {"against", C::kAgainst},
                                     {"true", C::kTrue},
                                     {"false", C::kFalse},
                                     {"cohort", C::kCohort}};
    for (const ClaimWord& word : kClaims) {
      if (!c_.AtWord(word.word) || !c_.At(TokenKind::kColon, 1)) continue;
      c_.Take();
      c_.Take();
      claim = word.claim;
      break;
    }
    if (!claim || c_.At(TokenKind::kColon, 1)) {
      if (c_.At(TokenKind::kWord))
        return c_.UnknownWord(c_.here(), kWords,
                              "Before names stands unknown:, against:, true:, false: or cohort:.");
      return c_.Expected("unknown:, against:, true:, false: or cohort: and names");
    }
    ast::Name name;
    name.span = c_.here();
    if (c_.At(TokenKind::kString)) {
      name.text = *c_.String("a name");
    } else {
      // The first word may stand on a new line after a comma; the rest of the name is on its line.
      for (bool first = true; c_.At(TokenKind::kWord) && (first || c_.SameLine()); first = false) {
        if (!first) name.text += ' ';
        name.text += c_.source().text(c_.Take().span);
      }
      name.span = c_.From(name.span);
    }
    if (name.text.empty()) return c_.Expected("the name of a criterion");
    expectation.claims.emplace_back(*claim, std::move(name));
    return true;
  }

  Cursor& c_;
  ast::Example& example_;
};

}  // namespace

bool ParseExample(Cursor& cursor, ast::Example& example) {
  return ExampleParser(cursor, example).Run();
}

}  // namespace medverka::criteria::internal

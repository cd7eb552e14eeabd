#include "criteria/parser.h"

#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/example_parser.h"
#include "criteria/internal/expression_parser.h"
#include "criteria/internal/header_parser.h"
#include "criteria/limits.h"
#include "ops/base/text.h"

namespace medverka::criteria {
namespace {

using internal::Cursor;
using internal::ExpressionParser;
using internal::Quoted;

class Parser {
 public:
  Parser(const Source& source, Reporter& reporter) : c_(source, reporter), reporter_(reporter) {}

  ast::File Run() {
    if (c_.At(TokenKind::kEnd)) {
      file_.names_lost = true;
      c_.Fail(DiagnosticCode::kEmptyFile, c_.here(), "this file says nothing",
              "A study file begins with: study ID \"title\" { ... }");
    }
    while (!c_.At(TokenKind::kEnd) && !reporter_.full()) {
      c_.Begin();
      if (cohort_ && InCohort()) continue;
      const std::uint32_t begin = c_.here().begin;
      if (!c_.AtDeclaration()) {
        // More on the line of a brace that closed a cohort: it came too early, the right one
        // follows.
        if (cohort_closed_ && !c_.Peek().first_on_line) ++lost_braces_;
        NoDeclaration();
      } else {
        Declaration();
      }
      cohort_closed_ = false;
      if (!c_.failed()) continue;
      Recover();
      CountLostBraces(begin);
    }
    if (cohort_) NeverClosed();
    return std::move(file_);
  }

 private:
  // ---- cohorts

  // An open cohort: its brace, and whether one of its criteria went wrong, so that the brace that
  // closes it may have been passed over.
  struct OpenCohort {
    std::size_t index = 0;
    Span brace;
    bool lost = false;
  };

  // True if something was read: the closing brace, a criterion, or the news that the cohort ended
  // without one.
  bool InCohort() {
    if (c_.Take(TokenKind::kCloseBrace)) {
      cohort_.reset();
      cohort_closed_ = true;
      return true;
    }
    const bool criterion = c_.AtWord("include") || c_.AtWord("exclude");
    if (criterion && (c_.AtDeclaration() || c_.last().begin == cohort_->brace.begin)) {
      Declaration();
      if (c_.failed()) Recover();
      return true;
    }
    if (!c_.AtDeclaration()) return false;
    NeverClosed();
    return false;
  }

  void NeverClosed() {
    if (!cohort_->lost) {
      c_.Unclosed(/*brace=*/true, cohort_->brace);
      file_.cohorts[cohort_->index].broken = true;
    }
    c_.Begin();
    cohort_.reset();
  }

  // To the next declaration; inside a cohort no further than the brace that closes it.
  void Recover() {
    if (!cohort_) {
      c_.Recover();
      return;
    }
    int braces = 0;
    bool moved = false;
    while (!c_.AtStop() && !(moved && c_.AtMisspeltDeclaration())) {
      if (c_.At(TokenKind::kOpenBrace)) ++braces;
      if (c_.At(TokenKind::kCloseBrace) && (braces-- <= 0 || c_.Peek().first_on_line)) break;
      c_.Take();
      moved = true;
    }
    cohort_->lost = cohort_->lost || !c_.At(TokenKind::kCloseBrace);
    c_.Begin();
  }

  // The head of a block that could not be read may have opened a brace; its end is then no second
  // mistake. Braces in what was passed over are counted as text, for a quote that is never closed
  // swallows them.
  void CountLostBraces(std::uint32_t begin) {
    if (cohort_) return;
    const std::uint32_t end = c_.At(TokenKind::kEnd) ? c_.last().end : c_.here().begin;
    if (end <= begin) return;
    const std::string_view text = c_.source().text({begin, end});
    const auto opened = std::count(text.begin(), text.end(), '{');
    const auto closed = std::count(text.begin(), text.end(), '}');
    if (opened > closed) lost_braces_ += opened - closed;
  }

  void Cohort(Span keyword) {
    file_.not_for_shared.push_back(keyword);
    ast::Cohort cohort;
    cohort.span = keyword;
    constexpr std::string_view kStates[] = {"open", "closed"};
    auto name = c_.NameOfLine(kStates);
    if (!name) {
      file_.names_lost = true;
      cohort.broken = true;
    } else {
      cohort.name = std::move(*name);
    }
    cohort.broken = cohort.broken || !CohortHead(cohort);
    // The criteria inside are read even where the head is wrong.
    while (!c_.AtStop() && !c_.At(TokenKind::kOpenBrace)) c_.Take();
    const Span brace = c_.here();
    if (!c_.Take(TokenKind::kOpenBrace)) {
      c_.Expected("\"{\" and the criteria of the cohort");
      cohort.broken = true;
    } else {
      cohort_ = OpenCohort{file_.cohorts.size(), brace, false};
    }
    file_.cohorts.push_back(std::move(cohort));
    if (cohort_) c_.Begin();
  }

  bool CohortHead(ast::Cohort& cohort) {
    if (c_.At(TokenKind::kString) && !c_.AtStop()) cohort.title = *c_.String("a title");
    cohort.open = !c_.AtWord("closed");
    if (!c_.TakeWord("open") && !c_.TakeWord("closed")) {
      return c_.Expected(
          "\"open\" or \"closed\"",
          "Only an open cohort can be suggested: cohort NAME \"title\" open { ... }");
    }
    return c_.At(TokenKind::kOpenBrace) || c_.Expected("\"{\" and the criteria of the cohort");
  }

  // After a declaration nothing may be left on it, but the brace that closes a cohort.
  bool Done() {
    const bool of_lost_head = lost_braces_ > 0 && !cohort_ && !c_.failed() &&
                              c_.At(TokenKind::kCloseBrace) && c_.Peek().first_on_line;
    if (of_lost_head) {
      c_.Take();
      --lost_braces_;
      return true;
    }
    return (cohort_ && !c_.failed() && c_.At(TokenKind::kCloseBrace)) ||
           c_.CheckNothingLeft(internal::TailWords());
  }

  // ---- declarations

  // A line that begins with no keyword; what follows it up to the next declaration is not read.
  void NoDeclaration() {
    const std::string_view word = c_.Word();
    // The name of a criterion is nothing that other lines could miss.
    const std::string_view meant =
        word.empty() ? "" : base::DidYouMean(word, internal::DeclarationWords());
    if (meant != "include" && meant != "exclude") file_.names_lost = true;
    if (c_.At(TokenKind::kBad)) {
      c_.Expected("a declaration");
      return;
    }
    if (internal::IsDeclarationWord(word)) {
      c_.Fail(DiagnosticCode::kNoDeclaration, c_.here(),
              "a declaration begins on a line of its own");
      return;
    }
    c_.Fail(DiagnosticCode::kNoDeclaration, c_.here(),
            fmt::format("{} begins no declaration", Quoted(c_.source().text(c_.here()))),
            meant.empty() ? "A declaration begins with study, codes, use, scale, define, event, "
                            "include, exclude, ask, cohort or example."
                          : fmt::format("Did you mean \"{}\"?", meant));
  }

  void Declaration() {
    const Token keyword = c_.Take();
    const std::string_view word = c_.source().text(keyword.span);
    if (word == "use") return Use(keyword.span);
    if (word == "codes") return Codes();
    if (word == "define") return Define();
    if (word == "include") return Criterion(CriterionKind::kInclude, keyword.span);
    if (word == "exclude") return Criterion(CriterionKind::kExclude, keyword.span);
    if (word == "ask") return Ask(keyword.span);
    if (word == "study") return Study(keyword.span);
    if (word == "example") return Example(keyword.span);
    if (word == "scale") return Scale();
    if (word == "event") return Event();
    Cohort(keyword.span);
  }

  void Use(Span keyword) {
    ast::Use use;
    const Span span = c_.here();
    auto path = c_.SameLine() ? c_.String("the name of a file in quotes") : std::nullopt;
    if (!path) {
      file_.names_lost = true;
      c_.Fail(DiagnosticCode::kUnexpected, keyword,
              "after \"use\" the name of a file stands in quotes", "Write: use \"common.codes\"");
      return;
    }
    use.path = *path;
    use.span = span;
    file_.uses.push_back(std::move(use));
    c_.CheckNothingLeft({});
  }

  void Codes() {
    ast::Codes codes;
    auto name = c_.NameOfLine();
    if (!name) {
      file_.names_lost = true;
      return;
    }
    codes.name = std::move(*name);
    codes.broken = !CodesBody(codes);
    file_.codes.push_back(std::move(codes));
  }

  bool CodesBody(ast::Codes& codes) {
    const Span open = c_.here();
    if (!c_.Expect(TokenKind::kOpenBrace, "\"{\" and the codes")) return false;
    ExpressionParser parser(c_);
    if (!parser.CodeLists(codes.include)) return false;
    while (c_.TakeWord("except")) {
      const std::size_t before = codes.except.size();
      if (!parser.CodeLists(codes.except)) return false;
      if (codes.except.size() == before) return c_.Expected("a set or a code");
    }
    return c_.Close(TokenKind::kCloseBrace, open);
  }

  // The name of a definition or event: one word that is no keyword, or a text in quotes.
  bool TermName(const ast::Name& name, std::string_view what) {
    if (c_.source().text()[name.span.begin] == '"') return true;
    if (name.text.find(' ') != std::string::npos) {
      return c_.Fail(DiagnosticCode::kName, name.span,
                     fmt::format("the name of {} is one word, or stands in quotes", what),
                     fmt::format("Write \"{}\" in quotes, here and where it is used.", name.text));
    }
    if (internal::IsKeyword(name.text)) {
      return c_.Fail(
          DiagnosticCode::kName, name.span,
          fmt::format("{} is a word of the language and cannot be a name", Quoted(name.text)),
          "Choose another word.");
    }
    if (!internal::BeginsWithDigit(name.text)) return true;
    return c_.Fail(DiagnosticCode::kName, name.span,
                   fmt::format("the name of {} does not begin with a digit", what),
                   fmt::format("Write \"{}\" in quotes, here and where it is used.", name.text));
  }

  void Define() {
    ast::Define define;
    auto name = c_.NameOfLine();
    if (!name) {
      file_.names_lost = true;
      return;
    }
    define.name = std::move(*name);
    if (TermName(define.name, "a definition") && c_.Expect(TokenKind::kColon, "\":\"")) {
      define.body = ExpressionParser(c_).Whole();
      if (define.body) Done();
    }
    define.broken = c_.failed() || !define.body;
    if (define.broken) define.body.reset();
    file_.defines.push_back(std::move(define));
  }

  void Event() {
    ast::Event event;
    auto name = c_.NameOfLine();
    if (!name) {
      file_.names_lost = true;
      return;
    }
    event.name = std::move(*name);
    if (TermName(event.name, "an event") && c_.Expect(TokenKind::kColon, "\":\"")) {
      event.body = ExpressionParser(c_).EventBody();
      if (event.body) Done();
    }
    event.broken = c_.failed() || !event.body;
    if (event.broken) event.body.reset();
    file_.events.push_back(std::move(event));
  }

  void Scale() {
    ast::Scale scale;
    auto name = c_.NameOfLine();
    if (!name) {
      file_.names_lost = true;
      return;
    }
    scale.name = std::move(*name);
    scale.broken = !Levels(scale) || !Done();
    file_.scales.push_back(std::move(scale));
  }

  // { I { IA, IB } < II < III }
  bool Levels(ast::Scale& scale) {
    const Span open = c_.here();
    if (!c_.Expect(TokenKind::kOpenBrace, "\"{\" and the levels")) return false;
    do {
      if (scale.levels.size() >= kScaleLevelsMax) {
        return c_.Fail(DiagnosticCode::kTooLarge, c_.here(),
                       fmt::format("a scale has at most {} levels", kScaleLevelsMax));
      }
      ast::Scale::Level level;
      if (!Level(level.word)) return false;
      const Span parts = c_.here();
      if (c_.Take(TokenKind::kOpenBrace)) {
        do {
          ast::Word part;
          if (!Level(part)) return false;
          level.parts.push_back(std::move(part));
          if (level.parts.size() > kScaleLevelsMax) {
            return c_.Fail(DiagnosticCode::kTooLarge, c_.last(),
                           fmt::format("a level has at most {} parts", kScaleLevelsMax));
          }
        } while (c_.Take(TokenKind::kComma));
        if (!CloseLevels(parts, "a comma or \"}\"")) return false;
      }
      scale.levels.push_back(std::move(level));
    } while (c_.Take(TokenKind::kLess));
    return CloseLevels(open, "\"<\" and the next level, or \"}\"");
  }

  bool CloseLevels(Span open, std::string_view what) {
    if (c_.AtStop()) return c_.Close(TokenKind::kCloseBrace, open);
    return c_.Expect(TokenKind::kCloseBrace, what);
  }

  bool Level(ast::Word& out) {
    auto word = ExpressionParser(c_).WordOrText("a level");
    if (word) out = std::move(*word);
    return word.has_value();
  }

  // Name, labels and colon of a criterion or question.
  bool Head(ast::Criterion& criterion) {
    auto name = c_.NameOfLine();
    if (!name) {
      file_.names_lost = true;
      return false;
    }
    criterion.name = std::move(*name);
    if (!c_.Labels(criterion.label)) return false;
    return c_.Expect(TokenKind::kColon, "\":\"");
  }

  void Criterion(CriterionKind kind, Span keyword) {
    file_.not_for_shared.push_back(keyword);
    ast::Criterion criterion;
    criterion.kind = kind;
    if (cohort_) criterion.cohort = cohort_->index;
    criterion.broken = !Head(criterion) || !CriterionBody(criterion);
    if (criterion.broken) criterion.body.reset();  // nothing more is said about it
    if (!criterion.name.text.empty()) file_.criteria.push_back(std::move(criterion));
  }

  bool CriterionBody(ast::Criterion& criterion) {
    criterion.body = ExpressionParser(c_).Whole();
    if (!criterion.body) return false;
    if (c_.TakeWord("because")) {
      const auto because = c_.String("the reason in quotes");
      if (!because) return false;
      criterion.because = *because;
    }
    return Done();
  }

  void Ask(Span keyword) {
    file_.not_for_shared.push_back(keyword);
    ast::Criterion ask;
    ask.kind = CriterionKind::kAsk;
    ask.broken = !Head(ask) || !AskBody(ask);
    if (ask.broken) ask.asked_if.reset();
    if (!ask.name.text.empty()) file_.criteria.push_back(std::move(ask));
  }

  bool AskBody(ast::Criterion& ask) {
    const auto question = c_.String("the question in quotes");
    if (!question || !c_.Labels(ask.question)) return false;
    if (ask.question.en.empty()) ask.question.en = *question;
    while (!c_.AtStop()) {
      const Span begin = c_.here();
      if (c_.TakeWord("must")) {
        if (!c_.ExpectWord("be") || !c_.ExpectWord("no")) return false;
        if (ask.must_be_no)
          return c_.Fail(DiagnosticCode::kTwice, begin, "\"must be no\" is said twice");
        ask.must_be_no = true;
      } else if (c_.TakeWord("valid")) {
        if (!c_.ExpectWord("for")) return false;
        const auto amount = c_.TimeAmount();
        if (!amount) return false;
        if (ask.valid_for)
          return c_.Fail(DiagnosticCode::kTwice, begin,
                         "how long the answer is valid is said twice");
        ask.valid_for = amount;
      } else if (c_.TakeWord("if")) {
        if (ask.asked_if) return c_.Fail(DiagnosticCode::kTwice, begin, "\"if\" is said twice");
        ask.asked_if = ExpressionParser(c_).Whole();
        if (!ask.asked_if) return false;
      } else {
        constexpr std::string_view kAskWords[] = {"must", "valid", "if", "sv", "en"};
        return c_.CheckNothingLeft(kAskWords);
      }
    }
    return true;
  }

  void Study(Span keyword) {
    file_.not_for_shared.push_back(keyword);
    ast::Study study;
    study.span = keyword;
    study.broken = !internal::ParseStudy(c_, study);
    file_.studies.push_back(std::move(study));
  }

  void Example(Span keyword) {
    file_.not_for_shared.push_back(keyword);
    ast::Example example;
    example.span = keyword;
    example.broken = !internal::ParseExample(c_, example);
    file_.examples.push_back(std::move(example));
  }

  Cursor c_;
  Reporter& reporter_;
  ast::File file_;
  std::optional<OpenCohort> cohort_;
  bool cohort_closed_ = false;      // by the token before this one
  std::ptrdiff_t lost_braces_ = 0;  // opened by heads that could not be read
};

}  // namespace

ast::File Parse(const Source& source, Reporter& reporter) { return Parser(source, reporter).Run(); }

}  // namespace medverka::criteria

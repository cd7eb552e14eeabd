#include "criteria/parser.h"

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/example_parser.h"
#include "criteria/internal/expression_parser.h"
#include "criteria/internal/header_parser.h"

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
      if (!c_.AtDeclaration()) {
        NoDeclaration();
      } else {
        Declaration();
      }
      if (c_.failed()) c_.Recover();
    }
    return std::move(file_);
  }

 private:
  // A line that begins with no keyword; what follows it up to the next declaration is not read.
  void NoDeclaration() {
    file_.names_lost = true;
    if (c_.At(TokenKind::kBad)) {
      c_.Expected("a declaration");
      return;
    }
    const std::string_view word = c_.Word();
    if (internal::IsDeclarationWord(word)) {
      c_.Fail(DiagnosticCode::kNoDeclaration, c_.here(),
              "a declaration begins on a line of its own");
      return;
    }
    std::string hint =
        word.empty() ? "" : internal::DidYouMeanHint(word, internal::DeclarationWords());
    if (hint.empty())
      hint =
          "A declaration begins with study, codes, use, define, include, exclude, ask or example.";
    c_.Fail(DiagnosticCode::kNoDeclaration, c_.here(),
            fmt::format("{} begins no declaration", Quoted(c_.source().text(c_.here()))), hint);
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
    Later(word, keyword.span);
  }

  // scale, event, cohort: told once, and passed over whole.
  void Later(std::string_view word, Span keyword) {
    file_.names_lost = true;
    c_.NotYet(keyword, fmt::format("the declaration \"{}\"", word));
    int braces = 0;
    bool opened = false;
    while (!c_.At(TokenKind::kEnd) && (braces > 0 || !c_.AtDeclaration())) {
      const TokenKind kind = c_.Take().kind;
      opened = opened || kind == TokenKind::kOpenBrace;
      braces += kind == TokenKind::kOpenBrace ? 1 : kind == TokenKind::kCloseBrace ? -1 : 0;
      if (opened && braces == 0 && word != "event") break;
    }
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
      if (!parser.CodeLists(codes.except)) return false;
      if (codes.except.empty()) return c_.Expected("a set or a code");
    }
    return c_.Close(TokenKind::kCloseBrace, open);
  }

  void Define() {
    ast::Define define;
    auto name = c_.NameOfLine();
    if (!name) {
      file_.names_lost = true;
      return;
    }
    define.name = std::move(*name);
    const bool quoted = c_.source().text()[define.name.span.begin] == '"';
    if (!quoted && define.name.text.find(' ') != std::string::npos) {
      c_.Fail(DiagnosticCode::kName, define.name.span,
              "the name of a definition is one word, or stands in quotes",
              fmt::format("Write \"{}\" in quotes, here and where it is used.", define.name.text));
    } else if (!quoted && internal::IsKeyword(define.name.text)) {
      c_.Fail(DiagnosticCode::kName, define.name.span,
              fmt::format("{} is a word of the language and cannot be a name",
                          Quoted(define.name.text)),
              "Choose another word.");
    } else if (c_.Expect(TokenKind::kColon, "\":\"")) {
      define.body = ExpressionParser(c_).Whole();
      if (define.body) c_.CheckNothingLeft(internal::TailWords());
    }
    define.broken = c_.failed() || !define.body;
    if (define.broken) define.body.reset();
    file_.defines.push_back(std::move(define));
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
    return c_.CheckNothingLeft(internal::TailWords());
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
};

}  // namespace

ast::File Parse(const Source& source, Reporter& reporter) { return Parser(source, reporter).Run(); }

}  // namespace medverka::criteria

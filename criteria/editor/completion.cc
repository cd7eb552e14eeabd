// Idea: look at the words before the cursor, back to where the declaration begins. The last ones
// say what may follow: after a system's word its codes, after a number its units, in quotes the
// names of sets, else the words of the language and the names in sight.
#include "criteria/editor/completion.h"

#include <algorithm>
#include <set>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/lexer.h"
#include "ops/base/format.h"
#include "ops/base/text.h"

namespace medverka::criteria::editor {
namespace {

constexpr std::string_view kHeaderKeys[] = {"title",          "ids",
                                            "phase",          "status",
                                            "period",         "sponsor",
                                            "sites",          "contact",
                                            "target",         "suggest when",
                                            "offer at visit", "rank",
                                            "validity",       "decline silences for"};
constexpr std::string_view kStatuses[] = {"recruiting", "planned", "paused",
                                          "full",       "closed",  "completed"};
constexpr std::string_view kGrades[] = {"eligible", "likely", "possible", "ineligible"};
constexpr std::string_view kGivenWords[] = {"born",
                                            "female",
                                            "male",
                                            "resident in region",
                                            "condition",
                                            "procedure",
                                            "medication",
                                            "allergy",
                                            "immunization",
                                            "observation",
                                            "component",
                                            "visit class",
                                            "participation in study",
                                            "variant",
                                            "answer",
                                            "expect",
                                            "at"};
// Units that laboratories and wards report, the usual ones first.
constexpr std::string_view kUnits[] = {
    "g/L",    "mmol/L",   "umol/L", "nmol/L",  "pmol/L", "mg/L", "ug/L",
    "ng/L",   "mmol/mol", "10*9/L", "10*12/L", "ukat/L", "U/L",  "mL/min/1.73m2",
    "mL/min", "%",        "mmHg",   "kPa",     "kg",     "g",    "kg/m2",
    "cm",     "m",        "m2",     "/min",    "Cel",    "mm",   "mL",
    "mg",     "ug",       "mg/day", "L/min"};
constexpr std::string_view kTimeUnits[] = {"days", "weeks", "months", "years", "hours", "minutes"};

// Words of the language that may begin or go on a query, with more than their first word.
constexpr std::string_view kPhrases[] = {"within last",
                                         "at least",
                                         "at most",
                                         "between",
                                         "since",
                                         "before",
                                         "after",
                                         "on or after",
                                         "starting within last",
                                         "ongoing within last",
                                         "ending within last",
                                         "recorded within last",
                                         "current",
                                         "for at least",
                                         "upper limit",
                                         "lower limit",
                                         "is positive",
                                         "is negative",
                                         "else ask",
                                         "else no",
                                         "else unknown",
                                         "because",
                                         "and",
                                         "or",
                                         "not",
                                         "else"};

bool IsTest(TokenKind kind) { return kind >= TokenKind::kLess && kind <= TokenKind::kEqual; }

class Completion {
 public:
  Completion(const Symbols& symbols, std::string_view path, std::uint32_t offset)
      : symbols_(symbols),
        path_(path),
        source_(*symbols.SourceOf(path)),
        offset_(std::min(offset, static_cast<std::uint32_t>(source_.text().size()))) {}

  Proposals Run() {
    ReadBefore();
    if (in_quotes_) {
      if (!AfterAny({"sv", "en", "because", "title", "ask"}) || AfterSets()) Sets(/*quoted=*/false);
    } else if (Within("study")) {
      Words(Last() == "status" ? std::span<const std::string_view>(kStatuses)
                               : std::span<const std::string_view>(kHeaderKeys));
    } else if (before_.empty() || at_line_start_) {
      Words(internal::DeclarationWords());
    } else if (!SystemBefore().empty()) {
      Codes(SystemBefore());
    } else if (AfterNumber()) {
      Units();
    } else if (Within("example")) {
      if (Last() == "expect") {
        Words(kGrades);
      } else {
        Words(kGivenWords);
        Words(internal::TermWords());
        Sets(/*quoted=*/true);
      }
    } else {
      Expression();
    }
    out_.cut = out_.items.size() > kProposalsMax;
    if (out_.cut) out_.items.resize(kProposalsMax);
    return std::move(out_);
  }

 private:
  // Tokens of this declaration that end before the cursor, and the word it stands in.
  void ReadBefore() {
    Diagnostics unread;
    const std::string_view text = source_.text();
    const std::uint32_t line_begin = LineBegin();
    std::uint32_t word = offset_;
    in_quotes_ = std::count(text.begin() + line_begin, text.begin() + offset_, '"') % 2 == 1;
    const auto goes_on = [&](char c) {
      return in_quotes_ ? c != '"'
                        : c != ' ' && c != '\t' && c != '\n' && c != ',' && c != '(' && c != ')' &&
                              c != ';' && c != ':' && c != '{' && c != '}' && c != '"';
    };
    while (word > line_begin && goes_on(text[word - 1])) --word;
    out_.replace = {word, offset_};
    typed_ = base::Fold(text.substr(word, offset_ - word));
    at_line_start_ = word == line_begin;
    // The text up to the word is enough to know what goes on here.
    before_source_ = std::make_unique<Source>(
        std::string(path_), std::string(text.substr(0, in_quotes_ ? word - 1 : word)));
    Reporter reporter(*before_source_, unread);
    before_ = Lex(*before_source_, reporter);
    before_.pop_back();  // the end
    std::size_t begin = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const bool starts = before_[i].first_on_line && before_[i].kind == TokenKind::kWord &&
                          ColumnOf(before_[i]) == 1 && internal::IsDeclarationWord(Text(i));
      if (starts) begin = i;
    }
    before_.erase(before_.begin(), before_.begin() + static_cast<std::ptrdiff_t>(begin));
  }

  std::uint32_t LineBegin() const {
    const std::string_view text = source_.text();
    const std::size_t newline =
        offset_ == 0 ? std::string_view::npos : text.rfind('\n', offset_ - 1);
    return newline == std::string_view::npos ? 0 : static_cast<std::uint32_t>(newline + 1);
  }
  int ColumnOf(const Token& token) const {
    return before_source_->PlaceOf(token.span.begin).column;
  }
  std::string_view Text(std::size_t i) const { return before_source_->text(before_[i].span); }
  std::string_view Last(std::size_t back = 1) const {
    return before_.size() < back ? std::string_view() : Text(before_.size() - back);
  }

  bool AfterAny(std::initializer_list<std::string_view> words) const {
    return std::find(words.begin(), words.end(), Last()) != words.end();
  }
  // Behind a comma of a list of sets.
  bool AfterSets() const { return Last() == ","; }

  // Inside the braces of a declaration that begins with the word.
  bool Within(std::string_view keyword) const {
    if (before_.empty() || Text(0) != keyword) return false;
    int depth = 0;
    for (const Token& token : before_) {
      if (token.kind == TokenKind::kOpenBrace) ++depth;
      if (token.kind == TokenKind::kCloseBrace) --depth;
    }
    return depth > 0;
  }

  // The system whose codes are listed here: its word, then codes and commas.
  std::string_view SystemBefore() const {
    for (std::size_t i = before_.size(); i > 0; --i) {
      if (SystemOfWord(Text(i - 1)) != SystemId::kNone) {
        const bool just_before = i == before_.size();
        const bool in_list = Last() == ",";
        const bool below = Last() == "<<";
        return just_before || in_list || below ? Text(i - 1) : std::string_view();
      }
      const Token& token = before_[i - 1];
      if (token.kind != TokenKind::kComma && token.kind != TokenKind::kBelow &&
          (token.kind != TokenKind::kWord || internal::IsKeyword(Text(i - 1)))) {
        return {};
      }
    }
    return {};
  }

  bool AfterNumber() const {
    return !before_.empty() && before_.back().kind == TokenKind::kWord &&
           internal::IsNumber(Last());
  }

  bool Fits(std::string_view text) const { return base::Fold(text).starts_with(typed_); }

  void Add(Proposal::Kind kind, std::string text, std::string detail) {
    if (!Fits(text) || !seen_.insert(text).second) return;
    out_.items.push_back({kind, std::move(text), std::move(detail)});
  }
  void Words(std::span<const std::string_view> words) {
    for (const std::string_view word : words) Add(Proposal::Kind::kKeyword, std::string(word), "");
  }

  void Sets(bool quoted) {
    for (const Symbol* symbol : symbols_.VisibleFrom(path_)) {
      if (symbol->kind != SymbolKind::kSet) continue;
      std::string text = quoted ? "\"" + symbol->name + "\"" : symbol->name;
      if (quoted && !typed_.empty() && !base::Fold(symbol->name).starts_with(typed_)) continue;
      if (!quoted && !Fits(text)) continue;
      if (!seen_.insert(text).second) continue;
      out_.items.push_back({Proposal::Kind::kSet, std::move(text),
                            symbol->path == path_ ? "set" : "set of " + symbol->path});
    }
  }

  void Codes(std::string_view word) {
    const SystemId system = SystemOfWord(word);
    for (const KnownCode& code : symbols_.codes()) {
      if (code.system == system)
        Add(Proposal::Kind::kCode, code.code, code.set.empty() ? "" : "in \"" + code.set + "\"");
    }
  }

  // Those used with the query's own set come first.
  void Units() {
    const bool of_time = Last(2) == "last" || Last(2) == "least" || Last(2) == "most" ||
                         before_[0].kind == TokenKind::kEnd;
    if (of_time || Text(0) == "age") Words(kTimeUnits);
    std::string set;
    bool tested = false;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (before_[i].kind == TokenKind::kString && !tested)
        set = base::Fold(Text(i).substr(1, Text(i).size() - 2));
      tested = tested || IsTest(before_[i].kind);
    }
    for (const auto& [unit, used_with] : symbols_.units()) {
      if (used_with == set && !set.empty())
        Add(Proposal::Kind::kUnit, unit, fmt::format("used with \"{}\"", set));
    }
    for (const std::string_view unit : kUnits) Add(Proposal::Kind::kUnit, std::string(unit), "");
    if (!of_time) {
      Words(kTimeUnits);
      Add(Proposal::Kind::kKeyword, "x upper limit", "");
      Add(Proposal::Kind::kKeyword, "x lower limit", "");
    }
  }

  void Expression() {
    Words(internal::TermWords());
    Words(internal::TailWords());
    Words(kPhrases);
    for (const Symbol* symbol : symbols_.VisibleFrom(path_)) {
      if (symbol->kind != SymbolKind::kDefinition) continue;
      // A name in quotes is found by its letters, not by its quote.
      if (!Fits(symbol->name)) continue;
      const bool one_word = symbol->name.find(' ') == std::string::npos;
      out_.items.push_back({Proposal::Kind::kName,
                            one_word ? symbol->name : "\"" + symbol->name + "\"",
                            "defined in " + symbol->path});
    }
    Sets(/*quoted=*/true);
  }

  const Symbols& symbols_;
  std::string_view path_;
  const Source& source_;
  std::uint32_t offset_;
  std::unique_ptr<Source> before_source_;
  std::vector<Token> before_;
  std::string typed_;  // folded
  bool in_quotes_ = false;
  bool at_line_start_ = false;
  std::set<std::string> seen_;
  Proposals out_;
};

}  // namespace

Proposals ProposalsAt(const Symbols& symbols, std::string_view path, std::uint32_t offset) {
  return Completion(symbols, path, offset).Run();
}

}  // namespace medverka::criteria::editor

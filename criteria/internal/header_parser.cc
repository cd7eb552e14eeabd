// Idea: a line of the block begins with one of a closed list of words and says one thing; a word of
// that list ends the line before it, so that a small study fits on one line.
#include "criteria/internal/header_parser.h"

#include <algorithm>
#include <set>

#include "criteria/diagnostic_codes.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

constexpr std::string_view kKeys[] = {"title",   "ids",   "phase",    "status", "period",
                                      "sponsor", "sites", "contact",  "target", "suggest",
                                      "offer",   "rank",  "validity", "decline"};
constexpr std::string_view kRegisters[] = {"nct", "eu-ct", "eudract", "isrctn",
                                           "dnr", "utn",   "ctis",    "drks"};

struct StatusWord {
  std::string_view word;
  StudyStatus status;
};
constexpr StatusWord kStatuses[] = {
    {"recruiting", StudyStatus::kRecruiting}, {"planned", StudyStatus::kPlanned},
    {"paused", StudyStatus::kPaused},         {"full", StudyStatus::kFull},
    {"closed", StudyStatus::kClosed},         {"completed", StudyStatus::kCompleted}};
constexpr std::string_view kStatusWords[] = {"recruiting", "planned", "paused",
                                             "full",       "closed",  "completed"};

// 'd' a digit, 'x' a digit or X, other characters themselves, letters in either case.
bool HasShape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return false;
  }
  return true;
}

struct RegisterShape {
  std::string_view name;
  std::string_view shape;
  std::string_view example;
};
constexpr RegisterShape kShapes[] = {{"nct", "NCTdddddddd", "NCT02647099"},
                                     {"eu-ct", "dddd-5ddddd-dd-dd", "2022-501234-12-00"},
                                     {"ctis", "dddd-5ddddd-dd-dd", "2022-501234-12-00"},
                                     {"eudract", "dddd-dddddd-dd", "2015-001234-41"},
                                     {"isrctn", "ISRCTNdddddddd", "ISRCTN12345678"},
                                     {"drks", "DRKSdddddddd", "DRKS00012345"},
                                     {"utn", "Udddd-dddd-dddd", "U1111-1234-5678"}};

class HeaderParser {
 public:
  HeaderParser(Cursor& cursor, ast::Study& study) : c_(cursor), study_(study) {}

  bool Run() {
    if (!Id()) return false;
    const auto title = c_.String("the title in quotes");
    if (!title) return false;
    study_.header.title.en = *title;
    study_.span = c_.From(study_.span);
    const Span open = c_.here();
    if (!c_.Expect(TokenKind::kOpenBrace, "\"{\"")) return false;
    while (!c_.AtStop() && !c_.At(TokenKind::kCloseBrace)) {
      if (!Entry()) return false;
    }
    return c_.Close(TokenKind::kCloseBrace, open);
  }

 private:
  bool Id() {
    const std::string_view word = c_.Word();
    if (word.empty() || !c_.SameLine()) {
      return c_.Fail(DiagnosticCode::kName, c_.SameLine() ? c_.here() : c_.last(),
                     "a study needs a short name without blanks",
                     "Write: study ALASCCA \"title\" { ... }");
    }
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    constexpr std::size_t kIdBytesMax = 64;
    if (word.find_first_not_of(kAllowed) != std::string_view::npos || word.size() > kIdBytesMax) {
      return c_.Fail(
          DiagnosticCode::kName, c_.here(),
          "the short name of a study has letters A to Z, digits, \"-\", \"_\" and \".\" only",
          "At most 64 of them. The title may hold everything else.");
    }
    study_.id.text = std::string(word);
    study_.id.span = c_.Take().span;
    study_.header.id = study_.id.text;
    return true;
  }

  bool AtValueEnd() const {
    return c_.AtStop() || c_.At(TokenKind::kCloseBrace) || c_.AtAnyWord(kKeys);
  }

  bool Entry() {
    if (!c_.AtAnyWord(kKeys)) {
      if (!c_.At(TokenKind::kWord)) return c_.Expected("a word of the study block");
      const std::string hint = DidYouMeanHint(c_.Word(), kKeys);
      return c_.Fail(DiagnosticCode::kHeaderKey, c_.here(),
                     fmt::format("{} is no word of the study block", Quoted(c_.Word())),
                     hint.empty() ? "Known are title, ids, phase, status, period, sponsor, sites, "
                                    "contact, target, suggest, offer, rank, validity and decline."
                                  : hint);
    }
    const Span span = c_.Take().span;
    const std::string key(c_.source().text(span));
    if (!seen_.insert(key).second && key != "sites" && key != "ids" && key != "title") {
      return c_.Fail(DiagnosticCode::kTwice, span, fmt::format("{} is said twice", Quoted(key)));
    }
    if (AtValueEnd()) return c_.Expected(fmt::format("a value of {}", Quoted(key)));
    StudyHeader& header = study_.header;
    if (key == "title") return Title();
    if (key == "ids") return Ids();
    if (key == "status") return Status();
    if (key == "sites") return Sites();
    if (key == "target") return Target();
    if (key == "suggest") return Suggest();
    if (key == "decline") return Decline();
    const std::string text = Text();
    if (c_.failed()) return false;
    if (key == "phase")
      header.phase = text;
    else if (key == "period")
      header.period = text;
    else if (key == "sponsor")
      header.sponsor = text;
    else if (key == "contact")
      header.contact = text;
    else
      header.other.emplace_back(key, text);
    return true;
  }

  // Words and texts in quotes up to the next key, one blank between them.
  std::string Text() {
    std::string out;
    while (!AtValueEnd()) {
      if (c_.At(TokenKind::kBad)) {
        c_.Expected("text");
        return "";
      }
      std::string_view part = c_.source().text(c_.Take().span);
      if (part.size() >= 2 && part.front() == '"') part = part.substr(1, part.size() - 2);
      if (!out.empty() && part != "," && part != ":") out += ' ';
      out += part;
    }
    return out;
  }

  bool Title() {
    const Span begin = c_.here();
    ast::Label label;
    if (!c_.Labels(label)) return false;
    if (label.sv.empty() && label.en.empty()) return c_.Expected("sv \"...\" or en \"...\"");
    if (!label.sv.empty() && !study_.header.title.sv.empty()) {
      return c_.Fail(DiagnosticCode::kTwice, begin, "the title in Swedish is given twice");
    }
    if (!label.sv.empty()) study_.header.title.sv = label.sv;
    if (!label.en.empty()) study_.header.title.en = label.en;
    return true;
  }

  bool Ids() {
    while (!AtValueEnd()) {
      c_.Take(TokenKind::kComma);
      if (!c_.AtAnyWord(kRegisters)) {
        if (!c_.At(TokenKind::kWord)) return c_.Expected("the word of a register, such as nct");
        const std::string hint = DidYouMeanHint(c_.Word(), kRegisters);
        return c_.Fail(
            DiagnosticCode::kHeaderValue, c_.here(),
            fmt::format("{} is no register that is known here", Quoted(c_.Word())),
            hint.empty()
                ? "Known are nct, eu-ct, eudract, isrctn, drks, utn and dnr (the ethics approval)."
                : hint);
      }
      const std::string name(c_.source().text(c_.Take().span));
      const Span span = c_.here();
      std::string id;
      if (c_.At(TokenKind::kString)) {
        id = *c_.String("an identifier");
      } else if (c_.At(TokenKind::kWord) && !AtValueEnd()) {
        id = std::string(c_.source().text(c_.Take().span));
      } else {
        return c_.Expected("an identifier");
      }
      for (const RegisterShape& shape : kShapes) {
        if (shape.name != name || HasShape(id, shape.shape)) continue;
        return c_.Fail(DiagnosticCode::kRegisterId, span,
                       fmt::format("{} does not look like an identifier of {}", Quoted(id), name),
                       fmt::format("Such an identifier reads {}.", shape.example));
      }
      study_.header.ids.emplace_back(name, id);
    }
    return true;
  }

  bool Status() {
    for (const StatusWord& word : kStatuses) {
      if (!c_.AtWord(word.word)) continue;
      study_.header.status = word.status;
      study_.header.status_word = std::string(word.word);
      c_.Take();
      return true;
    }
    const std::string hint = c_.At(TokenKind::kWord) ? DidYouMeanHint(c_.Word(), kStatusWords) : "";
    return c_.Fail(
        DiagnosticCode::kHeaderValue, c_.here(),
        fmt::format("{} is no status of a study", Quoted(c_.source().text(c_.here()))),
        hint.empty() ? "A study is recruiting, planned, paused, full, closed or completed." : hint);
  }

  bool Sites() {
    while (!AtValueEnd()) {
      c_.Take(TokenKind::kComma);
      Site site;
      const auto name = c_.String("the name of a site in quotes");
      if (!name) return false;
      site.name = *name;
      while (c_.AtWord("region") || c_.AtWord("hsa")) {
        const bool region = c_.AtWord("region");
        c_.Take();
        if (!c_.At(TokenKind::kWord) || AtValueEnd()) {
          return c_.Expected(region ? "a region of two digits" : "an HSA-id");
        }
        const std::string_view value = c_.Word();
        if (region &&
            (value.size() != 2 || !BeginsWithDigit(value) || !BeginsWithDigit(value.substr(1)))) {
          return c_.Fail(DiagnosticCode::kHeaderValue, c_.here(),
                         fmt::format("{} is no region", Quoted(value)),
                         "A region is the two digits of its county, such as 01 for Stockholm.");
        }
        (region ? site.region : site.hsa_id) = std::string(value);
        c_.Take();
      }
      study_.header.sites.push_back(std::move(site));
    }
    return true;
  }

  bool Target() {
    const auto target = c_.Whole("a number of patients");
    if (!target) return false;
    study_.header.target = *target;
    return true;
  }

  bool Suggest() {
    constexpr std::string_view kGrades[] = {"eligible", "likely", "possible"};
    if (!c_.ExpectWord("when")) return false;
    if (!c_.AtAnyWord(kGrades)) {
      return c_.Fail(DiagnosticCode::kHeaderValue, c_.here(),
                     fmt::format("a study is suggested when eligible, likely or possible, not {}",
                                 Quoted(c_.source().text(c_.here()))),
                     c_.At(TokenKind::kWord) ? DidYouMeanHint(c_.Word(), kGrades) : "");
    }
    study_.header.suggest_when = c_.AtWord("eligible") ? Grade::kEligible
                                 : c_.AtWord("likely") ? Grade::kLikely
                                                       : Grade::kPossible;
    c_.Take();
    return true;
  }

  bool Decline() {
    if (!c_.ExpectWord("silences") || !c_.ExpectWord("for")) return false;
    const auto amount = c_.TimeAmount();
    if (!amount) return false;
    study_.header.decline_silences = amount->period;
    return true;
  }

  Cursor& c_;
  ast::Study& study_;
  std::set<std::string> seen_;
};

}  // namespace

bool IsHeaderKey(std::string_view word) {
  return std::find(std::begin(kKeys), std::end(kKeys), word) != std::end(kKeys);
}

bool ParseStudy(Cursor& cursor, ast::Study& study) { return HeaderParser(cursor, study).Run(); }

}  // namespace medverka::criteria::internal

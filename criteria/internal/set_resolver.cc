#include "criteria/internal/set_resolver.h"

#include "criteria/analytes.h"
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/brand_names.h"
#include "criteria/internal/code_form.h"
#include "criteria/internal/cursor.h"
#include "criteria/limits.h"

namespace medverka::criteria::internal {
namespace {

// As written, with one blank for any run of blanks.
std::string Squeezed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return out;
}

bool CheckForm(const ast::CodeItem& item, std::string_view code, Reporter& reporter) {
  if (std::string problem = FormProblem(item.system, code); !problem.empty()) {
    if (const std::string meant = MeantCode(item.system, code); !meant.empty())
      problem += fmt::format(" Did you mean {}?", meant);
    reporter.Report(DiagnosticCode::kCodeForm, item.span,
                    fmt::format("{} is no code of {}", Quoted(code), WordOf(item.system)),
                    std::move(problem));
    return false;
  }
  if (!CheckDigitHolds(item.system, code)) {
    reporter.Report(DiagnosticCode::kCheckDigit, item.span,
                    fmt::format("the check digit of {} code {} is wrong, so there is no such code",
                                WordOf(item.system), code),
                    "A digit has been mistyped, or two have changed places.");
  }
  return true;
}

std::size_t RuleCount(const CodeSet& set) {
  std::size_t rules = 0;
  for (const CodeClause& clause : set.clauses)
    rules += clause.include.size() + clause.except.size();
  return rules;
}

}  // namespace

std::optional<CodeRule> SetResolver::Rule(const ast::CodeItem& item, bool in_block,
                                          Reporter& reporter) {
  CodeRule rule;
  rule.system = item.system;
  rule.uri = item.uri;
  if (item.type == ast::CodeItem::Type::kValueSet) {
    reporter.Report(DiagnosticCode::kNeedsTerminology, item.span,
                    "a value set needs a loaded terminology, and none is loaded",
                    "Name the codes one by one.");
    return std::nullopt;
  }
  if (item.type == ast::CodeItem::Type::kQuestionnaireItem) {
    rule.from = item.text;
    return rule;
  }
  if (item.with_descendants) {
    if (!in_block) {
      reporter.Report(DiagnosticCode::kNeedsTerminology, item.span,
                      "\"<<\" needs a loaded SNOMED CT, and none is loaded",
                      "Name the concepts one by one, or give the codes of another system.");
      return std::nullopt;
    }
    reporter.Report(
        DiagnosticCode::kWithoutDescendants, item.span,
        fmt::format("no SNOMED CT is loaded: {} stands for itself alone, not for what is below it",
                    item.text),
        "Codes of other systems in the same set still count.");
  }
  if (!IsPrefixSystem(item.system)) {
    if (!CheckForm(item, item.text, reporter)) return std::nullopt;
    std::string code = item.text;
    if (item.system == SystemId::kHgnc && code.substr(0, 5) != "HGNC:") code = "HGNC:" + code;
    rule.from = item.system == SystemId::kNone ? code : NormalCode(item.system, code);
    return rule;
  }
  const std::size_t dash = item.text.find('-');
  const std::string from = item.text.substr(0, dash);
  if (!CheckForm(item, from, reporter)) return std::nullopt;
  rule.from = NormalCode(item.system, from);
  rule.match = CodeRule::Match::kPrefix;
  if (dash == std::string::npos) return rule;
  const std::string to = item.text.substr(dash + 1);
  if (!CheckForm(item, to, reporter)) return std::nullopt;
  rule.to = NormalCode(item.system, to);
  rule.match = CodeRule::Match::kRange;
  if (rule.to < rule.from) {
    reporter.Report(DiagnosticCode::kUpsideDown, item.span,
                    fmt::format("the range {} is upside down", item.text),
                    fmt::format("Write {}-{}.", to, from));
    return std::nullopt;
  }
  return rule;
}

const CodeSet* SetResolver::Named(const NamedSet& set) {
  const auto [place, added] = named_.insert({set.declaration, nullptr});
  if (added && scope_.Usable(set.declaration) && !set.declaration->broken) {
    // Sets are no deeper than kSetDepthMax here, so this recursion ends soon. The map may move on:
    // look up again.
    auto built = Build(set);
    named_[set.declaration] = std::move(built);
  }
  return named_[set.declaration].get();
}

const CodeSet* SetResolver::Nested(const ast::CodeItem& item, Reporter& reporter) {
  const NamedSet* found = scope_.FindSet(item.text);
  if (found == nullptr) {
    if (!scope_.names_lost()) {
      std::string hint = scope_.DidYouMeanSet(item.text);
      if (const std::string_view substance = SubstanceOf(item.text);
          hint.empty() && !substance.empty()) {
        hint = fmt::format("{} is a brand of {}. Make a set of the substance, with its ATC code.",
                           item.text, substance);
      }
      reporter.Report(
          DiagnosticCode::kUnknownSet, item.span,
          fmt::format("there is no set of codes {}", Quoted(item.text)),
          hint.empty() ? fmt::format("Make one: codes {} {{ ... }}, or bring one in with \"use\".",
                                     item.text)
                       : hint);
    }
    return nullptr;
  }
  used_.insert(found->declaration);
  return Named(*found);
}

std::unique_ptr<CodeSet> SetResolver::Build(const NamedSet& set) {
  const ast::Codes& codes = *set.declaration;
  Reporter& reporter = set.home->reporter;
  auto out = std::make_unique<CodeSet>();
  out->name = codes.name.text;
  bool good = true;
  if (codes.include.empty()) {
    reporter.Report(DiagnosticCode::kEmptySet, codes.name.span,
                    fmt::format("the set {} is empty", Quoted(codes.name.text)),
                    "Put codes in it: { icd10se C18, C19, C20 }");
    good = false;
  }
  if (codes.include.size() + codes.except.size() > kCodeRulesPerSetMax) {
    reporter.Report(DiagnosticCode::kTooLarge, codes.name.span,
                    fmt::format("this set has {} codes; a set has at most {}",
                                codes.include.size() + codes.except.size(), kCodeRulesPerSetMax),
                    "Codes of icd10se, icd10, icdo3, atc and kva stand for all that begin with "
                    "them, and may be ranges.");
    return nullptr;
  }
  std::vector<CodeRule> except;
  good = AddExceptions(set, except) && good;
  CodeClause own;
  for (const ast::CodeItem& item : codes.include) {
    if (item.type == ast::CodeItem::Type::kSetName) {
      const CodeSet* nested = Nested(item, reporter);
      good = good && nested != nullptr;
      if (!good) continue;
      out->clauses.insert(out->clauses.end(), nested->clauses.begin(), nested->clauses.end());
      if (RuleCount(*out) <= kCodeRulesPerSetMax) continue;
      reporter.Report(
          DiagnosticCode::kTooLarge, codes.name.span,
          fmt::format("this set has more than {} codes with all sets in it", kCodeRulesPerSetMax));
      return nullptr;
    }
    if (auto rule = Rule(item, true, reporter))
      own.include.push_back(std::move(*rule));
    else
      good = false;
  }
  if (!good) return nullptr;
  if (!own.include.empty()) out->clauses.insert(out->clauses.begin(), std::move(own));
  for (CodeClause& clause : out->clauses)
    clause.except.insert(clause.except.end(), except.begin(), except.end());
  return out;
}

bool SetResolver::AddExceptions(const NamedSet& set, std::vector<CodeRule>& except) {
  Reporter& reporter = set.home->reporter;
  bool good = true;
  for (const ast::CodeItem& item : set.declaration->except) {
    if (item.type != ast::CodeItem::Type::kSetName) {
      if (auto rule = Rule(item, true, reporter))
        except.push_back(std::move(*rule));
      else
        good = false;
      continue;
    }
    const CodeSet* nested = Nested(item, reporter);
    good = good && nested != nullptr;
    if (!good) continue;
    for (const CodeClause& clause : nested->clauses) {
      if (!clause.except.empty()) {
        reporter.Report(DiagnosticCode::kNotYet, item.span,
                        "not yet: a set with an exception of its own after \"except\"",
                        "Write its codes out here.");
        good = false;
        break;
      }
      except.insert(except.end(), clause.include.begin(), clause.include.end());
    }
  }
  return good;
}

std::optional<std::vector<CodeSet>> SetResolver::Resolve(const ast::Items& items,
                                                         const Source& source, Reporter& reporter) {
  std::vector<CodeSet> out;
  bool good = true;
  for (std::size_t i = 0; i < items.items.size();) {
    if (items.items[i].type == ast::CodeItem::Type::kSetName) {
      const CodeSet* named = Nested(items.items[i++], reporter);
      if (named != nullptr)
        out.push_back(*named);
      else
        good = false;
      continue;
    }
    CodeClause clause;
    const Span begin = items.items[i].span;
    Span end = begin;
    for (; i < items.items.size() && items.items[i].type != ast::CodeItem::Type::kSetName; ++i) {
      end = items.items[i].span;
      if (auto rule = Rule(items.items[i], false, reporter))
        clause.include.push_back(std::move(*rule));
      else
        good = false;
    }
    CodeSet set;
    set.name = Squeezed(source.text(Cover(begin, end)));
    set.clauses.push_back(std::move(clause));
    out.push_back(std::move(set));
  }
  if (!good) return std::nullopt;
  return out;
}

Analyte AnalyteOfSets(const std::vector<const CodeSet*>& sets) {
  Analyte analyte = Analyte::kNone;
  for (const CodeSet* set : sets) {
    for (const CodeClause& clause : set->clauses) {
      for (const CodeRule& rule : clause.include) {
        if (rule.system == SystemId::kNone) continue;
        const Analyte of_rule = AnalyteOf({rule.system, rule.from});
        if (of_rule == Analyte::kNone) continue;
        if (analyte != Analyte::kNone && analyte != of_rule) return Analyte::kNone;
        analyte = of_rule;
      }
    }
  }
  return analyte;
}

}  // namespace medverka::criteria::internal

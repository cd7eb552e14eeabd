// Idea: the file is cut into declarations, each is made into lines as if it stood alone, and then
// what stands side by side in lines that follow one another is put into columns: names, labels and
// colons of criteria, braces of sets, comments. A blank line ends such a run.
#include "criteria/format.h"

#include <algorithm>
#include <optional>

#include "criteria/internal/cursor.h"
#include "criteria/internal/format_atoms.h"
#include "criteria/internal/format_blocks.h"
#include "criteria/lexer.h"
#include "criteria/parser.h"

namespace medverka::criteria {

using internal::Atom;
using internal::Atoms;
using internal::FormatLine;

namespace {

// A head wider than this stays out of its run's columns: one long label must not push all colons to
// the right.
constexpr std::size_t kAlignedHeadMax = 62;
constexpr std::size_t kAlignedNameMax = 32;
constexpr std::size_t kAlignedSetMax = 40;
constexpr std::size_t kAlignedCommentMax = 100;
constexpr std::size_t kBodyIndent = 10;
constexpr std::size_t kCohortIndent = 2;

enum class Family : std::uint8_t { kCriterion, kDefinition, kSet, kOther };

struct Declaration {
  Family family = Family::kOther;
  Atoms atoms;
  bool blank_above = false;
  std::size_t indent = 0;
  // Criteria, definitions, events: `include NAME`, `sv "..."`, what follows the colon.
  std::string name;
  std::string labels;
  Atoms body;
  // Sets and scales on one line: `codes NAME`, `{ ... }`.
  std::string rest;
  std::vector<FormatLine> lines;  // of all others; and the outcome
  bool block = false;             // over several lines with braces: empty lines around it
};

Family FamilyOf(const Atom& keyword) {
  if (keyword.Is("include") || keyword.Is("exclude") || keyword.Is("ask"))
    return Family::kCriterion;
  if (keyword.Is("define") || keyword.Is("event")) return Family::kDefinition;
  if (keyword.Is("codes") || keyword.Is("scale")) return Family::kSet;
  return Family::kOther;
}

std::string Pad(std::string text, std::size_t width) {
  const std::size_t now = internal::WidthOf(text);
  if (now < width) text.append(width - now, ' ');
  return text;
}

class Formatter {
 public:
  explicit Formatter(const std::vector<Atom>& atoms) : atoms_(atoms) {}

  std::string Run() {
    All(Atoms(atoms_).first(atoms_.size() - 1), 0);
    Comments(atoms_.back(), 0, false);
    Flush();
    return std::move(out_);
  }

 private:
  // ---- cutting

  // The declarations of `atoms`: of a file, or of a cohort.
  void All(Atoms atoms, std::size_t indent) {
    std::size_t begin = 0;
    while (begin < atoms.size()) {
      const std::size_t end = EndOf(atoms, begin);
      One(atoms.subspan(begin, end - begin), indent);
      begin = end;
    }
  }

  static std::size_t EndOf(Atoms atoms, std::size_t begin) {
    int depth = 0;
    for (std::size_t i = begin; i < atoms.size(); ++i) {
      const bool keyword = atoms[i].kind == TokenKind::kWord && atoms[i].first_on_line &&
                           internal::IsDeclarationWord(atoms[i].text);
      if (i > begin && depth == 0 && keyword) return i;
      depth += atoms[i].opens() ? 1 : atoms[i].closes() ? -1 : 0;
    }
    return atoms.size();
  }

  // ---- one declaration

  void One(Atoms atoms, std::size_t indent) {
    Declaration declaration;
    declaration.atoms = atoms;
    declaration.indent = indent;
    declaration.family = FamilyOf(atoms[0]);
    declaration.blank_above = atoms[0].blank_above;
    if (!atoms[0].above.empty() || atoms[0].blank_above)
      Comments(atoms[0], indent, atoms[0].blank_above);
    if (atoms[0].Is("cohort")) return Cohort(declaration);
    const std::size_t brace = FirstBrace(atoms);
    if (brace < atoms.size() && declaration.family != Family::kCriterion &&
        declaration.family != Family::kDefinition) {
      Braced(declaration, brace);
    } else if (internal::AnyComment(atoms)) {
      declaration.lines = internal::AuthorsLines(atoms, indent, indent + kBodyIndent);
    } else {
      Plain(declaration);
    }
    Take(std::move(declaration));
  }

  static std::size_t FirstBrace(Atoms atoms) {
    std::size_t i = 0;
    while (i < atoms.size() && atoms[i].kind != TokenKind::kOpenBrace) ++i;
    return i;
  }

  void Plain(Declaration& declaration) const {
    const Atoms atoms = declaration.atoms;
    std::size_t colon = 0;
    while (colon < atoms.size() && atoms[colon].kind != TokenKind::kColon) ++colon;
    const bool with_colon =
        declaration.family == Family::kCriterion || declaration.family == Family::kDefinition;
    if (!with_colon || colon >= atoms.size()) {
      declaration.lines = {{std::string(declaration.indent, ' ') + internal::Joined(atoms), ""}};
      declaration.lines[0].beside = atoms.back().beside;
      return;
    }
    std::size_t labels = 1;
    while (labels < colon && !((atoms[labels].Is("sv") || atoms[labels].Is("en")) && labels > 1 &&
                               atoms[labels + 1].kind == TokenKind::kString))
      ++labels;
    declaration.name = internal::Joined(atoms.first(labels));
    declaration.labels = internal::Joined(atoms.subspan(labels, colon - labels));
    declaration.body = atoms.subspan(colon + 1);
  }

  static void Braced(Declaration& declaration, std::size_t brace) {
    const Atoms atoms = declaration.atoms;
    const Atoms head = atoms.first(brace);
    const Atoms inside = atoms.subspan(brace);
    const std::string indent(declaration.indent, ' ');
    const std::string name = indent + internal::Joined(head);
    const std::string line = internal::BlockOnOneLine(inside);
    const bool opened = inside.size() > 1 && inside[1].first_on_line;
    const bool fits = internal::WidthOf(name) + 1 + internal::WidthOf(line) <= internal::kLineWidth;
    if (!opened && fits && !internal::AnyComment(atoms)) {
      declaration.name = name;
      declaration.rest = line;
      if (declaration.family == Family::kSet) return;
      declaration.lines = {{name + " " + line, atoms.back().beside}};
      return;
    }
    declaration.block = true;
    const Atom& keyword = atoms[0];
    declaration.lines = keyword.Is("study")     ? internal::StudyBlock(name, inside)
                        : keyword.Is("codes")   ? internal::CodesBlock(name, inside)
                        : keyword.Is("example") ? internal::ExampleBlock(name, inside)
                                                : internal::ScaleBlock(name, inside);
  }

  // Its criteria are declarations like others, set in by two.
  void Cohort(Declaration& declaration) {
    const Atoms atoms = declaration.atoms;
    const std::size_t brace = FirstBrace(atoms);
    if (brace >= atoms.size()) return Flush();
    Declaration head;
    head.atoms = atoms;
    head.block = true;
    head.blank_above = true;
    head.lines = {{internal::Joined(atoms.first(brace + 1)), atoms[brace].beside}};
    Take(std::move(head));
    Flush();
    block_before_ = false;
    inside_start_ = true;
    All(atoms.subspan(brace + 1, atoms.size() - brace - 2), kCohortIndent);
    Comments(atoms.back(), kCohortIndent, false);
    Flush();
    inside_start_ = false;
    Line({"}", atoms.back().beside}, 0);
    block_before_ = true;
  }

  // ---- runs

  void Take(Declaration declaration) {
    if (declaration.blank_above || declaration.block) Flush();
    run_.push_back(std::move(declaration));
    if (run_.back().block) Flush();
  }

  // Comments on lines of their own, before a declaration or at the end.
  void Comments(const Atom& atom, std::size_t indent, bool blank_after) {
    if (atom.above.empty()) return;
    Flush();
    for (const internal::FormatComment& comment : atom.above) {
      if (comment.blank_above || block_before_) Empty();
      block_before_ = false;
      out_.append(indent, ' ').append(comment.text).push_back('\n');
      inside_start_ = false;
    }
    after_comment_ = !blank_after;
  }

  void Empty() {
    if (!out_.empty() && !inside_start_) out_ += '\n';
  }

  void Flush() {
    if (run_.empty()) return;
    const Declaration& first = run_.front();
    if ((first.blank_above || first.block || block_before_) && !after_comment_) Empty();
    after_comment_ = false;
    inside_start_ = false;
    Align();
    std::size_t comment_column = 0;
    for (const Declaration& declaration : run_) {
      if (declaration.block || declaration.lines.size() != 1) continue;
      const FormatLine& line = declaration.lines[0];
      const std::size_t width = internal::WidthOf(line.text);
      if (!line.beside.empty() && width <= kAlignedCommentMax)
        comment_column = std::max(comment_column, width + 2);
    }
    for (const Declaration& declaration : run_) {
      const bool single = !declaration.block && declaration.lines.size() == 1;
      for (const FormatLine& line : declaration.lines) Line(line, single ? comment_column : 0);
    }
    block_before_ = run_.back().block;
    run_.clear();
  }

  void Line(const FormatLine& line, std::size_t comment_column) {
    std::string text = line.text;
    if (!line.beside.empty()) {
      text = Pad(std::move(text), comment_column);
      if (text == line.text) text += "  ";
      text += line.beside;
    }
    out_ += text;
    out_ += '\n';
  }

  void Align() {
    for (const Family family : {Family::kCriterion, Family::kDefinition}) AlignHeads(family);
    std::size_t column = 0;
    for (const Declaration& set : run_) {
      const std::size_t width = internal::WidthOf(set.name);
      if (set.family == Family::kSet && set.lines.empty() && width <= kAlignedSetMax)
        column = std::max(column, width);
    }
    for (Declaration& set : run_) {
      if (set.family != Family::kSet || !set.lines.empty()) continue;
      set.lines = {{Pad(set.name, column) + " " + set.rest, set.atoms.back().beside}};
      if (internal::WidthOf(set.lines[0].text) > internal::kLineWidth)
        set.lines[0].text = set.name + " " + set.rest;
    }
  }

  void AlignHeads(Family family) {
    std::size_t name_column = 0;
    for (const Declaration& one : run_) {
      const std::size_t width = internal::WidthOf(one.name);
      if (one.family == family && one.lines.empty() && width <= kAlignedNameMax)
        name_column = std::max(name_column, width);
    }
    const auto head = [&](const Declaration& one) {
      return one.labels.empty() ? one.name : Pad(one.name, name_column) + " " + one.labels;
    };
    std::size_t column = 0;
    for (const Declaration& one : run_) {
      const std::size_t width = internal::WidthOf(head(one));
      if (one.family == family && one.lines.empty() && width <= kAlignedHeadMax)
        column = std::max(column, width);
    }
    for (Declaration& one : run_) {
      if (one.family != family || !one.lines.empty()) continue;
      const std::string indent(one.indent, ' ');
      const std::string padded = indent + Pad(head(one), column) + " :";
      const std::string body = internal::Joined(one.body);
      if (internal::WidthOf(padded) + 1 + internal::WidthOf(body) <= internal::kLineWidth) {
        one.lines = {{padded + " " + body, ""}};
      } else {
        one.lines = {{padded, ""}};
        for (std::string& line : internal::BrokenExpression(one.body, one.indent + kBodyIndent))
          one.lines.push_back({std::move(line), ""});
      }
      one.lines.back().beside = one.atoms.back().beside;
    }
  }

  const std::vector<Atom>& atoms_;
  std::vector<Declaration> run_;
  std::string out_;
  bool block_before_ = false;   // the lines before are a block: an empty line follows
  bool after_comment_ = false;  // the comment just written belongs to what follows
  bool inside_start_ = false;   // just behind a cohort's brace
};

// Nothing but blanks may differ; the rest of this file sees to it, and this makes sure.
bool SameWords(const std::vector<Atom>& a, const std::vector<Atom>& b) {
  const auto comments = [](const std::vector<Atom>& atoms) {
    std::vector<std::string> out;
    for (const Atom& atom : atoms) {
      for (const internal::FormatComment& comment : atom.above) out.push_back(comment.text);
      if (!atom.beside.empty()) out.push_back(atom.beside);
    }
    return out;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Atom& x, const Atom& y) { return x.text == y.text; }) &&
         comments(a) == comments(b);
}

std::optional<std::vector<Atom>> ReadAtoms(const SourceFile& file, Diagnostics& diagnostics) {
  const Source source(file.path, file.text);
  Reporter reporter(source, diagnostics);
  if (!CheckText(source, reporter)) return std::nullopt;
  Parse(source, reporter);
  if (reporter.errors() > 0) return std::nullopt;
  Diagnostics ignored;
  Reporter again(source, ignored);
  return internal::AtomsOf(source, Lex(source, again));
}

}  // namespace

Formatted Format(const SourceFile& file) {
  Formatted out;
  out.text = file.text;
  const auto atoms = ReadAtoms(file, out.diagnostics);
  out.diagnostics.Sort();
  if (!atoms) return out;
  out.parsed = true;
  std::string text = Formatter(*atoms).Run();
  Diagnostics ignored;
  const auto again = ReadAtoms({file.path, text}, ignored);
  if (again && SameWords(*atoms, *again)) out.text = std::move(text);
  return out;
}

}  // namespace medverka::criteria

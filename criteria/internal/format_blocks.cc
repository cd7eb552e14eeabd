#include "criteria/internal/format_blocks.h"

#include <algorithm>

#include "criteria/ast.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/header_parser.h"

namespace medverka::criteria::internal {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kRestIndent = 4;
constexpr std::size_t kStudyValueColumn = 11;  // after the indent: "title sv" and three blanks

// Two blanks part what belongs less closely than its neighbours: code systems of a set, the words
// of a small patient, register numbers.
bool PartsWidely(const Atom& left, const Atom& right) {
  if (left.kind == TokenKind::kComma || left.opens() || left.Is("except")) return false;
  if (right.kind == TokenKind::kString && left.kind == TokenKind::kString) return false;
  if (right.Is("except") || right.Is("system") || right.Is("set") || right.Is("item") ||
      right.Is("valueset"))
    return true;
  const auto& systems = SystemWords();
  return right.kind == TokenKind::kWord &&
         std::find(systems.begin(), systems.end(), right.text) != systems.end();
}

bool IsPersonWord(const Atom& atom) {
  return atom.Is("born") || atom.Is("female") || atom.Is("male") || atom.Is("resident") ||
         atom.Is("dead");
}

// A block's lines as they grow: comments force a line end, width may.
class BlockLines {
 public:
  std::vector<FormatLine> lines;

  void Begin(std::string text) { lines.push_back({std::move(text), ""}); }

  // Comments above `atom` on lines of their own.
  void Above(const Atom& atom, std::size_t indent) {
    for (std::size_t i = 0; i < atom.above.size(); ++i) {
      if (atom.above[i].blank_above && !OnlyHead()) Begin("");
      Begin(std::string(indent, ' ') + atom.above[i].text);
    }
    if (atom.blank_above && (!atom.above.empty() || !OnlyHead()) && !atom.closes()) Begin("");
  }

  // `atom` on a line of its own start, or on the line that stands.
  void StartLine(const Atom& atom, std::size_t indent) {
    Above(atom, indent);
    Begin(std::string(indent, ' ') + atom.text);
    lines.back().beside = atom.beside;
  }
  void Continue(const Atom& atom, std::string_view blank, std::size_t rest_indent) {
    const bool full =
        WidthOf(lines.back().text) + blank.size() + WidthOf(atom.text) + 1 > kLineWidth;
    const bool may_break = !blank.empty();
    if (!lines.back().beside.empty() || !atom.above.empty() || (full && may_break)) {
      for (const FormatComment& comment : atom.above)
        Begin(std::string(rest_indent, ' ') + comment.text);
      Begin(std::string(rest_indent, ' ') + atom.text);
    } else {
      lines.back().text.append(blank).append(atom.text);
    }
    lines.back().beside = atom.beside;
  }

 private:
  bool OnlyHead() const { return lines.size() == 1; }
};

bool IsStudyKey(Atoms atoms, std::size_t i) {
  return atoms[i].kind == TokenKind::kWord && IsHeaderKey(atoms[i].text);
}

}  // namespace

std::string BlockOnOneLine(Atoms atoms) {
  std::string out;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (i > 0) {
      const bool person = IsPersonWord(atoms[i]) && !atoms[i - 1].opens();
      out += PartsWidely(atoms[i - 1], atoms[i]) || person ? "  "
                                                           : BlankBetween(atoms[i - 1], atoms[i]);
    }
    out += atoms[i].text;
  }
  return out;
}

std::vector<FormatLine> StudyBlock(const std::string& head, Atoms atoms) {
  BlockLines block;
  block.Begin(head + " {");
  block.lines.back().beside = atoms[0].beside;
  std::string key;
  std::size_t first_value = 0;
  for (std::size_t i = 1; i + 1 < atoms.size(); ++i) {
    const Atom& atom = atoms[i];
    if (IsStudyKey(atoms, i)) {
      block.StartLine(atom, kIndent);
      key = atom.text;
      first_value = i + 1;
      if (key == "title" && i + 2 < atoms.size()) ++first_value;
      continue;
    }
    const Atom& before = atoms[i - 1];
    const bool next_site = key == "sites" && atom.kind == TokenKind::kString && i > first_value;
    if (next_site) {
      block.StartLine(atom, kIndent + kStudyValueColumn);
      continue;
    }
    const std::size_t width = WidthOf(block.lines.back().text);
    std::string blank(BlankBetween(before, atom));
    if (i == first_value && before.beside.empty())
      blank = std::string(std::max(kIndent + kStudyValueColumn, width + 1) - width, ' ');
    const bool next_id = key == "ids" && i > first_value && (i - first_value) % 2 == 0 &&
                         before.kind != TokenKind::kComma;
    block.Continue(atom, next_id ? "  " : blank, kIndent + kStudyValueColumn);
  }
  block.StartLine(atoms.back(), 0);
  return std::move(block.lines);
}

std::vector<FormatLine> CodesBlock(const std::string& head, Atoms atoms) {
  BlockLines block;
  block.Begin(head + " {");
  block.lines.back().beside = atoms[0].beside;
  for (std::size_t i = 1; i + 1 < atoms.size(); ++i) {
    const bool starts = i == 1 || PartsWidely(atoms[i - 1], atoms[i]);
    if (starts) {
      block.StartLine(atoms[i], kIndent);
    } else {
      block.Continue(atoms[i], BlankBetween(atoms[i - 1], atoms[i]), kRestIndent);
    }
  }
  block.StartLine(atoms.back(), 0);
  return std::move(block.lines);
}

std::vector<FormatLine> ScaleBlock(const std::string& head, Atoms atoms) {
  BlockLines block;
  block.Begin(head + " {");
  block.lines.back().beside = atoms[0].beside;
  int depth = 0;
  for (std::size_t i = 1; i + 1 < atoms.size(); ++i) {
    const bool starts = i == 1 || (depth == 0 && atoms[i].kind == TokenKind::kLess);
    depth += atoms[i].opens() ? 1 : atoms[i].closes() ? -1 : 0;
    if (starts) {
      block.StartLine(atoms[i], kIndent);
    } else {
      block.Continue(atoms[i], BlankBetween(atoms[i - 1], atoms[i]), kRestIndent);
    }
  }
  block.StartLine(atoms.back(), 0);
  return std::move(block.lines);
}

std::vector<FormatLine> ExampleBlock(const std::string& head, Atoms atoms) {
  BlockLines block;
  block.Begin(head + " {");
  block.lines.back().beside = atoms[0].beside;
  for (std::size_t i = 1; i + 1 < atoms.size(); ++i) {
    const Atom& atom = atoms[i];
    const Atom& before = atoms[i - 1];
    const bool goes_on = before.kind == TokenKind::kComma || before.kind == TokenKind::kColon ||
                         atom.kind == TokenKind::kComma;
    if (i == 1 || (atom.first_on_line && !goes_on)) {
      block.StartLine(atom, kIndent);
    } else if (atom.first_on_line) {
      block.StartLine(atom, kRestIndent);  // claims that go on
    } else {
      const bool person = IsPersonWord(atom);
      block.Continue(atom, person ? "  " : BlankBetween(before, atom), kRestIndent);
    }
  }
  block.StartLine(atoms.back(), 0);
  return std::move(block.lines);
}

std::vector<FormatLine> AuthorsLines(Atoms atoms, std::size_t indent, std::size_t rest_indent) {
  BlockLines block;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    if (i == 0) {
      block.Begin(std::string(indent, ' ') + atoms[i].text);
      block.lines.back().beside = atoms[i].beside;
    } else if (atoms[i].first_on_line) {
      for (const FormatComment& comment : atoms[i].above)
        block.Begin(std::string(rest_indent, ' ') + comment.text);
      block.Begin(std::string(rest_indent, ' ') + atoms[i].text);
      block.lines.back().beside = atoms[i].beside;
    } else {
      block.lines.back().text.append(BlankBetween(atoms[i - 1], atoms[i])).append(atoms[i].text);
      block.lines.back().beside = atoms[i].beside;
    }
  }
  return std::move(block.lines);
}

}  // namespace medverka::criteria::internal

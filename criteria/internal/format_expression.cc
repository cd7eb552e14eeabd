// Idea: an expression that does not fit on its line is broken at the loosest words it has outside
// brackets, all of them at once, and each part is laid out the same way.
#include <algorithm>
#include <functional>

#include "criteria/internal/format_atoms.h"

namespace medverka::criteria::internal {
namespace {

// `else ask "..."` goes on below its question.
constexpr std::size_t kElseIndent = 5;
constexpr std::size_t kStepIndent = 2;

bool In(const Atom& atom, std::initializer_list<std::string_view> words) {
  return atom.kind == TokenKind::kWord &&
         std::find(words.begin(), words.end(), atom.text) != words.end();
}

bool IsLabel(Atoms atoms, std::size_t i) {
  return In(atoms[i], {"sv", "en"}) && i + 1 < atoms.size() &&
         atoms[i + 1].kind == TokenKind::kString;
}

// Does `and` or `or` stand between two terms here, and is no part of "between 2 and 5", "on or
// after", "suspected or confirmed", "egfr by reported or lm-rev"?
bool IsOperator(Atoms atoms, std::size_t i) {
  if (!In(atoms[i], {"and", "or"})) return false;
  if (atoms[i].text == "or") {
    if (i > 0 && In(atoms[i - 1], {"on", "suspected"})) return false;
    return i + 1 >= atoms.size() ||
           !In(atoms[i + 1], {"lm-rev", "ckd-epi-2021", "ckd-epi-2009", "ekfc", "capa",
                              "cockcroft-gault", "reported"});
  }
  int depth = 0;
  for (std::size_t back = i; back-- > 0;) {
    depth += atoms[back].closes() ? 1 : atoms[back].opens() ? -1 : 0;
    if (depth != 0) continue;
    if (In(atoms[back], {"and", "or"})) return true;
    if (atoms[back].Is("between")) return false;
  }
  return true;
}

using Breaks = std::function<bool(Atoms, std::size_t)>;

// The parts of `atoms` that begin where `breaks` says so, outside of brackets.
std::vector<Atoms> Parts(Atoms atoms, const Breaks& breaks) {
  std::vector<Atoms> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    depth -= atoms[i].closes() ? 1 : 0;
    if (i > begin && depth == 0 && breaks(atoms, i)) {
      parts.push_back(atoms.subspan(begin, i - begin));
      begin = i;
    }
    depth += atoms[i].opens() ? 1 : 0;
  }
  parts.push_back(atoms.subspan(begin));
  return parts;
}

class Breaker {
 public:
  std::vector<std::string> lines;

  void Put(Atoms atoms, std::size_t indent) {
    if (atoms.empty()) return;
    const std::string line = Joined(atoms);
    // A question and its translation stand below one another as soon as they leave the first line.
    if (atoms[0].kind == TokenKind::kString && Split(atoms, indent, indent, IsLabel)) return;
    if (indent + WidthOf(line) <= kLineWidth) return Add(line, indent);
    const Breaks closing = [](Atoms all, std::size_t i) {
      return In(all[i], {"because"}) || (all[i].Is("else") && i > 0) ||
             (all[i].Is("if") && all[0].kind == TokenKind::kString);
    };
    if (Split(atoms, indent, indent, closing)) return;
    if (Split(atoms, indent, indent + (atoms[0].Is("else") ? kElseIndent : 0), IsLabel)) return;
    const Breaks branches = [](Atoms all, std::size_t i) {
      return In(all[i], {"then", "otherwise"});
    };
    if (Split(atoms, indent, indent, branches)) return;
    if (Split(atoms, indent, indent, IsOperator)) return;
    if (Bracket(atoms, indent)) return;
    Fill(atoms, indent);
  }

 private:
  void Add(std::string_view line, std::size_t indent) {
    lines.push_back(std::string(indent, ' ').append(line));
  }

  bool Split(Atoms atoms, std::size_t indent, std::size_t rest_indent, const Breaks& breaks) {
    const std::vector<Atoms> parts = Parts(atoms, breaks);
    if (parts.size() == 1) return false;
    for (const Atoms part : parts) Put(part, part.data() == atoms.data() ? indent : rest_indent);
    return true;
  }

  // The first round bracket outside all others is opened over several lines.
  bool Bracket(Atoms atoms, std::size_t indent) {
    std::size_t open = 0;
    while (open < atoms.size() && atoms[open].kind != TokenKind::kOpenBracket) {
      if (atoms[open].closes()) return false;
      ++open;
    }
    if (open >= atoms.size()) return false;
    int depth = 1;
    std::size_t close = open + 1;
    for (; close < atoms.size(); ++close) {
      depth += atoms[close].opens() ? 1 : atoms[close].closes() ? -1 : 0;
      if (depth == 0) break;
    }
    if (close >= atoms.size() || close == open + 1) return false;
    Add(Joined(atoms.first(open + 1)), indent);
    const Breaks items = [](Atoms all, std::size_t i) {
      return all[i - 1].kind == TokenKind::kSemicolon;
    };
    for (const Atoms item : Parts(atoms.subspan(open + 1, close - open - 1), items))
      Put(item, indent + kStepIndent);
    Put(atoms.subspan(close), indent);
    return true;
  }

  // As much on each line as fits; broken after commas and before what narrows a query.
  void Fill(Atoms atoms, std::size_t indent) {
    const Breaks soft = [](Atoms all, std::size_t i) {
      return all[i - 1].kind == TokenKind::kComma ||
             In(all[i], {"starting", "ending", "ongoing", "recorded", "since", "during", "where",
                         "with", "must", "valid"}) ||
             (all[i].Is("within") &&
              !In(all[i - 1], {"starting", "ending", "ongoing", "recorded"}));
    };
    std::string line;
    std::size_t line_indent = indent;
    const Atom* last = nullptr;
    for (const Atoms part : Parts(atoms, soft)) {
      const std::string text = Joined(part);
      const std::string_view blank = last == nullptr ? "" : BlankBetween(*last, part.front());
      last = &part.back();
      if (!line.empty() &&
          line_indent + WidthOf(line) + blank.size() + WidthOf(text) > kLineWidth) {
        Add(line, line_indent);
        line_indent = indent + kStepIndent;
        line = text;
        continue;
      }
      line.append(blank).append(text);
    }
    Add(line, line_indent);
  }
};

}  // namespace

std::vector<std::string> BrokenExpression(Atoms atoms, std::size_t indent) {
  Breaker breaker;
  breaker.Put(atoms, indent);
  return std::move(breaker.lines);
}

}  // namespace medverka::criteria::internal

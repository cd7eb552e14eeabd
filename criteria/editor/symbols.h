// Names and their places, for editors: where a set, definition, event, scale, question or criterion
// is declared, and everywhere it is mentioned. Made from what can be read: a broken declaration
// gives what stood before its mistake.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/criteria.h"
#include "criteria/source.h"

namespace medverka::criteria::editor {

enum class SymbolKind : std::uint8_t {
  kSet,
  kDefinition,  // also events: they share a room
  kScale,
  kCriterion,  // include, exclude, ask
  kCohort,
  kFile,  // of a `use`
};

struct Mention {
  SymbolKind kind = SymbolKind::kSet;
  std::string path;
  Span span;  // of the name alone, quotes included
  bool declaration = false;
  // The same number: the same thing. kNowhere where nothing of that name is in sight.
  std::size_t symbol = 0;
};
inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

struct Symbol {
  SymbolKind kind = SymbolKind::kSet;
  std::string name;
  std::string path;
  Span declaration;  // of the name
  Span body;         // the declaration's whole text
};

// A code that some set of the files names.
struct KnownCode {
  SystemId system = SystemId::kNone;
  std::string code;
  std::string set;  // "" for one in place
};

class Symbols {
 public:
  // As Compile takes them: files and what they use.
  Symbols(const std::vector<SourceFile>& files, const UseLoader& load);
  ~Symbols();

  const std::vector<Symbol>& symbols() const { return symbols_; }
  const std::vector<Mention>& mentions() const { return mentions_; }
  const std::vector<KnownCode>& codes() const { return codes_; }
  // Units that limits of the files use, each with the set it is used with.
  const std::vector<std::pair<std::string, std::string>>& units() const { return units_; }

  // The mention at a place; null if there is none.
  const Mention* At(std::string_view path, std::uint32_t offset) const;
  // Symbols that a file sees.
  std::vector<const Symbol*> VisibleFrom(std::string_view path) const;
  // Null if the file is not among them.
  const Source* SourceOf(std::string_view path) const;
  // Everything of the file could be read, so its mentions are all of them.
  bool Whole(std::string_view path) const;
  // Criterion of the file, by its place in Program::criteria, whose text holds the offset.
  std::optional<std::size_t> CriterionAt(std::string_view path, std::uint32_t offset) const;

 private:
  class Reader;
  struct Modules;
  std::unique_ptr<Modules> modules_;
  std::vector<Symbol> symbols_;
  std::vector<Mention> mentions_;
  std::vector<KnownCode> codes_;
  std::vector<std::pair<std::string, std::string>> units_;
};

// Every mention of `symbol` with another name in its place: what an editor has to change. Why the
// new name will not do, or "" where it does, goes to `problem`.
struct Edit {
  std::string path;
  Span span;
  std::string text;
};
std::vector<Edit> Rename(const Symbols& symbols, std::size_t symbol, std::string_view new_name,
                         std::string& problem);

}  // namespace medverka::criteria::editor

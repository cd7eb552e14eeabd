// Idea: read the files as the compiler does, walk every declaration once, and note each name where
// it stands. A name is looked up in the file itself and then in what it uses, in that order.
#include "criteria/editor/symbols.h"

#include <algorithm>
#include <map>

#include "criteria/internal/cursor.h"
#include "criteria/internal/module.h"
#include "ops/base/format.h"
#include "ops/base/text.h"

namespace medverka::criteria::editor {

using internal::Module;

struct Symbols::Modules {
  Modules(const std::vector<SourceFile>& files, const UseLoader& load) : list(files, load) {}
  Module* Find(std::string_view path) const {
    for (const auto& module : list.all()) {
      if (module->source.path() == path) return module.get();
    }
    return nullptr;
  }
  internal::ModuleList list;
};

// Walks one file.
class Symbols::Reader {
 public:
  using Names = std::map<std::pair<SymbolKind, std::string>, std::size_t>;

  Reader(Symbols& out, const Module& module, const Names& names)
      : out_(out), module_(module), names_(names) {}

  void Run() {
    const ast::File& file = module_.file;
    for (const ast::Use& use : file.uses) Note(SymbolKind::kFile, use.path, use.span);
    for (const ast::Codes& codes : file.codes) {
      Declared(SymbolKind::kSet, codes.name);
      List(codes.include, codes.name.text);
      List(codes.except, "");
    }
    for (const ast::Scale& scale : file.scales) Declared(SymbolKind::kScale, scale.name);
    for (const ast::Define& define : file.defines) {
      Declared(SymbolKind::kDefinition, define.name);
      if (define.body) Expression(*define.body);
    }
    for (const ast::Event& event : file.events) {
      Declared(SymbolKind::kDefinition, event.name);
      EventOf(event.body);
    }
    for (const ast::Cohort& cohort : file.cohorts) Declared(SymbolKind::kCohort, cohort.name);
    for (const ast::Criterion& criterion : file.criteria) {
      Declared(SymbolKind::kCriterion, criterion.name);
      if (criterion.body) Expression(*criterion.body);
      if (criterion.asked_if) Expression(*criterion.asked_if);
    }
    for (const ast::Example& example : file.examples) ReadExample(example);
  }

 private:
  void Add(SymbolKind kind, const std::string& name, Span span, bool declaration) {
    if (span.end <= span.begin) return;
    const auto found = names_.find({kind, base::Fold(name)});
    const std::size_t symbol = found == names_.end() ? kNowhere : found->second;
    out_.mentions_.push_back({kind, module_.source.path(), span, declaration, symbol});
  }
  void Declared(SymbolKind kind, const ast::Name& name) { Add(kind, name.text, name.span, true); }
  void Note(SymbolKind kind, const std::string& name, Span span) { Add(kind, name, span, false); }

  // `set "name"` mentions the quoted part.
  Span QuotedPart(Span span) const {
    const std::string_view text = module_.source.text(span);
    const std::size_t quote = text.find('"');
    if (quote != std::string_view::npos) span.begin += static_cast<std::uint32_t>(quote);
    return span;
  }

  void Item(const ast::CodeItem& item, const std::string& set) {
    if (item.type == ast::CodeItem::Type::kSetName) {
      Note(SymbolKind::kSet, item.text, QuotedPart(item.span));
    } else if (item.type == ast::CodeItem::Type::kCode && item.system != SystemId::kNone) {
      out_.codes_.push_back({item.system, item.text, set});
    }
  }
  void List(const std::vector<ast::CodeItem>& items, const std::string& set) {
    for (const ast::CodeItem& item : items) Item(item, set);
  }

  void TestOf(const ast::Test& test, const std::string& set) {
    for (const ast::Word& word : test.words) {
      const bool names_set =
          word.quoted && names_.count({SymbolKind::kSet, base::Fold(word.text)}) > 0;
      if (names_set) Note(SymbolKind::kSet, word.text, word.span);
    }
    for (const ast::Quantity* quantity : {&test.limit, &test.limit2}) {
      if (!quantity->unit.empty()) out_.units_.emplace_back(quantity->unit, set);
    }
  }

  void Fields(const std::vector<ast::FieldDemand>& fields) {
    for (const ast::FieldDemand& field : fields) {
      List(field.items.items, "");
      if (field.word && field.word->quoted &&
          names_.count({SymbolKind::kSet, base::Fold(field.word->text)}) > 0) {
        Note(SymbolKind::kSet, field.word->text, field.word->span);
      }
      if (field.test) TestOf(*field.test, "");
    }
  }

  void Fact(const ast::FactTerm& fact) {
    List(fact.sets.items, "");
    List(fact.components.items, "");
    Fields(fact.fields);
    const auto& named = fact.component ? fact.components.items : fact.sets.items;
    const bool by_name = !named.empty() && named[0].type == ast::CodeItem::Type::kSetName;
    if (fact.test) TestOf(*fact.test, by_name ? base::Fold(named[0].text) : "");
    if (fact.where) Expression(*fact.where);
    EventOf(fact.reason_of);
  }

  void EventOf(const ast::EventRef& event) {
    if (!event) return;
    if (event->type == ast::EventTerm::Type::kName)
      Note(SymbolKind::kDefinition, event->name.text, event->name.span);
    EventOf(event->of);
    if (event->choice) Expression(*event->choice);
    EventOf(event->from.event);
    EventOf(event->to.event);
  }

  void Times(const std::vector<ast::Time>& times) {
    for (const ast::Time& time : times) {
      EventOf(time.event);
      EventOf(time.from.event);
      if (time.to.event != time.from.event) EventOf(time.to.event);
    }
  }

  void Term(const ast::FactTerm& term) { Fact(term); }
  void Term(const ast::ChangeTerm& term) { Fact(term.of); }
  void Term(const ast::TextTerm& term) { Fact(term.in); }
  void Term(const ast::VariantTerm& term) {
    for (const ast::Word& gene : term.genes) {
      if (gene.quoted) Note(SymbolKind::kSet, gene.text, gene.span);
    }
    List(term.reasons.items, "");
    Fields(term.fields);
  }
  void Term(const ast::NameTerm& term) {
    Note(SymbolKind::kDefinition, term.name.text, term.name.span);
  }
  void Term(const ast::AnswerTerm& term) {
    Note(SymbolKind::kCriterion, term.question.text, term.question.span);
  }
  void Term(const ast::GestationTerm& term) { EventOf(term.at); }
  void Term(const ast::AgeTerm& term) {
    if (term.at) EventOf(term.at->event);
  }
  template <typename Other>
  void Term(const Other& /*names nothing*/) {}

  void Expression(const ast::Expr& expr) {
    std::visit([&](const auto& term) { Term(term); }, expr.payload);
    Times(expr.times);
    for (const auto& child : expr.children) {
      if (child) Expression(*child);
    }
  }

  void ReadExample(const ast::Example& example) {
    for (const ast::Given& given : example.given) {
      if (given.code) Item(*given.code, "");
      if (given.component) Item(*given.component, "");
      if (given.value_code) Item(*given.value_code, "");
      Fields(given.fields);
      if (!given.question.text.empty())
        Note(SymbolKind::kCriterion, given.question.text, given.question.span);
    }
    for (const ast::Expectation& expected : example.expectations) {
      for (const auto& [claim, name] : expected.claims) {
        Note(claim == ast::Expectation::Claim::kCohort ? SymbolKind::kCohort
                                                       : SymbolKind::kCriterion,
             name.text, name.span);
      }
    }
  }

  Symbols& out_;
  const Module& module_;
  const Names& names_;
};

namespace {

// From the declaration's keyword to the last character before the next declaration.
Span BodyOf(const Source& source, Span name) {
  const std::string_view text = source.text();
  std::size_t begin = text.rfind('\n', name.begin);
  begin = begin == std::string_view::npos ? 0 : begin + 1;
  std::size_t end = text.find('\n', name.end);
  while (end != std::string_view::npos && end + 1 < text.size()) {
    const char next = text[end + 1];
    if (next != ' ' && next != '\t' && next != '}') break;
    end = text.find('\n', end + 1);
  }
  if (end == std::string_view::npos) end = text.size();
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

}  // namespace

Symbols::Symbols(const std::vector<SourceFile>& files, const UseLoader& load)
    : modules_(std::make_unique<Modules>(files, load)) {
  // All declarations first, so that each file can look up those it uses.
  std::map<const Module*, Reader::Names> own;
  for (const auto& module : modules_->list.all()) {
    const ast::File& file = module->file;
    const auto declare = [&](SymbolKind kind, const ast::Name& name) {
      if (name.text.empty()) return;
      const bool added =
          own[module.get()].insert({{kind, base::Fold(name.text)}, symbols_.size()}).second;
      if (!added) return;
      symbols_.push_back(
          {kind, name.text, module->source.path(), name.span, BodyOf(module->source, name.span)});
    };
    for (const ast::Codes& codes : file.codes) declare(SymbolKind::kSet, codes.name);
    for (const ast::Scale& scale : file.scales) declare(SymbolKind::kScale, scale.name);
    for (const ast::Define& define : file.defines) declare(SymbolKind::kDefinition, define.name);
    for (const ast::Event& event : file.events) declare(SymbolKind::kDefinition, event.name);
    for (const ast::Cohort& cohort : file.cohorts) declare(SymbolKind::kCohort, cohort.name);
    for (const ast::Criterion& one : file.criteria) declare(SymbolKind::kCriterion, one.name);
  }
  for (const auto& module : modules_->list.all()) {
    Reader::Names seen;
    for (const Module* used : internal::Closure(*module)) {
      for (const auto& [key, symbol] : own[used]) {
        const bool of_study =
            key.first == SymbolKind::kCriterion || key.first == SymbolKind::kCohort;
        if (used == module.get() || !of_study) seen.insert({key, symbol});
      }
    }
    Reader(*this, *module, seen).Run();
  }
}

Symbols::~Symbols() = default;

const Mention* Symbols::At(std::string_view path, std::uint32_t offset) const {
  for (const Mention& mention : mentions_) {
    if (mention.path == path && mention.span.begin <= offset && offset <= mention.span.end)
      return &mention;
  }
  return nullptr;
}

std::vector<const Symbol*> Symbols::VisibleFrom(std::string_view path) const {
  std::vector<const Symbol*> out;
  Module* module = modules_->Find(path);
  if (module == nullptr) return out;
  const std::vector<Module*> closure = internal::Closure(*module);
  for (const Symbol& symbol : symbols_) {
    const bool seen = std::any_of(closure.begin(), closure.end(), [&](const Module* one) {
      return one->source.path() == symbol.path;
    });
    if (seen) out.push_back(&symbol);
  }
  return out;
}

const Source* Symbols::SourceOf(std::string_view path) const {
  const Module* module = modules_->Find(path);
  return module == nullptr ? nullptr : &module->source;
}

bool Symbols::Whole(std::string_view path) const {
  const Module* module = modules_->Find(path);
  // Errors of the parser alone: nothing else has looked at these files.
  return module != nullptr && !module->has_errors();
}

std::optional<std::size_t> Symbols::CriterionAt(std::string_view path, std::uint32_t offset) const {
  const Module* module = modules_->Find(path);
  if (module == nullptr) return std::nullopt;
  const auto& criteria = module->file.criteria;
  for (std::size_t i = 0; i < criteria.size(); ++i) {
    const Span body = BodyOf(module->source, criteria[i].name.span);
    if (body.begin <= offset && offset <= body.end) return i;
  }
  return std::nullopt;
}

namespace {

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool OneWord(std::string_view name) {
  return name.find_first_of(" \t,;:(){}<>=#") == std::string_view::npos;
}

std::string WhyNot(const Symbols& symbols, const Symbol& symbol, std::string_view name) {
  if (name.empty()) return "a name has at least one letter";
  if (name.find_first_of("\"\n\r") != std::string_view::npos)
    return "a name stands on one line and has no quotes in it";
  if (HasInvisible(name)) return "a name has no characters that nobody can see";
  if (symbol.kind == SymbolKind::kDefinition && internal::IsKeyword(name))
    return fmt::format("\"{}\" is a word of the language", name);
  for (const Symbol& other : symbols.symbols()) {
    if (&other != &symbol && other.kind == symbol.kind &&
        base::Fold(other.name) == base::Fold(name))
      return fmt::format("there is already a \"{}\" in {}", other.name, other.path);
  }
  return "";
}

}  // namespace

std::vector<Edit> Rename(const Symbols& symbols, std::size_t index, std::string_view new_name,
                         std::string& problem) {
  const Symbol& symbol = symbols.symbols()[index];
  const std::string name(Trimmed(new_name));
  problem = WhyNot(symbols, symbol, name);
  std::vector<Edit> edits;
  for (const Mention& mention : symbols.mentions()) {
    if (!problem.empty()) break;
    if (mention.symbol != index) continue;
    if (!symbols.Whole(mention.path)) {
      problem =
          fmt::format("{} has mistakes; names are changed once it can be read whole", mention.path);
      break;
    }
    const std::string_view before = symbols.SourceOf(mention.path)->text(mention.span);
    const bool quoted = before.starts_with('"') ||
                        (symbol.kind == SymbolKind::kDefinition && !OneWord(name)) ||
                        name.find_first_of(",;:(){}<>=#") != std::string::npos;
    edits.push_back({mention.path, mention.span, quoted ? "\"" + name + "\"" : name});
  }
  if (!problem.empty()) edits.clear();
  return edits;
}

}  // namespace medverka::criteria::editor

// Names and codes of a study into CodeSets, with nested sets written out. Checker and compiler use
// the same one, so that what was checked is what is compiled.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "criteria/internal/scope.h"

namespace medverka::criteria::internal {

class SetResolver {
 public:
  explicit SetResolver(const Scope& scope) : scope_(scope) {}

  // The set of a `codes` block; null where it has errors (reported in its own file). Lives as long
  // as the resolver.
  const CodeSet* Named(const NamedSet& set);

  // The sets of a query in their order; codes in place that stand together make one set, named as
  // written. `reporter` is that of the file the items stand in. Nothing: an error was reported, or
  // is in the set itself.
  std::optional<std::vector<CodeSet>> Resolve(const ast::Items& items, const Source& source,
                                              Reporter& reporter);

  // The rule of one code. `in_block`: stands in a codes block, where `<<` is only warned of.
  static std::optional<CodeRule> Rule(const ast::CodeItem& item, bool in_block, Reporter& reporter);

  const std::set<const ast::Codes*>& used() const { return used_; }
  void MarkUsed(const ast::Codes* codes) { used_.insert(codes); }

 private:
  std::unique_ptr<CodeSet> Build(const NamedSet& set);
  bool AddExceptions(const NamedSet& set, std::vector<CodeRule>& except);
  const CodeSet* Nested(const ast::CodeItem& item, Reporter& reporter);

  const Scope& scope_;
  std::map<const ast::Codes*, std::unique_ptr<CodeSet>> named_;  // null: has errors
  std::set<const ast::Codes*> used_;
};

// The analyte that all codes agree on which have one; kNone where they do not, or have none.
Analyte AnalyteOfSets(const std::vector<const CodeSet*>& sets);

}  // namespace medverka::criteria::internal

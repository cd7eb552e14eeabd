// Idea: codes are interned to small integers, so "is this code in that clause" is one bit in a
// table that is filled the first time a code is met. A clause with an exception has a second bit:
// the fact is out if any of its codes has it.
#include "criteria/internal/code_sets.h"

#include <algorithm>

namespace medverka::criteria::internal {
namespace {

bool Matches(const CodeRule& rule, SystemId rule_system, const Coding& coding) {
  if (coding.system != rule_system) return false;
  const std::string_view code = coding.code;
  switch (rule.match) {
    case CodeRule::Match::kExact:
      return code == rule.from;
    case CodeRule::Match::kPrefix:
      return code.starts_with(rule.from);
    case CodeRule::Match::kRange:
      return code >= rule.from && (code <= rule.to || code.starts_with(rule.to));
  }
  return false;
}

std::vector<SystemId> SystemsOf(const std::vector<CodeRule>& rules, Vocabulary& vocabulary) {
  std::vector<SystemId> systems;
  systems.reserve(rules.size());
  for (const CodeRule& rule : rules) {
    systems.push_back(rule.uri.empty() ? rule.system : vocabulary.System(rule.uri));
  }
  return systems;
}

bool AnyMatches(const std::vector<CodeRule>& rules, const std::vector<SystemId>& systems,
                const Coding& coding) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (Matches(rules[i], systems[i], coding)) return true;
  }
  return false;
}

}  // namespace

CodeSets::CodeSets(const Program& program, Vocabulary& vocabulary) : vocabulary_(vocabulary) {
  for (const CodeSet& set : program.sets) {
    Range range;
    range.first = static_cast<std::uint32_t>(clauses_.size());
    for (const CodeClause& clause : set.clauses) {
      clauses_.push_back(&clause);
      foreign_include_.push_back(SystemsOf(clause.include, vocabulary));
      foreign_except_.push_back(SystemsOf(clause.except, vocabulary));
    }
    range.last = static_cast<std::uint32_t>(clauses_.size());
    sets_.push_back(range);
  }
  words_ = std::max<std::size_t>(1, (clauses_.size() + 63) / 64);
}

void CodeSets::Fill(CodeId code) {
  const Coding& coding = vocabulary_.coding(code);
  std::uint64_t* include = bits_.data() + std::size_t{code} * 2 * words_;
  std::uint64_t* except = include + words_;
  for (std::size_t i = 0; i < clauses_.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    if (AnyMatches(clauses_[i]->include, foreign_include_[i], coding)) include[i / 64] |= bit;
    if (AnyMatches(clauses_[i]->except, foreign_except_[i], coding)) except[i / 64] |= bit;
  }
  known_[code] = 1;
}

const std::uint64_t* CodeSets::BitsOf(CodeId code) {
  if (code >= known_.size()) {
    const std::size_t size = std::max<std::size_t>(vocabulary_.code_count(), std::size_t{code} + 1);
    known_.resize(size, 0);
    bits_.resize(size * 2 * words_, 0);
  }
  if (known_[code] == 0) Fill(code);
  return bits_.data() + std::size_t{code} * 2 * words_;
}

bool CodeSets::In(SetIndex set, std::span<const CodeId> codes) {
  const Range range = sets_[set];
  for (std::uint32_t i = range.first; i < range.last; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    bool included = false;
    bool excepted = false;
    for (const CodeId code : codes) {
      const std::uint64_t* bits = BitsOf(code);
      included = included || (bits[i / 64] & bit) != 0;
      excepted = excepted || (bits[words_ + i / 64] & bit) != 0;
    }
    if (included && !excepted) return true;
  }
  return false;
}

bool CodeSets::InAny(std::span<const SetIndex> sets, std::span<const CodeId> codes) {
  return std::any_of(sets.begin(), sets.end(), [&](SetIndex set) { return In(set, codes); });
}

}  // namespace medverka::criteria::internal

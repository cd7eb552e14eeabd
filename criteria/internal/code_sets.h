// Which codes are in which sets of one program, asked once per code and remembered.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "criteria/program.h"
#include "criteria/vocabulary.h"

namespace medverka::criteria::internal {

class CodeSets {
 public:
  CodeSets(const Program& program, Vocabulary& vocabulary);

  // Any clause of the set: a code of the fact in `include`, none in `except`.
  bool In(SetIndex set, std::span<const CodeId> codes);
  bool InAny(std::span<const SetIndex> sets, std::span<const CodeId> codes);

 private:
  const std::uint64_t* BitsOf(CodeId code);
  void Fill(CodeId code);

  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;  // one past
  };
  const Vocabulary& vocabulary_;
  std::vector<const CodeClause*> clauses_;
  std::vector<std::vector<SystemId>> foreign_include_;  // resolved systems of rules that name a URI
  std::vector<std::vector<SystemId>> foreign_except_;
  std::vector<Range> sets_;
  std::size_t words_ = 0;            // 64-bit words per plane
  std::vector<std::uint64_t> bits_;  // per code: include plane, then except plane
  std::vector<std::uint8_t> known_;
};

}  // namespace medverka::criteria::internal

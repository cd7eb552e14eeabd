// What a report says of a variant, in the terms that studies ask in: the change in HGVS, its
// consequence, its structure. Unknown: not reported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "criteria/fact.h"
#include "criteria/program.h"

namespace medverka::criteria::internal {

// A change in HGVS (https://hgvs-nomenclature.org), without its reference sequence. Three-letter
// amino acids, brackets of prediction and the letters of what was deleted make no difference.
struct HgvsChange {
  char level = 0;    // 'p', 'c'; 0: neither, or not to be read
  char residue = 0;  // p: the amino acid that is changed, at `first`
  int first = 0;     // p: residues first to last
  int last = 0;
  std::string what;  // p: "E", "*", "fs", "del", ...; "" any change of the residue. c: all of it
};
HgvsChange ReadChange(std::string_view text);
// Is the reported change the one asked for?
bool Fits(const HgvsChange& asked, const HgvsChange& reported);

std::vector<HgvsChange> ChangesOf(const Fact& fact);
Truth HasChange(const Fact& fact, const HgvsChange& asked);
Truth HasConsequence(const Fact& fact, VariantQuery::Consequence asked);
// REQUIRES: a type that is a structure, or kCopyNumberChange.
Truth HasStructure(const Fact& fact, VariantQuery::Type asked);
// Any of them.
Truth HasExon(const Fact& fact, const std::vector<std::int32_t>& asked);
std::vector<std::int32_t> ExonsOf(const Fact& fact);

}  // namespace medverka::criteria::internal

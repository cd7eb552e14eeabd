// Examples: codes and names that do not exist, and what they expect of which criterion.
#pragma once

#include "criteria/internal/scope.h"
#include "criteria/internal/set_resolver.h"

namespace medverka::criteria::internal {

void CheckExamples(const Scope& scope, SetResolver& sets);

// The code that a fact of an example carries: as written, or the first of a set. Nothing: reported.
std::optional<CodeRule> ExampleCode(const ast::CodeItem& item, const Scope& scope,
                                    SetResolver& sets, Reporter& reporter);

// "HGNC:3236" of every code, if the set has hgnc codes only.
std::optional<std::vector<std::string>> GenesOf(const CodeSet& set);

}  // namespace medverka::criteria::internal

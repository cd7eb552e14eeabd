// What may be asked of a fact beside its codes, kind by kind: `with FIELD`, `for "set"`, marks such
// as `regularly`.
#pragma once

#include <span>
#include <string>

#include "criteria/ast.h"
#include "criteria/source.h"

namespace medverka::criteria::internal {

struct FieldOf {
  Field field = Field::kSite;
  std::string_view word;  // of the language; "for" is said of kReason
};
std::span<const FieldOf> FieldsOf(FactKind kind);
bool HasField(FactKind kind, Field field);
bool IsNumber(Field field);
std::string_view WordOf(Field field);

// "a condition", "an observation", "a family history"
std::string With(std::string_view kind);

// Fields that the kind does not have, numbers for words and words for numbers.
void CheckFields(FactKind kind, const std::vector<ast::FieldDemand>& fields, Reporter& reporter);
// Filters that are one mark each: as main diagnosis, regularly, dispensed, with gaps, for at most.
void CheckMarks(const ast::FactTerm& fact, Reporter& reporter);

}  // namespace medverka::criteria::internal

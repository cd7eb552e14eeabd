// Genetic findings as the HL7 guide for genomics reporting writes them
// (http://hl7.org/fhir/uv/genomics-reporting/): variants, and which genes were looked at.
#pragma once

#include "matcher/journal/reading.h"

namespace medverka::matcher::journal {

// By its code: a variant, a region studied, a gene studied, or an overall interpretation that names
// genes.
bool IsGenomic(Reading& reading, const criteria::Fact& fact);
// Turns the observation's own fact into one of kind kVariant. REQUIRES: IsGenomic.
void ReadGenomic(Reading& reading, criteria::Fact& fact);
// Genes named by a concept: HGNC codes, and approved symbols from displays.
void AddGenes(Reading& reading, const Node& concept_node, std::vector<criteria::CodeId>& genes);

}  // namespace medverka::matcher::journal

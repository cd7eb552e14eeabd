// What a genetic finding reports of the variant: change, consequence, exon, fraction, copies,
// structure. Component codes and answers: LOINC, Sequence Ontology
// (http://www.sequenceontology.org) and the HL7 guide for genomics reporting.
#pragma once

#include <string>
#include <string_view>

#include "matcher/journal/reading.h"

namespace medverka::matcher::journal {

// One component of a variant. `what`: the codes that say which.
void ReadVariantAttribute(Reading& reading, const Node& component,
                          const std::vector<criteria::CodeId>& what, criteria::Fact& fact);
// What only the components together say: partners of a fusion, deletion of a whole gene.
void FinishVariant(Reading& reading, criteria::Fact& fact);

// HGVS in the one form that criteria are written in: without reference and brackets, amino acids in
// one letter. "NP_004324.2:p.(Val600Glu)" -> "p.V600E"; "NM_004333.6:c.1799T>A" -> "c.1799T>A";
// "" where it is no change of a coding sequence or a protein.
std::string PlainChange(std::string_view hgvs);

}  // namespace medverka::matcher::journal

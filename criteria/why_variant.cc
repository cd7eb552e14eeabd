// Sentences of variants: what was reported of which gene, what a report covers, what it leaves out.
#include <algorithm>

#include "criteria/internal/words.h"

namespace medverka::criteria::internal {
namespace {

using Type = VariantQuery::Type;

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Bilingual TypeText(const VariantQuery& query) {
  using Consequence = VariantQuery::Consequence;
  switch (query.type) {
    case Type::kFusion:
      return Text("fusion of ", "fusion av ");
    case Type::kAmplification:
      return Text("amplification of ", "amplifiering av ");
    case Type::kGain:
      return Text("gain of ", "ökat kopietal av ");
    case Type::kLoss:
      return Text("loss of ", "förlust av ");
    case Type::kDeletion:
      return Text("deletion of ", "deletion av ");
    case Type::kHomozygousDeletion:
      return Text("homozygous deletion of ", "homozygot deletion av ");
    case Type::kCopyNumberChange:
      return Text("copy number change of ", "kopietalsförändring av ");
    case Type::kCopyNumber:
      return Text("copy number of ", "kopietal av ");
    case Type::kTestedFor:
      return Text("test of ", "undersökning av ");
    case Type::kVariant:
      break;
  }
  switch (query.consequence) {
    case Consequence::kMissense:
      return Text("missense variant in ", "missense-variant i ");
    case Consequence::kTruncating:
      return Text("truncating variant in ", "trunkerande variant i ");
    case Consequence::kInframe:
      return Text("inframe variant in ", "variant med bevarad läsram i ");
    case Consequence::kFrameshift:
      return Text("frameshift variant in ", "läsramsförskjutande variant i ");
    case Consequence::kSplice:
      return Text("splice variant in ", "splice-variant i ");
    case Consequence::kAny:
      break;
  }
  return Text("variant in ", "variant i ");
}

// "somatic pathogenic missense variant in BRAF p.V600 in exon 15"
Bilingual AskedOf(const Program& program, const VariantQuery& query) {
  Bilingual text;
  if (query.origin == Origin::kSomatic) text = Text("somatic ", "somatisk ");
  if (query.origin == Origin::kGermline) text = Text("germline ", "nedärvd ");
  if (query.pathogenic) text = text + Text("pathogenic ", "patogen ");
  text = text + TypeText(query) + Same(Joined(query.genes));
  if (!query.changes.empty()) text = text + Same(" " + Joined(query.changes));
  if (!query.partner.empty()) text = text + Text(" with ", " med ") + Same(query.partner);
  if (!query.exons.empty()) {
    std::vector<std::string> exons;
    for (const std::int32_t exon : query.exons) exons.push_back(std::to_string(exon));
    text = text + Text(" in exon ", " i exon ") + Same(Joined(exons));
  }
  if (query.copies) text = text + Same(" ") + TestText(program, *query.copies);
  for (const FieldFilter& filter : query.fields) {
    const Bilingual noun = FieldNoun(filter.field);
    text = text + Text(" with " + noun.en + " ", " med " + noun.sv + " ");
    if (filter.test) text = text + TestText(program, *filter.test);
  }
  if (!query.reasons.empty())
    text = text + Text(" for ", " för ") + Same(SetNames(program, query.reasons, "or"));
  return text;
}

// "PIK3CA p.H1047R, 2026-04-01"
Bilingual Found(const Telling& telling, const UsedFact& used, const VariantQuery& query) {
  const Fact& fact = *used.ref.fact;
  std::string name;
  for (const CodeId gene : fact.genes) {
    const Coding& coding = telling.vocabulary().coding(gene);
    if (coding.system == SystemId::kGeneSymbol && name.empty()) name = coding.code;
  }
  if (name.empty() && !fact.genes.empty())
    name = telling.vocabulary().coding(fact.genes.front()).code;
  for (const Attribute& attribute : fact.attributes) {
    if (attribute.field == Field::kChange || attribute.field == Field::kStructure)
      name += (name.empty() ? "" : " ") + attribute.text;
  }
  Bilingual text = name.empty() ? DateText(used) : Same(name + ", ") + DateText(used);
  std::vector<FieldFilter> fields = query.fields;
  if (query.type == Type::kCopyNumber) {
    fields.emplace_back();
    fields.back().field = Field::kCopyNumber;
  }
  return text + AttributesText(telling, fact, fields);
}

bool Reports(const Fact& fact, Field field) {
  return std::any_of(fact.attributes.begin(), fact.attributes.end(),
                     [field](const Attribute& one) { return one.field == field; });
}

// What is asked for and not said of the fact that leaves it open.
Bilingual NotReported(const VariantQuery& query, const Fact& fact) {
  Bilingual text;
  const auto add = [&](bool lacks, const Bilingual& noun) {
    if (!lacks) return;
    if (!Empty(text)) text = text + Text(" and ", " och ");
    text = text + noun;
  };
  add(query.origin != Origin::kNotReported && fact.origin == Origin::kNotReported,
      Text("origin", "ursprung"));
  add(query.pathogenic && fact.significance == Significance::kNotReported,
      Text("significance", "klinisk betydelse"));
  add(query.consequence != VariantQuery::Consequence::kAny && !Reports(fact, Field::kConsequence),
      FieldNoun(Field::kConsequence));
  add(!query.changes.empty() && !Reports(fact, Field::kChange), FieldNoun(Field::kChange));
  add(!query.exons.empty() && !Reports(fact, Field::kExon), FieldNoun(Field::kExon));
  add(!query.partner.empty() && !Reports(fact, Field::kPartner), FieldNoun(Field::kPartner));
  add(query.copies && !Reports(fact, Field::kCopyNumber), FieldNoun(Field::kCopyNumber));
  const bool structure = query.type != Type::kVariant && query.type != Type::kCopyNumber &&
                         query.type != Type::kTestedFor;
  add(structure && !Reports(fact, Field::kStructure), FieldNoun(Field::kStructure));
  add(!query.reasons.empty() && !Reports(fact, Field::kReason), FieldNoun(Field::kReason));
  for (const FieldFilter& filter : query.fields)
    add(!Reports(fact, filter.field), FieldNoun(filter.field));
  return text;
}

}  // namespace

LeafWords VariantWords(const Telling& telling, const VariantQuery& query) {
  const Leaf& leaf = telling.leaf;
  if (leaf.reason == Reason::kNoEvent) return NoEvent(telling);
  if (leaf.reason == Reason::kLimit) return LimitReached();
  const Bilingual asked = AskedOf(telling.program(), query);
  const Bilingual when = ClausesText(telling, query.times);
  std::string covered = Joined(query.genes);
  if (!query.changes.empty()) covered += " " + Joined(query.changes);
  Bilingual report = Text("a final genetic report that covers " + covered,
                          "ett slutligt genetiskt svar som täcker " + covered);
  if (!query.exons.empty()) {
    report = report + Text(" and names the exon", " och anger exonet");
  }
  LeafWords words;
  if (leaf.reason == Reason::kNotRecorded || leaf.used.empty()) {
    const Absence policy = leaf.policy.value_or(query.absence);
    words.why = Text("no ", "ingen ") + asked + Text(" is recorded", " finns registrerad") + when +
                Same("; ") + PolicyText(policy);
    words.needs = report;
    return words;
  }
  const Bilingual fact = Found(telling, leaf.used.front(), query) + MoreText(leaf);
  const bool tested = query.type == Type::kTestedFor;
  if (leaf.value == Truth::kTrue) {
    words.why = asked + Text(" is reported (", " är rapporterad (") + fact + Same(")");
  } else if (leaf.value == Truth::kFalse && query.type == Type::kCopyNumber) {
    words.why = Text("no ", "ingen ") + asked + Text(": reported is ", ": rapporterat är ") + fact;
  } else if (leaf.value == Truth::kFalse && !tested) {
    words.why = Text("no ", "ingen ") + asked +
                Text(": a final report covers it (", ": ett slutligt svar täcker den (") + fact +
                Same(")");
  } else {
    words.why =
        asked +
        Text(" is not settled by what is reported (", " avgörs inte av det som är rapporterat (") +
        fact + Same(")");
  }
  if (leaf.value != Truth::kUnknown) return words;
  words.needs = report;
  if (leaf.reason == Reason::kUnverified) {
    words.why = words.why + Text(": it is not final", ": svaret är inte slutligt");
  } else if (leaf.reason == Reason::kAttribute) {
    const Bilingual lacks = NotReported(query, *leaf.used.front().ref.fact);
    if (!Empty(lacks)) {
      words.why = words.why + Text(": not reported is ", ": inte angivet är ") + lacks;
      words.needs = Text("word of " + lacks.en, "uppgift om " + lacks.sv) +
                    Text(", or ", ", eller ") + report;
    }
  } else if (leaf.reason == Reason::kPartlyCovered) {
    words.why = words.why + Text(": not all that is asked for was looked at",
                                 ": allt som efterfrågas är inte undersökt");
  }
  return words;
}

}  // namespace medverka::criteria::internal

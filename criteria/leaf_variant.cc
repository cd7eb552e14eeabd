// Variants: found, not found where somebody looked, or not looked for. "No variant" needs a final
// report that names what is asked for as covered: the gene, and the exon or residue where one is
// asked for. A report that names only some exons or changes of a gene covers these and no others
// (criteria/LANGUAGE.md section 6).
#include <algorithm>

#include "criteria/internal/leaves.h"
#include "criteria/internal/variants.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

using Type = VariantQuery::Type;

bool NamesGene(const Fact& fact, const CodeId* codes, std::size_t count) {
  return std::any_of(codes, codes + count, [&](CodeId code) {
    return std::find(fact.genes.begin(), fact.genes.end(), code) != fact.genes.end();
  });
}

bool HasPartner(const Fact& fact, const std::string& symbol) {
  return std::any_of(fact.attributes.begin(), fact.attributes.end(), [&](const Attribute& one) {
    return one.field == Field::kPartner && EqualFolded(one.text, symbol);
  });
}

// Genes that a fusion is reported to join, at most as many as are known.
std::size_t GenesJoined(const Fact& fact, const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const CodeId gene : fact.genes) {
    if (vocabulary.coding(gene).system == SystemId::kGeneSymbol)
      names.push_back(base::Fold(vocabulary.coding(gene).code));
  }
  for (const Attribute& attribute : fact.attributes) {
    if (attribute.field == Field::kPartner) names.push_back(base::Fold(attribute.text));
  }
  std::sort(names.begin(), names.end());
  return static_cast<std::size_t>(std::unique(names.begin(), names.end()) - names.begin());
}

// What final reports have looked at in one gene.
struct Coverage {
  bool named = false;
  bool whole = false;
  std::vector<std::int32_t> exons;
  std::vector<HgvsChange> changes;

  void Add(const Fact& fact) {
    const std::vector<std::int32_t> more_exons = ExonsOf(fact);
    const std::vector<HgvsChange> more_changes = ChangesOf(fact);
    named = true;
    whole = whole || (more_exons.empty() && more_changes.empty());
    exons.insert(exons.end(), more_exons.begin(), more_exons.end());
    changes.insert(changes.end(), more_changes.begin(), more_changes.end());
  }

  bool Covers(const VariantQuery& query) const {
    const bool all_exons =
        std::all_of(query.exons.begin(), query.exons.end(), [&](std::int32_t exon) {
          return std::find(exons.begin(), exons.end(), exon) != exons.end();
        });
    const bool all_changes =
        std::all_of(query.changes.begin(), query.changes.end(), [&](const std::string& text) {
          const HgvsChange asked = ReadChange(text);
          return std::any_of(changes.begin(), changes.end(), [&](const HgvsChange& looked_at) {
            // A residue that was looked at covers each of its changes; not the other way round.
            const bool same = asked.what == looked_at.what && Fits(asked, looked_at);
            const bool residue = looked_at.level == 'p' && looked_at.what.empty();
            return residue ? asked.level == 'p' && asked.first == looked_at.first &&
                                 asked.last == looked_at.last
                           : same;
          });
        });
    if (query.exons.empty() && query.changes.empty())
      return query.type == Type::kTestedFor ? named : whole;
    return all_exons && all_changes;
  }
};

bool IsFinal(const Fact& fact) { return fact.holding != Holding::kUnverified; }

}  // namespace

// One variant query over one patient.
class VariantSearch {
 public:
  VariantSearch(const VariantQuery& query, const std::vector<CodeId>& genes,
                const Vocabulary& vocabulary)
      : query_(query), asked_(genes), vocabulary_(vocabulary), coverage_(query.genes.size()) {
    for (const std::string& change : query.changes) changes_.push_back(ReadChange(change));
  }

  // The genes of the query that the fact is about, by their places.
  std::vector<std::size_t> GenesOf(const Fact& fact) const {
    std::vector<std::size_t> genes;
    for (std::size_t i = 0; i < query_.genes.size(); ++i) {
      const bool by_partner = query_.type == Type::kFusion && HasPartner(fact, query_.genes[i]);
      if (NamesGene(fact, &asked_[2 * i], 2) || by_partner) genes.push_back(i);
    }
    return genes;
  }
  bool IsAbout(const Fact& fact) const { return !GenesOf(fact).empty() || NamesPartner(fact); }

  void Cover(const Fact& fact) {
    for (const std::size_t gene : GenesOf(fact)) coverage_[gene].Add(fact);
    // A fusion would have been seen from either side.
    if (NamesPartner(fact)) coverage_.front().Add(fact);
  }
  bool Covered(std::size_t gene) const { return coverage_[gene].Covers(query_); }
  bool AllCovered() const {
    for (std::size_t i = 0; i < coverage_.size(); ++i) {
      if (!Covered(i)) return false;
    }
    return true;
  }

  // All that the fact itself is asked, but for fields and reasons.
  Truth TestOf(const Fact& fact) const {
    Truth truth = And(OriginOf(fact), SignificanceOf(fact));
    truth = And(truth, HasConsequence(fact, query_.consequence));
    if (!changes_.empty()) {
      Truth any = Truth::kFalse;
      for (const HgvsChange& asked : changes_) any = Or(any, HasChange(fact, asked));
      truth = And(truth, any);
    }
    if (!query_.exons.empty()) truth = And(truth, HasExon(fact, query_.exons));
    if (query_.type == Type::kFusion) truth = And(truth, Joins(fact));
    if (query_.type != Type::kVariant && query_.type != Type::kCopyNumber)
      truth = And(truth, HasStructure(fact, query_.type));
    return truth;
  }

 private:
  bool NamesPartner(const Fact& fact) const {
    if (query_.type != Type::kFusion || query_.partner.empty()) return false;
    return HasPartner(fact, query_.partner) ||
           std::any_of(fact.genes.begin(), fact.genes.end(), [&](CodeId gene) {
             return EqualFolded(vocabulary_.coding(gene).code, query_.partner);
           });
  }
  Truth Joins(const Fact& fact) const {
    if (query_.partner.empty()) return Truth::kTrue;
    if (!GenesOf(fact).empty() && NamesPartner(fact)) return Truth::kTrue;
    return GenesJoined(fact, vocabulary_) >= 2 ? Truth::kFalse : Truth::kUnknown;
  }
  Truth OriginOf(const Fact& fact) const {
    if (query_.origin == Origin::kNotReported) return Truth::kTrue;
    return fact.origin == Origin::kNotReported ? Truth::kUnknown
                                               : FromBool(fact.origin == query_.origin);
  }
  Truth SignificanceOf(const Fact& fact) const {
    if (!query_.pathogenic) return Truth::kTrue;
    return fact.significance == Significance::kNotReported
               ? Truth::kUnknown
               : FromBool(fact.significance == Significance::kPathogenic ||
                          fact.significance == Significance::kLikelyPathogenic);
  }

  const VariantQuery& query_;
  const std::vector<CodeId>& asked_;  // symbol and HGNC id of each gene
  const Vocabulary& vocabulary_;
  std::vector<Coverage> coverage_;
  std::vector<HgvsChange> changes_;
};

namespace {

void SayNotRecorded(const VariantQuery& query, Leaf& leaf) {
  leaf.policy = query.absence;
  leaf.reason = Reason::kNotRecorded;
  leaf.value = query.absence == Absence::kNo ? Truth::kFalse : Truth::kUnknown;
}

}  // namespace

// Copies of a gene, fields such as the allele fraction, and what the test was made for.
Truth Leaves::VariantFields(const VariantQuery& query, const FactRef& ref) const {
  const auto index = static_cast<std::size_t>(&query - prepared_.program.variants.data());
  Truth truth = Truth::kTrue;
  for (std::size_t i = 0; i < query.fields.size(); ++i) {
    truth = And(truth, FieldHolds(query.fields[i], prepared_.variant_filters[index][i], ref));
  }
  if (!query.reasons.empty()) {
    FieldFilter reason;
    reason.field = Field::kReason;
    reason.sets = query.reasons;
    truth = And(truth, FieldHolds(reason, {}, ref));
  }
  if (query.copies) {
    FieldFilter copies;
    copies.field = Field::kCopyNumber;
    copies.test = query.copies;
    truth = And(truth,
                FieldHolds(copies, Prepare(copies, prepared_.program, prepared_.vocabulary), ref));
  }
  return truth;
}

void Leaves::EvaluateVariant(const VariantQuery& query, Leaf& leaf) const {
  Moments moments(moment_.at);
  const auto index = static_cast<std::size_t>(&query - prepared_.program.variants.data());
  VariantSearch search(query, prepared_.genes[index], prepared_.vocabulary);
  const bool copies = query.type == Type::kCopyNumber;
  std::vector<Item> found;
  std::vector<Item> looked_at;  // final reports that cover something asked for and found nothing
  for (const FactRef& ref : moment_.patient.of(FactKind::kVariant)) {
    const Fact& fact = *ref.fact;
    if (!search.IsAbout(fact)) continue;
    Item item;
    item.ref = ref;
    item.span = SpanOf(ref, nullptr, prepared_.vocabulary, moment_.at, moments);
    if (!item.span.counts) continue;
    for (const TimeClause& clause : query.times) {
      item.window = And(item.window, InClause(item.ref, item.span, clause, moments));
    }
    if (item.window == Truth::kFalse) continue;
    if (fact.covers || item.negative()) {
      if (!IsFinal(fact) || item.window != Truth::kTrue) continue;
      search.Cover(fact);
      item.test = Truth::kFalse;
      looked_at.push_back(std::move(item));
      continue;
    }
    item.holds = HoldsOf(fact);
    if (query.type == Type::kTestedFor) {
      if (item.all() != Truth::kTrue) continue;
      search.Cover(fact);  // what was found has been looked for
      looked_at.push_back(std::move(item));
      continue;
    }
    if (fact.significance == Significance::kBenign && !copies) continue;
    const bool small = copies && HasStructure(fact, Type::kCopyNumberChange) == Truth::kFalse &&
                       VariantFields(query, ref) == Truth::kUnknown;
    if (small) continue;  // a small change says nothing of how many copies there are
    item.test = And(search.TestOf(fact), VariantFields(query, ref));
    found.push_back(std::move(item));
  }
  leaf.moments = moments.all();
  if (query.type == Type::kTestedFor) {
    JudgeTested(query, search, looked_at, leaf);
  } else {
    JudgeFound(query, search, found, looked_at, leaf);
  }
}

void Leaves::JudgeTested(const VariantQuery& query, const VariantSearch& search,
                         const std::vector<Item>& looked_at, Leaf& leaf) const {
  if (looked_at.empty()) {
    SayNotRecorded(query, leaf);
    return;
  }
  for (const Item& item : looked_at) Use(leaf, item);
  leaf.value = search.AllCovered()                  ? Truth::kTrue
               : query.absence == Absence::kUnknown ? Truth::kUnknown
                                                    : Truth::kFalse;
  leaf.reason = leaf.value == Truth::kTrue ? Reason::kFound : Reason::kPartlyCovered;
}

void Leaves::JudgeFound(const VariantQuery& query, const VariantSearch& search,
                        const std::vector<Item>& found, const std::vector<Item>& looked_at,
                        Leaf& leaf) const {
  Truth any = Truth::kFalse;
  for (const Item& item : found) any = Or(any, item.all());
  if (any != Truth::kFalse) {
    leaf.value = any;
    Rest(leaf, found);
    if (any == Truth::kUnknown && leaf.reason == Reason::kImprecise)
      leaf.reason = Reason::kAttribute;
    return;
  }
  // A number of copies is a value: one that was counted settles it, a report that covers the gene
  // does not.
  const bool copies = query.type == Type::kCopyNumber;
  const bool settled = copies ? !found.empty() : search.AllCovered();
  for (const Item& item : looked_at) Use(leaf, item);
  if (copies && settled) leaf.used.clear();
  if (settled) {
    if (copies) leaf.used_in_all = 0;
    for (const Item& item : found) {
      if (copies) Use(leaf, item);
    }
    leaf.value = Truth::kFalse;
    leaf.reason = Reason::kAgainstAsked;
    return;
  }
  for (const Item& item : found) Use(leaf, item);
  if (looked_at.empty() && found.empty()) {
    SayNotRecorded(query, leaf);
    return;
  }
  leaf.reason = Reason::kPartlyCovered;
  leaf.value = Truth::kUnknown;
}

}  // namespace medverka::criteria::internal

// Variants, scores, changes and texts as sentences.
#include "criteria/internal/read_back_teller.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

std::string_view ConsequenceWords(Tongue t, VariantQuery::Consequence consequence) {
  using Consequence = VariantQuery::Consequence;
  switch (consequence) {
    case Consequence::kAny:
      return "";
    case Consequence::kMissense:
      return t("missense ", "missense-");
    case Consequence::kTruncating:
      return t("truncating ", "trunkerande ");
    case Consequence::kInframe:
      return t("in-frame ", "in-frame-");
    case Consequence::kFrameshift:
      return t("frameshift ", "läsramsförskjutande ");
    case Consequence::kSplice:
      return t("splice ", "splits-");
  }
  return "";
}

std::string_view TypeWords(Tongue t, VariantQuery::Type type) {
  using Type = VariantQuery::Type;
  switch (type) {
    case Type::kVariant:
      return t("variant", "variant");
    case Type::kFusion:
      return t("fusion", "fusion");
    case Type::kAmplification:
      return t("amplification", "amplifiering");
    case Type::kGain:
      return t("gain of copies", "ökning av kopior");
    case Type::kLoss:
      return t("loss of copies", "förlust av kopior");
    case Type::kDeletion:
      return t("deletion", "deletion");
    case Type::kHomozygousDeletion:
      return t("homozygous deletion", "homozygot deletion");
    case Type::kCopyNumberChange:
      return t("change of copy number", "ändrat kopietal");
    case Type::kCopyNumber:
      return t("copy number", "kopietal");
    case Type::kTestedFor:
      return t("test result covering", "provsvar som täcker");
  }
  return "";
}

std::string_view BaseWords(Tongue t, ChangeQuery::Base base) {
  switch (base) {
    case ChangeQuery::Base::kAny:
      return t("an earlier one", "ett tidigare");
    case ChangeQuery::Base::kFirst:
      return t("the first", "det första");
    case ChangeQuery::Base::kLowest:
      return t("the lowest", "det lägsta");
    case ChangeQuery::Base::kHighest:
      return t("the highest", "det högsta");
    case ChangeQuery::Base::kLatest:
      return t("the latest", "det senaste");
  }
  return "";
}

}  // namespace

Told Teller::Variant(const VariantQuery& query, bool no) {
  std::string text =
      fmt::format("{} ", no ? t_("There is not reported any", "Det finns ingen dokumenterad")
                            : t_("There is reported a", "Det finns en dokumenterad"));
  if (query.origin == Origin::kGermline) text += t_("germline ", "medfödd ");
  if (query.origin == Origin::kSomatic) text += t_("somatic ", "somatisk ");
  if (query.pathogenic)
    text += t_("pathogenic (or likely so) ", "sjukdomsorsakande (eller troligen så) ");
  text += ConsequenceWords(t_, query.consequence);
  text += TypeWords(t_, query.type);
  if (!query.genes.empty())
    text += fmt::format(
        " {} {}", t_("of the gene", "av genen"),
        ListedTexts(query.genes, query.type == VariantQuery::Type::kTestedFor ? t_("and", "och")
                                                                              : t_("or", "eller")));
  if (!query.partner.empty())
    text += fmt::format(" {} {}", t_("with", "med"), QuotedText(query.partner));
  if (!query.changes.empty())
    text += fmt::format(", {} {}", t_("with the change", "med förändringen"),
                        ListedTexts(query.changes, t_("or", "eller")));
  std::vector<std::string> exons;
  for (const std::int32_t exon : query.exons) exons.push_back(fmt::format("{}", exon));
  if (!exons.empty())
    text += fmt::format(", {} {}", t_("in exon", "i exon"), ListedTexts(exons, t_("or", "eller")));
  if (query.copies) text += fmt::format(", {} {}", t_("which is", "som är"), Test(*query.copies));
  text += FieldFilters(query.fields);
  if (!query.reasons.empty()) text += fmt::format(", {} {}", t_("for", "för"), Sets(query.reasons));
  text += Times(query.times) + ".";
  text += AbsenceWords(query.absence, query.absence_stated, Absence::kUnknown);
  return {std::move(text), {}};
}

Told Teller::Score(const ScoreQuery& score) {
  std::string text(ScoreWords(t_, score.score));
  std::vector<std::string> formulas;
  for (const auto formula : score.formulas) formulas.emplace_back(FormulaWords(t_, formula));
  if (!formulas.empty()) {
    text += fmt::format(" {} {}", t_("by", "enligt"),
                        ListedTexts(formulas, t_("or, failing that,", "eller, om det inte går,")));
  }
  text += fmt::format(" {} {}", t_("is", "är"), Test(score.test));
  text += Times(score.times);
  if (!score.inputs.empty()) {
    std::vector<std::string> labels;
    for (const SetIndex set : score.inputs) labels.push_back(SetLabel(set));
    text += fmt::format(", {} {}", t_("calculated from", "beräknat av"),
                        ListedTexts(labels, t_("and", "och")));
  }
  text += ".";
  text += AbsenceWords(score.absence, score.absence_stated, Absence::kUnknown);
  return {std::move(text), {}};
}

// What a change or a pattern looks at: "results "creatinine", within the last year".
std::string Teller::Among(const criteria::Query& query) const {
  if (query.selector != Selector::kThereIs || query.test) return Frame(query, false);
  return Nouns(query, WordsOf(t_, query.kind).many) + Filters(query) + Together(query) +
         Times(query.times) + ".";
}

Told Teller::Change(const ChangeQuery& change, int depth) {
  const criteria::Query& query = program_.queries[change.query];
  // The unit says it already where it is %.
  std::string amount = LimitWords(change.amount);
  if (change.unit == ChangeQuery::Unit::kPercent) {
    amount += change.amount.unit == "%" ? t_(" of the earlier", " av det tidigare")
                                        : t_(" (%) of the earlier", " (%) av det tidigare");
  }
  if (change.unit == ChangeQuery::Unit::kPoints) amount += t_(" points", " steg");
  const std::string moves =
      fmt::format("{} {} {}, {} {} {} {}.",
                  change.rise ? t_("rises by", "stiger med") : t_("falls by", "sjunker med"),
                  OpWords(t_, change.op), amount, t_("from", "från"), BaseWords(t_, change.from),
                  t_("to", "till"),
                  change.to == ChangeQuery::Base::kAny ? t_("a later one", "ett senare")
                                                       : BaseWords(t_, change.to));
  Told told;
  if (query.selector == Selector::kThereIs && !query.test) {
    const std::string clauses = Filters(query) + Together(query) + Times(query.times);
    told.text = fmt::format("{} {}{}{} {}", t_("The value of", "Värdet av"),
                            Nouns(query, WordsOf(t_, query.kind).one), clauses,
                            clauses.empty() ? "" : ",", moves);
  } else {
    told.text = fmt::format("{} {} {} {}", t_("The value", "Värdet"), moves,
                            t_("Compared are:", "Det som jämförs:"), Frame(query, false));
  }
  told.text += AbsenceWords(query.absence, query.absence_stated, UsualAbsence(query.kind));
  AddWhere(query, told, depth);
  return told;
}

Told Teller::Text(const TextQuery& search, int depth) {
  const criteria::Query& query = program_.queries[search.query];
  Told told;
  told.text =
      fmt::format("{} {} {} {} {}", t_("The pattern", "Mönstret"), QuotedText(search.pattern),
                  t_("is found in the words of these:", "finns i orden i dessa:"), Among(query),
                  search.counts_as_yes ? t_("A hit counts as yes.", "En träff räknas som ja.")
                                       : t_("A hit is only a hint and leaves it not known.",
                                            "En träff är bara en ledtråd och lämnar det okänt."));
  told.text += AbsenceWords(query.absence, query.absence_stated, UsualAbsence(query.kind));
  AddWhere(query, told, depth);
  return told;
}

}  // namespace medverka::criteria::internal

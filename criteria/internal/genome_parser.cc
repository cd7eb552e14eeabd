// Variants and kin: what genetic reports say.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

using Type = VariantQuery::Type;

struct ConsequenceWord {
  std::string_view word;
  VariantQuery::Consequence consequence;
};
constexpr ConsequenceWord kConsequences[] = {{"missense", VariantQuery::Consequence::kMissense},
                                             {"truncating", VariantQuery::Consequence::kTruncating},
                                             {"inframe", VariantQuery::Consequence::kInframe},
                                             {"frameshift", VariantQuery::Consequence::kFrameshift},
                                             {"splice", VariantQuery::Consequence::kSplice}};

struct CopyWord {
  std::string_view word;
  Type type;
};
constexpr CopyWord kCopyWords[] = {{"amplification", Type::kAmplification},
                                   {"gain", Type::kGain},
                                   {"loss", Type::kLoss},
                                   {"deletion", Type::kDeletion}};
constexpr std::string_view kCopyStarts[] = {"amplification", "gain", "loss",
                                            "deletion",      "copy", "homozygous"};
constexpr std::string_view kPrefixes[] = {"somatic", "germline", "pathogenic", "likely"};

bool IsChange(std::string_view word) {
  return word.substr(0, 2) == "p." || word.substr(0, 2) == "c.";
}

}  // namespace

bool ExpressionParser::AtConsequence() const {
  for (const ConsequenceWord& word : kConsequences) {
    if (c_.AtWord(word.word)) return true;
  }
  return false;
}

std::optional<VariantQuery::Consequence> ExpressionParser::Consequence() {
  for (const ConsequenceWord& word : kConsequences) {
    if (c_.TakeWord(word.word)) return word.consequence;
  }
  return std::nullopt;
}

bool ExpressionParser::AtVariant() const {
  const std::size_t ahead = c_.AtWord("no") ? 1 : 0;
  constexpr std::string_view kOthers[] = {"variant", "variants", "fusion", "tested"};
  if (c_.AtAnyWord(kPrefixes, ahead) || c_.AtAnyWord(kOthers, ahead) ||
      c_.AtAnyWord(kCopyStarts, ahead))
    return true;
  for (const ConsequenceWord& word : kConsequences) {
    if (c_.AtWord(word.word, ahead)) return true;
  }
  return false;
}

ast::ExprPtr ExpressionParser::Variant() {
  const Span begin = c_.here();
  auto expr = MakeTerm(ast::VariantTerm{}, begin);
  auto& variant = std::get<ast::VariantTerm>(expr->payload);
  variant.no = c_.TakeWord("no");
  if (!VariantHead(variant)) return nullptr;
  variant.span = c_.From(begin);
  if (!VariantTail(variant, *expr)) return nullptr;
  expr->span = c_.From(begin);
  return expr;
}

bool ExpressionParser::VariantHead(ast::VariantTerm& variant) {
  const Span begin = c_.here();
  if (c_.AtWord("tested") || c_.AtWords({"copy", "number", "of"})) {
    const bool tested = c_.TakeWord("tested");
    if (variant.no) {
      return c_.Fail(DiagnosticCode::kUnexpected, begin,
                     fmt::format("\"no\" does not go with {}",
                                 tested ? "\"tested for gene\"" : "\"copy number of\""),
                     tested ? "Write \"not tested for gene\"." : "Write \"not copy number of\".");
    }
    if (!tested) return CopyNumber(variant);
    variant.type = Type::kTestedFor;
    return c_.ExpectWord("for") && Genes(variant);
  }
  if (c_.AtWord("fusion")) return Fusion(variant);
  if (c_.AtAnyWord(kCopyStarts)) {
    const auto type = CopyNumberType();
    auto gene = type ? Gene() : std::nullopt;
    if (!gene) return false;
    variant.type = *type;
    variant.genes.push_back(std::move(*gene));
    return true;
  }
  return SmallVariant(variant);
}

// fusion of KIF5B with RET
bool ExpressionParser::Fusion(ast::VariantTerm& variant) {
  c_.Take();
  variant.type = Type::kFusion;
  if (!c_.ExpectWord("of")) return false;
  auto gene = Gene();
  if (!gene) return false;
  variant.genes.push_back(std::move(*gene));
  if (!c_.AtWord("with") || IsFieldWord(c_.Word(1))) return true;
  c_.Take();
  variant.partner = Gene();
  return variant.partner.has_value();
}

// copy number of ERBB2 >= 6
bool ExpressionParser::CopyNumber(ast::VariantTerm& variant) {
  c_.TakeWords({"copy", "number", "of"});
  variant.type = Type::kCopyNumber;
  auto gene = Gene();
  if (!gene) return false;
  variant.genes.push_back(std::move(*gene));
  if (!IsOp(c_.Peek().kind) && !(c_.AtWord("between") && AtTest(false)))
    return c_.Expected("a comparison such as >= 6");
  variant.copies = ParseTest();
  if (!variant.copies) return false;
  if (variant.copies->kind == ValueTest::Kind::kCompare ||
      variant.copies->kind == ValueTest::Kind::kBetween)
    return true;
  return c_.Fail(DiagnosticCode::kKindHasNoSuchPart, variant.copies->span,
                 "a copy number can only be compared with a number");
}

// amplification of, homozygous deletion of, copy number change of
std::optional<VariantQuery::Type> ExpressionParser::CopyNumberType() {
  std::optional<Type> type;
  if (c_.TakeWord("homozygous")) {
    if (!c_.ExpectWord("deletion")) return std::nullopt;
    type = Type::kHomozygousDeletion;
  } else if (c_.TakeWord("copy")) {
    if (!c_.ExpectWord("number") || !c_.ExpectWord("change")) return std::nullopt;
    type = Type::kCopyNumberChange;
  } else {
    for (const CopyWord& word : kCopyWords) {
      if (type || !c_.TakeWord(word.word)) continue;
      type = word.type;
    }
  }
  if (!c_.ExpectWord("of")) return std::nullopt;
  return type;
}

// somatic, germline, pathogenic, likely pathogenic
bool ExpressionParser::VariantPrefixes(ast::VariantTerm& variant) {
  while (c_.AtAnyWord(kPrefixes)) {
    if (c_.TakeWord("likely")) {
      if (!c_.ExpectWord("pathogenic")) return false;
      variant.pathogenic = true;
    } else if (c_.TakeWord("pathogenic")) {
      variant.pathogenic = true;
    } else {
      if (variant.origin != Origin::kNotReported) {
        return c_.Fail(DiagnosticCode::kTwice, c_.here(),
                       "the origin of the variant is said twice");
      }
      variant.origin = c_.AtWord("somatic") ? Origin::kSomatic : Origin::kGermline;
      c_.Take();
    }
  }
  return true;
}

// somatic missense variant in gene KRAS; variant BRAF p.V600E, p.V600K
bool ExpressionParser::SmallVariant(ast::VariantTerm& variant) {
  if (!VariantPrefixes(variant)) return false;
  if (const auto consequence = Consequence()) variant.consequence = *consequence;
  if (LaterTerm()) return false;
  if (!c_.TakeWord("variants") && !c_.ExpectWord("variant")) return false;
  if (c_.TakeWord("in")) {
    if (c_.AtWord("exon")) {
      return c_.Expected("the gene", "Write: variant in gene EGFR in exon 19.");
    }
    return Genes(variant);
  }
  const bool quoted = c_.At(TokenKind::kString) && !c_.AtStop();
  if (!quoted && (c_.AtStop() || !c_.At(TokenKind::kWord) || IsKeyword(c_.Word())))
    return c_.ExpectWord("in");
  if (!quoted && !IsChange(c_.Word(1))) {
    // "variant inn gene": a slip of the word that stands here much oftener than a gene.
    if (c_.AtWord("gene", 1) || c_.AtWord("genes", 1)) return c_.ExpectWord("in");
    if (c_.At(TokenKind::kWord, 1) || c_.At(TokenKind::kEnd, 1)) {
      return c_.Fail(DiagnosticCode::kUnexpected, c_.here(),
                     fmt::format("it is not said what of {} is meant", Quoted(c_.Word())),
                     fmt::format("Write \"variant in gene {}\", or name the change: variant BRAF "
                                 "p.V600E.",
                                 c_.Word()));
    }
  }
  auto gene = Gene();
  if (!gene) return false;
  variant.genes.push_back(std::move(*gene));
  do {
    auto change = Change();
    if (!change) return false;
    variant.changes.push_back(std::move(*change));
  } while (c_.Take(TokenKind::kComma));
  return true;
}

// gene PIK3CA, PTEN
bool ExpressionParser::Genes(ast::VariantTerm& variant) {
  if (!c_.TakeWord("genes") && !c_.ExpectWord("gene")) return false;
  do {
    auto gene = Gene();
    if (!gene) return false;
    variant.genes.push_back(std::move(*gene));
  } while (c_.Take(TokenKind::kComma));
  return true;
}

std::optional<ast::Word> ExpressionParser::Gene() {
  ast::Word gene;
  gene.span = c_.here();
  if (c_.At(TokenKind::kString) && !c_.AtStop()) {
    gene.quoted = true;
    gene.text = *c_.String("a gene");
    return gene;
  }
  if (!c_.At(TokenKind::kWord) || c_.AtStop() || IsKeyword(c_.Word())) {
    c_.Expected("a gene (such as PIK3CA)");
    return std::nullopt;
  }
  gene.span = CodeAt(c_.source(), c_.here().begin);
  gene.text = std::string(c_.source().text(gene.span));
  c_.Take();
  c_.SkipTo(gene.span.end);
  return gene;
}

std::optional<ast::Word> ExpressionParser::Change() {
  if (!IsChange(c_.Word()) || c_.AtStop()) {
    c_.Expected("a change such as p.V600E or c.-32-13T>G");
    return std::nullopt;
  }
  ast::Word change;
  change.span = ChangeAt(c_.source(), c_.here().begin);
  change.text = std::string(c_.source().text(change.span));
  c_.Take();
  c_.SkipTo(change.span.end);
  return change;
}

// in exon 10, 11
bool ExpressionParser::Exons(ast::VariantTerm& variant) {
  const Span begin = c_.here();
  c_.Take();
  if (!c_.TakeWord("exons") && !c_.ExpectWord("exon")) return false;
  if (!Once(!variant.exons.empty(), begin, "the exon")) return false;
  do {
    const auto exon = c_.Whole("the number of an exon");
    if (!exon) return false;
    variant.exons.push_back(*exon);
  } while (c_.Take(TokenKind::kComma));
  return true;
}

bool ExpressionParser::VariantTail(ast::VariantTerm& variant, ast::Expr& expr) {
  while (!c_.AtStop()) {
    if (AtTime(true)) {
      const auto time = ParseTime();
      if (!time) return false;
      expr.times.push_back(*time);
    } else if (c_.AtWord("in") && !c_.At(TokenKind::kOpenBrace, 1)) {
      if (!Exons(variant)) return false;
    } else if (c_.AtWord("with")) {
      auto demand = Demand();
      if (!demand) return false;
      variant.fields.push_back(std::move(*demand));
    } else if (c_.AtWord("for")) {
      const auto reason = ReasonDemand();
      if (!reason) return false;
      if (!Once(!variant.reasons.items.empty(), reason->span, "what it is for")) return false;
      variant.reasons = reason->items;
    } else if (LaterFilter()) {
      return false;
    } else if (AtFilter()) {
      return c_.Fail(DiagnosticCode::kKindHasNoSuchPart, c_.here(),
                     fmt::format("variants do not take {}", Quoted(c_.Word())),
                     "They take \"in exon\", \"with allele fraction\", \"for\" and a time.");
    } else {
      return true;
    }
  }
  return true;
}

}  // namespace medverka::criteria::internal

// Genome lines of examples.
#include "criteria/internal/example_parser.h"
#include "criteria/internal/expression_parser.h"

namespace medverka::criteria::internal {
namespace {

constexpr std::string_view kWords[] = {
    "variant", "variants", "somatic",  "germline",   "pathogenic", "benign",        "uncertain",
    "likely",  "tested",   "fusion",   "copy",       "homozygous", "amplification", "gain",
    "loss",    "deletion", "missense", "truncating", "inframe",    "frameshift",    "splice"};

class GenomeLine {
 public:
  GenomeLine(Cursor& cursor, ast::Given& given) : c_(cursor), parser_(cursor), given_(given) {}

  bool Run() {
    given_.kind = FactKind::kVariant;
    if (c_.TakeWord("no")) given_.status = ast::Given::Status::kRefuted;
    if (c_.TakeWord("tested")) {
      given_.covers = true;
      return c_.ExpectWord("for") && Genes();
    }
    Prefixes();
    if (c_.AtWord("fusion")) return Fusion();
    if (c_.TakeWords({"copy", "number", "of"})) return CopyNumber();
    constexpr std::string_view kStructures[] = {"amplification", "gain", "loss",
                                                "deletion",      "copy", "homozygous"};
    if (c_.AtAnyWord(kStructures)) return Structure();
    return Variant();
  }

 private:
  void Prefixes() {
    for (bool more = true; more;) {
      if (c_.TakeWord("somatic")) {
        given_.origin = Origin::kSomatic;
      } else if (c_.TakeWord("germline")) {
        given_.origin = Origin::kGermline;
      } else if (c_.TakeWords({"likely", "pathogenic"})) {
        given_.significance = Significance::kLikelyPathogenic;
      } else if (c_.TakeWord("uncertain")) {
        given_.significance = Significance::kUncertain;
      } else if (c_.TakeWord("pathogenic")) {
        given_.significance = Significance::kPathogenic;
      } else if (c_.TakeWord("benign")) {
        given_.significance = Significance::kBenign;
      } else {
        more = false;
      }
    }
  }

  void Add(Field field, std::string text, Span span) {
    ast::FieldDemand demand;
    demand.field = field;
    demand.word = ast::Word{std::move(text), span, false};
    demand.span = span;
    given_.fields.push_back(std::move(demand));
  }

  bool AddNumber(Field field, std::string_view what) {
    ast::FieldDemand demand;
    demand.field = field;
    demand.span = c_.here();
    const auto number = c_.Number(what);
    if (!number) return false;
    ast::Test test;
    test.op = CompareOp::kEqual;
    test.span = demand.span;
    test.limit.number = *number;
    test.limit.number_span = test.limit.unit_span = demand.span;
    demand.test = test;
    given_.fields.push_back(std::move(demand));
    return true;
  }

  bool OneGene() {
    const auto gene = parser_.Gene();
    if (gene) given_.genes.push_back(gene->text);
    return gene.has_value();
  }

  bool Genes() {
    if (!c_.TakeWord("gene")) c_.TakeWord("genes");
    do {
      if (!OneGene()) return false;
    } while (c_.Take(TokenKind::kComma));
    return true;
  }

  // fusion of KIF5B with RET
  bool Fusion() {
    Add(Field::kStructure, "fusion", c_.Take().span);
    if (!c_.ExpectWord("of") || !OneGene()) return false;
    if (!c_.AtWord("with") || IsFieldWord(c_.Word(1))) return true;
    c_.Take();
    const auto partner = parser_.Gene();
    if (partner) Add(Field::kPartner, partner->text, partner->span);
    return partner.has_value();
  }

  // amplification of ERBB2
  bool Structure() {
    const Span begin = c_.here();
    if (!parser_.CopyNumberType()) return false;
    const std::string_view words = c_.source().text(c_.From(begin));
    const std::size_t of = words.rfind(" of");
    Add(Field::kStructure, std::string(words.substr(0, of)), c_.From(begin));
    return OneGene();
  }

  bool CopyNumber() { return OneGene() && AddNumber(Field::kCopyNumber, "the number of copies"); }

  // missense variant BRAF p.V600E in exon 15; variant in gene KRAS
  bool Variant() {
    if (parser_.AtConsequence()) {
      const Span span = c_.here();
      Add(Field::kConsequence, std::string(c_.Word()), span);
      c_.Take();
    }
    if (!c_.TakeWord("variants") && !c_.ExpectWord("variant")) return false;
    c_.TakeWord("in");
    if (!Genes()) return false;
    const std::string_view word = c_.Word();
    if (word.substr(0, 2) == "p." || word.substr(0, 2) == "c.") {
      const auto change = parser_.Change();
      if (!change) return false;
      given_.change = change->text;
    }
    if (!c_.TakeWord("in")) return true;
    return c_.ExpectWord("exon") && AddNumber(Field::kExon, "the number of an exon");
  }

  Cursor& c_;
  ExpressionParser parser_;
  ast::Given& given_;
};

}  // namespace

bool AtGivenVariant(const Cursor& cursor) {
  return cursor.AtAnyWord(kWords, cursor.AtWord("no") ? 1 : 0);
}

bool ParseGivenVariant(Cursor& cursor, ast::Given& given) {
  return GenomeLine(cursor, given).Run();
}

}  // namespace medverka::criteria::internal

#include "criteria/internal/variants.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

struct AminoAcid {
  std::string_view three;
  char one;
};
// IUPAC-IUB, with Ter as HGVS has it.
constexpr std::array<AminoAcid, 22> kAminoAcids = {{
    {"ala", 'A'}, {"arg", 'R'}, {"asn", 'N'}, {"asp", 'D'}, {"cys", 'C'}, {"gln", 'Q'},
    {"glu", 'E'}, {"gly", 'G'}, {"his", 'H'}, {"ile", 'I'}, {"leu", 'L'}, {"lys", 'K'},
    {"met", 'M'}, {"phe", 'F'}, {"pro", 'P'}, {"sec", 'U'}, {"ser", 'S'}, {"ter", '*'},
    {"thr", 'T'}, {"trp", 'W'}, {"tyr", 'Y'}, {"val", 'V'},
}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string WithoutMarks(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != '(' && c != ')' && c != ' ') plain += c;
  }
  return plain;
}

// "Val600Glu" as "V600E"; words (del, ins, dup, fs) stay.
std::string OneLetter(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view three = text.substr(i, 3);
    const auto* const found =
        std::find_if(kAminoAcids.begin(), kAminoAcids.end(), [&](const AminoAcid& amino) {
          return three.size() == 3 && std::isupper(static_cast<unsigned char>(three[0])) != 0 &&
                 std::equal(three.begin(), three.end(), amino.three.begin(),
                            [](char a, char b) { return Lower(a) == b; });
        });
    if (found != kAminoAcids.end()) {
      out += found->one;
      i += 3;
    } else {
      out += text[i++];
    }
  }
  return out;
}

// No protein is longer: titin has some 36,000 residues.
constexpr int kResiduesMax = 100'000;

bool ReadResidue(std::string_view& text, char& letter, int& number) {
  if (text.size() < 2 || (std::isupper(static_cast<unsigned char>(text[0])) == 0 && text[0] != '*'))
    return false;
  if (!IsDigit(text[1])) return false;
  letter = text[0];
  text.remove_prefix(1);
  number = 0;
  while (!text.empty() && IsDigit(text[0])) {
    number = number * 10 + (text[0] - '0');
    if (number > kResiduesMax) return false;
    text.remove_prefix(1);
  }
  return true;
}

HgvsChange ReadProtein(std::string_view text) {
  HgvsChange change;
  const std::string letters = OneLetter(text);
  std::string_view rest = letters;
  if (!ReadResidue(rest, change.residue, change.first)) return {};
  change.last = change.first;
  if (rest.starts_with('_')) {
    rest.remove_prefix(1);
    char letter = 0;
    if (!ReadResidue(rest, letter, change.last) || change.last < change.first) return {};
  }
  change.level = 'p';
  change.what = std::string(rest);
  if (change.what == "X") change.what = "*";
  // How far a shifted frame goes on is told in many ways: G12fs, G12Afs*5, G12fsTer5.
  if (change.what.find("fs") != std::string::npos) change.what = "fs";
  return change;
}

// What was deleted or doubled may be spelt out or not.
std::string WithoutLetters(const std::string& text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return text;
  std::size_t end = at + word.size();
  while (end < text.size() && std::string_view("acgtun").find(text[end]) != std::string_view::npos)
    ++end;
  return text.substr(0, at + word.size()) + text.substr(end);
}

}  // namespace

HgvsChange ReadChange(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) text.remove_prefix(colon + 1);
  const std::string plain = WithoutMarks(text);
  const std::string_view view(plain);
  if (view.starts_with("p.")) return ReadProtein(view.substr(2));
  if (!view.starts_with("c.") || view.size() == 2 || view == "c.?") return {};
  HgvsChange change;
  change.level = 'c';
  for (const char c : view.substr(2)) change.what += Lower(c);
  change.what = WithoutLetters(WithoutLetters(change.what, "del"), "dup");
  return change;
}

bool Fits(const HgvsChange& asked, const HgvsChange& reported) {
  if (asked.level == 0 || asked.level != reported.level) return false;
  if (asked.level == 'c') return asked.what == reported.what;
  if (!asked.what.empty()) {
    return asked.first == reported.first && asked.last == reported.last &&
           asked.residue == reported.residue && asked.what == reported.what;
  }
  if (reported.what == "=") return false;
  // Between two residues neither is changed.
  const bool between = reported.first != reported.last && reported.what.starts_with("ins");
  const bool same_place = reported.first <= asked.first && asked.first <= reported.last;
  return same_place && !between &&
         (reported.first != asked.first || reported.residue == asked.residue);
}

std::vector<HgvsChange> ChangesOf(const Fact& fact) {
  std::vector<HgvsChange> changes;
  for (const Attribute& attribute : fact.attributes) {
    if (attribute.field != Field::kChange) continue;
    HgvsChange change = ReadChange(attribute.text);
    if (change.level != 0) changes.push_back(std::move(change));
  }
  return changes;
}

namespace {

// The words of an attribute, folded.
std::vector<std::string> WordsOf(const Fact& fact, Field field) {
  std::vector<std::string> words;
  for (const Attribute& attribute : fact.attributes) {
    if (attribute.field == field && !attribute.text.empty())
      words.push_back(base::Fold(attribute.text));
  }
  return words;
}

bool Contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

enum class Effect : std::uint8_t {
  kMissense,
  kNonsense,
  kFrameshift,
  kInframe,
  kSplice,
  kTruncating,  // one of nonsense, frameshift, splice
  kOther,
};

struct EffectWord {
  std::string_view word;
  Effect effect;
};
// Sequence Ontology's terms and the words of reports.
constexpr EffectWord kEffectWords[] = {
    {"missense", Effect::kMissense},     {"nonsense", Effect::kNonsense},
    {"stop_gained", Effect::kNonsense},  {"stop gained", Effect::kNonsense},
    {"frameshift", Effect::kFrameshift}, {"frame shift", Effect::kFrameshift},
    {"inframe", Effect::kInframe},       {"in-frame", Effect::kInframe},
    {"in frame", Effect::kInframe},      {"splice", Effect::kSplice},
    {"truncating", Effect::kTruncating}, {"trunkerande", Effect::kTruncating},
    {"synonymous", Effect::kOther},      {"silent", Effect::kOther},
};

std::optional<Effect> EffectOfChange(const HgvsChange& change) {
  if (change.level == 'c') {
    // The two bases on either side of an exon are the splice site: c.123+1G>A, c.456-2A>G.
    for (const std::string_view site : {"+1", "+2", "-1", "-2"}) {
      const std::size_t at = change.what.find(site);
      if (at == std::string::npos || at == 0 || !IsDigit(change.what[at - 1])) continue;
      if (at + 2 < change.what.size() && !IsDigit(change.what[at + 2])) return Effect::kSplice;
    }
    return std::nullopt;
  }
  const std::string& what = change.what;
  if (what.empty() || what == "?" || what.starts_with('0')) return std::nullopt;
  if (what == "fs") return Effect::kFrameshift;
  if (what.ends_with('*')) return Effect::kNonsense;
  if (what == "=") return Effect::kOther;
  for (const std::string_view word : {"del", "ins", "dup"}) {
    if (Contains(what, word)) return Effect::kInframe;
  }
  const bool one_letter =
      what.size() == 1 && std::isupper(static_cast<unsigned char>(what[0])) != 0;
  if (!one_letter || change.first != change.last) return std::nullopt;
  return change.residue == '*' || change.first == 1 ? Effect::kOther : Effect::kMissense;
}

std::vector<Effect> EffectsOf(const Fact& fact) {
  std::vector<Effect> effects;
  for (const std::string& text : WordsOf(fact, Field::kConsequence)) {
    for (const EffectWord& word : kEffectWords) {
      if (Contains(text, word.word)) {
        effects.push_back(word.effect);
        break;
      }
    }
  }
  if (!effects.empty()) return effects;
  for (const HgvsChange& change : ChangesOf(fact)) {
    if (const auto effect = EffectOfChange(change)) effects.push_back(*effect);
  }
  return effects;
}

Truth Is(Effect effect, VariantQuery::Consequence asked) {
  using Consequence = VariantQuery::Consequence;
  switch (asked) {
    case Consequence::kAny:
      return Truth::kTrue;
    case Consequence::kMissense:
      return FromBool(effect == Effect::kMissense);
    case Consequence::kInframe:
      return FromBool(effect == Effect::kInframe);
    case Consequence::kTruncating:
      return FromBool(effect == Effect::kNonsense || effect == Effect::kFrameshift ||
                      effect == Effect::kSplice || effect == Effect::kTruncating);
    case Consequence::kFrameshift:
      if (effect == Effect::kTruncating) return Truth::kUnknown;
      return FromBool(effect == Effect::kFrameshift);
    case Consequence::kSplice:
      if (effect == Effect::kTruncating) return Truth::kUnknown;
      return FromBool(effect == Effect::kSplice);
  }
  return Truth::kUnknown;
}

bool HasAnyStructure(const Fact& fact) { return !WordsOf(fact, Field::kStructure).empty(); }

}  // namespace

Truth HasChange(const Fact& fact, const HgvsChange& asked) {
  const std::vector<HgvsChange> changes = ChangesOf(fact);
  bool at_level = false;
  for (const HgvsChange& change : changes) {
    if (Fits(asked, change)) return Truth::kTrue;
    at_level = at_level || (change.level == asked.level && change.what != "?");
  }
  if (at_level) return Truth::kFalse;
  // A fusion or a lost gene is no change of a residue.
  return changes.empty() && HasAnyStructure(fact) ? Truth::kFalse : Truth::kUnknown;
}

Truth HasConsequence(const Fact& fact, VariantQuery::Consequence asked) {
  if (asked == VariantQuery::Consequence::kAny) return Truth::kTrue;
  const std::vector<Effect> effects = EffectsOf(fact);
  if (effects.empty())
    return HasAnyStructure(fact) && ChangesOf(fact).empty() ? Truth::kFalse : Truth::kUnknown;
  Truth truth = Truth::kFalse;
  for (const Effect effect : effects) truth = Or(truth, Is(effect, asked));
  return truth;
}

namespace {

struct Structures {
  bool fusion = false;
  bool amplification = false;
  bool gain = false;
  bool loss = false;
  bool deletion = false;
  bool homozygous = false;
};

Structures StructuresOf(const Fact& fact) {
  Structures found;
  for (const std::string& text : WordsOf(fact, Field::kStructure)) {
    if (Contains(text, "homozygous")) {
      found.homozygous = true;
    } else if (Contains(text, "fusion")) {
      found.fusion = true;
    } else if (Contains(text, "amplification")) {
      found.amplification = true;
    } else if (Contains(text, "gain")) {
      found.gain = true;
    } else if (Contains(text, "deletion")) {
      found.deletion = true;
    } else if (Contains(text, "loss")) {
      found.loss = true;
    }
  }
  return found;
}

// The surely asked for; the wider kinds that may be it.
Truth OneOf(bool surely, bool maybe) {
  return surely ? Truth::kTrue : maybe ? Truth::kUnknown : Truth::kFalse;
}

}  // namespace

Truth HasStructure(const Fact& fact, VariantQuery::Type asked) {
  using Type = VariantQuery::Type;
  if (!HasAnyStructure(fact)) {
    // A small change is reported as one, and is none of these.
    return ChangesOf(fact).empty() && EffectsOf(fact).empty() ? Truth::kUnknown : Truth::kFalse;
  }
  const Structures found = StructuresOf(fact);
  const bool less = found.loss || found.deletion || found.homozygous;
  switch (asked) {
    case Type::kFusion:
      return FromBool(found.fusion);
    case Type::kAmplification:
      return OneOf(found.amplification, found.gain);
    case Type::kGain:
      return FromBool(found.gain || found.amplification);
    case Type::kLoss:
      return FromBool(less);
    case Type::kDeletion:
      return OneOf(found.deletion || found.homozygous, found.loss);
    case Type::kHomozygousDeletion:
      return OneOf(found.homozygous, less);
    case Type::kCopyNumberChange:
      return FromBool(less || found.gain || found.amplification);
    default:
      return Truth::kUnknown;
  }
}

std::vector<std::int32_t> ExonsOf(const Fact& fact) {
  std::vector<std::int32_t> exons;
  for (const Attribute& attribute : fact.attributes) {
    const Bounds& number = attribute.number;
    if (attribute.field != Field::kExon || !number.low || !number.high) continue;
    if (*number.low == *number.high && number.low->scale() == 0)
      exons.push_back(static_cast<std::int32_t>(number.low->coefficient()));
  }
  return exons;
}

Truth HasExon(const Fact& fact, const std::vector<std::int32_t>& asked) {
  const std::vector<std::int32_t> exons = ExonsOf(fact);
  if (exons.empty()) return Truth::kUnknown;
  return FromBool(std::any_of(exons.begin(), exons.end(), [&](std::int32_t exon) {
    return std::find(asked.begin(), asked.end(), exon) != asked.end();
  }));
}

}  // namespace medverka::criteria::internal

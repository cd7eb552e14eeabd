// Verdicts in words. One sentence per deciding leaf, Swedish and English, naming the facts, their
// dates, values as sent and the absence policy where it decided; and what would settle an unknown.
// No sentence names a person.
#include "criteria/internal/why.h"

#include <algorithm>

#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

using base::Instant;
using base::Period;
using base::TimeUnit;

Bilingual Text(std::string en, std::string sv) { return {std::move(sv), std::move(en)}; }

// ---- nouns

Bilingual KindNoun(FactKind kind) {
  switch (kind) {
    case FactKind::kCondition:
      return Text("diagnosis", "diagnos");
    case FactKind::kProcedure:
      return Text("procedure", "åtgärd");
    case FactKind::kMedication:
      return Text("medication", "läkemedel");
    case FactKind::kAllergy:
      return Text("allergy", "allergi");
    case FactKind::kImmunization:
      return Text("immunization", "vaccination");
    case FactKind::kVisit:
      return Text("visit", "vårdkontakt");
    case FactKind::kParticipation:
      return Text("study participation", "studiedeltagande");
    case FactKind::kVariant:
      return Text("variant", "variant");
    default:
      return Text("result", "resultat");
  }
}

// "ingen diagnos", "inget resultat": Swedish nouns have a gender.
std::string_view SwedishNone(FactKind kind) {
  const bool neuter = kind == FactKind::kMedication || kind == FactKind::kParticipation ||
                      kind == FactKind::kObservation;
  return neuter ? "inget" : "ingen";
}

std::string SetNames(const Program& program, const std::vector<SetIndex>& sets,
                     std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (i > 0) text += i + 1 == sets.size() ? fmt::format(" {} ", last) : ", ";
    text += fmt::format("\"{}\"", program.sets[sets[i]].name);
  }
  return text;
}

// `diagnosis "stroke" or "TIA"`
Bilingual Asked(const Program& program, const Query& query) {
  Bilingual noun = KindNoun(query.kind);
  const auto add = [&](std::string& text, std::string_view last, std::string_view of) {
    if (query.component) {
      text += fmt::format(" {} {} {}", SetNames(program, query.components, last), of,
                          SetNames(program, query.sets, last));
    } else if (!query.sets.empty()) {
      text += " " + SetNames(program, query.sets, last);
    }
    if (!query.study.empty()) text += fmt::format(" \"{}\"", query.study);
    for (const std::string& visit_class : query.visit_classes) text += " " + visit_class;
  };
  add(noun.en, "or", "of");
  add(noun.sv, "eller", "av");
  return noun;
}

// ---- time

Bilingual PeriodText(Period period) {
  static constexpr std::string_view kEnglish[] = {"second", "minute", "hour", "day",
                                                  "week",   "month",  "year"};
  static constexpr std::string_view kSwedishOne[] = {"sekund", "minut", "timme", "dag",
                                                     "vecka",  "månad", "år"};
  static constexpr std::string_view kSwedishMany[] = {"sekunder", "minuter", "timmar", "dagar",
                                                      "veckor",   "månader", "år"};
  const auto unit = static_cast<std::size_t>(period.unit);
  return Text(fmt::format("{} {}{}", period.amount, kEnglish[unit], period.amount == 1 ? "" : "s"),
              fmt::format("{} {}", period.amount,
                          period.amount == 1 ? kSwedishOne[unit] : kSwedishMany[unit]));
}

Bilingual SideText(Side side) {
  switch (side) {
    case Side::kStarting:
      return Text("starting ", "med början ");
    case Side::kEnding:
      return Text("ending ", "med slut ");
    case Side::kOngoing:
      return Text("ongoing ", "pågående ");
    case Side::kRecorded:
      return Text("recorded ", "registrerad ");
    case Side::kAny:
      return Text("", "");
  }
  return {};
}

Bilingual ClauseText(const TimeClause& clause) {
  const Bilingual near = PeriodText(clause.near);
  const Bilingual far = PeriodText(clause.far);
  const Bilingual side = SideText(clause.side);
  const auto day = [](Instant instant) { return base::FormatLocalDate(base::LocalDate(instant)); };
  switch (clause.kind) {
    case TimeClause::Kind::kWithinLast:
      return Text(side.en + "within the last " + far.en, side.sv + "inom de senaste " + far.sv);
    case TimeClause::Kind::kAtLeastAgo:
      return Text(side.en + "at least " + near.en + " ago",
                  side.sv + "för minst " + near.sv + " sedan");
    case TimeClause::Kind::kBetweenAgo:
      return Text(side.en + "between " + near.en + " and " + far.en + " ago",
                  side.sv + "för mellan " + near.sv + " och " + far.sv + " sedan");
    case TimeClause::Kind::kFixed:
    default:
      break;
  }
  if (clause.from && clause.to) {
    return Text(side.en + fmt::format("between {} and {}", day(*clause.from), day(*clause.to)),
                side.sv + fmt::format("mellan {} och {}", day(*clause.from), day(*clause.to)));
  }
  if (clause.from) {
    return Text(side.en + "since " + day(*clause.from), side.sv + "sedan " + day(*clause.from));
  }
  if (clause.to) {
    return Text(side.en + "up to " + day(*clause.to), side.sv + "till och med " + day(*clause.to));
  }
  return Text(side.en + "up to now", side.sv + "fram till nu");
}

Bilingual ClausesText(const std::vector<TimeClause>& clauses) {
  Bilingual text;
  for (const TimeClause& clause : clauses) {
    const Bilingual one = ClauseText(clause);
    text.en += " " + one.en;
    text.sv += " " + one.sv;
  }
  return text;
}

// ---- facts and values

std::string NumberText(const Bounds& bounds) {
  if (bounds.low && bounds.high) {
    if (*bounds.low == *bounds.high) return bounds.low->ToString();
    return bounds.low->ToString() + "-" + bounds.high->ToString();
  }
  if (bounds.high) return (bounds.high_open ? "<" : "<=") + bounds.high->ToString();
  if (bounds.low) return (bounds.low_open ? ">" : ">=") + bounds.low->ToString();
  return "";
}

std::string CodeText(const Coding& coding) {
  const bool dotted = coding.system == SystemId::kIcd10Se || coding.system == SystemId::kIcd10;
  if (!dotted || coding.code.size() <= 3) return coding.code;
  return coding.code.substr(0, 3) + "." + coding.code.substr(3);
}

Bilingual ValueText(const Fact& fact, const Vocabulary& vocabulary) {
  const Value& value = fact.value;
  switch (value.type) {
    case Value::Type::kQuantity: {
      std::string text = NumberText(value.number);
      const std::string_view unit = vocabulary.units().as_sent(value.unit);
      if (!unit.empty()) text += fmt::format(" {}", unit);
      return Text(text, text);
    }
    case Value::Type::kBoolean:
      return value.boolean ? Text("yes", "ja") : Text("no", "nej");
    case Value::Type::kCoded:
    case Value::Type::kText: {
      std::string text = value.text;
      if (text.empty() && !value.codes.empty())
        text = CodeText(vocabulary.coding(value.codes.front()));
      return Text("\"" + text + "\"", "\"" + text + "\"");
    }
    case Value::Type::kNone:
      return Text("without a value", "utan värde");
  }
  return {};
}

bool Lasts(FactKind kind) {
  return kind == FactKind::kCondition || kind == FactKind::kMedication ||
         kind == FactKind::kAllergy || kind == FactKind::kParticipation;
}

Bilingual DateText(const UsedFact& used) {
  if (!used.span.dated) return Text("undated", "odaterad");
  const std::string start = base::FormatRange(used.span.start);
  if (!Lasts(used.ref.fact->kind) || !used.ref.fact->end) return Text(start, start);
  const std::string end = base::FormatRange(*used.ref.fact->end);
  return Text(start + " to " + end, start + " till " + end);
}

// "C18.7, 2026-07-20"
Bilingual FactText(const UsedFact& used, const Vocabulary& vocabulary) {
  Bilingual date = DateText(used);
  if (used.ref.fact->codes.empty()) return date;
  const std::string code = CodeText(vocabulary.coding(used.ref.fact->codes.front()));
  return Text(code + ", " + date.en, code + ", " + date.sv);
}

Bilingual MoreText(const Leaf& leaf) {
  if (leaf.used_in_all <= 1) return {};
  const std::size_t more = leaf.used_in_all - 1;
  return Text(fmt::format(" and {} more", more), fmt::format(" och {} till", more));
}

// ---- tests

std::string_view OpText(CompareOp op) {
  static constexpr std::string_view kOps[] = {"<", "<=", ">", ">=", "="};
  return kOps[static_cast<std::size_t>(op)];
}

std::string LimitText(const Limit& limit) {
  return limit.unit.empty() ? limit.number.ToString() : limit.number.ToString() + " " + limit.unit;
}

Bilingual TestText(const ValueTest& test, const Program& program) {
  const auto same = [](std::string text) { return Text(text, text); };
  const std::string op(OpText(test.op));
  switch (test.kind) {
    case ValueTest::Kind::kCompare:
      return same(op + " " + LimitText(test.limit));
    case ValueTest::Kind::kBetween:
      return Text(
          fmt::format("between {} and {}", test.limit.number.ToString(), LimitText(test.limit2)),
          fmt::format("mellan {} och {}", test.limit.number.ToString(), LimitText(test.limit2)));
    case ValueTest::Kind::kCompareBySex:
      return Text(fmt::format("{} {} in men, {} in women", op, LimitText(test.limit),
                              LimitText(test.limit2)),
                  fmt::format("{} {} för män, {} för kvinnor", op, LimitText(test.limit),
                              LimitText(test.limit2)));
    case ValueTest::Kind::kCompareRange:
      return Text(fmt::format("{} {} x {} limit", op, test.limit.number.ToString(),
                              test.upper ? "upper" : "lower"),
                  fmt::format("{} {} x {} referensgräns", op, test.limit.number.ToString(),
                              test.upper ? "övre" : "nedre"));
    case ValueTest::Kind::kOutsideRange:
      return test.upper ? Text("above the upper limit", "över övre referensgräns")
                        : Text("below the lower limit", "under nedre referensgräns");
    case ValueTest::Kind::kIn:
    case ValueTest::Kind::kIs: {
      std::string words;
      if (test.set) words = "\"" + program.sets[*test.set].name + "\"";
      for (const std::string& word : test.words) words += (words.empty() ? "" : ", ") + word;
      return test.kind == ValueTest::Kind::kIn ? Text("in { " + words + " }", "i { " + words + " }")
                                               : Text("is " + words, "är " + words);
    }
    case ValueTest::Kind::kPositive:
      return Text("is positive", "är positivt");
    case ValueTest::Kind::kNegative:
      return Text("is negative", "är negativt");
    case ValueTest::Kind::kCompareLevel:
      return same(op + " " + test.words[0]);
  }
  return {};
}

// "latest ", "lowest "
Bilingual SelectorText(Selector selector, bool ever) {
  switch (selector) {
    case Selector::kLatest:
      return ever ? Text("latest ever ", "allra senaste ") : Text("latest ", "senaste ");
    case Selector::kFirst:
      return ever ? Text("first ever ", "allra första ") : Text("first ", "första ");
    case Selector::kLowest:
      return Text("lowest ", "lägsta ");
    case Selector::kHighest:
      return Text("highest ", "högsta ");
    case Selector::kEvery:
      return Text("every ", "varje ");
    default:
      return {};
  }
}

Bilingual PolicyText(Absence policy) {
  return policy == Absence::kNo
             ? Text("not recorded counts as no", "ej registrerat räknas som nej")
             : Text("not recorded leaves it open", "ej registrerat lämnar frågan öppen");
}

// The day from which a fact would lie in the window, where the window has a beginning.
std::string WindowStart(const std::vector<TimeClause>& clauses, Instant at) {
  Instant from = base::kDistantPast;
  for (const TimeClause& clause : clauses) from = std::max(from, WindowOf(clause, at).from);
  return from <= base::kDistantPast ? "" : base::FormatLocalDate(base::LocalDate(from));
}

Bilingual Needed(const Bilingual& asked, const std::vector<TimeClause>& clauses, Instant at) {
  const std::string from = WindowStart(clauses, at);
  if (from.empty()) return Text("a " + asked.en, asked.sv);
  return Text("a " + asked.en + " dated " + from + " or later",
              asked.sv + " daterat " + from + " eller senare");
}

// ---- leaves

LeafWords NotRecorded(const Bilingual& asked, FactKind kind, const std::vector<TimeClause>& clauses,
                      Absence policy, Instant at, const Bilingual& property = {}) {
  Bilingual when = ClausesText(clauses);
  when.en = property.en + when.en;
  when.sv = property.sv + when.sv;
  const Bilingual rule = PolicyText(policy);
  LeafWords words;
  words.why = Text("no " + asked.en + " is recorded" + when.en + "; " + rule.en,
                   std::string(SwedishNone(kind)) + " " + asked.sv + " finns registrerat" +
                       when.sv + "; " + rule.sv);
  words.needs = Needed(asked, clauses, at);
  return words;
}

LeafWords QueryWords(const Program& program, const Vocabulary& vocabulary, const Query& query,
                     const Leaf& leaf, Instant at) {
  const Bilingual asked = Asked(program, query);
  Bilingual property;
  if (query.current) property = Text(" as current", " som aktuellt");
  if (query.lasting) {
    const Bilingual length = PeriodText(*query.lasting);
    property =
        Text(property.en + " for at least " + length.en, property.sv + " i minst " + length.sv);
  }
  if (leaf.reason == Reason::kNotRecorded) {
    return NotRecorded(asked, query.kind, query.times, leaf.policy.value_or(query.absence), at,
                       property);
  }
  LeafWords words;
  if (leaf.used.empty()) return words;
  const UsedFact& newest = leaf.used.front();
  const Bilingual fact = FactText(newest, vocabulary);
  const Bilingual more = MoreText(leaf);
  const Bilingual clauses = ClausesText(query.times);
  const Bilingual when = Text(property.en + clauses.en, property.sv + clauses.sv);
  const Bilingual selector = SelectorText(query.selector, query.ever);
  const bool counts = query.selector == Selector::kAtLeast || query.selector == Selector::kAtMost ||
                      query.selector == Selector::kExactly;
  if (query.test) {
    const Bilingual value = ValueText(*newest.ref.fact, vocabulary);
    const Bilingual test = TestText(*query.test, program);
    const Bilingual date = DateText(newest);
    const std::string verb_en = leaf.value == Truth::kTrue    ? "meets"
                                : leaf.value == Truth::kFalse ? "does not meet"
                                                              : "does not settle";
    const std::string verb_sv = leaf.value == Truth::kTrue    ? "uppfyller"
                                : leaf.value == Truth::kFalse ? "uppfyller inte"
                                                              : "avgör inte";
    words.why = Text(selector.en + asked.en + " " + value.en + " on " + date.en + more.en + " " +
                         verb_en + " " + test.en,
                     selector.sv + asked.sv + " " + value.sv + " " + date.sv + more.sv + " " +
                         verb_sv + " " + test.sv);
  } else if (counts) {
    words.why = Text(
        fmt::format("{} x {} recorded{}, newest {}", leaf.used_in_all, asked.en, when.en, fact.en),
        fmt::format("{} x {} registrerat{}, senast {}", leaf.used_in_all, asked.sv, when.sv,
                    fact.sv));
  } else if (leaf.value == Truth::kTrue) {
    words.why = Text(
        selector.en + asked.en + " is recorded" + when.en + " (" + fact.en + ")" + more.en,
        selector.sv + asked.sv + " finns registrerat" + when.sv + " (" + fact.sv + ")" + more.sv);
  } else if (leaf.value == Truth::kFalse) {
    words.why =
        Text("no " + asked.en + " as asked" + when.en + "; recorded is " + fact.en + more.en,
             std::string(SwedishNone(query.kind)) + " " + asked.sv + " enligt villkoret" + when.sv +
                 "; registrerat är " + fact.sv + more.sv);
  } else {
    words.why = Text(asked.en + " (" + fact.en + ")" + more.en + " does not settle it" + when.en,
                     asked.sv + " (" + fact.sv + ")" + more.sv + " avgör inte" + when.sv);
  }
  if (leaf.value != Truth::kUnknown) return words;
  switch (leaf.reason) {
    case Reason::kUnverified:
      words.why.en += ": it is not confirmed";
      words.why.sv += ": uppgiften är inte bekräftad";
      words.needs = Text("a confirmed " + asked.en, "bekräftat: " + asked.sv);
      break;
    case Reason::kUnusable:
      words.why.en += ": there is no value that can be compared";
      words.why.sv += ": det finns inget värde som kan jämföras";
      words.needs = Text("a " + asked.en + " with a value that can be compared",
                         asked.sv + " med ett jämförbart värde");
      break;
    default:
      words.why.en += ": what is recorded is not exact enough";
      words.why.sv += ": det registrerade är inte tillräckligt exakt";
      words.needs = Needed(asked, query.times, at);
      words.needs.en += ", or exact dates and values";
      words.needs.sv += ", eller exakta datum och värden";
      break;
  }
  return words;
}

LeafWords VariantWords(const Vocabulary& vocabulary, const VariantQuery& query, const Leaf& leaf,
                       Instant at) {
  std::string genes;
  for (const std::string& gene : query.genes) genes += (genes.empty() ? "" : ", ") + gene;
  const std::string origin_en = query.origin == Origin::kSomatic    ? "somatic "
                                : query.origin == Origin::kGermline ? "germline "
                                                                    : "";
  const std::string origin_sv = query.origin == Origin::kSomatic    ? "somatisk "
                                : query.origin == Origin::kGermline ? "nedärvd "
                                                                    : "";
  const Bilingual asked =
      Text(origin_en + (query.pathogenic ? "pathogenic " : "") + "variant in " + genes,
           origin_sv + (query.pathogenic ? "patogen " : "") + "variant i " + genes);
  if (leaf.reason == Reason::kNotRecorded) {
    LeafWords words = NotRecorded(asked, FactKind::kVariant, query.times,
                                  leaf.policy.value_or(query.absence), at);
    words.needs = Text("a final genetic report that covers " + genes,
                       "ett slutligt genetiskt svar som täcker " + genes);
    return words;
  }
  LeafWords words;
  const Bilingual fact = leaf.used.empty() ? Bilingual{} : DateText(leaf.used.front());
  static_cast<void>(vocabulary);
  if (leaf.value == Truth::kTrue) {
    words.why = Text(asked.en + " is reported (" + fact.en + ")",
                     asked.sv + " är rapporterad (" + fact.sv + ")");
  } else if (leaf.value == Truth::kFalse) {
    words.why = Text("no " + asked.en + ": a final report covers it (" + fact.en + ")",
                     "ingen " + asked.sv + ": ett slutligt svar täcker den (" + fact.sv + ")");
  } else {
    words.why = Text(asked.en + " is not settled by what is reported (" + fact.en + ")",
                     asked.sv + " avgörs inte av det som är rapporterat (" + fact.sv + ")");
    words.needs = Text("a final genetic report that covers " + genes,
                       "ett slutligt genetiskt svar som täcker " + genes);
  }
  return words;
}

LeafWords AgeWords(const AgeTest& test, const Leaf& leaf, const Demographics& person, Instant at) {
  LeafWords words;
  if (leaf.reason == Reason::kNotRecorded || !person.birth) {
    words.why = Text("the birth date is not known", "födelsedatum är inte känt");
    words.needs = Text("the birth date", "födelsedatum");
    return words;
  }
  const auto age_of = [&](Instant born) {
    int years = base::ToCivil(base::LocalDate(at)).year - base::ToCivil(base::LocalDate(born)).year;
    while (years > 0 && base::AddMonths(base::LocalDate(born), 12 * years) > base::LocalDate(at))
      --years;
    return years;
  };
  const int youngest = age_of(person.birth->hi);
  const int oldest = age_of(person.birth->lo);
  const std::string age =
      youngest == oldest ? std::to_string(oldest) : fmt::format("{}-{}", youngest, oldest);
  const auto limit = [&](const char* op, std::int32_t number) {
    const Bilingual period = PeriodText({number, test.unit});
    return Text(std::string(op) + " " + period.en, std::string(op) + " " + period.sv);
  };
  Bilingual asked;
  if (test.min) asked = limit(test.min_strict ? ">" : ">=", *test.min);
  if (test.max) {
    const Bilingual upper = limit(test.max_strict ? "<" : "<=", *test.max);
    asked.en += (asked.en.empty() ? "" : " and ") + upper.en;
    asked.sv += (asked.sv.empty() ? "" : " och ") + upper.sv;
  }
  const Bilingual verb = leaf.value == Truth::kTrue    ? Text("meets", "uppfyller")
                         : leaf.value == Truth::kFalse ? Text("does not meet", "uppfyller inte")
                                                       : Text("does not settle", "avgör inte");
  words.why = Text("age " + age + " years " + verb.en + " " + asked.en,
                   "ålder " + age + " år " + verb.sv + " " + asked.sv);
  if (leaf.value == Truth::kUnknown)
    words.needs = Text("the exact birth date", "exakt födelsedatum");
  return words;
}

LeafWords AnswerWords(const AnswerQuery& query, const Leaf& leaf) {
  LeafWords words;
  const std::string en = query.text.en.empty() ? query.question : query.text.en;
  const std::string sv = query.text.sv.empty() ? en : query.text.sv;
  if (leaf.value == Truth::kUnknown || leaf.used.empty()) {
    words.why = Text("not answered: " + en, "ej besvarad: " + sv);
    words.needs = Text("an answer to: " + en, "svar på: " + sv);
    return words;
  }
  const Bilingual date = DateText(leaf.used.front());
  words.why = Text("answered " + std::string(leaf.value == Truth::kTrue ? "yes" : "no") + " on " +
                       date.en + ": " + en,
                   "besvarad med " + std::string(leaf.value == Truth::kTrue ? "ja" : "nej") + " " +
                       date.sv + ": " + sv);
  return words;
}

LeafWords PersonWords(const Program& program, const Node& node, const Leaf& leaf,
                      const Demographics& person) {
  LeafWords words;
  if (node.kind == NodeKind::kSexIs) {
    if (leaf.value == Truth::kUnknown) {
      words.why = Text("the sex is not recorded", "kön är inte registrerat");
      words.needs = Text("the registered sex", "registrerat kön");
    } else {
      words.why = person.sex == Sex::kFemale ? Text("sex is female", "kön: kvinna")
                                             : Text("sex is male", "kön: man");
    }
    return words;
  }
  if (node.kind == NodeKind::kResident) {
    std::string regions;
    for (const std::string& region : program.regions[node.payload])
      regions += (regions.empty() ? "" : ", ") + region;
    if (leaf.value == Truth::kUnknown) {
      words.why = Text("the region of residence is not recorded",
                       "folkbokföringsregion är inte registrerad");
      words.needs = Text("the region of residence", "folkbokföringsregion");
    } else {
      words.why = Text("resident in region " + person.region + " (asked: " + regions + ")",
                       "folkbokförd i region " + person.region + " (villkor: " + regions + ")");
    }
    return words;
  }
  words.why = leaf.value == Truth::kTrue ? Text("alive", "lever")
              : leaf.value == Truth::kFalse
                  ? Text("the patient has died", "patienten har avlidit")
                  : Text("the date of death is not exact", "dödsdatum är inte exakt");
  return words;
}

}  // namespace

Bilingual ValueWords(const Fact& fact, const Vocabulary& vocabulary) {
  return ValueText(fact, vocabulary);
}
Bilingual DateWords(const UsedFact& used) { return DateText(used); }
Bilingual TestWords(const ValueTest& test, const Program& program) {
  return TestText(test, program);
}
LeafWords NotRecordedWords(const Bilingual& asked, FactKind kind,
                           const std::vector<TimeClause>& clauses, Absence policy, Instant at) {
  return NotRecorded(asked, kind, clauses, policy, at);
}
Bilingual NeededWords(const Bilingual& asked, const std::vector<TimeClause>& clauses, Instant at) {
  return Needed(asked, clauses, at);
}

LeafWords WordsOf(const Program& program, const Vocabulary& vocabulary, const Node& node,
                  const Leaf& leaf, const Demographics& demographics, Instant at) {
  switch (node.kind) {
    case NodeKind::kQuery:
      return QueryWords(program, vocabulary, program.queries[node.payload], leaf, at);
    case NodeKind::kVariant:
      return VariantWords(vocabulary, program.variants[node.payload], leaf, at);
    case NodeKind::kAge:
      return AgeWords(program.ages[node.payload], leaf, demographics, at);
    case NodeKind::kScore:
      return ScoreWords(program, vocabulary, program.scores[node.payload], leaf, at);
    case NodeKind::kAnswer:
    case NodeKind::kElseAsk:
      return AnswerWords(program.answers[node.payload], leaf);
    case NodeKind::kSexIs:
    case NodeKind::kResident:
    case NodeKind::kAlive:
      return PersonWords(program, node, leaf, demographics);
    default:
      return {Text("settled by the study file itself", "avgjort av studiefilen"), {}};
  }
}

}  // namespace medverka::criteria::internal

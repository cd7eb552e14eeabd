#include "criteria/internal/words.h"

#include <algorithm>

#include "ops/base/format.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {

using base::Instant;
using base::Period;

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
    case FactKind::kFamilyHistory:
      return Text("family history", "ärftlighet");
    case FactKind::kReport:
      return Text("report", "utlåtande");
    case FactKind::kDevice:
      return Text("device", "medicinteknisk produkt");
    default:
      return Text("result", "resultat");
  }
}

bool IsNeuter(FactKind kind) {
  return kind == FactKind::kMedication || kind == FactKind::kParticipation ||
         kind == FactKind::kObservation || kind == FactKind::kReport;
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

Bilingual Asked(const Program& program, const Query& query) {
  Bilingual noun = KindNoun(query.kind);
  const auto add = [&](std::string& text, std::string_view last, std::string_view of) {
    if (query.component) {
      text += fmt::format(" {}", SetNames(program, query.components, last));
      if (!query.sets.empty())
        text += fmt::format(" {} {}", of, SetNames(program, query.sets, last));
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

Bilingual FieldNoun(Field field) {
  switch (field) {
    case Field::kSite:
      return Text("site", "lokal");
    case Field::kSide:
      return Text("side", "sida");
    case Field::kSeverity:
      return Text("severity", "svårighetsgrad");
    case Field::kReaction:
      return Text("reaction", "reaktion");
    case Field::kDailyDose:
      return Text("daily dose", "dygnsdos");
    case Field::kDose:
      return Text("dose", "dos");
    case Field::kRoute:
      return Text("route", "administreringssätt");
    case Field::kMethod:
      return Text("method", "metod");
    case Field::kDischarge:
      return Text("discharge", "utskrivning");
    case Field::kOutcome:
      return Text("outcome", "utfall");
    case Field::kReason:
      return Text("reason", "orsak");
    case Field::kMain:
      return Text("main diagnosis", "huvuddiagnos");
    case Field::kRegular:
      return Text("regular use", "regelbunden användning");
    case Field::kText:
      return Text("text", "text");
    case Field::kAlleleFraction:
      return Text("allele fraction", "allelfraktion");
    case Field::kCopyNumber:
      return Text("copy number", "kopietal");
    case Field::kConsequence:
      return Text("consequence", "konsekvens");
    case Field::kChange:
      return Text("change", "förändring");
    case Field::kExon:
      return Text("exon", "exon");
    case Field::kPartner:
      return Text("partner gene", "partnergen");
    case Field::kStructure:
      return Text("structure", "struktur");
  }
  return {};
}

Bilingual OneOf(const Bilingual& noun) {
  const bool vowel =
      !noun.en.empty() && std::string_view("aeiou").find(noun.en[0]) != std::string_view::npos;
  return Text((vowel ? "an " : "a ") + noun.en, noun.sv);
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

namespace {

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

// "de senaste 3 månaderna", "den senaste månaden"
std::string SwedishLast(Period period) {
  static constexpr std::string_view kOne[] = {
      "den senaste sekunden", "den senaste minuten", "den senaste timmen", "den senaste dagen",
      "den senaste veckan",   "den senaste månaden", "det senaste året"};
  static constexpr std::string_view kMany[] = {"sekunderna", "minuterna", "timmarna", "dagarna",
                                               "veckorna",   "månaderna", "åren"};
  const auto unit = static_cast<std::size_t>(period.unit);
  if (period.amount == 1) return std::string(kOne[unit]);
  return fmt::format("de senaste {} {}", period.amount, kMany[unit]);
}

bool CountsFromEvent(const TimeClause& clause) { return clause.kind > TimeClause::Kind::kFixed; }

Bilingual ClauseText(const Telling& telling, const TimeClause& clause) {
  if (CountsFromEvent(clause)) return EventClauseText(telling.program(), clause, telling.leaf);
  const Bilingual near = PeriodText(clause.near);
  const Bilingual far = PeriodText(clause.far);
  const Bilingual side = SideText(clause.side);
  const auto day = [](Instant instant) { return base::FormatLocalDate(base::LocalDate(instant)); };
  switch (clause.kind) {
    case TimeClause::Kind::kWithinLast:
      return side + Text("within the last " + far.en, SwedishLast(clause.far));
    case TimeClause::Kind::kAtLeastAgo:
      return side + Text("at least " + near.en + " ago", "för minst " + near.sv + " sedan");
    case TimeClause::Kind::kBetweenAgo:
      return side + Text("between " + near.en + " and " + far.en + " ago",
                         "för mellan " + near.sv + " och " + far.sv + " sedan");
    default:
      break;
  }
  if (clause.from && clause.to) {
    return side + Text(fmt::format("between {} and {}", day(*clause.from), day(*clause.to)),
                       fmt::format("mellan {} och {}", day(*clause.from), day(*clause.to)));
  }
  if (clause.from) return side + Text("since " + day(*clause.from), "sedan " + day(*clause.from));
  if (clause.to) return side + Text("up to " + day(*clause.to), "till och med " + day(*clause.to));
  return side + Text("up to now", "fram till nu");
}

}  // namespace

Bilingual ClausesText(const Telling& telling, const std::vector<TimeClause>& clauses) {
  Bilingual text;
  for (const TimeClause& clause : clauses) text = text + Same(" ") + ClauseText(telling, clause);
  return text;
}

namespace {

Bilingual StepText(MedicationStep step) {
  switch (step) {
    case MedicationStep::kPrescribed:
      return Text(" that is prescribed", " som är förskrivet");
    case MedicationStep::kDispensed:
      return Text(" that is dispensed", " som är utlämnat");
    case MedicationStep::kGiven:
      return Text(" that is given", " som är givet");
    case MedicationStep::kNotReported:
      break;
  }
  return {};
}

Bilingual FieldText(const Program& program, const FieldFilter& filter) {
  std::string words = SetNames(program, filter.sets, "or");
  for (const std::string& word : filter.words)
    words += fmt::format("{}\"{}\"", words.empty() ? "" : ", ", word);
  if (!filter.value && filter.field == Field::kReason)
    return Text(" for " + words, " för " + words);
  const Bilingual noun = filter.value ? Text("value", "värde") : FieldNoun(filter.field);
  Bilingual asked = Same(words);
  if (filter.test) asked = TestText(program, *filter.test);
  return Text(" with " + noun.en + " " + asked.en, " med " + noun.sv + " " + asked.sv);
}

}  // namespace

Bilingual FiltersText(const Telling& telling, const Query& query) {
  Bilingual text;
  if (query.current) {
    text = text + Text(" as current", IsNeuter(query.kind) ? " som aktuellt" : " som aktuell");
  }
  if (query.suspected_too)
    text = text + Text(" suspected or confirmed", " misstänkt eller bekräftad");
  if (query.main_diagnosis) text = text + Text(" as main diagnosis", " som huvuddiagnos");
  if (query.regularly) text = text + Text(" taken regularly", " som tas regelbundet");
  if (query.step) text = text + StepText(*query.step);
  for (const FieldFilter& filter : query.fields) text = text + FieldText(telling.program(), filter);
  const auto add = [&](const std::optional<Period>& period, const char* en, const char* sv) {
    if (!period) return;
    const Bilingual amount = PeriodText(*period);
    text = text + Text(en + amount.en, sv + amount.sv);
  };
  add(query.lasting, " for at least ", " i minst ");
  add(query.lasting_at_most, " for at most ", " i högst ");
  add(query.total, " for a total of at least ", " i sammanlagt minst ");
  add(query.gaps, " with gaps up to ", " med uppehåll på högst ");
  if (query.where)
    text = text + Text(" where all that is asked of it holds", " där allt som krävs av den gäller");
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

std::string WithUnit(const std::string& number, std::string_view unit) {
  return unit.empty() ? number : fmt::format("{} {}", number, unit);
}

namespace {

std::string CodeText(const Coding& coding) {
  const bool dotted = coding.system == SystemId::kIcd10Se || coding.system == SystemId::kIcd10;
  if (!dotted || coding.code.size() <= 3) return coding.code;
  return coding.code.substr(0, 3) + "." + coding.code.substr(3);
}

}  // namespace

// Words that somebody typed may name a person: they are shown only where the test knows them, or
// where they are one word.
Bilingual ValueText(const Telling& telling, const Fact& fact, bool words_known) {
  const Value& value = fact.value;
  switch (value.type) {
    case Value::Type::kQuantity:
      return Same(
          WithUnit(NumberText(value.number), telling.vocabulary().units().as_sent(value.unit)));
    case Value::Type::kBoolean:
      return value.boolean ? Text("yes", "ja") : Text("no", "nej");
    case Value::Type::kCoded:
    case Value::Type::kText: {
      std::string text = value.text;
      if (text.empty() && !value.codes.empty())
        text = CodeText(telling.vocabulary().coding(value.codes.front()));
      const bool typed = value.type == Value::Type::kText;
      if (typed && !words_known && text.find(' ') != std::string::npos)
        return Text("in other words", "med andra ord");
      return Same("\"" + text + "\"");
    }
    case Value::Type::kNone:
      return Text("without a value", "utan värde");
  }
  return {};
}

std::string ComparedText(const Telling& telling, const Fact& fact, const PreparedTest& test) {
  constexpr int kShownDigits = 3;
  const bool numeric = test.test->kind == ValueTest::Kind::kCompare ||
                       test.test->kind == ValueTest::Kind::kBetween ||
                       test.test->kind == ValueTest::Kind::kCompareBySex;
  if (!numeric || test.scale || fact.value.type != Value::Type::kQuantity) return "";
  const auto number = NumberOf(fact, test.test->analyte, telling.vocabulary());
  const UnitId unit =
      test.test->kind == ValueTest::Kind::kBetween && !test.test->limit2.unit.empty() ? test.unit2
                                                                                      : test.unit;
  if (!number || number->unit == unit) return "";
  const UnitTable& units = telling.vocabulary().units();
  const base::Decimal one(1);
  const auto same = units.Compare(one, number->unit, one, unit, number->analyte);
  if (same && *same == 0) return "";
  const auto converted = InUnit(*number, unit, telling.vocabulary());
  if (!converted) return "";
  Bounds shown;
  shown.low_open = converted->low_open;
  shown.high_open = converted->high_open;
  if (converted->low) shown.low = ShownOf(*converted->low, kShownDigits);
  if (converted->high) shown.high = ShownOf(*converted->high, kShownDigits);
  return fmt::format(" ({})", WithUnit(NumberText(shown), units.as_sent(unit)));
}

Bilingual DateText(const UsedFact& used) {
  if (!used.span.dated) return Text("undated", "odaterad");
  const FactKind kind = used.ref.fact->kind;
  const bool lasts = kind == FactKind::kCondition || kind == FactKind::kMedication ||
                     kind == FactKind::kAllergy || kind == FactKind::kParticipation ||
                     kind == FactKind::kDevice;
  const std::string start = base::FormatRange(used.span.start);
  if (!lasts || !used.ref.fact->end) return Same(start);
  const std::string end = base::FormatRange(*used.ref.fact->end);
  return Text(start + " to " + end, start + " till " + end);
}

Bilingual AttributesText(const Telling& telling, const Fact& fact,
                         const std::vector<FieldFilter>& fields) {
  Bilingual text;
  for (const FieldFilter& filter : fields) {
    const Bilingual noun = filter.value ? Text("value", "värde") : FieldNoun(filter.field);
    if (filter.value) {
      const Bilingual value = ValueText(telling, fact, false);
      text = text + Text(", " + noun.en + " " + value.en, ", " + noun.sv + " " + value.sv);
      continue;
    }
    const auto found =
        std::find_if(fact.attributes.begin(), fact.attributes.end(),
                     [&](const Attribute& attribute) { return attribute.field == filter.field; });
    if (found == fact.attributes.end()) {
      text = text + Text(", " + noun.en + " not reported", ", " + noun.sv + " ej angiven");
      continue;
    }
    std::string shown =
        WithUnit(NumberText(found->number), telling.vocabulary().units().as_sent(found->unit));
    if (shown.empty() && !found->codes.empty())
      shown = CodeText(telling.vocabulary().coding(found->codes.front()));
    if (shown.empty() && found->text.find(' ') == std::string::npos) shown = found->text;
    if (!shown.empty())
      text = text + Text(", " + noun.en + " " + shown, ", " + noun.sv + " " + shown);
  }
  return text;
}

Bilingual FactText(const Telling& telling, const UsedFact& used, const Query* query) {
  Bilingual text = DateText(used);
  if (!used.ref.fact->codes.empty()) {
    const std::string code = CodeText(telling.vocabulary().coding(used.ref.fact->codes.front()));
    text = Same(code + ", ") + text;
  }
  if (query != nullptr) text = text + AttributesText(telling, *used.ref.fact, query->fields);
  return text;
}

Bilingual MoreText(const Leaf& leaf) {
  if (leaf.used_in_all <= 1) return {};
  const std::size_t more = leaf.used_in_all - 1;
  return Text(fmt::format(" and {} more", more), fmt::format(" och {} till", more));
}

// ---- tests and policies

std::string_view OpText(CompareOp op) {
  static constexpr std::string_view kOps[] = {"<", "<=", ">", ">=", "="};
  return kOps[static_cast<std::size_t>(op)];
}

std::string LimitText(const Limit& limit) { return WithUnit(limit.number.ToString(), limit.unit); }

Bilingual TestText(const Program& program, const ValueTest& test) {
  const std::string op(OpText(test.op));
  switch (test.kind) {
    case ValueTest::Kind::kCompare:
      return Same(op + " " + LimitText(test.limit));
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
      return Same(op + " " + test.words[0]);
  }
  return {};
}

Bilingual Meets(Truth value) {
  return value == Truth::kTrue    ? Text("meets", "uppfyller")
         : value == Truth::kFalse ? Text("does not meet", "uppfyller inte")
                                  : Text("does not settle", "avgör inte");
}

Bilingual PolicyText(Absence policy) {
  return policy == Absence::kNo
             ? Text("not recorded counts as no", "ej registrerat räknas som nej")
             : Text("not recorded leaves it open", "ej registrerat lämnar frågan öppen");
}

// ---- whole sentences

Bilingual Needed(const Telling& telling, const Missing& missing) {
  const Bilingual noun = OneOf(missing.asked);
  const bool from_event =
      std::any_of(missing.clauses.begin(), missing.clauses.end(), CountsFromEvent);
  if (from_event) return noun + ClausesText(telling, missing.clauses);
  Instant from = base::kDistantPast;
  for (const TimeClause& clause : missing.clauses)
    from = std::max(from, WindowOf(clause, telling.at).from);
  if (from <= base::kDistantPast) return noun;
  const std::string day = base::FormatLocalDate(base::LocalDate(from));
  const char* const dated = IsNeuter(missing.kind) ? " daterat " : " daterad ";
  return noun + Text(" dated " + day + " or later", dated + day + " eller senare");
}

LeafWords NotRecorded(const Telling& telling, const Missing& missing, Absence policy) {
  const Bilingual when = missing.property + ClausesText(telling, missing.clauses);
  const Bilingual rule = PolicyText(policy);
  const bool neuter = IsNeuter(missing.kind);
  LeafWords words;
  words.why =
      Text("no " + missing.asked.en + " is recorded" + when.en + "; " + rule.en,
           std::string(neuter ? "inget " : "ingen ") + missing.asked.sv +
               (neuter ? " finns registrerat" : " finns registrerad") + when.sv + "; " + rule.sv);
  words.needs = Needed(telling, missing);
  return words;
}

LeafWords NoEvent(const Telling& telling) {
  const Leaf& leaf = telling.leaf;
  LeafWords words;
  if (leaf.missing == kNoEvent) return words;
  const Bilingual event = EventText(telling.program(), leaf.missing, leaf);
  if (leaf.policy) {
    words.why = Text("what it counts from does not exist: ", "det som räknas från finns inte: ") +
                event + Same("; ") + PolicyText(*leaf.policy);
    words.needs = event;
  } else {
    words.why =
        Text("what it counts from is not known: ", "det som räknas från är inte känt: ") + event;
    words.needs = event + Text(", known with its date", ", känd till sitt datum");
  }
  return words;
}

LeafWords LimitReached() {
  LeafWords words;
  words.why = Text("a limit of the language was reached, so this is not evaluated to the end",
                   "en gräns i språket nåddes, så detta är inte utvärderat till slutet");
  words.needs = Text("a person's look at the record", "att en person ser efter i journalen");
  return words;
}

}  // namespace medverka::criteria::internal

// Sentences of changes, texts and gestational age.
#include <algorithm>

#include "criteria/internal/words.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {

// ---- change

namespace {

Bilingual AmountText(const ChangeQuery& change) {
  const std::string op(OpText(change.op));
  const std::string number = change.amount.number.ToString();
  switch (change.unit) {
    case ChangeQuery::Unit::kPercent:
      return Same(op + " " + number + " %");
    case ChangeQuery::Unit::kPoints:
      return Text(op + " " + number + " points", op + " " + number + " poäng");
    case ChangeQuery::Unit::kUnit:
      break;
  }
  return Same(op + " " + LimitText(change.amount));
}

Bilingual BaseText(ChangeQuery::Base base) {
  switch (base) {
    case ChangeQuery::Base::kFirst:
      return Text("first", "första");
    case ChangeQuery::Base::kLowest:
      return Text("lowest", "lägsta");
    case ChangeQuery::Base::kHighest:
      return Text("highest", "högsta");
    case ChangeQuery::Base::kLatest:
      return Text("latest", "senaste");
    case ChangeQuery::Base::kAny:
      break;
  }
  return Text("any", "något");
}

Bilingual PairText(const ChangeQuery& change, const Query& query) {
  Bilingual text;
  if (change.from != ChangeQuery::Base::kAny || change.to != ChangeQuery::Base::kAny) {
    const Bilingual from = BaseText(change.from);
    const Bilingual to = BaseText(change.to);
    text = Text(" from " + from.en + " to " + to.en, " från " + from.sv + " till " + to.sv);
  }
  if (query.within_any) {
    const Bilingual span = PeriodText(*query.within_any);
    text = text + Text(" within any " + span.en, " inom loppet av " + span.sv);
  }
  if (query.apart) {
    const Bilingual apart = PeriodText(*query.apart);
    text = text + Text(" at least " + apart.en + " apart", " med minst " + apart.sv + " emellan");
  }
  return text;
}

// "80 umol/L on 2026-06-01"
Bilingual Dated(const Telling& telling, const UsedFact& used) {
  return ValueText(telling, *used.ref.fact, false) + Text(" on ", " ") + DateText(used);
}

}  // namespace

LeafWords ChangeWords(const Telling& telling, const ChangeQuery& change) {
  const Leaf& leaf = telling.leaf;
  const Query& query = telling.program().queries[change.query];
  if (leaf.reason == Reason::kNoEvent) return NoEvent(telling);
  if (leaf.reason == Reason::kLimit) return LimitReached();
  const Bilingual asked = Asked(telling.program(), query);
  const Missing missing{asked, query.kind, query.times, FiltersText(telling, query)};
  if (leaf.reason == Reason::kNotRecorded || leaf.used.empty())
    return NotRecorded(telling, missing, leaf.policy.value_or(query.absence));
  const Bilingual direction = change.rise ? Text("rise", "ökning") : Text("fall", "minskning");
  const Bilingual pair = PairText(change, query);
  const Bilingual amount = AmountText(change);
  Bilingual size;
  if (leaf.computed) {
    const Bilingual number =
        change.unit == ChangeQuery::Unit::kPoints
            ? Text(leaf.computed->ToString() + " points", leaf.computed->ToString() + " poäng")
            : Same(WithUnit(leaf.computed->ToString(), leaf.computed_unit));
    size = number;
  }
  LeafWords words;
  if (leaf.value == Truth::kTrue && leaf.used.size() == 2) {
    words.why = direction + Text(" of ", " av ") + asked + Text(" from ", " från ") +
                Dated(telling, leaf.used[1]) + Text(" to ", " till ") +
                Dated(telling, leaf.used[0]);
    if (leaf.computed) words.why = words.why + Text(" is ", " är ") + size + Same(",");
    words.why = words.why + Text(" which meets ", " vilket uppfyller ") + amount + pair;
    if (!leaf.computed) return words;
    return words;
  }
  const std::string count = std::to_string(leaf.used_in_all);
  const Bilingual among = Text(" among " + count + " x ", " bland " + count + " x ") + asked +
                          Text(", newest ", ", senast ") + Dated(telling, leaf.used.front());
  if (leaf.value == Truth::kFalse) {
    words.why = Text("no ", "ingen ") + direction + Same(" ") + amount + pair + among;
    if (leaf.computed)
      words.why = words.why + Text("; the largest is ", "; den största är ") + size;
    return words;
  }
  words.why =
      direction + Same(" ") + amount + pair + Text(" is not settled", " avgörs inte") + among;
  words.needs = Needed(telling, missing);
  switch (leaf.reason) {
    case Reason::kTooFew:
      words.why = words.why + Text(": no two results in order of time can be compared",
                                   ": inga två resultat i tidsordning kan jämföras");
      break;
    case Reason::kUnusable:
      words.why = words.why + Text(": there is a value that cannot be compared",
                                   ": det finns ett värde som inte kan jämföras");
      break;
    default:
      words.why = words.why + Text(": dates or values are not exact enough",
                                   ": datum eller värden är inte tillräckligt exakta");
      words.needs =
          words.needs + Text(", or exact dates and values", ", eller exakta datum och värden");
      break;
  }
  return words;
}

// ---- texts. What a text says is never quoted: it may name a person.

LeafWords TextWords(const Telling& telling, const TextQuery& text) {
  const Leaf& leaf = telling.leaf;
  const Query& query = telling.program().queries[text.query];
  if (leaf.reason == Reason::kNoEvent) return NoEvent(telling);
  const Bilingual asked = Asked(telling.program(), query);
  const Missing missing{asked, query.kind, query.times, FiltersText(telling, query)};
  LeafWords words;
  if (leaf.reason == Reason::kNotRecorded || leaf.used.empty()) {
    words = NotRecorded(telling,
                        {Text(asked.en + " with a text", asked.sv + " med text"), query.kind,
                         query.times, missing.property},
                        leaf.policy.value_or(Absence::kUnknown));
    return words;
  }
  const Bilingual fact = FactText(telling, leaf.used.front(), &query);
  const Bilingual where = asked + Same(" (") + fact + Same(")") + MoreText(leaf);
  const Bilingual pattern = Same("\"" + text.pattern + "\"");
  switch (leaf.reason) {
    case Reason::kLimit:
      words.why = pattern +
                  Text(" was not looked for to the end in ", " söktes inte till slutet i ") +
                  where + Text(": a limit was reached", ": en gräns nåddes");
      words.needs = Text("a person's reading of the text", "att en person läser texten");
      return words;
    case Reason::kHint:
      words.why = pattern + Text(" is found in ", " finns i ") + where +
                  Text(": a hint for a person to read", ": en ledtråd för en person att läsa");
      words.needs = Text("a person's reading of the text", "att en person läser texten");
      return words;
    default:
      break;
  }
  if (leaf.value == Truth::kTrue) {
    words.why = pattern + Text(" is found in ", " finns i ") + where;
  } else if (leaf.value == Truth::kFalse) {
    words.why = pattern + Text(" is not found in ", " finns inte i ") + where;
  } else {
    words.why = where + Text(" does not settle whether ", " avgör inte om ") + pattern +
                Text(" is there", " finns");
    words.needs = Needed(telling, missing);
  }
  return words;
}

// ---- gestational age

namespace {

std::string WeeksText(std::int64_t days) { return fmt::format("{}+{}", days / 7, days % 7); }

}  // namespace

LeafWords GestationWords(const Telling& telling, const GestationQuery& query) {
  const Leaf& leaf = telling.leaf;
  if (leaf.reason == Reason::kNoEvent) return NoEvent(telling);
  Bilingual asked;
  if (query.min_days) asked = Same(">= " + WeeksText(*query.min_days));
  if (query.max_days) {
    if (!Empty(asked)) asked = asked + Text(" and ", " och ");
    asked = asked + Same("<= " + WeeksText(*query.max_days));
  }
  asked = asked + Text(" weeks", " veckor");
  Bilingual when = query.at_birth ? Text(" at birth", " vid födelsen") : Bilingual{};
  if (query.event != kNoEvent)
    when = Text(" at ", " vid ") + EventText(telling.program(), query.event, leaf);
  const Bilingual noun = Text("gestational age", "graviditetslängd") + when;
  LeafWords words;
  const Bilingual dating =
      query.at_birth ? Text("the gestational age at birth", "graviditetslängd vid födelsen")
                     : Text("a dating of the pregnancy", "en datering av graviditeten");
  words.needs = leaf.value == Truth::kUnknown ? dating : Bilingual{};
  if (leaf.used.empty()) {
    words.why = noun +
                Text(" is not known: no dating that reaches to it is recorded; ",
                     " är inte känd: ingen datering som räcker dit finns registrerad; ") +
                PolicyText(Absence::kUnknown);
    return words;
  }
  const UsedFact& used = leaf.used.front();
  const Bilingual source = ValueText(telling, *used.ref.fact, true) + Text(" on ", " ") +
                           DateText(used) + MoreText(leaf);
  Bilingual result;
  if (leaf.computed) {
    const std::int64_t lo = leaf.computed->coefficient();
    const std::int64_t hi = leaf.computed_high ? leaf.computed_high->coefficient() : lo;
    const std::string age = lo == hi ? WeeksText(lo) : WeeksText(lo) + " - " + WeeksText(hi);
    result = Text(" " + age + " weeks", " " + age + " veckor");
  }
  words.why = noun + result + Text(" by the dating ", " enligt dateringen ") + source + Same(" ") +
              Meets(leaf.value) + Same(" ") + asked;
  if (leaf.value == Truth::kUnknown) {
    words.why =
        words.why + (leaf.reason == Reason::kUnusable
                         ? Text(": its value cannot be read", ": värdet kan inte läsas")
                         : Text(": it is not exact enough", ": den är inte tillräckligt exakt"));
  }
  return words;
}

}  // namespace medverka::criteria::internal

// Sentences of queries: what was found, by date and value, and how it lies to what was asked.
#include <algorithm>

#include "criteria/internal/words.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

// Facts of a count that are named one by one; more are only counted.
constexpr std::size_t kNamedFactsMax = 3;

bool IsCount(const Query& query) {
  return query.selector == Selector::kAtLeast || query.selector == Selector::kAtMost ||
         query.selector == Selector::kExactly || query.different_days > 0 || query.within_any ||
         query.apart;
}

// "latest ", "lowest "
Bilingual SelectorText(const Query& query) {
  switch (query.selector) {
    case Selector::kLatest:
      return query.ever ? Text("latest ever ", "allra senaste ") : Text("latest ", "senaste ");
    case Selector::kFirst:
      return query.ever ? Text("first ever ", "allra första ") : Text("first ", "första ");
    case Selector::kLowest:
      return Text("lowest ", "lägsta ");
    case Selector::kHighest:
      return Text("highest ", "högsta ");
    case Selector::kEvery:
      return Text("every ", "varje ");
    case Selector::kAverage:
      return Text("average ", "medelvärde ");
    case Selector::kMedian:
      return Text("median ", "median ");
    default:
      return {};
  }
}

// "at least 2 different", "on at least 3 different days"
Bilingual CountText(const Query& query) {
  Bilingual text;
  const std::string count = std::to_string(query.count);
  if (query.selector == Selector::kAtLeast) text = Text("at least " + count, "minst " + count);
  if (query.selector == Selector::kAtMost) text = Text("at most " + count, "högst " + count);
  if (query.selector == Selector::kExactly) text = Text("exactly " + count, "exakt " + count);
  if (Empty(text)) text = Text("some", "någon");
  if (query.different) text = text + Text(" different", " olika");
  if (query.consecutive) text = text + Text(" consecutive", " i följd");
  if (query.apart) {
    const Bilingual apart = PeriodText(*query.apart);
    text = text + Text(" at least " + apart.en + " apart", " med minst " + apart.sv + " emellan");
  }
  if (query.different_days > 0) {
    text = text + Text(fmt::format(" on at least {} different days", query.different_days),
                       fmt::format(" på minst {} olika dagar", query.different_days));
  }
  if (query.within_any) {
    const Bilingual span = PeriodText(*query.within_any);
    text = text + Text(" within any " + span.en, " inom loppet av " + span.sv);
  }
  return text;
}

class QueryTeller {
 public:
  QueryTeller(const Telling& telling, const Query& query)
      : telling_(telling),
        query_(query),
        leaf_(telling.leaf),
        asked_(Asked(telling.program(), query)),
        missing_{asked_, query.kind, query.times, FiltersText(telling, query)} {}

  LeafWords Tell() {
    if (leaf_.reason == Reason::kNoEvent) return NoEvent(telling_);
    if (leaf_.reason == Reason::kLimit) return LimitReached();
    if (leaf_.reason == Reason::kNotRecorded || leaf_.used.empty()) {
      return NotRecorded(telling_, missing_, leaf_.policy.value_or(query_.absence));
    }
    LeafWords words;
    words.why = Sentence();
    if (leaf_.value == Truth::kUnknown) AddOpen(words);
    return words;
  }

 private:
  const UsedFact& newest() const { return leaf_.used.front(); }
  Bilingual When() const { return missing_.property + ClausesText(telling_, query_.times); }

  Bilingual Sentence() const {
    if (query_.selector == Selector::kAverage || query_.selector == Selector::kMedian)
      return AverageSentence();
    if (IsCount(query_)) return CountSentence();
    if (query_.test) return TestSentence();
    const Bilingual fact = FactText(telling_, newest(), &query_);
    const Bilingual more = MoreText(leaf_);
    const Bilingual when = When();
    const bool neuter = IsNeuter(query_.kind);
    if (leaf_.value == Truth::kTrue) {
      return SelectorText(query_) + asked_ +
             Text(" is recorded", neuter ? " finns registrerat" : " finns registrerad") + when +
             Same(" (") + fact + Same(")") + more;
    }
    if (leaf_.value == Truth::kFalse) {
      return Text("no ", neuter ? "inget " : "ingen ") + asked_ +
             (when.en.empty() ? Text(" as asked", " enligt villkoret") : when) +
             Text("; recorded is ", "; registrerat är ") + fact + more;
    }
    return asked_ + Same(" (") + fact + Same(")") + more +
           Text(" does not settle it", " avgör inte") + when;
  }

  const PreparedTest* Prepared() const {
    const std::vector<Query>& all = telling_.program().queries;
    const auto index = static_cast<std::size_t>(&query_ - all.data());
    const auto& test = telling_.prepared.query_tests[index];
    return test ? &*test : nullptr;
  }

  // The value as sent and, in other units, as compared; with the limit printed with it.
  Bilingual Value(const UsedFact& used) const {
    const Fact& fact = *used.ref.fact;
    Bilingual text = ValueText(telling_, fact, leaf_.value == Truth::kTrue);
    if (const PreparedTest* test = Prepared())
      text = text + Same(ComparedText(telling_, fact, *test));
    const bool by_limit = query_.test && (query_.test->kind == ValueTest::Kind::kCompareRange ||
                                          query_.test->kind == ValueTest::Kind::kOutsideRange);
    if (!by_limit || !fact.limits) return text;
    const auto& limit = query_.test->upper ? fact.limits->high : fact.limits->low;
    if (!limit) return text;
    const std::string shown =
        WithUnit(limit->ToString(), telling_.vocabulary().units().as_sent(fact.limits->unit));
    return text + Text(" (printed limit " + shown + ")", " (angiven gräns " + shown + ")");
  }

  Bilingual TestSentence() const {
    const Bilingual date = DateText(newest());
    return SelectorText(query_) + asked_ + Same(" ") + Value(newest()) + Text(" on ", " ") + date +
           AttributesText(telling_, *newest().ref.fact, query_.fields) + MoreText(leaf_) +
           Same(" ") + Meets(leaf_.value) + Same(" ") + TestText(telling_.program(), *query_.test);
  }

  Bilingual AverageSentence() const {
    Bilingual result;
    if (leaf_.computed)
      result = Same(" " + WithUnit(leaf_.computed->ToString(), leaf_.computed_unit));
    const std::string count = std::to_string(leaf_.used_in_all);
    Bilingual text =
        SelectorText(query_) + result + Text("of " + count + " x ", "av " + count + " x ") + asked_;
    if (leaf_.computed) {
      text = SelectorText(query_) + Same(result.en.substr(1)) +
             Text(" of " + count + " x ", " av " + count + " x ") + asked_;
    }
    text = text + Same(" (") + Facts() + Same(") ") + Meets(leaf_.value);
    if (query_.test) text = text + Same(" ") + TestText(telling_.program(), *query_.test);
    return text;
  }

  // The first few by value or code, and date.
  Bilingual Facts() const {
    Bilingual text;
    const std::size_t named = std::min(leaf_.used.size(), kNamedFactsMax);
    for (std::size_t i = 0; i < named; ++i) {
      if (i > 0) text = text + Same(", ");
      const UsedFact& used = leaf_.used[i];
      if (query_.test) {
        text = text + Value(used) + Same(" ") + DateText(used);
      } else {
        text = text + FactText(telling_, used, &query_);
      }
    }
    if (leaf_.used_in_all > named) {
      const std::string more = std::to_string(leaf_.used_in_all - named);
      text = text + Text(" and " + more + " more", " och " + more + " till");
    }
    return text;
  }

  Bilingual CountSentence() const {
    const std::string count = std::to_string(leaf_.used_in_all);
    Bilingual text = Same(count + " x ") + asked_;
    if (query_.test) text = text + Same(" ") + TestText(telling_.program(), *query_.test);
    const Bilingual holds = leaf_.value == Truth::kTrue ? Text(" holds", " gäller")
                            : leaf_.value == Truth::kFalse
                                ? Text(" does not hold", " gäller inte")
                                : Text(" is not settled", " avgörs inte");
    const bool none_passes =
        leaf_.value == Truth::kFalse &&
        std::none_of(leaf_.used.begin(), leaf_.used.end(),
                     [](const UsedFact& used) { return used.truth != Truth::kFalse; });
    if (none_passes) {
      text = Same("0 x ") + asked_;
      if (query_.test) text = text + Same(" ") + TestText(telling_.program(), *query_.test);
      return text + When() + Text("; recorded is ", "; registrerat är ") + Facts() + Same(": ") +
             CountText(query_) + holds;
    }
    return text + When() + Same(" (") + Facts() + Same("): ") + CountText(query_) + holds;
  }

  void AddOpen(LeafWords& words) const {
    const Bilingual needed = Needed(telling_, missing_);
    const Bilingual one = OneOf(asked_);
    switch (leaf_.reason) {
      case Reason::kUnverified:
        words.why = words.why + Text(": it is not confirmed", ": uppgiften är inte bekräftad");
        words.needs = Text("a confirmed " + asked_.en, "bekräftat: " + asked_.sv);
        return;
      case Reason::kUnusable:
        words.why = words.why + Text(": there is no value that can be compared",
                                     ": det finns inget värde som kan jämföras");
        words.needs = one + Text(" with a value that can be compared", " med ett jämförbart värde");
        return;
      case Reason::kAttribute:
        words.why = words.why + Text(": what is asked of it is not reported",
                                     ": det som efterfrågas är inte angivet");
        words.needs = NotReported();
        return;
      case Reason::kTooFew: {
        const std::string count = std::to_string(query_.count);
        words.why = words.why + Text(": fewer than " + count, ": färre än " + count);
        words.needs = needed;
        return;
      }
      default:
        words.why = words.why + Text(": what is recorded is not exact enough",
                                     ": det registrerade är inte tillräckligt exakt");
        words.needs =
            needed + Text(", or exact dates and values", ", eller exakta datum och värden");
        return;
    }
  }

  // The fields of the newest fact that its source says nothing of.
  Bilingual NotReported() const {
    Bilingual fields;
    const auto add = [&](const Bilingual& noun) {
      if (!Empty(fields)) fields = fields + Text(" and ", " och ");
      fields = fields + noun;
    };
    const auto& attributes = newest().ref.fact->attributes;
    const auto reported = [&](Field field) {
      return std::any_of(attributes.begin(), attributes.end(),
                         [field](const Attribute& attribute) { return attribute.field == field; });
    };
    for (const FieldFilter& filter : query_.fields) {
      if (!filter.value && !reported(filter.field)) add(FieldNoun(filter.field));
    }
    if (query_.main_diagnosis && !reported(Field::kMain)) add(FieldNoun(Field::kMain));
    if (query_.regularly && !reported(Field::kRegular)) add(FieldNoun(Field::kRegular));
    if (Empty(fields)) fields = Text("the rest of what is asked", "det övriga som efterfrågas");
    return Text("word of " + fields.en + " for the " + asked_.en,
                "uppgift om " + fields.sv + " för " + asked_.sv);
  }

  const Telling& telling_;
  const Query& query_;
  const Leaf& leaf_;
  Bilingual asked_;
  Missing missing_;
};

}  // namespace

LeafWords QueryWords(const Telling& telling, const Query& query) {
  return QueryTeller(telling, query).Tell();
}

}  // namespace medverka::criteria::internal

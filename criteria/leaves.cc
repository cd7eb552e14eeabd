// Idea: every query first gathers its facts as items, each with four truths: does it lie in the
// window (and pass the filters), does it hold, does it pass the test, and all of it together. The
// selectors are then a few lines each over those truths, straight from criteria/LANGUAGE.md
// sections 3 and 8.
#include "criteria/internal/leaves.h"

#include <algorithm>
#include <charconv>

#include "ops/base/text.h"

namespace medverka::criteria::internal {

using base::Instant;

PreparedProgram::PreparedProgram(const Program& program_in, Vocabulary& vocabulary_in)
    : program(program_in), vocabulary(vocabulary_in), sets(program_in, vocabulary_in) {
  for (const Query& query : program.queries) {
    query_tests.push_back(query.test ? std::optional(Prepare(*query.test, vocabulary))
                                     : std::nullopt);
  }
  for (const ScoreQuery& score : program.scores)
    score_tests.push_back(Prepare(score.test, vocabulary));
  micromole_per_litre = vocabulary.Unit("umol/L");
  egfr_unit = vocabulary.Unit("mL/min/{1.73_m2}");
  for (const VariantQuery& query : program.variants) {
    std::vector<CodeId> codes;
    for (const std::string& gene : query.genes) {
      codes.push_back(vocabulary.Code(SystemId::kGeneSymbol, gene));
      codes.push_back(vocabulary.Code(SystemId::kHgnc, gene));
    }
    genes.push_back(std::move(codes));
  }
}

Truth HoldsOf(const Fact& fact) {
  switch (fact.holding) {
    case Holding::kHolds:
    case Holding::kPast:
      return Truth::kTrue;
    case Holding::kUnverified:
      return Truth::kUnknown;
    case Holding::kNegative:
      return Truth::kFalse;
  }
  return Truth::kUnknown;
}

namespace {

std::uint64_t NumericVersion(const std::string& version) {
  std::uint64_t number = 0;
  std::from_chars(version.data(), version.data() + version.size(), number);
  return number;
}

}  // namespace

// Order of facts at the same instant: issued, version, id (criteria/LANGUAGE.md section 8).
bool TieBefore(const FactRef& a, const FactRef& b) {
  const Instant a_issued = a.resource->issued.value_or(base::kDistantPast);
  const Instant b_issued = b.resource->issued.value_or(base::kDistantPast);
  if (a_issued != b_issued) return a_issued < b_issued;
  const std::uint64_t a_version = NumericVersion(a.resource->version);
  const std::uint64_t b_version = NumericVersion(b.resource->version);
  if (a_version != b_version) return a_version < b_version;
  if (a.resource->id != b.resource->id) return a.resource->id < b.resource->id;
  return a.fact->part < b.fact->part;
}

bool EqualFolded(const std::string& a, const std::string& b) {
  return base::Fold(a) == base::Fold(b);
}

namespace {

bool SharesCode(const Fact& a, const Fact& b) {
  return std::any_of(a.codes.begin(), a.codes.end(), [&](CodeId code) {
    return std::find(b.codes.begin(), b.codes.end(), code) != b.codes.end();
  });
}

// When the source said it: as recorded, else its start.
Instant SaidAt(const FactRef& ref, const Span& span) {
  return ref.resource->recorded ? ref.resource->recorded->lo : span.start.lo;
}

}  // namespace

void Leaves::Evaluate(const Node& node, Leaf& leaf) const {
  const Program& program = prepared_.program;
  const Demographics& person = moment_.patient.demographics;
  switch (node.kind) {
    case NodeKind::kQuery:
      EvaluateQuery(program.queries[node.payload], prepared_.query_tests[node.payload], leaf);
      return;
    case NodeKind::kVariant:
      EvaluateVariant(program.variants[node.payload], leaf);
      return;
    case NodeKind::kAge:
      EvaluateAge(program.ages[node.payload], leaf);
      return;
    case NodeKind::kScore:
      EvaluateScore(program.scores[node.payload], prepared_.score_tests[node.payload], leaf);
      return;
    case NodeKind::kAnswer:
    case NodeKind::kElseAsk:
      EvaluateAnswer(program.answers[node.payload], leaf);
      return;
    case NodeKind::kAlive:
      EvaluateAlive(leaf);
      return;
    case NodeKind::kSexIs:
      leaf.rests_on_patient = person.sex != Sex::kUnknown;
      leaf.reason = leaf.rests_on_patient ? Reason::kFound : Reason::kNotRecorded;
      leaf.value = leaf.rests_on_patient ? FromBool(static_cast<Sex>(node.payload) == person.sex)
                                         : Truth::kUnknown;
      return;
    case NodeKind::kResident: {
      const auto& regions = program.regions[node.payload];
      leaf.rests_on_patient = !person.region.empty();
      leaf.reason = leaf.rests_on_patient ? Reason::kFound : Reason::kNotRecorded;
      if (leaf.rests_on_patient) {
        leaf.value =
            FromBool(std::find(regions.begin(), regions.end(), person.region) != regions.end());
      }
      return;
    }
    case NodeKind::kConstant:
      leaf.value = static_cast<Truth>(node.payload);
      return;
    default:
      return;
  }
}

bool Leaves::Reads(const Node& node, const Resource& resource) const {
  const auto any = [&](const auto& reads) {
    return std::any_of(resource.facts.begin(), resource.facts.end(), reads);
  };
  const Program& program = prepared_.program;
  switch (node.kind) {
    case NodeKind::kQuery: {
      const Query& query = program.queries[node.payload];
      return any([&](const Fact& fact) {
        // A visit dates the diagnoses made at it; a medication that is only referred to has no
        // codes yet.
        if (query.kind == FactKind::kCondition && fact.kind == FactKind::kVisit) return true;
        return fact.kind == query.kind && (!fact.medication_id.empty() || Matches(query, fact));
      });
    }
    case NodeKind::kScore:
      return any([&](const Fact& fact) {
        return fact.kind == FactKind::kObservation &&
               prepared_.sets.In(program.scores[node.payload].inputs[0], fact.codes);
      });
    case NodeKind::kVariant:
      return any([](const Fact& fact) { return fact.kind == FactKind::kVariant; });
    case NodeKind::kAnswer:
    case NodeKind::kElseAsk:
      return any([](const Fact& fact) { return fact.kind == FactKind::kAnswer; });
    default:
      return false;  // the person, or the parts below
  }
}

// ---- gathering

bool Leaves::Matches(const Query& query, const Fact& fact) const {
  CodeSets& sets = prepared_.sets;
  if (query.component) {
    return fact.part > 0 && sets.InAny(query.sets, fact.parent_codes) &&
           sets.InAny(query.components, fact.codes);
  }
  return query.sets.empty() || sets.InAny(query.sets, fact.codes);
}

// What a query asks of visits and participations beside codes; not reported is unknown.
Truth Leaves::Attributes(const Query& query, const Fact& fact) const {
  Truth truth = Truth::kTrue;
  if (!query.visit_classes.empty()) {
    const std::string& visit_class = prepared_.vocabulary.coding(fact.visit_class).code;
    const auto& classes = query.visit_classes;
    truth = fact.visit_class == 0
                ? Truth::kUnknown
                : FromBool(std::find(classes.begin(), classes.end(), visit_class) != classes.end());
  }
  if (!query.visit_unit.empty()) {
    truth = And(truth, fact.visit_unit.empty()
                           ? Truth::kUnknown
                           : FromBool(EqualFolded(fact.visit_unit, query.visit_unit)));
  }
  if (!query.study.empty()) {
    truth = And(truth, fact.study.empty() ? Truth::kUnknown
                                          : FromBool(EqualFolded(fact.study, query.study)));
  }
  if (query.interventional)
    truth = And(truth, fact.interventional_arm ? Truth::kTrue : Truth::kUnknown);
  return truth;
}

const FactRef* Leaves::VisitOf(const Fact& fact) const {
  if (fact.visit_id.empty()) return nullptr;
  if (!visits_known_) {
    for (const FactRef& visit : moment_.patient.of(FactKind::kVisit)) {
      visits_.emplace(visit.resource->id, &visit);
    }
    visits_known_ = true;
  }
  const auto found = visits_.find(fact.visit_id);
  return found == visits_.end() ? nullptr : found->second;
}

// `current`: going on now. With a window, the author's own limit for a diagnosis of a visit: it
// counts as current while that visit lies in the window (docs/fact-times.md).
void Leaves::JudgeTimes(const Query& query, Item& item, Moments& moments) const {
  const Fact& fact = *item.ref.fact;
  const bool of_visit = fact.kind == FactKind::kCondition && fact.upkeep == Upkeep::kAtVisit;
  Span asked = item.span;
  if (query.current) {
    item.filters = And(item.filters, IsCurrent(item.span, moment_.at, moments));
    if (of_visit && !query.times.empty()) {
      asked.start = item.span.sure_start;
      asked.end = item.span.sure_end;
      asked.end_moves = item.span.start_moves && asked.end.hi == moment_.at;
      if (item.filters == Truth::kUnknown) item.filters = Truth::kTrue;
    }
  }
  for (const TimeClause& clause : query.times) {
    item.window = And(item.window, InWindow(asked, clause, moment_.at, moments));
  }
}

// A newer stopped or not-taken statement of the same drug beats an older order: the order was over
// when it was stated.
void Leaves::EndStoppedOrders(std::vector<Item>& items, Moments& moments) const {
  for (const Item& stop : items) {
    const Fact& fact = *stop.ref.fact;
    const bool not_taken = stop.negative() && fact.upkeep == Upkeep::kKept;
    if (!fact.stopped && !not_taken) continue;
    const Instant said = SaidAt(stop.ref, stop.span);
    moments.Add(said);
    if (said > moment_.at) continue;
    for (Item& order : items) {
      if (order.negative() || !SharesCode(*order.ref.fact, fact) ||
          SaidAt(order.ref, order.span) >= said)
        continue;
      Span& span = order.span;
      const Instant first = not_taken ? span.start.lo : stop.span.end.lo;
      const Instant last =
          not_taken ? said : std::min(stop.span.end.hi, std::max(said, stop.span.end.lo));
      if (last >= span.end.hi) continue;
      span.end = {std::max(span.start.lo, std::min(first, span.end.lo)),
                  std::max(span.start.lo, last)};
      span.end.lo = std::min(span.end.lo, span.end.hi);
      span.start.hi = std::min(span.start.hi, span.end.hi);
      span.end_moves = false;
      span.sure_start = span.start;
      span.sure_end = span.end;
    }
  }
}

// A diagnosis or allergy that a newer statement refuted is settled: no (criteria/LANGUAGE.md
// section 8, "if newest"). A procedure not done, a vaccine not given say nothing about an earlier
// one that was.
void Leaves::RefuteOlder(const Query& query, std::vector<Item>& items) const {
  if (query.kind != FactKind::kCondition && query.kind != FactKind::kAllergy) return;
  for (Item& older : items) {
    if (older.negative()) continue;
    for (const Item& refuted : items) {
      if (refuted.negative() && SharesCode(*older.ref.fact, *refuted.ref.fact) &&
          SaidAt(refuted.ref, refuted.span) > SaidAt(older.ref, older.span)) {
        older.holds = Truth::kFalse;
        break;
      }
    }
  }
}

namespace {

// Do two intervals overlap or touch? Of whole days the next one touches: an end date lasts through
// its day.
bool Touch(const base::TimeRange& a, const base::TimeRange& b) {
  const auto day = [](Instant instant) { return base::LocalDate(instant).days; };
  return day(a.lo) <= day(b.hi) + 1 && day(b.lo) <= day(a.hi) + 1;
}

// The longest stretch around item `index` that `extent` of the facts that take part make together.
template <typename Extent, typename TakesPart>
base::TimeRange Joined(const std::vector<Item>& items, std::size_t index, const Extent& extent,
                       const TakesPart& takes_part) {
  base::TimeRange run = extent(items[index].span);
  for (bool grew = true; grew;) {
    grew = false;
    for (const Item& other : items) {
      const base::TimeRange more = extent(other.span);
      if (!takes_part(other) || more.lo > more.hi || !Touch(run, more)) continue;
      grew = grew || more.lo < run.lo || more.hi > run.hi;
      run = {std::min(run.lo, more.lo), std::max(run.hi, more.hi)};
    }
  }
  return run;
}

}  // namespace

// `for at least`: medications of the set last as joined intervals, everything else by itself.
void Leaves::JudgeLength(const Query& query, std::vector<Item>& items, Moments& moments) const {
  if (!query.lasting) return;
  std::vector<Truth> lasting;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Span span = items[i].span;
    if (query.kind == FactKind::kMedication) {
      const base::TimeRange sure = Joined(
          items, i,
          [](const Span& one) {
            return base::TimeRange{one.start.hi, one.end.lo};
          },
          [](const Item& one) { return one.holds == Truth::kTrue; });
      const base::TimeRange maybe = Joined(
          items, i,
          [](const Span& one) {
            return base::TimeRange{one.start.lo, one.end.hi};
          },
          [](const Item& one) { return one.holds != Truth::kFalse; });
      span.start = {std::min(maybe.lo, sure.lo), sure.lo};
      span.end = {sure.hi, std::max(maybe.hi, sure.hi)};
    }
    lasting.push_back(LastsAtLeast(span, *query.lasting, moment_.at, moments));
  }
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i].filters = And(items[i].filters, lasting[i]);
}

std::vector<Item> Leaves::Gather(const Query& query, const std::optional<PreparedTest>& test,
                                 Moments& moments) const {
  std::vector<Item> items;
  for (const FactRef& ref : moment_.patient.of(query.kind)) {
    if (!Matches(query, *ref.fact)) continue;
    Item item;
    item.ref = ref;
    item.filters = Attributes(query, *ref.fact);
    if (item.filters == Truth::kFalse) continue;
    item.span = SpanOf(ref, VisitOf(*ref.fact), prepared_.vocabulary, moment_.at, moments);
    if (!item.span.counts) continue;
    item.holds = HoldsOf(*ref.fact);
    if (test) {
      const Judged judged = Judge(*test, *ref.fact, moment_.patient.demographics.sex,
                                  prepared_.vocabulary, prepared_.sets);
      item.test = judged.truth;
      item.unusable = judged.unusable != Unusable::kNo;
    } else if (ref.fact->value_absent) {
      item.test = Truth::kUnknown;  // asked for, not there: whether it was done is not known
      item.unusable = true;
    }
    items.push_back(std::move(item));
  }
  if (query.kind == FactKind::kMedication) EndStoppedOrders(items, moments);
  for (Item& item : items) JudgeTimes(query, item, moments);
  RefuteOlder(query, items);
  JudgeLength(query, items, moments);
  // Newest first, so that "all of them" can be cut and the same facts are named every time.
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    if (a.span.start.lo != b.span.start.lo) return a.span.start.lo > b.span.start.lo;
    return TieBefore(b.ref, a.ref);
  });
  return items;
}

// ---- what a leaf rests on

void Use(Leaf& leaf, const Item& item) {
  ++leaf.used_in_all;
  if (leaf.used.size() < kUsedFactsMax) leaf.used.push_back({item.ref, item.span, item.all()});
}

Reason ReasonOf(Truth value) {
  if (value == Truth::kTrue) return Reason::kFound;
  return value == Truth::kFalse ? Reason::kAgainstAsked : Reason::kImprecise;
}

Reason ReasonOpen(const Item& item) {
  if (item.unusable) return Reason::kUnusable;
  if (item.holds == Truth::kUnknown) return Reason::kUnverified;
  return Reason::kImprecise;
}

// The items that decide a leaf of this value, and why.
void Rest(Leaf& leaf, const std::vector<Item>& items) {
  for (const Item& item : items) {
    if (leaf.value == Truth::kFalse || item.all() == leaf.value) Use(leaf, item);
  }
  if (leaf.value == Truth::kTrue) leaf.reason = Reason::kFound;
  if (leaf.value == Truth::kFalse) leaf.reason = Reason::kAgainstAsked;
  if (leaf.value == Truth::kUnknown) {
    leaf.reason = Reason::kImprecise;
    for (const Item& item : items) {
      if (item.all() == Truth::kUnknown) {
        leaf.reason = ReasonOpen(item);
        break;
      }
    }
  }
}

}  // namespace medverka::criteria::internal

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

void Leaves::EvaluateBound(const Node& node, Leaf& leaf) const {
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
    case NodeKind::kChange:
      EvaluateChange(program.changes[node.payload], leaf);
      return;
    case NodeKind::kText:
      EvaluateText(program.texts[node.payload], leaf);
      return;
    case NodeKind::kGestation:
      EvaluateGestation(program.gestations[node.payload], leaf);
      return;
    case NodeKind::kConstant:
      leaf.value = static_cast<Truth>(node.payload);
      return;
    default:
      return;
  }
}

namespace {

template <typename Reads>
bool AnyFact(const Resource& resource, const Reads& reads) {
  return std::any_of(resource.facts.begin(), resource.facts.end(), reads);
}

bool AnyOfKind(const Resource& resource, FactKind kind) {
  return AnyFact(resource, [kind](const Fact& fact) { return fact.kind == kind; });
}

}  // namespace

// Of the query itself and its `where`; its events are asked beside.
bool Leaves::ReadsQuery(const Query& query, const Resource& resource) const {
  // What a visit was for is also said by the diagnoses made at it.
  const bool asks_reason =
      query.kind == FactKind::kVisit &&
      std::any_of(query.fields.begin(), query.fields.end(),
                  [](const FieldFilter& filter) { return filter.field == Field::kReason; });
  const bool reads = AnyFact(resource, [&](const Fact& fact) {
    // A visit dates the diagnoses made at it; a medication that is only referred to has no codes
    // yet.
    if (query.kind == FactKind::kCondition && fact.kind == FactKind::kVisit) return true;
    if (asks_reason && fact.kind == FactKind::kCondition && !fact.visit_id.empty()) return true;
    return fact.kind == query.kind && (!fact.medication_id.empty() || Matches(query, fact));
  });
  if (reads || !query.where) return reads;
  const auto index = static_cast<std::size_t>(&query - prepared_.program.queries.data());
  return AnyReads(prepared_.where_leaves[index], resource);
}

bool Leaves::ReadsEvents(const EventNeeds& needs, const Resource& resource) const {
  return std::any_of(needs.begin(), needs.end(), [&](EventIndex index) {
    const Event& event = prepared_.program.events[index];
    switch (event.kind) {
      case Event::Kind::kChoice:
        return ReadsQuery(prepared_.program.queries[event.query], resource);
      case Event::Kind::kCurrentVisit:
      case Event::Kind::kVisitOf:
        return AnyOfKind(resource, FactKind::kVisit);
      default:
        return false;  // made from others, or the person
    }
  });
}

bool Leaves::AnyReads(const std::vector<std::uint32_t>& leaves, const Resource& resource) const {
  return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) {
    return Reads(prepared_.program.nodes[leaf], resource);
  });
}

bool Leaves::Reads(const Node& node, const Resource& resource) const {
  const Program& program = prepared_.program;
  if (ReadsEvents(prepared_.NeedsOf(node), resource)) return true;
  switch (node.kind) {
    case NodeKind::kQuery:
      return ReadsQuery(program.queries[node.payload], resource);
    case NodeKind::kChange:
      return ReadsQuery(program.queries[program.changes[node.payload].query], resource);
    case NodeKind::kText:
      return ReadsQuery(program.queries[program.texts[node.payload].query], resource);
    case NodeKind::kGestation:
      return AnyFact(resource,
                     [&](const Fact& fact) { return IsDating(fact, prepared_.vocabulary); });
    case NodeKind::kScore:
      return AnyFact(resource, [&](const Fact& fact) {
        return ScoreReads(program.scores[node.payload], fact);
      });
    case NodeKind::kVariant:
      return AnyOfKind(resource, FactKind::kVariant);
    case NodeKind::kAnswer:
    case NodeKind::kElseAsk:
      return AnyOfKind(resource, FactKind::kAnswer);
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
    Truth current = IsCurrent(item.span, moment_.at, moments);
    if (of_visit && !query.times.empty()) {
      asked.start = item.span.sure_start;
      asked.end = item.span.sure_end;
      asked.end_moves = item.span.start_moves && asked.end.hi == moment_.at;
      if (current == Truth::kUnknown) current = Truth::kTrue;
    }
    item.filters = And(item.filters, current);
  }
  for (const TimeClause& clause : query.times) {
    item.window = And(item.window, InClause(item.ref, asked, clause, moments));
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

// The facts that a query looks at: all of its kind, or the one that an event chose and what belongs
// to it.
template <typename Take>
void Leaves::ForEachFact(const Query& query, const Take& take) const {
  if (query.of_event == kNoEvent) {
    for (const FactRef& ref : moment_.patient.of(query.kind)) take(ref);
    return;
  }
  const BoundEvent* event = EventOf(query.of_event);
  if (event == nullptr || event->fact.fact == nullptr) return;
  if (!query.component) {
    take(event->fact);
    return;
  }
  for (const Fact& fact : event->fact.resource->facts) {
    if (fact.kind == query.kind && fact.part > 0 &&
        prepared_.sets.InAny(query.components, fact.codes))
      take({event->fact.resource, &fact});
  }
}

void Leaves::GatherOne(const Query& query, const FactRef& ref,
                       const std::optional<PreparedTest>& test, std::vector<Item>& items,
                       Moments& moments) const {
  Item item;
  item.ref = ref;
  item.filters = Attributes(query, *ref.fact);
  if (item.filters == Truth::kFalse) return;
  item.span = SpanOf(ref, VisitOf(*ref.fact), prepared_.vocabulary, moment_.at, moments);
  if (!item.span.counts) return;
  item.holds = HoldsOf(*ref.fact);
  if (query.suspected_too && ref.fact->holding == Holding::kUnverified) item.holds = Truth::kTrue;
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

std::vector<Item> Leaves::Gather(const Query& query, const std::optional<PreparedTest>& test,
                                 Moments& moments) const {
  std::vector<Item> items;
  ForEachFact(query, [&](const FactRef& ref) {
    // A component of an event needs no name of the whole.
    if (query.of_event == kNoEvent || !query.component ? Matches(query, *ref.fact) : true)
      GatherOne(query, ref, test, items, moments);
  });
  if (query.of_event != kNoEvent && !query.component && !items.empty())
    items.front().span = EventOf(query.of_event)->span;
  if (query.kind == FactKind::kMedication) EndStoppedOrders(items, moments);
  RefuteOlder(query, items);
  JudgeFilters(query, items);
  JudgeLengths(query, items, moments);
  for (Item& item : items) JudgeTimes(query, item, moments);
  if (query.where) {
    for (Item& item : items) JudgeWhere(query, item, moments);
  }
  JudgeTotal(query, items, moments);
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
  if (leaf.used.size() >= kUsedFactsMax) return;
  leaf.used.push_back({item.ref, item.span, item.all()});
  leaf.beside.insert(leaf.beside.end(), item.beside.begin(), item.beside.end());
}

Reason ReasonOf(Truth value) {
  if (value == Truth::kTrue) return Reason::kFound;
  return value == Truth::kFalse ? Reason::kAgainstAsked : Reason::kImprecise;
}

Reason ReasonOpen(const Item& item) {
  if (item.unusable) return Reason::kUnusable;
  if (item.holds == Truth::kUnknown) return Reason::kUnverified;
  if (item.attribute_open) return Reason::kAttribute;
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

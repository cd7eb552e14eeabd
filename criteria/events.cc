// Idea: before a leaf is evaluated every event it counts from is bound to one of its possible
// choices; then the leaf is evaluated as if nothing were open. What the choices say is put together
// afterwards: a choice that coarse dates leave open is settled only if all agree, an `any` event
// holds if it holds for one, and an event that does not exist says what its kind's absence says.
//
// Events are bound in the program's order, so that what an event is made from is bound before it.
#include <algorithm>

#include "criteria/analytes.h"
#include "criteria/internal/leaves.h"

namespace medverka::criteria::internal {

using base::Instant;
using base::TimeRange;

namespace {

void AddFact(std::vector<UsedFact>& to, const UsedFact& fact) {
  const bool there = std::any_of(
      to.begin(), to.end(), [&](const UsedFact& one) { return one.ref.fact == fact.ref.fact; });
  if (!there && to.size() < kUsedFactsMax) to.push_back(fact);
}

void AddEvent(std::vector<UsedEvent>& to, const UsedEvent& event) {
  const bool there = std::any_of(to.begin(), to.end(), [&](const UsedEvent& one) {
    return one.event == event.event && one.ref.fact == event.ref.fact;
  });
  if (!there && to.size() < kUsedFactsMax) to.push_back(event);
}

bool LastsAsEvent(FactKind kind) {
  return kind == FactKind::kCondition || kind == FactKind::kMedication ||
         kind == FactKind::kAllergy || kind == FactKind::kDevice ||
         kind == FactKind::kParticipation;
}

Edge EdgeAt(TimeRange at, bool moves) { return {at, moves, {}, false}; }

// One undivided instant, or one of a range of them, as both ends of an event.
BoundEvent PointAt(const Edge& edge) {
  BoundEvent point;
  point.start = edge;
  point.end = edge;
  point.span.counts = true;
  point.span.dated = true;
  point.span.start = edge.at;
  point.span.end = edge.at;
  return point;
}

EventSet Surely(BoundEvent event) {
  EventSet set;
  set.choices.push_back(std::move(event));
  return set;
}

EventSet Undetermined() {
  EventSet set;
  set.exists = Truth::kUnknown;
  set.undetermined = true;
  return set;
}

}  // namespace

// ---- putting choices together

struct Leaves::Fold {
  explicit Fold(bool any_in) : any(any_in) {}
  bool any;
  bool empty = true;
  Leaf out;

  void Add(Leaf part, Truth member) {
    if (member != Truth::kTrue && part.value == Truth::kTrue) {
      part.value = Truth::kUnknown;  // it holds of what may not be one of them
      part.reason = Reason::kImprecise;
    }
    if (member == Truth::kFalse) part.value = Truth::kFalse;
    if (empty || (any && part.value > out.value)) {
      if (!empty) Keep(out.moments, part.moments);
      out = std::move(part);
      empty = false;
      return;
    }
    Keep(part.moments, out.moments);
    if (any && part.value < out.value) return;
    Agree(part);
  }

  // As one more choice of which all have to agree.
  void Agree(const Leaf& part) {
    if (part.value != out.value) {
      out.value = Truth::kUnknown;
      out.reason = Reason::kImprecise;
      out.policy.reset();
      out.missing = kNoEvent;
      out.ask_only = false;
    }
    if (part.computed != out.computed || part.computed_high != out.computed_high) {
      out.computed.reset();
      out.computed_high.reset();
    }
    for (const UsedFact& fact : part.used) AddFact(out.used, fact);
    for (const UsedFact& fact : part.beside) AddFact(out.beside, fact);
    for (const UsedEvent& event : part.events) AddEvent(out.events, event);
    out.used_in_all = std::max({out.used_in_all, part.used_in_all, out.used.size()});
    out.rests_on_patient = out.rests_on_patient || part.rests_on_patient;
  }

  static void Keep(const std::vector<Instant>& from, std::vector<Instant>& to) {
    to.insert(to.end(), from.begin(), from.end());
  }
};

void Leaves::OverEvents(const EventNeeds& needs, std::size_t next, const Node& node, int& budget,
                        Leaf& leaf) const {
  while (next < needs.size() && bound_[needs[next]] != nullptr) ++next;
  if (next == needs.size()) {
    if (--budget >= 0) EvaluateBound(node, leaf);
    return;
  }
  const EventIndex event = needs[next];
  EventSet storage;
  const EventSet& set = Resolve(event, storage);
  if (set.undetermined) {
    leaf.value = Truth::kUnknown;
    leaf.reason = Reason::kNoEvent;
    leaf.missing = event;
    leaf.moments = set.moments;
    return;
  }
  Fold fold(set.any);
  for (const BoundEvent& choice : set.choices) {
    bound_[event] = &choice;
    Leaf part;
    OverEvents(needs, next + 1, node, budget, part);
    bound_[event] = nullptr;
    AddEvent(part.events, {event, choice.fact, choice.span});
    part.rests_on_patient = part.rests_on_patient || choice.of_patient;
    fold.Add(std::move(part), choice.member);
    if (set.any && fold.out.value == Truth::kTrue) break;
  }
  const bool settled = set.any && !fold.empty && fold.out.value == Truth::kTrue;
  if (set.exists != Truth::kTrue && !settled) {
    Leaf without;
    Absent(node, event, without);
    if (fold.empty) {
      fold.out = std::move(without);
    } else {
      fold.Agree(without);
    }
  }
  leaf = std::move(fold.out);
  leaf.moments.insert(leaf.moments.end(), set.moments.begin(), set.moments.end());
}

void Leaves::ReadyEvents() const {
  if (!bound_.empty()) return;
  const std::size_t events = prepared_.program.events.size();
  bound_.resize(events, nullptr);
  resolved_.resize(events);
  resolving_.resize(events, false);
}

void Leaves::Evaluate(const Node& node, Leaf& leaf) const {
  const EventNeeds& needs = prepared_.NeedsOf(node);
  if (needs.empty()) {
    EvaluateBound(node, leaf);
    return;
  }
  ReadyEvents();
  int budget = kEventCombinationsMax;
  OverEvents(needs, 0, node, budget, leaf);
  if (budget >= 0) return;
  leaf.value = Truth::kUnknown;
  leaf.reason = Reason::kLimit;
  leaf.policy.reset();
}

// ---- events that do not exist

Absence Leaves::AbsenceOf(EventIndex index) const {
  const Event& event = prepared_.program.events[index];
  switch (event.kind) {
    case Event::Kind::kChoice:
      return prepared_.program.queries[event.query].absence;
    case Event::Kind::kVisitOf:
    case Event::Kind::kStartOf:
    case Event::Kind::kEndOf:
    case Event::Kind::kShifted:
      return AbsenceOf(event.of);
    default:
      return Absence::kNo;  // visits
  }
}

void Leaves::Absent(const Node& node, EventIndex event, Leaf& leaf) const {
  const Program& program = prepared_.program;
  leaf.reason = Reason::kNoEvent;
  leaf.missing = event;
  leaf.value = Truth::kFalse;
  const Query* query = nullptr;
  if (node.kind == NodeKind::kQuery) query = &program.queries[node.payload];
  if (node.kind == NodeKind::kChange) query = &program.queries[program.changes[node.payload].query];
  if (node.kind == NodeKind::kText) query = &program.queries[program.texts[node.payload].query];
  std::optional<Absence> stated;
  if (query != nullptr && query->absence_stated) stated = query->absence;
  if (node.kind == NodeKind::kVariant && program.variants[node.payload].absence_stated)
    stated = program.variants[node.payload].absence;
  if (node.kind == NodeKind::kScore && program.scores[node.payload].absence_stated)
    stated = program.scores[node.payload].absence;
  if (node.kind == NodeKind::kQuery) {
    const bool none_is_enough =
        query->selector == Selector::kAtMost ||
        ((query->selector == Selector::kAtLeast || query->selector == Selector::kExactly) &&
         query->count == 0);
    leaf.value = FromBool(none_is_enough);
  }
  const Absence policy = stated.value_or(AbsenceOf(event));
  if (policy == Absence::kUnknown) leaf.value = Truth::kUnknown;
  leaf.policy = policy;
}

// ---- what an event can be

const BoundEvent* Leaves::EventOf(EventIndex event) const {
  return event < bound_.size() ? bound_[event] : nullptr;
}

const EventSet& Leaves::Resolve(EventIndex index, EventSet& storage) const {
  if (resolving_[index]) {
    storage = Undetermined();
    return storage;
  }
  if (resolved_[index]) return *resolved_[index];
  resolving_[index] = true;
  storage = ChoicesOf(index);
  resolving_[index] = false;
  if (prepared_.of_candidate[index] || !prepared_.event_needs[index].empty()) return storage;
  resolved_[index] = std::make_unique<EventSet>(std::move(storage));
  return *resolved_[index];
}

BoundEvent Leaves::BindFact(const FactRef& ref, const Span& span) const {
  BoundEvent event;
  event.fact = ref;
  event.span = span;
  event.start = EdgeAt(span.start, span.start_moves);
  event.end = EdgeAt(span.end, span.end_moves);
  event.lasts = LastsAsEvent(ref.fact->kind);
  if (ref.fact->kind == FactKind::kVisit) event.visit_id = ref.resource->id;
  return event;
}

EventSet Leaves::ChoicesOf(EventIndex index) const {
  const Event& event = prepared_.program.events[index];
  switch (event.kind) {
    case Event::Kind::kChoice:
      return Chosen(event.query);
    case Event::Kind::kCurrentVisit:
      return CurrentVisit();
    case Event::Kind::kVisitOf: {
      const BoundEvent* of = EventOf(event.of);
      return of == nullptr ? Undetermined() : VisitOfEvent(*of);
    }
    case Event::Kind::kBirth: {
      const auto& birth = moment_.patient.demographics.birth;
      EventSet set = Undetermined();
      if (birth && birth->lo <= moment_.at) {
        BoundEvent born = PointAt(EdgeAt(*birth, false));
        born.of_patient = true;
        set = Surely(std::move(born));
      } else if (birth) {
        set.moments.push_back(birth->lo);
      }
      return set;
    }
    case Event::Kind::kIt:
      return Undetermined();  // a `where` binds it
    default:
      return Derived(event);
  }
}

EventSet Leaves::Derived(const Event& event) const {
  if (event.kind == Event::Kind::kPeriod) {
    BoundEvent period = PointAt(EdgeOf(event.from, true));
    period.end = EdgeOf(event.to, false);
    period.span.end = period.end.at;
    return Surely(std::move(period));
  }
  const BoundEvent* of = EventOf(event.of);
  if (of == nullptr) return Undetermined();
  if (event.kind == Event::Kind::kStartOf) return Surely(PointAt(of->start));
  if (event.kind == Event::Kind::kEndOf) return Surely(PointAt(of->end));
  const Edge& from = event.before || of->lasts ? of->start : of->end;
  const int sign = event.before ? -1 : +1;
  using Snap = Motion::Snap;
  const bool days = event.shift.calendar();
  BoundEvent shifted =
      PointAt(from.Moved({event.shift, sign, days ? Snap::kStartOfDay : Snap::kNone, 0}));
  if (days) {
    shifted.end = from.Moved({event.shift, sign, Snap::kEndOfDay, 0});
    shifted.span.end = shifted.end.at;
  }
  return Surely(std::move(shifted));
}

Edge Leaves::EdgeOf(const Bound& bound, bool is_from) const {
  switch (bound.kind) {
    case Bound::Kind::kInstant:
      return EdgeAt({bound.instant, bound.instant}, false);
    case Bound::Kind::kNow:
      return is_from ? Edge{{moment_.at, moment_.at}, true, {}, true} : Never();
    case Bound::Kind::kEvent: {
      const BoundEvent* event = EventOf(bound.event);
      if (event == nullptr) return EdgeAt({base::kDistantPast, base::kDistantFuture}, false);
      if (!bound.shift) return is_from ? event->start : event->end;
      const Edge& from = bound.before || event->lasts ? event->start : event->end;
      const Motion::Snap snap = !bound.shift->calendar() ? Motion::Snap::kNone
                                : is_from                ? Motion::Snap::kStartOfDay
                                                         : Motion::Snap::kEndOfDay;
      return from.Moved({*bound.shift, bound.before ? -1 : +1, snap, 0});
    }
    case Bound::Kind::kNone:
      break;
  }
  return is_from ? EdgeAt({base::kDistantPast, base::kDistantPast}, false) : Never();
}

// ---- chosen facts

namespace {

// Is `a` surely passed over for `b`, whatever the dates or values turn out to be?
class Passes {
 public:
  Passes(const Query& query, const Vocabulary& vocabulary)
      : query_(query), vocabulary_(vocabulary) {}

  bool Over(const Item& a, const Item& b) const {
    if (query_.selector == Selector::kLatest) return Earlier(a, b);
    if (query_.selector == Selector::kFirst) return Earlier(b, a);
    const bool lowest = query_.selector == Selector::kLowest;
    const auto order = lowest ? Order(b, a) : Order(a, b);
    if (!order) return false;
    // Of equal values the earliest is meant: then the value was first reached.
    return *order < 0 || (*order == 0 && Exact(a) && Exact(b) && Earlier(b, a));
  }

 private:
  static bool Earlier(const Item& a, const Item& b) {
    if (a.span.start.hi < b.span.start.lo) return true;
    return a.span.exact && b.span.exact && a.span.start == b.span.start && TieBefore(a.ref, b.ref);
  }
  static const Bounds& Number(const Item& item) { return item.ref.fact->value.number; }
  static bool Exact(const Item& item) {
    const Bounds& number = Number(item);
    return number.low && number.high && *number.low == *number.high;
  }
  // How the highest that `low` can be lies to the lowest that `high` can be; less or equal says
  // that it is surely not above. nullopt: nothing to compare.
  std::optional<std::strong_ordering> Order(const Item& low, const Item& high) const {
    const Value& x = low.ref.fact->value;
    const Value& y = high.ref.fact->value;
    if (x.type != Value::Type::kQuantity || y.type != Value::Type::kQuantity) return std::nullopt;
    if (!x.number.high || !y.number.low) return std::nullopt;
    Analyte analyte = Analyte::kNone;
    for (const CodeId code : low.ref.fact->codes) {
      if (analyte == Analyte::kNone) analyte = AnalyteOf(vocabulary_.coding(code));
    }
    return vocabulary_.units().Compare(*x.number.high, x.unit, *y.number.low, y.unit, analyte);
  }

  const Query& query_;
  const Vocabulary& vocabulary_;
};

bool IsChoice(Selector selector) {
  return selector == Selector::kLatest || selector == Selector::kFirst ||
         selector == Selector::kLowest || selector == Selector::kHighest;
}

}  // namespace

EventSet Leaves::Chosen(std::uint32_t index) const {
  const Query& query = prepared_.program.queries[index];
  if (query.selector == Selector::kAverage || query.selector == Selector::kMedian)
    return Undetermined();  // a number is no event
  Moments moments(moment_.at);
  const std::vector<Item> items = Gather(query, prepared_.query_tests[index], moments);
  EventSet set;
  set.moments = moments.all();
  set.exists = Truth::kFalse;
  if (!IsChoice(query.selector)) {
    set.any = true;
    for (const Item& item : items) {
      const Truth member = item.all();
      if (member == Truth::kFalse) continue;
      set.choices.push_back(BindFact(item.ref, item.span));
      set.choices.back().member = member;
      set.exists = Or(set.exists, member);
    }
    return set;
  }
  // `ever` chooses from all, and window and test judge the choice; else the window is part of being
  // there.
  const auto there = [&](const Item& item) {
    return And(query.ever ? item.filters : item.inside(), item.holds);
  };
  const Passes passes(query, prepared_.vocabulary);
  Truth chosen = Truth::kFalse;  // is there one to choose?
  for (const Item& item : items) chosen = Or(chosen, there(item));
  bool judged_away = false;  // a possible choice can fail what judges it
  for (const Item& item : items) {
    if (there(item) == Truth::kFalse) continue;
    const bool passed_over = std::any_of(items.begin(), items.end(), [&](const Item& other) {
      return &other != &item && there(other) == Truth::kTrue && passes.Over(item, other);
    });
    if (passed_over) continue;
    const Truth judged = And(query.ever ? item.window : Truth::kTrue, item.test);
    judged_away = judged_away || judged != Truth::kTrue;
    if (judged != Truth::kFalse) set.choices.push_back(BindFact(item.ref, item.span));
  }
  set.exists = set.choices.empty()                      ? Truth::kFalse
               : chosen == Truth::kTrue && !judged_away ? Truth::kTrue
                                                        : Truth::kUnknown;
  return set;
}

// ---- visits

EventSet Leaves::CurrentVisit() const {
  EventSet set;
  set.exists = Truth::kFalse;
  Moments moments(moment_.at);
  for (const FactRef& ref : moment_.patient.of(FactKind::kVisit)) {
    if (!moment_.visit.empty()) {
      if (ref.resource->id != moment_.visit) continue;
    } else if (!ref.fact->ongoing) {
      continue;
    }
    const Span span = SpanOf(ref, nullptr, prepared_.vocabulary, moment_.at, moments);
    if (!span.counts) continue;
    const Truth current = moment_.visit.empty()
                              ? And(HoldsOf(*ref.fact), IsCurrent(span, moment_.at, moments))
                              : Truth::kTrue;
    if (current == Truth::kFalse) continue;
    set.choices.push_back(BindFact(ref, span));
    set.exists = Or(set.exists, current);
  }
  set.moments = moments.all();
  if (set.choices.empty() && !moment_.visit.empty()) return NamedVisit(moment_.visit);
  std::sort(set.choices.begin(), set.choices.end(), [](const BoundEvent& a, const BoundEvent& b) {
    if (a.span.start.lo != b.span.start.lo) return a.span.start.lo > b.span.start.lo;
    return TieBefore(b.fact, a.fact);
  });
  return set;
}

// A visit known by name alone: what names it is in it, all else is open.
EventSet Leaves::NamedVisit(std::string_view id) const {
  BoundEvent visit = PointAt(EdgeAt({base::kDistantPast, moment_.at}, true));
  visit.end = EdgeAt({base::kDistantPast, base::kDistantFuture}, false);
  visit.span.end = visit.end.at;
  visit.span.dated = false;
  visit.visit_id = id;
  return Surely(std::move(visit));
}

// Its reference; else the only visit whose period holds its start; else not known.
EventSet Leaves::VisitOfEvent(const BoundEvent& of) const {
  if (of.fact.fact == nullptr) {
    return of.visit_id.empty() ? Undetermined() : NamedVisit(of.visit_id);
  }
  if (of.fact.fact->kind == FactKind::kVisit) return Surely(of);
  Moments moments(moment_.at);
  EventSet set;
  if (!of.fact.fact->visit_id.empty()) {
    set = NamedVisit(of.fact.fact->visit_id);
    if (const FactRef* visit = VisitOf(*of.fact.fact)) {
      const Span span = SpanOf(*visit, nullptr, prepared_.vocabulary, moment_.at, moments);
      if (span.counts) set = Surely(BindFact(*visit, span));
    }
    set.moments = moments.all();
    return set;
  }
  Truth held = Truth::kFalse;
  for (const FactRef& ref : moment_.patient.of(FactKind::kVisit)) {
    const Span span = SpanOf(ref, nullptr, prepared_.vocabulary, moment_.at, moments);
    if (!span.counts || HoldsOf(*ref.fact) != Truth::kTrue) continue;
    BoundEvent visit = BindFact(ref, span);
    const Truth holds = InEventWindow(of.span, Side::kStarting, {visit.start, visit.end, false},
                                      /*touching=*/false, moment_.at, moments);
    if (holds == Truth::kFalse) continue;
    held = set.choices.empty() ? holds : Truth::kUnknown;
    set.choices.push_back(std::move(visit));
  }
  if (held != Truth::kTrue) set = Undetermined();
  set.moments = moments.all();
  return set;
}

// ---- windows

Truth Leaves::InClause(const FactRef& ref, const Span& span, const TimeClause& clause,
                       Moments& moments) const {
  using Kind = TimeClause::Kind;
  if (clause.kind < Kind::kWithinAfter) return InWindow(span, clause, moment_.at, moments);
  if (clause.kind == Kind::kSpan)
    return InEventWindow(span, clause.side, SpanWindow(clause), false, moment_.at, moments);
  const BoundEvent* event = EventOf(clause.event);
  if (event == nullptr) return Truth::kUnknown;
  const bool any_side = clause.side == Side::kAny || clause.side == Side::kOngoing;
  if (clause.kind == Kind::kDuring && !event->visit_id.empty() && ref.fact != nullptr) {
    const FactKind kind = ref.fact->kind;
    const bool is_short = kind == FactKind::kObservation || kind == FactKind::kProcedure ||
                          kind == FactKind::kImmunization;
    if (is_short && clause.side != Side::kRecorded && ref.fact->visit_id == event->visit_id)
      return Truth::kTrue;
  }
  const bool touching = clause.kind == Kind::kOverlapping ||
                        (clause.kind == Kind::kDuring && clause.side == Side::kOngoing);
  if (ref.fact == nullptr || ref.fact != event->fact.fact) {
    return InEventWindow(span, clause.side, WindowAround(clause, *event), touching && any_side,
                         moment_.at, moments);
  }
  // The event itself: however coarse its dates are, they are the same dates.
  Span same = span;
  same.start = {span.start.lo, span.start.lo};
  same.start_moves = false;
  if (span.end == span.start) {
    same.end = same.start;
    same.end_moves = false;
  }
  BoundEvent itself = BindFact(ref, same);
  return InEventWindow(same, clause.side, WindowAround(clause, itself), touching && any_side,
                       moment_.at, moments);
}

EventWindow Leaves::WindowNow(const TimeClause& clause) const {
  if (clause.kind == TimeClause::Kind::kSpan) return SpanWindow(clause);
  if (clause.kind < TimeClause::Kind::kWithinAfter) {
    const Window window = WindowOf(clause, moment_.at);
    return {EdgeAt({window.from, window.from}, false), EdgeAt({window.to, window.to}, false),
            false};
  }
  if (const BoundEvent* event = EventOf(clause.event)) return WindowAround(clause, *event);
  return {EdgeAt({base::kDistantPast, base::kDistantFuture}, false),
          EdgeAt({base::kDistantPast, base::kDistantFuture}, false), false};
}

EventWindow Leaves::SpanWindow(const TimeClause& clause) const {
  return {EdgeOf(clause.from_bound, true), EdgeOf(clause.to_bound, false), true};
}

}  // namespace medverka::criteria::internal

// Windows that count from events, in words, with the date of the event where the verdict rests on
// one: `within 30 days after "op" (2026-03-01)`.
#include <algorithm>

#include "criteria/internal/leaf.h"
#include "criteria/internal/words.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

// " (2026-03-01)", or nothing where the leaf does not rest on one dated choice.
std::string DateOf(const Leaf& leaf, EventIndex event) {
  const UsedEvent* only = nullptr;
  for (const UsedEvent& used : leaf.events) {
    if (used.event != event) continue;
    if (only != nullptr) return "";
    only = &used;
  }
  if (only == nullptr || !only->span.dated || only->span.start.lo <= base::kDistantPast) return "";
  return fmt::format(" ({})", base::FormatRange(only->span.start));
}

Bilingual Noun(const Program& program, EventIndex index) {
  const Event& event = program.events[index];
  if (!event.name.empty()) return Text("\"" + event.name + "\"", "\"" + event.name + "\"");
  switch (event.kind) {
    case Event::Kind::kCurrentVisit:
      return Text("the current visit", "den aktuella vårdkontakten");
    case Event::Kind::kVisitOf:
      return Text("the visit of ", "vårdkontakten för ") + Noun(program, event.of);
    case Event::Kind::kStartOf:
      return Text("the start of ", "början av ") + Noun(program, event.of);
    case Event::Kind::kEndOf:
      return Text("the end of ", "slutet av ") + Noun(program, event.of);
    case Event::Kind::kShifted: {
      const Bilingual shift = PeriodText(event.shift);
      return (event.before ? Text(shift.en + " before ", shift.sv + " före ")
                           : Text(shift.en + " after ", shift.sv + " efter ")) +
             Noun(program, event.of);
    }
    case Event::Kind::kBirth:
      return Text("birth", "födelsen");
    case Event::Kind::kIt:
      return Text("it", "den");
    case Event::Kind::kPeriod:
      return Text("the period", "perioden");
    case Event::Kind::kChoice:
      break;
  }
  const Query& query = program.queries[event.query];
  std::string sets;
  for (const SetIndex set : query.sets)
    sets += fmt::format("{}\"{}\"", sets.empty() ? "" : ", ", program.sets[set].name);
  if (sets.empty()) return Text("the event", "händelsen");
  return Text(sets, sets);
}

Bilingual SideWords(Side side) {
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
      return {};
  }
  return {};
}

std::string Day(base::Instant instant) { return base::FormatLocalDate(base::LocalDate(instant)); }

Bilingual BoundWords(const Program& program, const Bound& bound, const Leaf& leaf) {
  switch (bound.kind) {
    case Bound::Kind::kInstant:
      return Text(Day(bound.instant), Day(bound.instant));
    case Bound::Kind::kNow:
      return Text("now", "nu");
    case Bound::Kind::kEvent: {
      const Bilingual event = EventText(program, bound.event, leaf);
      if (!bound.shift) return event;
      const Bilingual shift = PeriodText(*bound.shift);
      return (bound.before ? Text(shift.en + " before ", shift.sv + " före ")
                           : Text(shift.en + " after ", shift.sv + " efter ")) +
             event;
    }
    case Bound::Kind::kNone:
      break;
  }
  return Text("ever", "någonsin");
}

// All but the event itself: "within 30 days after ".
Bilingual Relation(const TimeClause& clause) {
  using Kind = TimeClause::Kind;
  const Bilingual near = PeriodText(clause.near);
  const Bilingual far = PeriodText(clause.far);
  switch (clause.kind) {
    case Kind::kWithinAfter:
      return Text("within " + far.en + " after ", "inom " + far.sv + " efter ");
    case Kind::kWithinBefore:
      return Text("within " + far.en + " before ", "inom " + far.sv + " före ");
    case Kind::kWithinOf:
      return Text("within " + far.en + " of ", "inom " + far.sv + " från ");
    case Kind::kAtLeastBefore:
      return Text("at least " + near.en + " before ", "minst " + near.sv + " före ");
    case Kind::kAtLeastAfter:
      return Text("at least " + near.en + " after ", "minst " + near.sv + " efter ");
    case Kind::kBetweenBefore:
      return Text("between " + near.en + " and " + far.en + " before ",
                  "mellan " + near.sv + " och " + far.sv + " före ");
    case Kind::kBetweenAfter:
      return Text("between " + near.en + " and " + far.en + " after ",
                  "mellan " + near.sv + " och " + far.sv + " efter ");
    case Kind::kBefore:
      return Text("before ", "före ");
    case Kind::kAfter:
      return Text("after ", "efter ");
    case Kind::kOnOrBefore:
      return Text("on or before ", "senast samma dag som ");
    case Kind::kOnOrAfter:
      return Text("on or after ", "tidigast samma dag som ");
    case Kind::kOnSameDay:
      return Text("on the same day as ", "samma dag som ");
    case Kind::kDuring:
      return Text("during ", "under ");
    case Kind::kOverlapping:
      return Text("overlapping ", "samtidigt med ");
    default:
      return {};
  }
}

}  // namespace

Bilingual EventText(const Program& program, EventIndex event, const Leaf& leaf) {
  const std::string date = DateOf(leaf, event);
  return Noun(program, event) + Text(date, date);
}

Bilingual EventClauseText(const Program& program, const TimeClause& clause, const Leaf& leaf) {
  const Bilingual side = SideWords(clause.side);
  if (clause.kind == TimeClause::Kind::kSpan) {
    const Bilingual from = BoundWords(program, clause.from_bound, leaf);
    const Bilingual to = BoundWords(program, clause.to_bound, leaf);
    return side + Text("from " + from.en + " to " + to.en, "från " + from.sv + " till " + to.sv);
  }
  return side + Relation(clause) + EventText(program, clause.event, leaf);
}

}  // namespace medverka::criteria::internal

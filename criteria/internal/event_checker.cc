// Events, and the times that count from them.
#include <algorithm>

#include "criteria/diagnostic_codes.h"
#include "criteria/internal/cursor.h"
#include "criteria/internal/field_checker.h"
#include "criteria/internal/term_checker.h"
#include "criteria/internal/walk.h"
#include "criteria/internal/window_checker.h"

namespace medverka::criteria::internal {

using Type = ast::EventTerm::Type;

void TermChecker::CheckEvent(const ast::Event& event) {
  if (event.body) Event(*event.body, {}, module_);
}

void TermChecker::Event(const ast::EventTerm& event, const Inherited& outer, Module& home) {
  if (!Here(home)) {
    if (const NamedEvent* found =
            event.type == Type::kName ? scope_.FindEvent(event.name.text) : nullptr)
      used_.events.insert(found->declaration);
    return;
  }
  switch (event.type) {
    case Type::kName:
      if (const NamedEvent* found = scope_.FindEvent(event.name.text))
        used_.events.insert(found->declaration);
      else if (!scope_.names_lost())
        UnknownEvent(event.name);
      return;
    case Type::kIt:
      if (outer.candidate != nullptr) return;
      Report(DiagnosticCode::kWhere, event.span, "\"it\" stands in no \"where\" here",
             "\"it\" is the candidate of the \"where\" around it.");
      return;
    case Type::kBirth:
    case Type::kCurrentVisit:
      return;
    case Type::kVisitOf: {
      Event(*event.of, outer, home);
      const Type of = Behind(*event.of, scope_).type;
      const bool fact = of == Type::kChoice || of == Type::kIt || of == Type::kName ||
                        of == Type::kVisitOf || of == Type::kCurrentVisit;
      if (!fact)
        Report(DiagnosticCode::kEventDoesNotFit, event.of->span,
               "only a fact has a visit; this is a point or a period of time",
               "Name the fact itself: visit of operation");
      return;
    }
    case Type::kStartOf:
    case Type::kEndOf:
    case Type::kShifted:
      Event(*event.of, outer, home);
      return;
    case Type::kPeriod:
      CheckPoint(event.from, outer, home);
      CheckPoint(event.to, outer, home);
      if (event.from.type == ast::Point::Type::kDate && event.to.type == ast::Point::Type::kDate &&
          event.to.date.hi < event.from.date.lo) {
        Report(DiagnosticCode::kUpsideDown, event.span, "this period ends before it begins",
               "The earlier date stands first.");
      }
      return;
    case Type::kChoice:
      Choice(event, home);
      return;
  }
}

// What an event chooses is a query of its own: nothing around it speaks for it.
void TermChecker::Choice(const ast::EventTerm& event, Module& home) {
  const ast::FactTerm* fact = ChoiceOf(event);
  if (fact == nullptr) return;
  const bool one = !fact->no && !fact->different && !fact->consecutive &&
                   (fact->selector == Selector::kAny || fact->selector == Selector::kFirst ||
                    fact->selector == Selector::kLatest || fact->selector == Selector::kLowest ||
                    fact->selector == Selector::kHighest);
  if (!one) {
    Report(
        DiagnosticCode::kWhichOne,
        fact->selector_span.end > fact->selector_span.begin ? fact->selector_span : fact->kind_span,
        fact->no ? "an event is something that is there"
                 : "it is not said which one of them is the event",
        "Write first, latest, lowest, highest or any before the kind.");
    return;
  }
  const bool excluding = excluding_;
  excluding_ = false;
  Fact(*event.choice, *fact, {}, home, /*chooses=*/true);
  excluding_ = excluding;
}

void TermChecker::UnknownEvent(const ast::Name& name) {
  std::string hint = scope_.DidYouMeanEvent(name.text);
  if (scope_.FindDefinition(name.text) != nullptr)
    hint = "There is a definition of this name, but times count from events. Use \"event\".";
  if (hint.empty() && scope_.FindSet(name.text) != nullptr) {
    hint = fmt::format("There is a set of codes of this name. Make an event: event {} : latest ...",
                       name.text);
  }
  Report(DiagnosticCode::kUnknownName, name.span,
         fmt::format("there is no event {}", Quoted(name.text)),
         hint.empty() ? fmt::format("Make one: event {} : latest procedure \"...\"", name.text)
                      : hint);
}

bool TermChecker::IsVisit(const ast::EventTerm& event, const Inherited& outer) const {
  const ast::EventTerm& behind = Behind(event, scope_);
  if (behind.type == Type::kCurrentVisit || behind.type == Type::kVisitOf) return true;
  if (behind.type == Type::kName) return true;  // not known: told already
  if (behind.type == Type::kIt)
    return outer.candidate == nullptr || outer.candidate->kind == FactKind::kVisit;
  const ast::FactTerm* choice = ChoiceOf(behind);
  return choice != nullptr && choice->kind == FactKind::kVisit;
}

// ---- events as terms

void TermChecker::EventAsTerm(const ast::Expr& expr, const ast::NameTerm& term,
                              const NamedEvent& found, const Inherited& outer, Module& home) {
  used_.events.insert(found.declaration);
  if (!found.declaration->body || !scope_.Usable(found.declaration)) return;
  const ast::EventTerm& behind = Behind(*found.declaration->body, scope_);
  const ast::FactTerm* choice = ChoiceOf(behind);
  const bool visit = behind.type == Type::kCurrentVisit || behind.type == Type::kVisitOf;
  if (choice == nullptr && !visit) {
    if (Here(home) && behind.type != Type::kName)
      Report(DiagnosticCode::kEventDoesNotFit, term.name.span,
             fmt::format("{} is a point or a period of time, neither true nor false",
                         Quoted(term.name.text)),
             "Count from it: ... within 30 days after " + term.name.text);
    return;
  }
  const FactKind kind = choice != nullptr ? choice->kind : FactKind::kVisit;
  if (Here(home) && term.test) {
    if (!HasValue(kind)) {
      Report(DiagnosticCode::kKindHasNoValue, term.test->span,
             fmt::format("{} has no value that could be tested", With(criteria::Name(kind))),
             "Only observations and their components have values.");
    } else {
      const ast::Items& measured = choice->component ? choice->components : choice->sets;
      if (const auto sets = sets_.Resolve(measured, found.home->source, found.home->reporter))
        TestOn(*term.test, measured, *sets);
    }
  }
  const bool own = choice != nullptr && HasWindow(behind.choice->times);
  Inherited times = outer;
  if (own) times.times = nullptr;
  Times(expr, times, home, kind, false, {});
}

void TermChecker::CandidateAsTerm(const ast::Expr& expr, const ast::NameTerm& term,
                                  const Inherited& outer, Module& home) {
  if (!Here(home)) return;
  if (outer.candidate == nullptr) {
    Report(DiagnosticCode::kWhere, term.name.span, "\"it\" stands in no \"where\" here",
           "\"it\" is the candidate of the \"where\" around it.");
    return;
  }
  const ast::FactTerm& candidate = *outer.candidate;
  if (!term.test) {
    Report(DiagnosticCode::kWhere, expr.span, "\"it\" is always there",
           "Say what is asked of it: it >= 5 mmol/L, or something before or after it.");
    return;
  }
  if (!HasValue(candidate.kind)) {
    Report(
        DiagnosticCode::kKindHasNoValue, term.test->span,
        fmt::format("{} has no value that could be tested", With(criteria::Name(candidate.kind))),
        "Only observations and their components have values.");
    return;
  }
  const ast::Items& measured = candidate.component ? candidate.components : candidate.sets;
  if (const auto sets = sets_.Resolve(measured, module_.source, module_.reporter))
    TestOn(*term.test, measured, *sets);
}

// ---- times

void TermChecker::CheckPoint(const ast::Point& point, const Inherited& outer, Module& home) {
  if (point.type == ast::Point::Type::kEvent && point.event) Event(*point.event, outer, home);
}

void TermChecker::CheckTime(const ast::Time& time, const Inherited& outer, Module& home) {
  if (time.event) Event(*time.event, outer, home);
  CheckPoint(time.from, outer, home);
  CheckPoint(time.to, outer, home);
}

void TermChecker::Times(const ast::Expr& expr, const Inherited& outer, Module& home, FactKind kind,
                        bool current, Countable countable) {
  if (Here(home)) {
    for (const ast::Time& time : expr.times) CheckTime(time, outer, home);
  }
  std::vector<const ast::Time*> windows;
  for (const TimeAt& at : TimesOf(expr, outer, home)) {
    if (!Here(*at.home)) continue;
    const ast::Time& time = *at.time;
    if (IsWindow(time)) {
      windows.push_back(&time);
      continue;
    }
    const bool binds =
        countable.count || (countable.change && time.shape != ast::Time::Shape::kDifferentDays);
    if (binds) continue;
    Report(DiagnosticCode::kNothingToCount, time.span,
           "there is no count here whose facts this could tell apart",
           "It says how counted facts lie to one another: at least 2 visits at least 7 days "
           "apart.");
  }
  CheckWindows(windows, kind, current, module_.source, module_.reporter);
}

}  // namespace medverka::criteria::internal

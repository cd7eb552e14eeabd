// Evaluation: who is looked at by which studies, what the verdicts mean for the ledger, and what is
// put out.
#include <algorithm>
#include <utility>

#include "matcher/lane_impl.h"

namespace medverka::matcher {

using base::Instant;
using criteria::StudyVerdict;

namespace {

void KeepEarliest(std::optional<Instant>& earliest, std::optional<Instant> candidate, Instant now) {
  if (!candidate || *candidate <= now) return;
  if (!earliest || *candidate < *earliest) earliest = candidate;
}

}  // namespace

base::Result<void> Lane::Impl::EvaluateTouched(const Cause& cause) {
  const Patients::Touched touched = patients_.TakeTouched();
  MEDVERKA_TRY(patients_.Send(touched.names, effects_.moves));
  if (!log_time_ || !options_.evaluate) return {};
  // In order of keys: a person to look at, or a name that is no subject of its own (any more).
  struct Task {
    std::optional<Person> person;
    StudySet studies;
    PersonKey into;
  };
  std::map<PersonKey, Task> tasks;
  for (const PersonKey& name : touched.names) {
    const auto readers = must_look_.find(name);
    const bool changed = touched.changed.contains(name);
    if (!changed && (readers == must_look_.end() || readers->second.empty())) continue;
    Person person = patients_.PersonOf(name);
    const PersonKey key = person.key;
    for (const PersonKey& other : person.names) {
      if (other != key && touched.relinked.contains(other)) tasks[other].into = key;
    }
    Task& task = tasks[key];
    task.person = std::move(person);
    task.studies.Add(changed ? StudySet::All() : readers->second);
  }
  for (const auto& [key, task] : tasks) {
    if (task.person) {
      MEDVERKA_TRY(Evaluate(*task.person, task.studies, cause));
    } else {
      MEDVERKA_TRY(WithdrawMerged(key, task.into, cause));
    }
  }
  return {};
}

base::Result<void> Lane::Impl::EvaluateAll(const Cause& cause) {
  patients_.TakeTouched();
  if (!options_.evaluate) return {};
  MEDVERKA_ASSIGN(const std::vector<Person> everybody, patients_.All());
  for (const Person& person : everybody) {
    MEDVERKA_TRY(Evaluate(person, StudySet::All(), cause));
    patients_.Trim();
  }
  return {};
}

base::Result<void> Lane::Impl::Evaluate(const Person& person, const StudySet& studies,
                                        const Cause& cause) {
  // Another lane suggests for this person, under the same key.
  if (!patients_.IsHere(person)) return WithdrawMerged(person.key, person.key, cause);
  const Timed timed(options_.stopwatch, &Stopwatch::TookEvaluating);
  MEDVERKA_ASSIGN(const bool exists, patients_.Gather(person, gathered_));
  MEDVERKA_ASSIGN(SubjectLedger ledger, ledger_.Of(person.key));
  Visit visit{person, gathered_, std::move(ledger), false, cause};
  std::optional<Instant> look_again;
  if (exists) {
    WithdrawRemoved(visit);
    Watches::Watch* watch = watches_.Find(person.key);
    const bool all = watch == nullptr || studies.all();
    if (watch == nullptr)
      watch = &watches_.Remember(person.key, {std::vector<Watches::Stand>(evaluators_.size())});
    watch->linked = gathered_.linked;
    for (std::size_t i = 0; i < evaluators_.size(); ++i) {
      Watches::Stand& stand = watch->stands[i];
      if (all || studies.Contains(i)) stand = Judge(visit, evaluators_[i]);
      KeepEarliest(look_again, stand.look_again, *log_time_);
    }
  } else {
    WithdrawAll(visit, Withdrawal::kPatientRemoved, std::nullopt);
    watches_.Forget(person.key);
  }
  if (visit.ledger_changed) ledger_.Set(person.key, visit.ledger);
  timers_.Set(person.key, look_again);
  return {};
}

Watches::Stand Lane::Impl::Judge(Visit& visit, const criteria::Evaluator& evaluator) {
  const criteria::Program& program = evaluator.program();
  const criteria::PatientView& view = visit.known.view;
  const auto held = visit.ledger.find(program.study.id);
  const bool is_open = held != visit.ledger.end() && held->second.open;
  const Suppression suppression = Suppress({&view, visit.known.decisions}, program.study,
                                           *log_time_, options_.assume_recruiting);
  Watches::Stand stand;
  KeepEarliest(stand.look_again, suppression.until, *log_time_);
  if (suppression.reason != Withdrawal::kNone) {
    stand.reads = Watches::kNothing;
    if (!is_open) return stand;
    Withdraw(held->second, suppression.reason);
    const StudyVerdict verdict =
        evaluator.Evaluate(view, *log_time_, {.explain = true, .grade_only = false});
    CountVerdict(verdict);
    Emit(visit, program, held->second, Transition::kWithdrawn, &verdict);
    return stand;
  }
  // What an open suggestion rests on must be known whole; of others the grade is enough.
  StudyVerdict verdict =
      evaluator.Evaluate(view, *log_time_, {.explain = false, .grade_only = !is_open});
  if (!is_open && !program.cohorts.empty() && Fits(verdict.grade, program.study.suggest_when)) {
    // A suggestion names cohorts, which the grade alone does not say.
    verdict = evaluator.Evaluate(view, *log_time_);
  }
  CountVerdict(verdict);
  LedgerEntry entry = held != visit.ledger.end() ? held->second : LedgerEntry();
  if (verdict.blocker && !is_open) stand.reads = static_cast<std::uint32_t>(*verdict.blocker);
  const Transition transition = Move(entry, program, verdict);
  KeepEarliest(stand.look_again, verdict.changes_at, *log_time_);
  if (entry.open) {
    // What an open suggestion says of each criterion is kept true, not only its grade.
    for (const criteria::CriterionVerdict& criterion : verdict.criteria) {
      KeepEarliest(stand.look_again, criterion.until, *log_time_);
    }
  }
  if (transition == Transition::kNone) return stand;
  visit.ledger[program.study.id] = entry;
  const StudyVerdict explained =
      evaluator.Evaluate(view, *log_time_, {.explain = true, .grade_only = false});
  Emit(visit, program, entry, transition, &explained);
  return stand;
}

base::Result<void> Lane::Impl::Reconcile(std::string_view subject, std::string_view study,
                                         const LastSaid& last) {
  const std::optional<PersonKey> key = PersonKeyFromHex(subject);
  if (!key || !log_time_) return {};
  MEDVERKA_ASSIGN(SubjectLedger ledger, ledger_.Of(*key));
  LedgerEntry& entry = ledger[std::string(study)];
  const auto now = std::pair(entry.episode, entry.transitions);
  const auto said = std::pair(last.episode, last.transitions);
  // As many transitions may have been others: changed the second time, withdrawn the first.
  if (now > said || (now == said && entry.open == last.open)) return {};
  entry.episode = last.episode;
  entry.transitions = last.transitions;
  const Person person = patients_.PersonOf(*key);
  Patients::Gathered known;
  if (entry.open) MEDVERKA_TRY(patients_.Gather(person, known));
  Visit visit{person, known, {}, false, {Cause::Kind::kTimer, 0}};
  const auto evaluator = std::find_if(evaluators_.begin(), evaluators_.end(), [&](const auto& one) {
    return one.program().study.id == study;
  });
  if (entry.open && evaluator != evaluators_.end()) {
    if (last.open) {
      ++entry.transitions;
    } else {
      ++entry.episode;
      entry.transitions = 1;
    }
    const StudyVerdict verdict =
        evaluator->Evaluate(known.view, *log_time_, {.explain = true, .grade_only = false});
    Emit(visit, evaluator->program(), entry,
         last.open ? Transition::kChanged : Transition::kSuggested, &verdict);
  } else if (!entry.open && last.open) {
    ++entry.transitions;
    if (entry.last_reason == Withdrawal::kNone) entry.last_reason = Withdrawal::kBelowGrade;
    Emit(visit, ProgramOf(std::string(study)), entry, Transition::kWithdrawn, nullptr);
  }
  ledger_.Set(*key, ledger);
  return {};
}

const criteria::Program& Lane::Impl::ProgramOf(const std::string& study) {
  for (const std::vector<ProgramPtr>* programs : {&catalogue_.live(), &catalogue_.removed()}) {
    for (const ProgramPtr& program : *programs) {
      if (program->study.id == study) return *program;
    }
  }
  // Removed while nothing was evaluated: only its id is left to say.
  criteria::Program& stand_in = stand_ins_[study];
  stand_in.study.id = study;
  return stand_in;
}

void Lane::Impl::WithdrawRemoved(Visit& visit) {
  for (auto& [study, entry] : visit.ledger) {
    if (catalogue_.IsLive(study) || Withdraw(entry, Withdrawal::kStudyRemoved) == Transition::kNone)
      continue;
    Emit(visit, ProgramOf(study), entry, Transition::kWithdrawn, nullptr);
  }
}

void Lane::Impl::WithdrawAll(Visit& visit, Withdrawal reason,
                             std::optional<PersonKey> merged_into) {
  for (auto& [study, entry] : visit.ledger) {
    if (Withdraw(entry, reason) == Transition::kNone) continue;
    Emit(visit, ProgramOf(study), entry, Transition::kWithdrawn, nullptr, merged_into);
  }
}

base::Result<void> Lane::Impl::WithdrawMerged(const PersonKey& name, const PersonKey& into,
                                              const Cause& cause) {
  MEDVERKA_ASSIGN(SubjectLedger ledger, ledger_.Of(name));
  const Person nobody{name, {}, false};
  const Patients::Gathered nothing;
  Visit visit{nobody, nothing, std::move(ledger), false, cause};
  WithdrawAll(visit, Withdrawal::kMerged, into);
  watches_.Forget(name);
  if (visit.ledger_changed) ledger_.Set(name, visit.ledger);
  timers_.Set(name, std::nullopt);
  return {};
}

void Lane::Impl::Emit(Visit& visit, const criteria::Program& program, const LedgerEntry& entry,
                      Transition transition, const StudyVerdict* verdict,
                      std::optional<PersonKey> merged_into) {
  visit.ledger_changed = true;
  counters_.suggested += transition == Transition::kSuggested ? 1 : 0;
  counters_.changed += transition == Transition::kChanged ? 1 : 0;
  counters_.withdrawn += transition == Transition::kWithdrawn ? 1 : 0;
  SuggestionRecord record;
  record.subject = visit.person.key;
  record.program = &program;
  record.entry = &entry;
  record.transition = transition;
  record.verdict = verdict;
  record.region = visit.known.view.demographics.region;
  record.merged_into = merged_into;
  record.log_time = *log_time_;
  record.catalogue_version = catalogue_.version();
  record.partition = options_.partition;
  record.cause = visit.cause;
  effects_.suggestions.push_back(RenderSuggestion(record));
}

// The subject meets the studies that it has not met yet. Its other studies were looked at before,
// and its timer stands for them.
base::Result<void> Lane::Impl::EvaluateBackfilled(const Person& person) {
  // Somebody who is watched was judged by every study since the catalogue came.
  if (watches_.Find(person.key) != nullptr) return {};
  if (!patients_.IsHere(person)) return {};
  MEDVERKA_ASSIGN(const bool exists, patients_.Gather(person, gathered_));
  if (!exists) return {};
  MEDVERKA_ASSIGN(SubjectLedger ledger, ledger_.Of(person.key));
  Visit visit{person, gathered_, std::move(ledger), false, {Cause::Kind::kCatalogue, 0}};
  std::optional<Instant> look_again = timers_.Of(person.key);
  WithdrawRemoved(visit);
  for (const criteria::Evaluator& evaluator : evaluators_) {
    if (!backfill_.studies().contains(evaluator.program().study.id)) continue;
    KeepEarliest(look_again, Judge(visit, evaluator).look_again, *log_time_);
  }
  if (visit.ledger_changed) ledger_.Set(person.key, visit.ledger);
  timers_.Set(person.key, look_again);
  return {};
}

}  // namespace medverka::matcher

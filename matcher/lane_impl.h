// What a lane is made of. For lane.cc (opening, catalogues, input, commits) and lane_evaluation.cc
// (who is looked at, and what is said of it) only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matcher/catalogue/backfill.h"
#include "matcher/catalogue/catalogue.h"
#include "matcher/lane.h"
#include "matcher/ledger.h"
#include "matcher/limits.h"
#include "matcher/marker.h"
#include "matcher/patient/patients.h"
#include "matcher/store/hand_over_store.h"
#include "matcher/suggestion_record.h"
#include "matcher/timers.h"
#include "matcher/watches.h"

namespace medverka::matcher {

// Tells the stopwatch, where there is one, how long its scope took.
class Timed {
 public:
  Timed(Stopwatch* stopwatch, void (Stopwatch::*tell)(double))
      : stopwatch_(stopwatch), tell_(tell), begun_(stopwatch ? stopwatch->Seconds() : 0) {}
  ~Timed() {
    if (stopwatch_ != nullptr) (stopwatch_->*tell_)(stopwatch_->Seconds() - begun_);
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  Stopwatch* const stopwatch_;
  void (Stopwatch::*const tell_)(double);
  const double begun_;
};

class Lane::Impl {
 public:
  Impl(std::unique_ptr<Store> store, LaneOptions options)
      : store_(std::move(store)),
        options_(std::move(options)),
        hasher_(options_.subject_key_id, options_.subject_key),
        reader_(vocabulary_, hasher_),
        patients_(*store_, vocabulary_, hasher_,
                  options_.hot_patient_bytes_max == 0 ? kHotPatientBytesMax
                                                      : options_.hot_patient_bytes_max,
                  {options_.partition, options_.partitions, options_.keyed_by_subject}),
        ledger_(*store_),
        catalogue_(*store_) {}

  base::Result<void> Load(std::vector<PublishedStudy> studies, std::vector<std::string> unusable);
  base::Result<void> Apply(std::string_view bytes, RecordPlace place,
                           std::optional<base::Instant> clock);
  base::Result<void> Apply(const InputRecord& input, std::optional<base::Instant> clock);
  base::Result<void> ApplyMove(const InputRecord& input, std::optional<base::Instant> clock);
  base::Result<void> SetCatalogue(CatalogueInput input);
  base::Result<void> RunBackfill(std::size_t subjects_max);
  BackfillProgress Progress() const { return {backfill_.done(), backfill_.total()}; }
  base::Result<void> Reconcile(std::string_view subject, std::string_view study,
                               const LastSaid& last);
  base::Result<void> MoveTo(base::Instant log_time, const Cause& cause);
  base::Result<void> Commit(const InputPositions& positions);
  base::Result<base::Digest> StateHash();
  base::Result<std::vector<OpenSuggestion>> OpenSuggestions() const;
  base::Result<criteria::PatientView> View(const PersonKey& subject);
  const LaneCounters& Counters();

  Patients& patients() { return patients_; }
  const std::vector<criteria::Evaluator>& evaluators() const { return evaluators_; }
  const Marker& marker() const { return marker_; }
  const Committed& committed() const { return committed_; }
  const JournalReader& reader() const { return reader_; }
  JournalReader& reader() { return reader_; }
  std::uint64_t catalogue_version() const { return catalogue_.version(); }
  base::Instant log_time() const { return log_time_.value_or(base::Instant{0}); }
  bool knows_log_time() const { return log_time_.has_value(); }
  Effects TakeEffects() { return std::exchange(effects_, {}); }

 private:
  // A subject while it is looked at.
  struct Visit {
    const Person& person;
    const Patients::Gathered& known;
    SubjectLedger ledger;
    bool ledger_changed = false;
    Cause cause;
  };

  base::Result<void> CheckMarker() const;
  void NoteCommit(const base::Digest& before, const Marker& marker);
  bool MustEvaluateAll() const;
  base::Result<void> LoadCatalogue(std::vector<PublishedStudy> studies,
                                   const std::vector<std::string>& unusable);
  void MakeEvaluators();
  void Count(const ReadRecord& record, std::string_view topic, RecordPlace place);
  base::Instant NotInFuture(base::Instant stamp, std::optional<base::Instant> clock);
  base::Result<void> Take(const Cause& cause, std::optional<base::Instant> clock);
  base::Result<bool> WasEverMade(const NamedSuggestion& named);
  base::Result<void> EvaluateTouched(const Cause& cause);
  base::Result<void> EvaluateAll(const Cause& cause);
  base::Result<void> Evaluate(const Person& person, const StudySet& studies, const Cause& cause);
  Watches::Stand Judge(Visit& visit, const criteria::Evaluator& evaluator);
  base::Result<void> EvaluateBackfilled(const Person& person);
  void WithdrawRemoved(Visit& visit);
  void WithdrawAll(Visit& visit, Withdrawal reason, std::optional<PersonKey> merged_into);
  base::Result<void> WithdrawMerged(const PersonKey& name, const PersonKey& into,
                                    const Cause& cause);
  const criteria::Program& ProgramOf(const std::string& study);
  void CountVerdict(const criteria::StudyVerdict& verdict) {
    ++counters_.evaluations;
    ++counters_.verdicts[static_cast<std::size_t>(verdict.grade)];
  }
  void Emit(Visit& visit, const criteria::Program& program, const LedgerEntry& entry,
            Transition transition, const criteria::StudyVerdict* verdict,
            std::optional<PersonKey> merged_into = std::nullopt);

  std::unique_ptr<Store> store_;
  LaneOptions options_;
  criteria::Vocabulary vocabulary_;
  SubjectHasher hasher_;
  JournalReader reader_;
  ReadRecord record_;
  Patients patients_;
  Patients::Gathered gathered_;
  Ledger ledger_;
  Timers timers_;
  Catalogue catalogue_;
  matcher::Backfill backfill_;
  std::vector<criteria::Evaluator> evaluators_;
  std::map<std::string, criteria::Program> stand_ins_;
  Marker marker_;  // of the last commit
  Committed committed_;
  // None: no input has said what time it is, so nothing is evaluated yet.
  std::optional<base::Instant> log_time_;
  Effects effects_;
  LaneCounters counters_;
  Watches watches_;
  // Names about whom the record says something new that some studies read.
  std::map<PersonKey, StudySet> must_look_;
};

}  // namespace medverka::matcher

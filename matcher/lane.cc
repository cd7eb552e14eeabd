// The lane's one step. A record or a tick moves log time; what is due on the way is looked at
// again, each at its own instant; then the record takes effect and the persons it touched are
// evaluated, study by study.
//
// Nothing here depends on when a commit happens or on what is held in memory: evaluation follows
// each record, and all that outlives it (records of patients, rows, shelves, ledger, timers, log
// time) goes through the tables.
#include "matcher/lane.h"

#include <algorithm>
#include <set>
#include <utility>

#include "matcher/catalogue/backfill.h"
#include "matcher/catalogue/catalogue.h"
#include "matcher/ledger.h"
#include "matcher/limits.h"
#include "matcher/marker.h"
#include "matcher/patient/patients.h"
#include "matcher/store/hand_over_store.h"
#include "matcher/suggestion_record.h"
#include "matcher/timers.h"
#include "matcher/watches.h"
#include "ops/base/check.h"

namespace medverka::matcher {

using base::ErrorCode;
using base::Fail;
using base::Instant;
using criteria::StudyVerdict;

namespace {

constexpr std::string_view kKeyCheckText = "medverka.key-check.v1";
constexpr std::size_t kHashChunkBytes = 1024 * 1024;

// SHA-256 over a long sequence of texts: whenever a chunk is full, its hash takes its place.
class LongHash {
 public:
  void Add(std::string_view text) {
    chunk_.String(text);
    if (chunk_.bytes().size() < kHashChunkBytes) return;
    const base::Digest digest = base::Sha256(chunk_.bytes());
    chunk_ = {};
    chunk_.Raw(base::AsBytes(digest));
  }
  base::Digest Take() const { return base::Sha256(chunk_.bytes()); }

 private:
  base::ByteWriter chunk_;
};

void KeepEarliest(std::optional<Instant>& earliest, std::optional<Instant> candidate, Instant now) {
  if (!candidate || *candidate <= now) return;
  if (!earliest || *candidate < *earliest) earliest = candidate;
}

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

// Does some criterion search in the texts of reports?
bool ReadsReportTexts(const criteria::Evaluator& evaluator) {
  const criteria::Program& program = evaluator.program();
  return std::any_of(program.texts.begin(), program.texts.end(),
                     [&](const criteria::TextQuery& text) {
                       return program.queries[text.query].kind == criteria::FactKind::kReport;
                     });
}

bool IsBlank(std::string_view bytes) {
  return bytes.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Serialisers that ask a schema registry put a zero byte and the schema's id, four bytes, before
// the JSON.
std::string_view WithoutSchemaId(std::string_view bytes) {
  constexpr std::size_t kSchemaIdBytes = 5;
  const bool has_one = bytes.size() > kSchemaIdBytes && bytes.front() == '\0';
  return has_one ? bytes.substr(kSchemaIdBytes) : bytes;
}

}  // namespace

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
  base::Result<void> Apply(std::string_view bytes, RecordPlace place, std::optional<Instant> clock);
  base::Result<void> Apply(const InputRecord& input, std::optional<Instant> clock);
  base::Result<void> ApplyMove(const InputRecord& input, std::optional<Instant> clock);
  base::Result<void> SetCatalogue(CatalogueInput input);
  base::Result<void> RunBackfill(std::size_t subjects_max);
  BackfillProgress Progress() const { return {backfill_.done(), backfill_.total()}; }
  base::Result<void> Reconcile(std::string_view subject, std::string_view study,
                               const LastSaid& last);
  base::Result<void> MoveTo(Instant log_time, const Cause& cause);
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
  Instant log_time() const { return log_time_.value_or(Instant{0}); }
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
  Instant NotInFuture(Instant stamp, std::optional<Instant> clock);
  base::Result<void> Take(const Cause& cause, std::optional<Instant> clock);
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
  void CountVerdict(const StudyVerdict& verdict) {
    ++counters_.evaluations;
    ++counters_.verdicts[static_cast<std::size_t>(verdict.grade)];
  }
  void Emit(Visit& visit, const criteria::Program& program, const LedgerEntry& entry,
            Transition transition, const StudyVerdict* verdict,
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
  std::optional<Instant> log_time_;
  Effects effects_;
  LaneCounters counters_;
  Watches watches_;
  // Names about whom the record says something new that some studies read.
  std::map<PersonKey, StudySet> must_look_;
};

// ---- opening

base::Result<void> Lane::Impl::CheckMarker() const {
  if (options_.only_looks) return {};
  if (marker_.key_check != hasher_.Hash(kKeyCheckText)) {
    return Fail(ErrorCode::kInvalidArgument,
                "The state was written with another subject key: nobody in it would be recognised. "
                "Give the key it was made with, or another state directory.");
  }
  if (marker_.partition != options_.partition) {
    return Fail(ErrorCode::kInvalidArgument,
                "The state belongs to partition {}, not {}. Give each partition its own directory.",
                marker_.partition, options_.partition);
  }
  return {};
}

bool Lane::Impl::MustEvaluateAll() const {
  const bool left_over = backfill_.under_way() && !options_.background_backfill;
  return catalogue_.changed() || left_over || marker_.engine != MEDVERKA_VERSION ||
         marker_.assume_recruiting != options_.assume_recruiting || !marker_.evaluates;
}

base::Result<void> Lane::Impl::Load(std::vector<PublishedStudy> studies,
                                    std::vector<std::string> unusable) {
  MEDVERKA_ASSIGN(const std::optional<std::string> marker, store_->Get(Room::kMeta, kMarkerKey));
  if (marker) {
    MEDVERKA_ASSIGN(marker_, DecodeMarker(*marker));
    MEDVERKA_TRY(CheckMarker());
    NoteCommit({}, marker_);
  } else {
    bool empty = true;
    for (std::size_t room = 0; room < kRooms && empty; ++room) {
      MEDVERKA_TRY(store_->Scan(static_cast<Room>(room), "",
                                [&](std::string_view, std::string_view) { return empty = false; }));
    }
    if (!empty) {
      return Fail(ErrorCode::kCorruption, "The state has no marker of its last commit.");
    }
  }
  log_time_ = marker_.log_time;
  MEDVERKA_TRY(patients_.Load());
  backfill_.Expect(patients_.PersonsAbout());
  MEDVERKA_TRY(timers_.Load(*store_));
  MEDVERKA_TRY(LoadCatalogue(std::move(studies), unusable));
  if (!marker || !log_time_ || !MustEvaluateAll()) return {};
  if (options_.background_backfill) {
    if (options_.evaluate) backfill_.AddAll();
    return {};
  }
  MEDVERKA_TRY(EvaluateAll({Cause::Kind::kCatalogue, 0}));
  if (options_.evaluate && backfill_.under_way()) backfill_.Advance(0, std::nullopt);
  return {};
}

base::Result<void> Lane::Impl::LoadCatalogue(std::vector<PublishedStudy> studies,
                                             const std::vector<std::string>& unusable) {
  MEDVERKA_TRY(backfill_.Load(*store_));
  if (options_.background_backfill) {
    MEDVERKA_CHECK(studies.empty());
    MEDVERKA_ASSIGN(catalogue_, Catalogue::OpenStored(*store_));
    MEDVERKA_TRY(
        catalogue_.RememberRemoved({backfill_.studies().begin(), backfill_.studies().end()}));
  } else {
    std::vector<ProgramPtr> programs;
    for (PublishedStudy& study : studies) programs.push_back(std::move(study.program));
    MEDVERKA_ASSIGN(catalogue_, Catalogue::Open(*store_, std::move(programs), unusable));
  }
  MakeEvaluators();
  return {};
}

// One per live program; those there already are for the same program stay.
void Lane::Impl::MakeEvaluators() {
  std::map<const criteria::Program*, criteria::Evaluator> held;
  for (criteria::Evaluator& evaluator : evaluators_) {
    const criteria::Program* const program = &evaluator.program();
    held.emplace(program, std::move(evaluator));
  }
  evaluators_.clear();
  for (const ProgramPtr& program : catalogue_.live()) {
    const auto found = held.find(program.get());
    if (found != held.end()) {
      evaluators_.push_back(std::move(found->second));
    } else {
      evaluators_.emplace_back(program, vocabulary_);
    }
  }
  reader_.KeepReportTexts(std::any_of(evaluators_.begin(), evaluators_.end(), ReadsReportTexts));
  watches_.Clear();
  stand_ins_.clear();
}

// ---- catalogues from outside

base::Result<void> Lane::Impl::SetCatalogue(CatalogueInput input) {
  MEDVERKA_CHECK(options_.background_backfill);
  if (input.version < catalogue_.version()) return {};
  std::vector<ProgramPtr> programs;
  for (PublishedStudy& study : input.studies) programs.push_back(std::move(study.program));
  MEDVERKA_ASSIGN(const std::vector<std::string> changes,
                  catalogue_.Set(input.version, std::move(programs), input.unusable));
  if (changes.empty()) return {};
  MakeEvaluators();
  // Before log time is known nobody was ever looked at, and everybody will be.
  if (log_time_ && options_.evaluate) backfill_.Add(changes);
  backfill_.Expect(patients_.PersonsAbout());
  return {};
}

base::Result<void> Lane::Impl::RunBackfill(std::size_t subjects_max) {
  if (!backfill_.under_way() || !options_.evaluate || !log_time_) return {};
  MEDVERKA_ASSIGN(Patients::Stretch stretch,
                  patients_.After(backfill_.mark(), std::max<std::size_t>(subjects_max, 1)));
  for (const Person& person : stretch.persons) {
    patients_.Trim();
    if (backfill_.all()) {
      MEDVERKA_TRY(Evaluate(person, StudySet::All(), {Cause::Kind::kCatalogue, 0}));
    } else {
      MEDVERKA_TRY(EvaluateBackfilled(person));
    }
  }
  backfill_.Advance(stretch.persons.size(), stretch.up_to);
  return {};
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

// ---- input

void Lane::Impl::Count(const ReadRecord& record, std::string_view topic, RecordPlace place) {
  if (record.changes.empty() && record.feedback.empty() && record.dead.empty() &&
      record.passed_over.empty() && !record.stamp) {
    return;  // a blank line
  }
  ++counters_.records;
  for (const std::string_view type : record.passed_over) {
    const auto found = counters_.passed_over.find(type);
    if (found == counters_.passed_over.end()) {
      counters_.passed_over.emplace(std::string(type), 1);
    } else {
      ++found->second;
    }
  }
  for (const DeadLetter& dead : record.dead) {
    ++counters_.dead[static_cast<std::size_t>(dead.reason)];
    DeadLetterEvent event;
    event.topic = topic;
    event.offset = place.offset;
    event.line = place.line;
    event.entry = dead.entry;
    event.reason = dead.reason;
    event.element = dead.element;
    effects_.dead_letters.push_back(event);
  }
}

base::Result<void> Lane::Impl::Apply(std::string_view bytes, RecordPlace place,
                                     std::optional<Instant> clock) {
  patients_.Trim();
  record_.Clear();
  reader_.Read(bytes, record_);
  Count(record_, options_.topic, place);
  return Take({Cause::Kind::kRecord, place.offset, options_.topic, place.line}, clock);
}

base::Result<void> Lane::Impl::Apply(const InputRecord& input, std::optional<Instant> clock) {
  patients_.Trim();
  record_.Clear();
  std::optional<Timed> timed(std::in_place, options_.stopwatch, &Stopwatch::TookReading);
  const std::optional<std::string_view> value =
      input.value ? std::optional(WithoutSchemaId(*input.value)) : std::nullopt;
  if (input.attributes) {
    reader_.Read(*input.attributes, value, record_);
  } else if (!value) {
    record_.dead.push_back({DeadLetterReason::kNullValue, -1, ""});
  } else if (IsBlank(*value)) {  // a blank line of a file is nothing, a blank record is no JSON
    record_.dead.push_back({DeadLetterReason::kMalformedJson, -1, ""});
  } else {
    reader_.Read(*value, record_);
  }
  timed.reset();
  if (input.stamp) record_.stamp = input.stamp;
  Count(record_, input.topic, {input.offset, 0});
  return Take({Cause::Kind::kRecord, input.offset, input.topic}, clock);
}

base::Result<void> Lane::Impl::ApplyMove(const InputRecord& input, std::optional<Instant> clock) {
  patients_.Trim();
  const Cause cause{Cause::Kind::kRecord, input.offset, input.topic};
  record_.Clear();
  if (input.stamp) MEDVERKA_TRY(MoveTo(NotInFuture(*input.stamp, clock), cause));
  const std::optional<MovedPiece> piece = input.value ? DecodeMove(*input.value) : std::nullopt;
  bool sound = piece.has_value();
  if (sound) {
    MEDVERKA_ASSIGN(sound, patients_.Apply(*piece));
  }
  if (!sound) record_.dead.push_back({DeadLetterReason::kBadMove, -1, ""});
  Count(record_, input.topic, {input.offset, 0});
  must_look_.clear();
  return EvaluateTouched(cause);
}

Instant Lane::Impl::NotInFuture(Instant stamp, std::optional<Instant> clock) {
  if (!clock || stamp <= *clock + kFutureStampUsMax) return stamp;
  ++counters_.future_stamps;
  return *clock;
}

// What was read takes effect.
base::Result<void> Lane::Impl::Take(const Cause& cause, std::optional<Instant> clock) {
  if (record_.stamp) MEDVERKA_TRY(MoveTo(NotInFuture(*record_.stamp, clock), cause));
  for (const NamedSuggestion& named : record_.suggestions) {
    MEDVERKA_ASSIGN(const bool known, WasEverMade(named));
    if (known) continue;
    ++counters_.dead[static_cast<std::size_t>(DeadLetterReason::kUnknownSuggestion)];
    DeadLetterEvent event;
    event.topic = cause.topic;
    event.offset = cause.offset;
    event.line = cause.line;
    event.reason = DeadLetterReason::kUnknownSuggestion;
    event.element = "Feedback.suggestion";
    effects_.dead_letters.push_back(event);
  }
  must_look_.clear();
  for (ResourceChange& change : record_.changes) {
    if (change.person) {
      watches_.AddReaders(patients_.SubjectKeyOf(*change.person), change.resource, evaluators_,
                          must_look_[*change.person]);
    }
    MEDVERKA_TRY(patients_.Apply(std::move(change)));
  }
  for (const Feedback& feedback : record_.feedback) MEDVERKA_TRY(patients_.Apply(feedback));
  return EvaluateTouched(cause);
}

// Has any name of the person had this suggestion? An id may have the count of transitions behind
// it, as the events have.
base::Result<bool> Lane::Impl::WasEverMade(const NamedSuggestion& named) {
  const std::string_view id = std::string_view(named.id).substr(0, named.id.find('-'));
  const Person person = patients_.PersonOf(named.person);
  for (const PersonKey& name : person.names) {
    MEDVERKA_ASSIGN(const SubjectLedger ledger, ledger_.Of(name));
    for (const auto& [study, entry] : ledger) {
      if (study != named.study && !IsStudy(ProgramOf(study).study, named.study)) continue;
      for (std::uint64_t episode = entry.episode; episode > 0; --episode) {
        if (SuggestionId(name, study, episode) == id) return true;
      }
    }
  }
  return false;
}

base::Result<void> Lane::Impl::MoveTo(Instant log_time, const Cause& cause) {
  if (!log_time_) {
    // Until now no input knew the time. Whoever is there is looked at for the first time.
    log_time_ = log_time;
    return EvaluateAll(cause);
  }
  while (const std::optional<Timers::Timer> timer = timers_.Next()) {
    if (timer->due > log_time) break;
    log_time_ = std::max(*log_time_, timer->due);
    ++counters_.timers_fired;
    timers_.Set(timer->subject, std::nullopt);
    const Person person = patients_.PersonOf(timer->subject);
    MEDVERKA_CHECK(person.key == timer->subject);
    MEDVERKA_TRY(Evaluate(person, StudySet::All(), {Cause::Kind::kTimer, 0}));
    patients_.Trim();
  }
  log_time_ = std::max(*log_time_, log_time);
  return {};
}

// ---- evaluation

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
  if (std::pair(entry.episode, entry.transitions) >= std::pair(last.episode, last.transitions)) {
    return {};
  }
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

// ---- commit and answers

base::Result<void> Lane::Impl::Commit(const InputPositions& positions) {
  Marker next = marker_;
  next.format = kStoreFormat;
  next.engine = MEDVERKA_VERSION;
  next.partition = options_.partition;
  next.key_check = hasher_.Hash(kKeyCheckText);
  next.assume_recruiting = options_.assume_recruiting;
  next.evaluates = options_.evaluate;
  ++next.sequence;
  next.log_time = log_time_;
  next.catalogue_version = catalogue_.version();
  next.positions = positions;
  Batch batch(*store_);
  MEDVERKA_TRY(patients_.Write(batch, next.sequence));
  ledger_.table().Write(batch);
  timers_.Write(batch);
  catalogue_.Write(batch);
  backfill_.Write(batch);
  next.chain = ChainOf(marker_.chain, batch.digest());
  store_->Put(Room::kMeta, kMarkerKey, EncodeMarker(next));
  MEDVERKA_TRY(store_->Commit());
  NoteCommit(marker_.chain, next);
  marker_ = std::move(next);
  return {};
}

void Lane::Impl::NoteCommit(const base::Digest& before, const Marker& marker) {
  committed_ = {marker.sequence, before, marker.chain, marker.log_time, marker.catalogue_version};
}

base::Result<base::Digest> Lane::Impl::StateHash() {
  LongHash hash;
  const auto add = [&hash](std::string_view text) { hash.Add(text); };
  base::ByteWriter head;
  head.U8(log_time_ ? 1 : 0);
  head.Time(log_time());
  add(head.bytes());
  add(catalogue_.Canonical());
  MEDVERKA_TRY(patients_.ForHash(add));
  MEDVERKA_TRY(ledger_.table().Scan("", [&](std::string_view key, std::string_view value) {
    add(key);
    add(value);
  }));
  return hash.Take();
}

base::Result<std::vector<Lane::OpenSuggestion>> Lane::Impl::OpenSuggestions() const {
  std::vector<OpenSuggestion> open;
  MEDVERKA_TRY(ledger_.ForEach([&](const PersonKey& subject, const SubjectLedger& entries) {
    for (const auto& [study, entry] : entries) {
      if (!entry.open) continue;
      OpenSuggestion one;
      one.subject = subject;
      one.study = study;
      one.grade = entry.grade;
      one.digest = base::Hex(base::AsBytes(entry.digest));
      one.id = SuggestionId(subject, study, entry.episode);
      open.push_back(std::move(one));
    }
  }));
  return open;
}

base::Result<criteria::PatientView> Lane::Impl::View(const PersonKey& subject) {
  patients_.Trim();
  const Person person = patients_.PersonOf(subject);
  Patients::Gathered known;
  bool exists = person.key == subject;
  if (exists) {
    MEDVERKA_ASSIGN(exists, patients_.Gather(person, known));
  }
  if (exists) return std::move(known.view);
  return Fail(ErrorCode::kNotFound, "There is no subject of this key.");
}

const LaneCounters& Lane::Impl::Counters() {
  const PatientCounters& patients = patients_.counters();
  counters_.resources = patients.applied;
  counters_.duplicates = patients.duplicates;
  counters_.older_versions = patients.older_versions;
  counters_.deletes = patients.deletes;
  counters_.deletes_of_unseen = patients.deletes_of_unseen;
  counters_.damaged_chains = patients.damaged_chains;
  return counters_;
}

// ---- the front

base::Result<std::unique_ptr<Lane>> Lane::Open(std::unique_ptr<Store> store, LaneOptions options,
                                               std::vector<PublishedStudy> studies,
                                               std::vector<std::string> unusable) {
  auto impl = std::make_unique<Impl>(std::move(store), std::move(options));
  MEDVERKA_TRY(impl->Load(std::move(studies), std::move(unusable)));
  return std::unique_ptr<Lane>(new Lane(std::move(impl)));
}

Lane::Lane(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Lane::~Lane() = default;

base::Result<void> Lane::Apply(std::string_view bytes, RecordPlace place,
                               std::optional<Instant> clock) {
  return impl_->Apply(bytes, place, clock);
}

base::Result<void> Lane::Apply(const InputRecord& record, std::optional<Instant> clock) {
  return impl_->Apply(record, clock);
}

base::Result<void> Lane::AdvanceTo(Instant log_time) {
  return impl_->MoveTo(log_time, {Cause::Kind::kTimer, 0});
}

base::Result<void> Lane::ApplyMove(const InputRecord& record, std::optional<Instant> clock) {
  return impl_->ApplyMove(record, clock);
}

base::Result<void> Lane::SetCatalogue(CatalogueInput catalogue) {
  return impl_->SetCatalogue(std::move(catalogue));
}

base::Result<void> Lane::Backfill(std::size_t subjects_max) {
  return impl_->RunBackfill(subjects_max);
}

base::Result<void> Lane::Reconcile(std::string_view subject, std::string_view study,
                                   const LastSaid& last) {
  return impl_->Reconcile(subject, study, last);
}

BackfillProgress Lane::backfill() const { return impl_->Progress(); }

Effects Lane::TakeEffects() { return impl_->TakeEffects(); }

base::Result<void> Lane::Commit(const InputPositions& positions) {
  return impl_->Commit(positions);
}

const InputPositions& Lane::positions() const { return impl_->marker().positions; }
const Lane::Committed& Lane::committed() const { return impl_->committed(); }
Instant Lane::log_time() const { return impl_->log_time(); }
bool Lane::knows_log_time() const { return impl_->knows_log_time(); }
std::uint64_t Lane::catalogue_version() const { return impl_->catalogue_version(); }
const LaneCounters& Lane::counters() const { return impl_->Counters(); }
const JournalReader& Lane::reader() const { return impl_->reader(); }
JournalReader& Lane::reader() { return impl_->reader(); }
base::Result<base::Digest> Lane::StateHash() const { return impl_->StateHash(); }

std::vector<Lane::Subject> Lane::Subjects() const {
  std::vector<Subject> subjects;
  base::Result<std::vector<Person>> everybody = impl_->patients().All();
  if (!everybody.has_value()) return subjects;
  for (Person& person : *everybody)
    if (impl_->patients().IsHere(person))
      subjects.push_back({person.key, std::move(person.names), person.record});
  return subjects;
}

base::Result<criteria::PatientView> Lane::View(const PersonKey& subject) {
  return impl_->View(subject);
}

const std::vector<criteria::Evaluator>& Lane::evaluators() const { return impl_->evaluators(); }

base::Result<std::vector<Lane::OpenSuggestion>> Lane::OpenSuggestions() const {
  return impl_->OpenSuggestions();
}

}  // namespace medverka::matcher

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

#include "matcher/lane_impl.h"
#include "matcher/limits.h"
#include "ops/base/check.h"

namespace medverka::matcher {

using base::ErrorCode;
using base::Fail;
using base::Instant;

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

// The lane: everything that belongs to one input partition, as one state machine on one thread.
// Inputs in (records, ticks), effects out (suggestions, dead letters), one commit point. Reads no
// clock and no file: the same inputs in the same order give the same effects, byte for byte,
// wherever the commits and restarts lie.
//
//   record -> JournalReader -> patient shelves -> evaluator (every study) -> ledger -> effects
//   log time moves -> timers that are due, each at its own instant, in order -> the same
//
// Life cycle: Open, then any number of Apply / AdvanceTo / Commit. After an error of the store:
// throw the lane away.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/evaluator.h"
#include "criteria/program.h"
#include "matcher/effects.h"
#include "matcher/journal/journal.h"
#include "matcher/store/store.h"
#include "ops/base/crypto.h"

namespace medverka::matcher {

// One published study of a catalogue.
struct PublishedStudy {
  std::shared_ptr<const criteria::Program> program;
};

// Told how long things took, for measuring alone: nothing that a lane does depends on it.
class Stopwatch {
 public:
  virtual ~Stopwatch() = default;
  virtual double Seconds() = 0;                     // since some moment, never backwards
  virtual void TookReading(double seconds) = 0;     // of one record
  virtual void TookEvaluating(double seconds) = 0;  // of one subject, all studies that were asked
};

struct LaneOptions {
  std::uint32_t partition = 0;
  std::string topic = "journal";  // named in the cause of a suggestion
  std::uint8_t subject_key_id = 1;
  std::string subject_key;  // secret
  // Take every study as recruiting, whatever its status says: for trials and demonstrations.
  bool assume_recruiting = false;
  bool evaluate = true;                   // off: state only (benchmarks)
  std::size_t hot_patient_bytes_max = 0;  // 0: kHotPatientBytesMax
  // Kafka: how many lanes there are, and what producers key the journal by, so that the lane of a
  // merged patient's surviving record can be found. One lane: nothing is ever moved.
  std::uint32_t partitions = 1;
  bool keyed_by_subject = false;  // by the 16 bytes of the subject key; else by the Patient's id
  // The lane opens with the catalogue that is stored, without `studies`; a changed one comes by
  // SetCatalogue and is met by stored subjects in Backfill, not while opening.
  bool background_backfill = false;
  Stopwatch* stopwatch = nullptr;  // borrowed for the lane's life
  bool only_looks =
      false;  // for inspection: any subject key and partition will do; nothing may be applied
};

// Where the input stands, in words of the source: name -> position. Opaque to the lane, stored with
// the commit.
using InputPositions = std::map<std::string, std::string>;

struct LaneCounters {
  std::uint64_t records = 0;
  std::uint64_t resources = 0;       // changes applied
  std::uint64_t duplicates = 0;      // the version already held
  std::uint64_t older_versions = 0;  // dropped
  std::uint64_t deletes = 0;
  std::uint64_t deletes_of_unseen = 0;
  std::uint64_t future_stamps = 0;
  std::uint64_t evaluations = 0;            // subject x study
  std::array<std::uint64_t, 4> verdicts{};  // of those, by criteria::Grade
  std::uint64_t timers_fired = 0;
  std::uint64_t suggested = 0, changed = 0, withdrawn = 0;
  std::uint64_t damaged_chains =
      0;  // Patient records that hang together with more than kPersonNamesMax names
  std::array<std::uint64_t, kDeadLetterReasons> dead{};
  std::map<std::string, std::uint64_t, std::less<>> passed_over;  // by resource type
};

struct RecordPlace {
  std::uint64_t offset = 0;  // byte offset of the record's line in the decompressed input
  std::uint64_t line = 0;    // from 1; for people
};

// A record as Kafka has it.
struct InputRecord {
  std::optional<std::string_view> value;      // none: null
  std::optional<EventAttributes> attributes;  // CloudEvents in binary mode
  std::string_view topic;                     // named in causes; must outlive the lane
  std::uint64_t offset = 0;
  std::optional<base::Instant>
      stamp;  // the record's timestamp: moves log time instead of what the record says
};

// The catalogue as somebody else numbers it (the studies topic).
struct CatalogueInput {
  std::uint64_t version = 0;
  std::vector<PublishedStudy> studies;
  std::vector<std::string>
      unusable;  // ids that do not compile here: their stored program stays live
};

struct BackfillProgress {
  std::uint64_t done = 0;   // subjects
  std::uint64_t total = 0;  // by estimate; equal to done: nothing under way
};

class Lane {
 public:
  // Reads the state. A catalogue that differs from the stored one gets the next version number, is
  // stored with its programs, and every subject is evaluated anew at the stored log time (effects
  // included). `unusable`: ids of studies whose file has errors: their stored program stays live.
  static base::Result<std::unique_ptr<Lane>> Open(std::unique_ptr<Store> store, LaneOptions options,
                                                  std::vector<PublishedStudy> studies,
                                                  std::vector<std::string> unusable);
  ~Lane();

  // One record. Log time first moves to the record's stamp (one more than kFutureStampUsMax ahead
  // of `clock` is taken at the clock's value), due timers fire, then the record takes effect.
  base::Result<void> Apply(std::string_view bytes, RecordPlace place,
                           std::optional<base::Instant> clock);

  // One record of Kafka: of the journal or of the feedback topic.
  base::Result<void> Apply(const InputRecord& record, std::optional<base::Instant> clock);
  // One record of the moves topic. Bytes that do not read back: a dead letter.
  base::Result<void> ApplyMove(const InputRecord& record, std::optional<base::Instant> clock);

  // Between two records: from now on subjects are evaluated under this catalogue. Those already
  // stored meet its new and changed studies (and lose the removed ones) in Backfill; one that
  // something happens to before that is evaluated whole. Comes a further catalogue while that is
  // under way, all begins anew for the studies of both. Versions only rise: one below that of the
  // lane is nothing, since this process has not read as far as the one before.
  // REQUIRES: background_backfill.
  base::Result<void> SetCatalogue(CatalogueInput catalogue);
  // Looks at up to `subjects_max` (1 or more) more stored subjects for the sake of new, changed and
  // removed studies. How far it has come is part of the commit, so that another process goes on
  // from there.
  base::Result<void> Backfill(std::size_t subjects_max);
  BackfillProgress backfill() const;

  // A tick: log time moves on, due timers fire. Earlier than log time: nothing.
  base::Result<void> AdvanceTo(base::Instant log_time);

  // What readers were told last of this subject (34 hex digits) and study, when inputs that were
  // worked once were worked again. Where they came out otherwise on the way, so that the ledger has
  // not come as far, it goes on behind that: no id stands for two things, and readers end where
  // the ledger is.
  base::Result<void> Reconcile(std::string_view subject, std::string_view study,
                               const LastSaid& last);

  Effects TakeEffects();

  // All changes since the last commit, the input's positions and `sizes` of the outputs, in one
  // batch with the marker.
  base::Result<void> Commit(const InputPositions& positions);
  const InputPositions& positions() const;  // of the last commit
  // The last commit; before the lane's first the one that the store holds, whose `before` nobody
  // knows any more. With a HandOverStore: the one that was handed over last.
  struct Committed {
    std::uint64_t sequence = 0;
    base::Digest before{};  // the chain before it
    base::Digest chain{};
    std::optional<base::Instant> log_time;
    std::uint64_t catalogue_version = 0;
  };
  const Committed& committed() const;

  base::Instant log_time() const;
  bool knows_log_time() const;  // false: no input has said what time it is, and log_time is 1970
  std::uint64_t catalogue_version() const;
  const LaneCounters& counters() const;
  const JournalReader& reader() const;
  JournalReader& reader();  // for `explain`, which asks to be told the patients' names

  // SHA-256 over the logical state: who is who, resources, ledger, log time; not over how it is
  // folded or when it was committed, nor over timers, which are derived and may be early. Two lanes
  // with equal hashes answer everything the same from here on.
  base::Result<base::Digest> StateHash() const;

  // For `explain` and tests: every subject with its view, as of the state now (uncommitted
  // included).
  struct Subject {
    PersonKey key;                 // the subject key
    std::vector<PersonKey> names;  // all names that are this subject
    // Own name of the Patient record that speaks for the subject: after a merge the surviving one.
    // None: no live record.
    std::optional<PersonKey> record = std::nullopt;
  };
  std::vector<Subject> Subjects() const;  // ordered by key
  base::Result<criteria::PatientView> View(
      const PersonKey& subject);  // borrowed until the next call on the lane
  const std::vector<criteria::Evaluator>& evaluators()
      const;  // one per live study, ordered by study id

  struct OpenSuggestion {
    PersonKey subject;
    std::string study;
    criteria::Grade grade;
    std::string digest;  // of grade, values, policies, evidence and cohorts
    std::string id;
  };
  base::Result<std::vector<OpenSuggestion>> OpenSuggestions() const;  // ordered by subject, study

 private:
  class Impl;
  explicit Lane(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace medverka::matcher

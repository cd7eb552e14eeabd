#include "streams/kafka/restore.h"

#include <utility>

#include "matcher/store/changelog.h"

namespace medverka::streams::internal {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

// Rows are written in batches of about this size.
constexpr std::size_t kWriteBytes = 4 * 1024 * 1024;
// Rows without a commit record may be kept back so long; more of them are what compaction left of
// commits whose records it took.
constexpr std::size_t kHeldRowsMax = 200'000;
constexpr std::size_t kHeldBytesMax = 64 * 1024 * 1024;
constexpr int kReadTimeoutMs = 200;
constexpr std::int64_t kProgressEvery = 1024;
// A deleted row's tombstone stays in the log for a while: kTombstonesKeptMs where we made the
// topic, a day where others made it and left that out (delete.retention.ms). A copy that slept
// longer could miss it, whether or not anything was committed meanwhile. Half a day: nobody's clock
// is that wrong.
constexpr std::int64_t kCopyAgeUsMax = 12 * base::kMicrosPerHour;

struct HeldRow {
  matcher::Room room;
  std::string key;
  std::optional<std::string> value;
};

class Restoring {
 public:
  Restoring(PartitionReader& reader, matcher::Store& store, const StoreStanding& from,
            const RestoreOptions& options)
      : reader_(reader),
        store_(store),
        from_(from),
        options_(options),
        verifier_(from.marker ? ChangelogVerifier(options.exactly_once, from.marker->sequence,
                                                  from.marker->chain)
                              : ChangelogVerifier(options.exactly_once)) {
    result_.standing = from;
  }

  tl::expected<Restored, LaneFault> Run() {
    if (from_.marker && from_.place.next > options_.target) {
      return MustWipe(
          "ahead", "the store is ahead of the changelog: writes that were acknowledged are gone");
    }
    if (from_.marker && IsOld(options_.now)) return TooOld();
    // From the commit that the store knows as its last, which must be there.
    const std::int64_t begin = from_.marker ? from_.place.next - 1 : options_.begin;
    if (begin >= options_.target) return Finish();
    if (const auto assigned = reader_.Assign({{options_.changelog, begin}}); !assigned) {
      return tl::unexpected(FaultOfReading(assigned.error()));
    }
    for (;;) {
      if (options_.stop()) {
        result_.end = RestoreEnd::kStopped;
        return result_;
      }
      const auto position = reader_.Position(options_.changelog);
      if (!position) return tl::unexpected(FaultOfReading(position.error()));
      if (*position >= options_.target) return Finish();
      const auto record = reader_.NextView(kReadTimeoutMs);
      if (!record) {
        if (record.error().code == ErrorCode::kUnavailable) continue;  // till the broker is back
        return tl::unexpected(FaultOfReading(record.error()));
      }
      if (*record == nullptr) continue;
      if (auto fault = Take(**record); fault) return tl::unexpected(*fault);
      if (result_.end != RestoreEnd::kDone && result_.end != RestoreEnd::kDamaged) return result_;
    }
  }

 private:
  Restored MustWipe(const char* cause, std::string why) {
    result_.end = RestoreEnd::kMustWipe;
    result_.cause = cause;
    result_.why = std::move(why);
    return result_;
  }
  bool IsOld(base::Instant now) const {
    return now.us - from_.place.committed_at.us > kCopyAgeUsMax;
  }
  Restored TooOld() {
    return MustWipe("old", "the store's copy is older than the changelog's memory of deletions");
  }

  std::optional<LaneFault> Take(const KafkaRecordView& record) {
    if (++result_.records % kProgressEvery == 0 && options_.progress) {
      options_.progress(result_.records, record.offset + 1);
    }
    if (record.key == kAnewKey) {
      result_.end = RestoreEnd::kBeginsLater;
      result_.begins = record.offset + 1;
      return std::nullopt;
    }
    if (result_.end == RestoreEnd::kDamaged) return PassOver(record);
    if (!record.key) return Damaged("A record has no key.");
    if (from_.marker && record.offset < from_.place.next) return CheckStart(record);
    if (IsCommitKey(*record.key)) return TakeCommit(record);
    const auto row = matcher::ReadChangelogKey(*record.key);
    if (!row) return Damaged("A record is neither a row nor a commit.");
    verifier_.Row(row->room, row->key, record.value);
    held_.push_back({row->room, std::string(row->key), std::nullopt});
    held_bytes_ += row->key.size();
    if (record.value) {
      held_.back().value.emplace(*record.value);
      held_bytes_ += record.value->size();
    }
    if (held_.size() >= kHeldRowsMax || held_bytes_ >= kHeldBytesMax)
      return WriteHeld(held_.size());
    return std::nullopt;
  }

  // The record at which the store stands: its own last commit, or this is another history.
  std::optional<LaneFault> CheckStart(const KafkaRecordView& record) {
    if (IsCommitKey(*record.key) && record.value) {
      const auto commit = ReadCommitRecord(*record.value);
      if (commit && commit->sequence == from_.marker->sequence &&
          commit->chain == from_.marker->chain) {
        start_seen_ = true;
        return std::nullopt;
      }
    }
    MustWipe("chain", "the changelog does not have the store's last commit");
    return std::nullopt;
  }

  // Behind damage: nothing counts but whether somebody has begun anew since.
  std::optional<LaneFault> PassOver(const KafkaRecordView& record) {
    if (!record.key || !IsCommitKey(*record.key) || !record.value) return std::nullopt;
    if (const auto commit = ReadCommitRecord(*record.value); commit) Note(*commit);
    return std::nullopt;
  }

  void Note(const CommitRecord& commit) {
    if (!commit.log_time) return;
    result_.log_time = std::max(*commit.log_time, result_.log_time.value_or(*commit.log_time));
  }

  std::optional<LaneFault> TakeCommit(const KafkaRecordView& record) {
    if (!record.value) return Damaged("A commit record is empty.");
    auto commit = ReadCommitRecord(*record.value);
    if (!commit) return Damaged(commit.error().message);
    // The wall clock may be wrong; the broker's says the same where anything came since.
    if (from_.marker && record.timestamp && IsOld(*record.timestamp)) {
      TooOld();
      return std::nullopt;
    }
    if (auto fits = verifier_.Commit(*commit); !fits) return Damaged(fits.error().message);
    auto marker = matcher::DecodeMarker(commit->marker);
    if (!marker && marker.error().code == ErrorCode::kForeign) return FaultOfState(marker.error());
    if (!marker) return Damaged("The marker in a commit record does not read back.");
    if (marker->sequence != commit->sequence || marker->chain != commit->chain) {
      return Damaged("A commit record and its marker differ.");
    }
    Note(*commit);
    // Without transactions only the last rows are this commit's; what lies before was never
    // finished.
    const std::size_t rows =
        options_.exactly_once ? held_.size() : std::min<std::size_t>(held_.size(), commit->records);
    if (auto fault = WriteHeld(rows); fault) return fault;
    result_.standing.marker = std::move(*marker);
    result_.standing.place = {record.offset + 1, record.timestamp.value_or(base::Instant{})};
    marker_row_ = std::move(commit->marker);
    if (open_bytes_ >= kWriteBytes) return Write();
    return std::nullopt;
  }

  // The last `rows` of what is held go into the open batch; the others are dropped.
  std::optional<LaneFault> WriteHeld(std::size_t rows) {
    for (std::size_t i = held_.size() - rows; i < held_.size(); ++i) {
      const HeldRow& row = held_[i];
      open_bytes_ += row.key.size() + (row.value ? row.value->size() : 0);
      if (row.value) {
        store_.Put(row.room, row.key, *row.value);
      } else {
        store_.Delete(row.room, row.key);
      }
    }
    held_.clear();
    held_bytes_ = 0;
    if (open_bytes_ >= 2 * kWriteBytes) return Write();
    return std::nullopt;
  }

  // With the marker of the last commit, where there is one. Killed between two of these, the next
  // restore goes over the same rows again, which changes nothing.
  std::optional<LaneFault> Write() {
    if (!marker_row_.empty()) {
      store_.Put(matcher::Room::kMeta, matcher::kMarkerKey, marker_row_);
      store_.Put(matcher::Room::kMeta, matcher::kChangelogPositionKey,
                 Encode(result_.standing.place));
    }
    open_bytes_ = 0;
    if (const auto written = store_.Commit(); !written) return FaultOfState(written.error());
    if (options_.at_rows) options_.at_rows();
    return std::nullopt;
  }

  tl::expected<Restored, LaneFault> Finish() {
    if (result_.end == RestoreEnd::kDamaged) return result_;
    if (from_.marker && !start_seen_ &&
        verifier_.sequence() < from_.marker->sequence + kCommitRecordsKept) {
      return MustWipe("chain", "the changelog does not have the store's last commit");
    }
    if (const auto whole = verifier_.End(); !whole) {
      Damaged(whole.error().message);
      return result_;
    }
    if (open_bytes_ > 0 || !marker_row_.empty()) {
      if (auto fault = Write(); fault) return tl::unexpected(*fault);
    }
    if (options_.progress) options_.progress(result_.records, options_.target);
    return result_;
  }

  std::nullopt_t Damaged(std::string_view what) {
    result_.end = RestoreEnd::kDamaged;
    result_.why = fmt::format("The changelog {}[{}] is damaged: {}", options_.changelog.topic,
                              options_.changelog.partition, what);
    held_.clear();
    return std::nullopt;
  }

  PartitionReader& reader_;
  matcher::Store& store_;
  const StoreStanding from_;
  const RestoreOptions& options_;
  ChangelogVerifier verifier_;
  Restored result_;
  bool start_seen_ = false;
  std::vector<HeldRow> held_;
  std::size_t held_bytes_ = 0;
  std::size_t open_bytes_ = 0;
  std::string marker_row_;
};

}  // namespace

void ChangelogVerifier::Row(matcher::Room room, std::string_view key,
                            std::optional<std::string_view> value) {
  ++rows_;
  if (value) {
    digest_.Put(room, key, *value);
  } else {
    digest_.Delete(room, key);
  }
}

Result<void> ChangelogVerifier::CheckRows(const CommitRecord& record) const {
  if (rows_ > record.records) {
    return Fail(ErrorCode::kCorruption, "Commit {} has {} rows and says {}.", record.sequence,
                rows_, record.records);
  }
  if (rows_ == record.records && digest_.digest() != record.delta) {
    return Fail(ErrorCode::kCorruption, "The rows of commit {} are not those it was made of.",
                record.sequence);
  }
  return {};
}

Result<void> ChangelogVerifier::Commit(const CommitRecord& record) {
  const bool follows = record.sequence == sequence_ + 1;
  if (record.sequence <= sequence_) {
    return Fail(ErrorCode::kCorruption, "Commit {} comes after commit {}.", record.sequence,
                sequence_);
  }
  if (follows && record.before != chain_) {
    return Fail(ErrorCode::kCorruption, "Commit {} does not go on from the one before it.",
                record.sequence);
  }
  if (!follows) last_missing_ = record.sequence - 1;
  // Where commit records before it are gone, the rows before it may be theirs.
  if (follows && exactly_once_) MEDVERKA_TRY(CheckRows(record));
  sequence_ = record.sequence;
  chain_ = record.chain;
  rows_ = 0;
  digest_ = {};
  return {};
}

Result<void> ChangelogVerifier::End() const {
  if (exactly_once_ && rows_ > 0) {
    return Fail(ErrorCode::kCorruption, "{} rows at the end have no commit.", rows_);
  }
  if (last_missing_ > 0 && last_missing_ + kCommitRecordsKept > sequence_) {
    return Fail(ErrorCode::kCorruption, "Commit {} is missing, and {} is the last.", last_missing_,
                sequence_);
  }
  return {};
}

tl::expected<Restored, LaneFault> Restore(PartitionReader& reader, matcher::Store& store,
                                          const StoreStanding& from,
                                          const RestoreOptions& options) {
  return Restoring(reader, store, from, options).Run();
}

}  // namespace medverka::streams::internal

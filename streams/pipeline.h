// The loop of one embedded lane: read, apply, and from time to time write out and commit. The order
// of a commit is what makes a crash harmless:
//
//   effects -> suggestions file, dead letter file -> fsync of both -> Lane::Commit(where input and
//   outputs stand)
//
// Killed before the commit, the next run cuts the files back to what was committed and reads from
// there; the lane gives the same effects again. Pipes cannot be cut back: their readers may see a
// suggestion twice, with the same id.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "matcher/lane.h"
#include "matcher/limits.h"
#include "streams/file/journal_source.h"
#include "streams/file/output_file.h"

namespace medverka::streams {

struct PipelineOptions {
  std::string journal = "-";
  std::string suggestions = "-";
  std::string dead_letters;
  std::string state_directory;         // keeps the note of outputs that no commit knows yet
  bool follow = false;                 // wait for more at the end of the journal
  std::optional<base::Instant> until;  // log time moves on to it at the end of the journal
  std::function<base::Instant()>
      clock;  // now; guards against stamps from the future, moves an idle lane when following
  std::function<bool()> stop;                    // asked often; true: commit and end
  std::function<void(bool at_end)> on_progress;  // asked often
  std::uint64_t commit_records_max = matcher::kCommitRecordsMax;
  std::uint64_t commit_bytes_max = matcher::kCommitBytesMax;
};

// Following: how often a file is looked at for growth, and after how long an idle lane takes the
// clock's time.
inline constexpr int kFollowPollMs = 200;
inline constexpr std::int64_t kIdleTickUs = 30 * base::kMicrosPerSecond;

class Pipeline {
 public:
  // Opens journal and outputs at the positions of the lane's last commit. Borrows the lane.
  static base::Result<std::unique_ptr<Pipeline>> Open(matcher::Lane& lane, PipelineOptions options);

  // Until the end of the journal, or until `stop`. Everything read is committed, also when reading
  // on failed; after an error of the lane or of an output nothing more is.
  base::Result<void> Run();

  // After Run failed: the journal could not be read on, and everything before that place is
  // committed.
  bool reading_failed() const { return reading_failed_.has_value(); }

  const JournalSource& source() const { return *source_; }
  // What the user should know about the end of the journal; "" if nothing.
  std::string LeftOver() const { return source_->LeftOver(); }

 private:
  Pipeline(matcher::Lane& lane, PipelineOptions options);
  base::Result<std::unique_ptr<OutputFile>> OpenOutput(const std::string& path);
  // One line of the journal, or what there is to do when there is none. False: the run is at its
  // end.
  base::Result<bool> Step();
  base::Result<bool> AtSilence();
  base::Result<void> Apply(const JournalLine& line);
  base::Result<void> TakeClockWhenIdle();
  base::Result<void> AdvanceTo(base::Instant log_time);
  base::Result<void> Commit();
  bool CommitIsDue() const;
  bool StopIsAsked() const { return options_.stop && options_.stop(); }
  matcher::InputPositions Positions() const;

  matcher::Lane& lane_;
  const PipelineOptions options_;
  const std::string journal_key_;
  std::unique_ptr<JournalSource> source_;
  std::unique_ptr<OutputFile> suggestions_;
  std::unique_ptr<OutputFile> dead_letters_;
  std::optional<base::Error> reading_failed_;
  std::uint64_t records_ = 0;  // since the last commit
  std::uint64_t bytes_ = 0;
  std::uint64_t timers_fired_ = 0;  // the lane's count at the last commit
  bool uncommitted_ = true;         // a changed catalogue alone has effects
  std::optional<base::Instant> idle_since_;
};

}  // namespace medverka::streams

#include "streams/pipeline.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "ops/base/json.h"
#include "streams/file/output_notes.h"

namespace medverka::streams {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

// How often stop and progress are asked, in lines.
constexpr std::uint64_t kAskEverySteps = 64;
// Log time that moves on without records does so in steps of a week; of more than 20 years the
// first part in one.
constexpr std::int64_t kStepUs = 7 * base::kMicrosPerDay;
constexpr std::int64_t kSteppedAtMostUs = 20 * 366 * base::kMicrosPerDay;

std::string AbsolutePath(const std::string& path) {
  return path == "-" ? path : std::filesystem::absolute(path).lexically_normal().string();
}

std::string OutputKey(const std::string& path) { return "out:" + AbsolutePath(path); }

Result<std::uint64_t> LengthOf(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return Fail(ErrorCode::kCorruption,
                "the state's note of an output's length cannot be understood");
  }
  return length;
}

// A dead letter says where it lies, so the lane's {"offset":...} gets the name of the file in
// front.
std::string WithFile(std::string_view dead_letters, const std::string& file) {
  const std::string member = fmt::format("{{\"file\":{},", base::ToJson(base::json::value(file)));
  std::string out;
  while (!dead_letters.empty()) {
    const std::size_t end = dead_letters.find('\n');
    const std::string_view line = dead_letters.substr(0, end);
    if (!line.empty()) out.append(member).append(line.substr(1)).push_back('\n');
    if (end == std::string_view::npos) break;
    dead_letters.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

Pipeline::Pipeline(matcher::Lane& lane, PipelineOptions options)
    : lane_(lane), options_(std::move(options)), journal_key_(AbsolutePath(options_.journal)) {}

Result<std::unique_ptr<Pipeline>> Pipeline::Open(matcher::Lane& lane, PipelineOptions options) {
  std::unique_ptr<Pipeline> pipeline(new Pipeline(lane, std::move(options)));
  std::optional<JournalPosition> from;
  const auto& positions = lane.positions();
  if (const auto known = positions.find(pipeline->journal_key_); known != positions.end()) {
    MEDVERKA_ASSIGN(from, JournalPosition::Decode(known->second));
  }
  MEDVERKA_ASSIGN(pipeline->source_,
                  JournalSource::Open(pipeline->options_.journal, matcher::kRecordBytesMax, from));
  MEDVERKA_ASSIGN(pipeline->suggestions_, pipeline->OpenOutput(pipeline->options_.suggestions));
  MEDVERKA_ASSIGN(pipeline->dead_letters_, pipeline->OpenOutput(pipeline->options_.dead_letters));
  return pipeline;
}

Result<std::unique_ptr<OutputFile>> Pipeline::OpenOutput(const std::string& path) {
  const auto& positions = lane_.positions();
  OutputNotes notes(options_.state_directory);
  std::optional<std::uint64_t> committed;
  if (const auto known = positions.find(OutputKey(path)); known != positions.end()) {
    MEDVERKA_ASSIGN(committed, LengthOf(known->second));
  } else {
    committed = notes.Find(AbsolutePath(path));
  }
  MEDVERKA_ASSIGN(auto output, OutputFile::Open(path, committed));
  if (output->is_file() && !committed.has_value()) {
    MEDVERKA_TRY(notes.Add(AbsolutePath(path), output->length()));
  }
  return output;
}

Result<void> Pipeline::Run() {
  timers_fired_ = lane_.counters().timers_fired;
  for (std::uint64_t steps = 0;; ++steps) {
    if (steps % kAskEverySteps == 0) {
      if (options_.on_progress) options_.on_progress(false);
      if (StopIsAsked()) break;
    }
    MEDVERKA_ASSIGN(const bool go_on, Step());
    if (!go_on) break;
  }
  if (options_.until.has_value() && !reading_failed_.has_value() && !StopIsAsked()) {
    MEDVERKA_TRY(AdvanceTo(*options_.until));
  }
  MEDVERKA_TRY(Commit());
  if (options_.on_progress) options_.on_progress(true);
  if (reading_failed_.has_value()) return tl::unexpected(*reading_failed_);
  return {};
}

Result<bool> Pipeline::Step() {
  const auto line = source_->Next();
  if (!line.has_value()) {
    reading_failed_ = line.error();
    return false;
  }
  if (!line->has_value()) return AtSilence();
  MEDVERKA_TRY(Apply(**line));
  if (CommitIsDue()) MEDVERKA_TRY(Commit());
  return true;
}

Result<bool> Pipeline::AtSilence() {
  // Only a file can grow behind its end; a pipe that was closed is over.
  if (source_->at_end() && !(options_.follow && source_->has_position())) return false;
  MEDVERKA_TRY(Commit());
  if (StopIsAsked()) return false;
  if (const auto same = source_->CheckStillTheSame(); !same.has_value()) {
    reading_failed_ = same.error();
    return false;
  }
  MEDVERKA_TRY(TakeClockWhenIdle());
  if (options_.on_progress) options_.on_progress(true);
  // A silent pipe has been waited for while reading.
  if (source_->at_end()) std::this_thread::sleep_for(std::chrono::milliseconds(kFollowPollMs));
  return true;
}

// Time passes also where nothing is written: a lane that follows and has had nothing to read for a
// while moves on with the clock, so that a lab grows stale in time.
Result<void> Pipeline::TakeClockWhenIdle() {
  if (!options_.follow || !options_.clock) return {};
  const base::Instant now = options_.clock();
  if (!idle_since_.has_value()) idle_since_ = now;
  if (now.us - idle_since_->us < kIdleTickUs) return {};
  idle_since_ = now;
  MEDVERKA_TRY(AdvanceTo(options_.until.has_value() ? std::min(now, *options_.until) : now));
  return Commit();
}

Result<void> Pipeline::Apply(const JournalLine& line) {
  std::optional<base::Instant> clock;
  if (options_.clock) clock = options_.clock();
  MEDVERKA_TRY(lane_.Apply(line.bytes, {line.offset, line.line}, clock));
  ++records_;
  bytes_ += line.bytes.size();
  uncommitted_ = true;
  idle_since_.reset();
  return {};
}

// In steps, so that the timers of a long time fit into memory: commits may lie anywhere.
Result<void> Pipeline::AdvanceTo(base::Instant log_time) {
  if (log_time <= lane_.log_time()) return {};
  uncommitted_ = true;
  base::Instant step = std::max(lane_.log_time(), log_time - kSteppedAtMostUs);
  while (step < log_time) {
    step = std::min(step + kStepUs, log_time);
    MEDVERKA_TRY(lane_.AdvanceTo(step));
    if (CommitIsDue()) MEDVERKA_TRY(Commit());
    if (options_.on_progress) options_.on_progress(false);
    if (StopIsAsked()) return {};
  }
  return {};
}

bool Pipeline::CommitIsDue() const {
  return records_ >= options_.commit_records_max || bytes_ >= options_.commit_bytes_max ||
         lane_.counters().timers_fired - timers_fired_ >= options_.commit_records_max;
}

matcher::InputPositions Pipeline::Positions() const {
  matcher::InputPositions positions = lane_.positions();
  if (source_->has_position()) positions[journal_key_] = source_->position().Encode();
  for (const OutputFile* output : {suggestions_.get(), dead_letters_.get()}) {
    if (output->is_file())
      positions[OutputKey(output->path())] = fmt::format("{}", output->length());
  }
  return positions;
}

Result<void> Pipeline::Commit() {
  matcher::Effects effects = lane_.TakeEffects();
  MEDVERKA_TRY(suggestions_->Write(matcher::ToNdjson(effects.suggestions)));
  MEDVERKA_TRY(
      dead_letters_->Write(WithFile(matcher::ToNdjson(effects.dead_letters), journal_key_)));
  matcher::InputPositions positions = Positions();
  if (!uncommitted_ && positions == lane_.positions()) return {};
  MEDVERKA_TRY(suggestions_->Sync());
  MEDVERKA_TRY(dead_letters_->Sync());
  MEDVERKA_TRY(lane_.Commit(positions));
  records_ = 0;
  bytes_ = 0;
  timers_fired_ = lane_.counters().timers_fired;
  uncommitted_ = false;
  return {};
}

}  // namespace medverka::streams

// The loop around the lane: where commits lie, what stands in the positions, stopping, following,
// the idle clock.
#include "streams/pipeline.h"

#include <algorithm>

#include "criteria/criteria.h"
#include "ops/base/check.h"
#include "tests/streams/scratch.h"

namespace medverka::streams {
namespace {

using base::Instant;
using testing::Scratch;

constexpr const char* kStudy = R"(study T1 "A study for tests" {
  suggest when likely
}

include adult   : age >= 18 years
include anaemia : latest observation npu NPU28309 < 100 g/L within last 90 days
)";

std::string PatientLine(const std::string& id) {
  return R"({"resourceType":"Patient","id":")" + id +
         R"(","meta":{"versionId":"1","lastUpdated":"2026-02-01T08:00:00Z"},"birthDate":"1960-01-01","gender":"female"})"
         "\n";
}

std::string HaemoglobinLine(const std::string& id, const std::string& whose, int value) {
  return R"({"resourceType":"Observation","id":")" + id +
         R"(","meta":{"versionId":"1","lastUpdated":"2026-02-01T12:00:00Z"},"status":"final","subject":{"reference":"Patient/)" +
         whose +
         R"("},"effectiveDateTime":"2026-02-01T11:00:00+01:00","code":{"coding":[{"system":"urn:oid:1.2.752.108.1",)" +
         R"("code":"NPU28309"}]},"valueQuantity":{"value":)" + std::to_string(value) +
         R"(,"unit":"g/L"}})" + "\n";
}

Instant At(const char* text) { return base::ParseTime(text)->lo; }

// A lane in memory with one study, and files of its own.
struct Embedded {
  Embedded() {
    const auto compiled = criteria::Compile({{"t1.study", kStudy}}, nullptr);
    MEDVERKA_CHECK(!compiled.diagnostics.has_errors());
    matcher::LaneOptions lane_options;
    lane_options.subject_key = "a key for tests only";
    auto opened = matcher::Lane::Open(matcher::MakeMemoryStore(), lane_options,
                                      {{compiled.studies.front().program}}, {});
    MEDVERKA_CHECK(opened.has_value());
    lane = std::move(*opened);
    options.journal = scratch.Path("j");
    options.suggestions = scratch.Path("out");
    options.dead_letters = scratch.Path("dead");
    options.state_directory = scratch.Path("");
    options.clock = [this] { return now; };
  }

  void RunAll() {
    auto pipeline = Pipeline::Open(*lane, options);
    ASSERT_TRUE(pipeline.has_value()) << pipeline.error().message;
    const auto ran = (*pipeline)->Run();
    ASSERT_TRUE(ran.has_value()) << ran.error().message;
    left_over = (*pipeline)->LeftOver();
  }

  std::string PositionOf(const std::string& key) const {
    const auto found = lane->positions().find(key);
    return found == lane->positions().end() ? "" : found->second;
  }

  Scratch scratch;
  Instant now = At("2026-06-01T00:00:00Z");
  PipelineOptions options;
  std::unique_ptr<matcher::Lane> lane;
  std::string left_over;
};

class PipelineTest : public ::testing::Test, protected Embedded {};

TEST_F(PipelineTest, RemembersWhereInputAndOutputsStand) {
  const std::string journal = PatientLine("p1") + "nonsense\n" + HaemoglobinLine("o1", "p1", 90);
  scratch.Write("j", journal);
  RunAll();
  EXPECT_EQ(PositionOf(scratch.Path("j")).substr(0, PositionOf(scratch.Path("j")).rfind(' ')),
            std::to_string(journal.size()) + " 3");
  EXPECT_EQ(PositionOf("out:" + scratch.Path("out")), std::to_string(scratch.Read("out").size()));
  EXPECT_EQ(PositionOf("out:" + scratch.Path("dead")), std::to_string(scratch.Read("dead").size()));
  EXPECT_EQ(scratch.Read("dead").find("{\"file\":\"" + scratch.Path("j") + "\",\"offset\":"), 0U);
}

TEST_F(PipelineTest, ASecondRunReadsOnlyWhatIsNew) {
  scratch.Write("j", PatientLine("p1") + HaemoglobinLine("o1", "p1", 90));
  RunAll();
  const std::string first = scratch.Read("out");
  EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), 1);
  RunAll();
  EXPECT_EQ(lane->counters().records, 2U);
  scratch.Append("j", PatientLine("p2") + HaemoglobinLine("o2", "p2", 95));
  RunAll();
  EXPECT_EQ(lane->counters().records, 4U);
  const std::string second = scratch.Read("out");
  EXPECT_EQ(second.substr(0, first.size()), first);
  EXPECT_EQ(std::count(second.begin(), second.end(), '\n'), 2);
}

TEST_F(PipelineTest, GivesTheSameBytesWhereverCommitsLie) {
  std::string journal;
  for (int i = 0; i < 40; ++i) {
    const std::string id = "p" + std::to_string(i);
    journal +=
        PatientLine(id) + HaemoglobinLine("o" + id, id, 80 + i) + (i % 10 == 0 ? "nonsense\n" : "");
  }
  scratch.Write("j", journal);
  RunAll();
  const std::string once = scratch.Read("out") + scratch.Read("dead");
  EXPECT_GT(once.size(), 1000U);
  for (const std::uint64_t records : {1U, 7U, 50U}) {
    Embedded other;
    other.options.commit_records_max = records;
    other.options.journal = options.journal;
    other.RunAll();
    EXPECT_EQ(other.scratch.Read("out") + other.scratch.Read("dead"), once);
    EXPECT_EQ(*other.lane->StateHash(), *lane->StateHash());
  }
}

TEST_F(PipelineTest, MovesTimeOnAtTheEndInStepsThatChangeNothing) {
  scratch.Write("j", PatientLine("p1") + HaemoglobinLine("o1", "p1", 90));
  options.until = At("2028-02-01T00:00:00Z");
  RunAll();
  EXPECT_EQ(lane->log_time(), *options.until);
  EXPECT_EQ(lane->counters().withdrawn, 1U);
  EXPECT_NE(scratch.Read("out").find("\"time\":\"2026-05-02T22:00:00Z\""), std::string::npos);
}

TEST_F(PipelineTest, TakesAStampFarAheadOfTheClockAtTheClock) {
  scratch.Write("j", PatientLine("p1"));
  now = At("2026-01-01T00:00:00Z");
  RunAll();
  EXPECT_EQ(lane->counters().future_stamps, 1U);
  EXPECT_EQ(lane->log_time(), now);
}

TEST_F(PipelineTest, StopsWhenAskedAndCommitsWhatItRead) {
  std::string journal;
  for (int i = 0; i < 1000; ++i) journal += PatientLine("p" + std::to_string(i));
  scratch.Write("j", journal);
  int asked = 0;
  options.stop = [&asked] { return ++asked > 3; };
  options.until = At("2028-01-01T00:00:00Z");
  RunAll();
  const auto read = lane->counters().records;
  EXPECT_GT(read, 0U);
  EXPECT_LT(read, 1000U);
  EXPECT_LT(lane->log_time(), *options.until);
  options.stop = nullptr;
  options.until.reset();
  RunAll();
  EXPECT_EQ(lane->counters().records, 1000U);
  EXPECT_EQ(lane->counters().duplicates, 0U);
}

TEST_F(PipelineTest, AnIdleLaneThatFollowsMovesOnWithTheClock) {
  scratch.Write("j", PatientLine("p1") + HaemoglobinLine("o1", "p1", 90));
  options.follow = true;
  int asked = 0;
  options.stop = [&] {
    now = now + 20 * base::kMicrosPerSecond;  // three looks later it has been idle for long enough
    return lane->log_time() > At("2026-06-01T00:00:30Z") || ++asked > 1000;
  };
  RunAll();
  EXPECT_GT(lane->log_time(), At("2026-06-01T00:00:30Z"));
  EXPECT_LE(lane->log_time(), now);
  EXPECT_EQ(lane->counters().withdrawn, 1U);  // the haemoglobin of February has grown stale
}

TEST_F(PipelineTest, CommitsWhatStandsBeforeDamageAndThenFails) {
  scratch.Write("j", std::string("\x28\xb5\x2f\xfd", 4) + "this is no zstd frame");
  auto pipeline = Pipeline::Open(*lane, options);
  ASSERT_TRUE(pipeline.has_value());
  const auto ran = (*pipeline)->Run();
  ASSERT_FALSE(ran.has_value());
  EXPECT_EQ(ran.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_TRUE((*pipeline)->reading_failed());
}

TEST_F(PipelineTest, KeepsQuietAboutALineThatIsNotCompleteYet) {
  scratch.Write("j", PatientLine("p1") + "{\"resourceType\":\"Pat");
  RunAll();
  EXPECT_EQ(scratch.Read("dead"), "");
  EXPECT_NE(left_over.find("left until the file grows"), std::string::npos);
  scratch.Append("j", "ient\",\"id\":\"p2\"}");
  RunAll();
  EXPECT_EQ(left_over, "");
  EXPECT_EQ(lane->Subjects().size(), 2U);
}

TEST_F(PipelineTest, KnowsItsOwnBytesAfterACrashBeforeTheFirstCommit) {
  scratch.Write("j", PatientLine("p1") + HaemoglobinLine("o1", "p1", 90));
  scratch.Write("out", "somebody's\n");
  {
    // Opened, and then gone: the note of the first length is on disk, no commit knows the file.
    ASSERT_TRUE(Pipeline::Open(*lane, options).has_value());
  }
  scratch.Append("out", "{\"half a sugg");
  RunAll();
  const std::string out = scratch.Read("out");
  EXPECT_EQ(out.find("somebody's\n{\"specversion\""), 0U);
  EXPECT_EQ(out.find("half a sugg"), std::string::npos);
}

}  // namespace
}  // namespace medverka::streams

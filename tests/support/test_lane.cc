#include "tests/support/test_lane.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "criteria/criteria.h"
#include "ops/base/check.h"
#include "ops/base/crypto.h"

namespace medverka::tests {

using matcher::Room;

namespace {

// Lets a store in memory outlive the lanes that use it.
class SharedStore final : public matcher::Store {
 public:
  explicit SharedStore(std::shared_ptr<matcher::Store> store) : store_(std::move(store)) {}
  base::Result<std::optional<std::string>> Get(Room room, std::string_view key) const override {
    return store_->Get(room, key);
  }
  base::Result<void> Scan(
      Room room, std::string_view prefix,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    return store_->Scan(room, prefix, visit);
  }
  void Put(Room room, std::string_view key, std::string_view value) override {
    store_->Put(room, key, value);
  }
  void Delete(Room room, std::string_view key) override { store_->Delete(room, key); }
  base::Result<void> Commit() override { return store_->Commit(); }

 private:
  std::shared_ptr<matcher::Store> store_;
};

base::json::object Parse(std::string_view line) {
  return boost::json::parse(boost::json::string_view(line.data(), line.size())).as_object();
}

std::string Word(const base::json::value& value) { return std::string(value.as_string().c_str()); }

}  // namespace

matcher::PublishedStudy Study(const std::string& text) {
  const criteria::Compilation compilation = criteria::Compile(
      {{"test.study", text}},
      [](const std::string&, const std::string&) { return std::optional<criteria::SourceFile>(); });
  EXPECT_EQ(compilation.diagnostics.errors(), 0U) << RenderText(compilation.diagnostics, false);
  MEDVERKA_CHECK(compilation.studies.size() == 1 && compilation.studies[0].program != nullptr);
  return {compilation.studies[0].program};
}

std::unique_ptr<matcher::Store> Share(std::shared_ptr<matcher::Store> store) {
  return std::make_unique<SharedStore>(std::move(store));
}

base::Instant At(std::string_view time) {
  const std::optional<base::TimeRange> range = base::ParseTime(time);
  MEDVERKA_CHECK(range.has_value());
  return range->lo;
}

TestLane::TestLane(std::vector<matcher::PublishedStudy> studies, matcher::LaneOptions options,
                   std::function<std::unique_ptr<matcher::Store>()> store)
    : studies_(std::move(studies)), options_(std::move(options)), open_(std::move(store)) {
  if (options_.subject_key.empty()) options_.subject_key = "a secret for tests";
  if (!open_) {
    memory_ = matcher::MakeMemoryStore();
    open_ = [this] { return Share(memory_); };
  }
  Start({});
}

TestLane::~TestLane() = default;

void TestLane::Start(std::vector<std::string> unusable) {
  lane_.reset();
  const bool background = options_.background_backfill;
  auto lane = matcher::Lane::Open(open_(), options_,
                                  background ? std::vector<matcher::PublishedStudy>() : studies_,
                                  std::move(unusable));
  ASSERT_TRUE(lane.has_value()) << lane.error().message;
  lane_ = std::move(*lane);
  if (background) SetCatalogue();
  Collect();
}

void TestLane::SetCatalogue() {
  const auto set = lane_->SetCatalogue({version_, studies_, unusable_});
  ASSERT_TRUE(set.has_value()) << set.error().message;
}

void TestLane::Publish(std::vector<matcher::PublishedStudy> studies,
                       std::vector<std::string> unusable) {
  ++version_;
  studies_ = std::move(studies);
  unusable_ = std::move(unusable);
  SetCatalogue();
}

void TestLane::Backfill(std::size_t subjects_max) {
  const auto done = lane_->Backfill(subjects_max);
  ASSERT_TRUE(done.has_value()) << done.error().message;
  Collect();
}

void TestLane::BackfillAll() {
  while (lane_->backfill().done != lane_->backfill().total) Backfill(100);
}

void TestLane::Restart() { Start({}); }

void TestLane::Restart(std::vector<matcher::PublishedStudy> studies,
                       std::vector<std::string> unusable) {
  studies_ = std::move(studies);
  Start(std::move(unusable));
}

void TestLane::Collect() {
  matcher::Effects effects = lane_->TakeEffects();
  suggestions_ += matcher::ToNdjson(effects.suggestions);
  dead_letters_ += matcher::ToNdjson(effects.dead_letters);
  for (matcher::MoveEvent& move : effects.moves) moves_.push_back(std::move(move));
}

void TestLane::ApplyMove(const std::string& value) {
  matcher::InputRecord record;
  record.value = value;
  record.topic = "moves";
  const auto applied = lane_->ApplyMove(record, std::nullopt);
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  Collect();
}

void TestLane::Apply(const std::string& record) {
  const auto applied = lane_->Apply(record, {offset_, ++line_}, std::nullopt);
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  offset_ += record.size() + 1;
  Collect();
}

void TestLane::Tick(std::string_view time) { Tick(At(time)); }

void TestLane::Tick(base::Instant time) {
  const auto moved = lane_->AdvanceTo(time);
  ASSERT_TRUE(moved.has_value()) << moved.error().message;
  Collect();
}

void TestLane::Commit() {
  const auto committed = lane_->Commit({{"file", std::to_string(offset_)}});
  ASSERT_TRUE(committed.has_value()) << committed.error().message;
  committed_line_ = line_;
  committed_offset_ = offset_;
  committed_suggestions_ = suggestions_.size();
  committed_dead_letters_ = dead_letters_.size();
}

std::size_t TestLane::Crash() {
  lane_.reset();
  line_ = committed_line_;
  offset_ = committed_offset_;
  suggestions_.resize(committed_suggestions_);
  dead_letters_.resize(committed_dead_letters_);
  Restart();
  return static_cast<std::size_t>(line_);
}

std::vector<std::string> TestLane::News() {
  std::vector<std::string> news;
  for (std::size_t end; (end = suggestions_.find('\n', told_)) != std::string::npos;
       told_ = end + 1) {
    const base::json::object event =
        Parse(std::string_view(suggestions_).substr(told_, end - told_));
    const base::json::object& data = event.at("data").as_object();
    const std::string state = Word(data.at("state"));
    news.push_back(state + " " + Word(data.at("study").at("id")) + " " +
                   Word(data.at(state == "withdrawn" ? "reason" : "grade")));
  }
  return news;
}

base::json::object TestLane::LastSuggestion() const {
  const std::size_t end = suggestions_.size() - 1;
  const std::size_t before = suggestions_.rfind('\n', end - 1);
  const std::size_t start = before == std::string::npos ? 0 : before + 1;
  return Parse(std::string_view(suggestions_).substr(start, end - start));
}

std::vector<std::string> TestLane::Open() {
  std::vector<std::string> open;
  auto suggestions = lane_->OpenSuggestions();
  EXPECT_TRUE(suggestions.has_value());
  for (const auto& one : *suggestions) {
    open.push_back(one.study + " " + std::string(Name(one.grade)));
  }
  return open;
}

std::string TestLane::Hash() {
  const auto hash = lane_->StateHash();
  EXPECT_TRUE(hash.has_value());
  return base::Hex(base::AsBytes(*hash));
}

matcher::PersonKey TestLane::Key(std::string_view name) const {
  return matcher::SubjectHasher(options_.subject_key_id, options_.subject_key).Hash(name);
}

}  // namespace medverka::tests

// Directories of store formats before this one: rows as programs of that time wrote them, frozen.
// FORMAT.md says what becomes of each; here it is held.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "matcher/marker.h"
#include "matcher/store/changelog.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_lane.h"

namespace medverka::matcher {
namespace {

using tests::TemporaryDirectory;
using tests::TestLane;

struct FrozenRow {
  Room room;
  std::string_view key, value;  // hex
};

// A woman with C18.7 and a creatinine of 62.0 umol/L, one study that asks for C18, one open
// suggestion.
const std::vector<FrozenRow> kFormat2 = {
    {Room::kState, "7001fd7e8855654ead72a3f1d19b7554f48d",
     "01808084b6bbfca50600ffffffffffffffffff0146a82b95a7e19fd30701fd7e8855654ead72a3f1d19b"
     "7554f48d00000001ff8f848ed5c38f01ffbfddeec10200"},
    {Room::kState, "72436f6e646974696f6e2f6331",
     "0201808084b6bbfca50600ffffffffffffffffff01f54f046ce56f982601fd7e8855654ead72a3f1d19b"
     "7554f48d"},
    {Room::kState, "724f62736572766174696f6e2f6f31",
     "02018080bf93bf81a60600ffffffffffffffffff01d5c8c016be602af701fd7e8855654ead72a3f1d19b"
     "7554f48d"},
    {Room::kState, "7301fd7e8855654ead72a3f1d19b7554f48d0000000000000001",
     "010202044331383709084e505532383330390106756d6f6c2f4c02000c436f6e646974696f6e2f633101"
     "3104808084b6bbfca506010015010080f089cae1eda406ffbfddeec102000e4f62736572766174696f6e"
     "2f6f310131048080bf93bf81a606010545010180f0b8e0cdffa506ffbfddeec1020113d8090200"},
    {Room::kLedger, "01fd7e8855654ead72a3f1d19b7554f48d",
     "01025431010103e384700464b487d0c7e769cc2ca494519669b7a87ad34ad9c6be7bf5477097980100"},
    {Room::kMeta, "636174616c6f677565",
     "0101025431496c43ab2256a63a3f047aa310df73c4162f88f21d8b836ccdd9d31d3a94de3b"},
    {Room::kMeta, "636174616c6f6775652f0000000000000001",
     "0101025431496c43ab2256a63a3f047aa310df73c4162f88f21d8b836ccdd9d31d3a94de3b"},
    {Room::kMeta, "6d61726b6572",
     "0205302e312e300001bb6d497a16ee6eef74ee8d168445ad0b07018080bf93bf81a60601030f2f6a6f75"
     "726e616c2e6e646a736f6e46383636203320326632666166623262323931643235666535636638616230"
     "37366662616661313834326566333230616133653538323164616464393534363436306437346232186f"
     "75743a2f646561642d6c6574746572732e6e646a736f6e0130176f75743a2f73756767657374696f6e73"
     "2e6e646a736f6e0339343427d49f3f9a3b5ae0aef5c924751559ec67587610eeb438b28f99780fa78fdd"
     "b9e62a77205da49d98"},
    {Room::kMeta,
     "70726f6772616d2f496c43ab2256a63a3f047aa310df73c4162f88f21d8b836ccdd9d31d3a94de3b",
     "020254310009547269616c206f6e65000000000000000000060000010b69636431307365204331380101"
     "02000203433138000001000000000000000000010000000000000000000000000000feffffff1f000000"
     "00000000000000000000000000000000010e0000000100047369636b00000000000000"},
};

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::string StampOf(const std::string& directory) {
  std::ifstream file(directory + "/MEDVERKA");
  std::string line;
  std::getline(file, line);
  return line;
}

void MakeFormat2(const std::string& directory) {
  auto store = OpenRocksDbStore(directory);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  for (const FrozenRow& row : kFormat2) {
    (*store)->Put(row.room, FromHex(row.key), FromHex(row.value));
  }
  ASSERT_TRUE((*store)->Commit().has_value());
  store->reset();
  std::ofstream(directory + "/MEDVERKA") << "medverka state, format 2\n";
}

std::unique_ptr<Lane> OpenLane(const std::string& directory) {
  auto store = OpenRocksDbStore(directory);
  EXPECT_TRUE(store.has_value()) << store.error().message;
  LaneOptions options;
  options.subject_key = "a secret for tests";
  options.assume_recruiting = true;
  // As a lane on Kafka has it: the stored catalogue counts.
  options.background_backfill = true;
  auto lane = Lane::Open(std::move(*store), std::move(options), {}, {});
  EXPECT_TRUE(lane.has_value()) << lane.error().message;
  return std::move(*lane);
}

TEST(OldFormat, Format2IsReadAndGoesOn) {
  const TemporaryDirectory folder;
  const std::string directory = folder / "state";
  MakeFormat2(directory);
  std::string hash;
  {
    const auto lane = OpenLane(directory);
    EXPECT_EQ(StampOf(directory), "medverka state, format 4") << "an older program is kept out";
    const auto open = lane->OpenSuggestions();
    ASSERT_TRUE(open.has_value()) << open.error().message;
    ASSERT_EQ(open->size(), 1U);
    EXPECT_EQ(open->front().study, "T1");
    EXPECT_EQ(open->front().id, "01222aa8e0dd68b6209dae01241ab3bf");
    const auto subjects = lane->Subjects();
    ASSERT_EQ(subjects.size(), 1U);
    const auto view = lane->View(subjects.front().key);
    ASSERT_TRUE(view.has_value()) << view.error().message;
    EXPECT_EQ(view->of(criteria::FactKind::kCondition).size(), 1U);
    EXPECT_EQ(view->of(criteria::FactKind::kObservation).size(), 1U);
    EXPECT_EQ(base::FormatUtc(lane->log_time()), "2026-03-02T08:00:00Z");
    // The condition goes, and with it the suggestion.
    const std::string refuted =
        R"({"resourceType":"Condition","id":"c1","meta":{"versionId":"2","lastUpdated":"2026-03-03T08:00:00Z"},)"
        R"("subject":{"reference":"Patient/p1"},"verificationStatus":{"coding":[{"system":)"
        R"("http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"entered-in-error"}]}})";
    ASSERT_TRUE(lane->Apply(refuted, {}, std::nullopt).has_value());
    EXPECT_EQ(lane->TakeEffects().suggestions.size(), 1U);
    ASSERT_TRUE(lane->Commit({}).has_value());
    hash = base::Hex(base::AsBytes(lane->StateHash().value()));
  }
  const auto lane = OpenLane(directory);
  EXPECT_TRUE(lane->OpenSuggestions()->empty());
  EXPECT_EQ(base::Hex(base::AsBytes(lane->StateHash().value())), hash);
}

TEST(OldFormat, LookingAtFormat2ChangesNothing) {
  const TemporaryDirectory folder;
  const std::string directory = folder / "state";
  MakeFormat2(directory);
  const auto store = OpenRocksDbStore(directory, {.read_only = true});
  ASSERT_TRUE(store.has_value()) << store.error().message;
  const auto marker = DecodeMarker((*store)->Get(Room::kMeta, kMarkerKey).value().value());
  ASSERT_TRUE(marker.has_value()) << marker.error().message;
  EXPECT_EQ(marker->format, 2U);
  EXPECT_EQ(StampOf(directory), "medverka state, format 2");
}

}  // namespace
}  // namespace medverka::matcher

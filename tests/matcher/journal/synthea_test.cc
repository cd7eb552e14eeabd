// Real input that nobody here wrote: Synthea's Bundles (../shared/data/README.md), where they are
// there.
#include <zlib.h>

#include <filesystem>
#include <iostream>
#include <map>

#include "matcher/journal/json.h"
#include "reading_record.h"

namespace medverka::matcher {
namespace {

constexpr const char* kFile = "../shared/data/synthea/bundles.ndjson.gz";

std::vector<std::string> ReadLines(const char* path) {
  std::string text;
  const gzFile file = gzopen(path, "rb");
  std::vector<char> buffer(1 << 20);
  for (int size = 0;
       (size = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  gzclose(file);
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (end > from) lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

// Everything a change says that must not depend on what else stood in the record.
std::string Essence(const ResourceChange& change) {
  std::string out = change.id + " " + std::to_string(change.version.content);
  if (change.person) out.append(change.person->view());
  for (const criteria::Fact& fact : change.resource.facts) {
    out += " " + std::to_string(static_cast<int>(fact.kind)) + "/" +
           std::to_string(static_cast<int>(fact.holding)) + "/" +
           std::to_string(static_cast<int>(fact.upkeep)) + "/" + std::to_string(fact.part) + "/" +
           fact.visit_id + "/" + fact.medication_id;
    for (const criteria::CodeId code : fact.codes) out += "," + std::to_string(code);
    if (fact.start) out += "s" + base::FormatUtc(fact.start->lo);
    if (fact.end) out += "e" + base::FormatUtc(fact.end->hi);
    if (fact.value.number.low) out += "v" + fact.value.number.low->ToString();
    for (const criteria::CodeId code : fact.value.codes) out += "c" + std::to_string(code);
    out += fact.value.text + std::to_string(fact.value.unit);
  }
  return out;
}

class Synthea : public JournalTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFile)) {
      std::cout << kFile << " is not there; nothing is read in this test.\n";
      return;
    }
    lines_ = ReadLines(kFile);
    ASSERT_FALSE(lines_.empty());
  }
  std::vector<std::string> lines_;
};

TEST_F(Synthea, IsReadWithoutDeadLetters) {
  std::map<std::string_view, int> passed_over;
  std::map<std::string, int> kinds;
  for (const std::string& line : lines_) {
    ReadBytes(line);
    EXPECT_EQ(Dead(), "");
    EXPECT_TRUE(record_.stamp);
    for (const std::string_view type : record_.passed_over) ++passed_over[type];
    for (const ResourceChange& change : record_.changes) {
      ++kinds[change.id.substr(0, change.id.find('/'))];
      EXPECT_TRUE(change.person) << change.id;
    }
  }
  if (lines_.empty()) return;
  const std::map<std::string_view, int> unlisted = {{"CarePlan", 64}, {"ImagingStudy", 36}};
  EXPECT_EQ(passed_over, unlisted);
  const std::map<std::string, int> listed = {{"AllergyIntolerance", 24},
                                             {"Condition", 475},
                                             {"Device", 71},
                                             {"DiagnosticReport", 555},
                                             {"Encounter", 699},
                                             {"Immunization", 162},
                                             {"MedicationAdministration", 42},
                                             {"MedicationRequest", 378},
                                             {"Observation", 3992},
                                             {"Patient", 14},
                                             {"Procedure", 1957}};
  EXPECT_EQ(kinds, listed);
}

TEST_F(Synthea, SplitIntoSingleResourcesGivesTheSameChanges) {
  for (const std::string& line : lines_) {
    ReadBytes(line);
    std::map<std::string, std::string> whole;
    for (const ResourceChange& change : record_.changes) whole[change.id] = Essence(change);
    journal::Document document;
    ASSERT_EQ(document.Parse(line, kJsonDepthMax), journal::JsonFault::kNone);
    std::size_t changes = 0;
    for (const journal::Node& entry : *document.root().Member("entry")) {
      ReadBytes(entry.Member("resource")->text);
      for (const ResourceChange& change : record_.changes) {
        ++changes;
        ASSERT_EQ(whole[change.id], Essence(change));
      }
    }
    EXPECT_EQ(changes, whole.size());
  }
}

}  // namespace
}  // namespace medverka::matcher

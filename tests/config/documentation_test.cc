// docs/configuration.md and the code name the same keys, with the same kinds, defaults and
// variables; and the example in docs/ is one that the service takes.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "ops/base/format.h"
#include "ops/config/keys.h"

namespace medverka::config {
namespace {

// | `commit.interval` | duration | `50ms` | `MEDVERKA_COMMIT_INTERVAL` | yes | what for |
std::string RowOf(const Key& key) {
  Config defaults;
  std::string value = key.get(defaults);
  if (key.name == "instance")
    value = "host name";
  else if (value.empty())
    value = "required";
  else
    value = fmt::format("`{}`", value);
  return fmt::format("| `{}` | {} | {} | `{}` | {} | ", key.name, key.kind, value,
                     EnvironmentName(key.name), key.reloadable ? "yes" : "no");
}

TEST(ConfigurationPage, HasARowForEveryKeyAndForNoOther) {
  std::ifstream page("docs/configuration.md");
  ASSERT_TRUE(page.is_open());
  std::set<std::string> rows;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("| `", 0) == 0 && line.find("`MEDVERKA_") != std::string::npos)
      rows.insert(line);
  }
  for (const Key& key : Keys()) {
    const std::string wanted = RowOf(key);
    const auto row = rows.lower_bound(wanted);
    if (row == rows.end() || row->rfind(wanted, 0) != 0) {
      ADD_FAILURE() << "docs/configuration.md lacks a row that begins with\n" << wanted;
    } else {
      EXPECT_GT(row->size(), wanted.size() + 10) << "what is it for? " << *row;
      rows.erase(row);
    }
  }
  for (const std::string& row : rows) ADD_FAILURE() << "no such key: " << row;
}

// Only what lies outside the file may be missing: key file and directory.
TEST(ConfigurationPage, TheExampleIsTaken) {
  const ConfigOutcome outcome = ReadConfig("docs/medverka.yaml", {}, ConfigUse::kTool);
  for (const ConfigProblem& problem : outcome.problems) ADD_FAILURE() << ToText(problem);
  EXPECT_FALSE(outcome.config.state_directory.empty());
  EXPECT_FALSE(outcome.config.subject_key_file.empty());
}

}  // namespace
}  // namespace medverka::config

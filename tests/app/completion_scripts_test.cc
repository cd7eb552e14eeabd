// Completion scripts against the command line that they are made from.
#include "ops/app/completion_scripts.h"

#include <gtest/gtest.h>

#include "ops/app/application.h"

namespace medverka::app {
namespace {

// The whole command line; CLI11 itself stays in ops/app.
std::string ScriptOf(const char* shell) {
  const std::vector<const char*> words{"medverka", "completion", shell};
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(RunApplication(static_cast<int>(words.size()), words.data()), 0);
  return ::testing::internal::GetCapturedStdout();
}

TEST(CompletionScripts, NameEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = ScriptOf(shell);
    const bool is_fish = std::string_view(shell) == "fish";
    for (const char* command : {"check", "test", "explain-code", "explain", "run", "generate",
                                "store", "inspect", "demo", "completion"}) {
      EXPECT_NE(script.find(command), std::string::npos) << shell << ": " << command;
    }
    for (const char* option :
         {"studies", "journal", "state", "until", "follow", "assume-recruiting", "patients"}) {
      EXPECT_NE(script.find((is_fish ? "-l " : "--") + std::string(option)), std::string::npos)
          << shell << ": " << option;
    }
  }
}

TEST(CompletionScripts, OfferTheValuesOfAClosedList) {
  EXPECT_NE(ScriptOf("bash").find(
                "\"explain:--format\") mapfile -t COMPREPLY < <(compgen -W \"text json\""),
            std::string::npos);
  EXPECT_NE(ScriptOf("zsh").find("choice:(text json)"), std::string::npos);
  EXPECT_NE(ScriptOf("fish").find("-l format -x -a 'text json'"), std::string::npos);
}

}  // namespace
}  // namespace medverka::app

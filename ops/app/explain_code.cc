#include <CLI/CLI.hpp>

#include "criteria/diagnostic.h"
#include "ops/app/application.h"
#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

// "mv312", "MV0312" and "312" are one code.
std::string CodeAsPrinted(const std::string& typed) {
  constexpr std::size_t kDigits = 4;
  std::string digits;
  for (const char c : typed) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  if (digits.empty() || digits.size() > kDigits) return typed;
  return "MV" + std::string(kDigits - digits.size(), '0') + digits;
}

int ExplainOneCode(const std::string& typed) {
  const std::string page = criteria::ExplainCode(CodeAsPrinted(typed));
  if (page.empty()) {
    Say(
        fmt::format("there is no diagnostic code \"{}\"; codes look like MV0101 and stand in each "
                    "line of `medverka check`",
                    typed));
    return kInputHasErrors;
  }
  Print(page.back() == '\n' ? page : page + "\n");
  return kFine;
}

}  // namespace

void AddExplainCode(CLI::App& root, Commands& commands) {
  CLI::App* command =
      root.add_subcommand("explain-code", "Explain a diagnostic's code: meaning, example, cure");
  const auto code = std::make_shared<std::string>();
  command->add_option("code", *code, "The code as `check` prints it")
      ->required()
      ->type_name("CODE");
  command->footer("Examples:\n  medverka explain-code MV0101\n  medverka explain-code 101");
  commands.push_back({command, [code] { return ExplainOneCode(*code); }});
}

}  // namespace medverka::app

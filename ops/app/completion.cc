#include <CLI/CLI.hpp>

#include "ops/app/application.h"
#include "ops/app/completion_scripts.h"
#include "ops/app/terminal.h"

namespace medverka::app {

void AddCompletion(CLI::App& root, Commands& commands) {
  CLI::App* command = root.add_subcommand("completion", "Print a completion script for a shell");
  const auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "The shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
      ->type_name("bash|zsh|fish");
  command->footer(R"(Examples:
  source <(medverka completion bash)
  medverka completion zsh > ~/.zfunc/_medverka
  medverka completion fish > ~/.config/fish/completions/medverka.fish)");
  commands.push_back({command, [shell, &root] {
                        Print(*shell == "bash"  ? BashCompletion(root)
                              : *shell == "zsh" ? ZshCompletion(root)
                                                : FishCompletion(root));
                        return static_cast<int>(kFine);
                      }});
}

}  // namespace medverka::app

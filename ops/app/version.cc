#include <CLI/CLI.hpp>

#include "ops/app/application.h"
#include "ops/app/terminal.h"

namespace medverka::app {

void AddVersion(CLI::App& root, Commands& commands) {
  CLI::App* command = root.add_subcommand("version", "Print the version");
  command->footer("Example:\n  medverka version");
  commands.push_back({command, [] {
                        Print(fmt::format("medverka {}\n", MEDVERKA_VERSION));
                        return static_cast<int>(kFine);
                      }});
}

}  // namespace medverka::app

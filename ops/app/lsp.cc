#include <CLI/CLI.hpp>
#include <csignal>

#include "ops/app/application.h"
#include "ops/app/study_files.h"
#include "ops/editor/server.h"

namespace medverka::app {

void AddLsp(CLI::App& root, Commands& commands) {
  CLI::App* command =
      root.add_subcommand("lsp", "Serve an editor: diagnostics, completion, hover, rename, format");
  // Editors say it to every server.
  const auto stdio = std::make_shared<bool>(true);
  command->add_flag("--stdio", *stdio,
                    "Speak over standard input and output; there is no other way");
  command->footer(
      R"(Speaks the Language Server Protocol 3.17. An editor starts it by itself; editors/vscode is an extension that does.
Hover reads criteria back in Swedish or English: initializationOptions {"language": "sv"}, else the editor's locale.

Examples:
  medverka lsp
  nvim: vim.lsp.start({ name = "medverka", cmd = { "medverka", "lsp" } }))");
  commands.push_back({command, [stdio] {
                        // An editor that goes away ends the pipe, and with it the loop.
                        std::signal(SIGPIPE, SIG_IGN);
                        return editor::Serve(0, 1, UsedFiles(), MEDVERKA_VERSION);
                      }});
}

}  // namespace medverka::app

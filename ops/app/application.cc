#include "ops/app/application.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <new>
#include <string_view>

#include "ops/app/terminal.h"
#include "ops/base/text.h"

namespace medverka::app {
namespace {

constexpr const char* kAbout =
    "Medverka matches a patient journal against the criteria of clinical studies and says which "
    "studies may suit whom, "
    "and why.";
constexpr const char* kFooter = R"(Examples:
  medverka demo                                        see all of it work on synthetic patients
  medverka check criteria/studies                      what is wrong in my study files
  medverka test criteria/studies                       do their examples come out as expected
  medverka generate --patients 1000 --years 3 --out journal.ndjson
  medverka explain --studies criteria/studies --journal journal.ndjson --patient p17
  medverka run --studies criteria/studies --journal journal.ndjson --state state --out suggestions.ndjson
  medverka serve --config medverka.yaml                the same on Kafka; medverka.yaml: docs/configuration.md

Exit codes: 0 fine, 1 the input has errors, 2 wrong usage, 3 the machine failed (disk, memory, state directory, brokers away).
`medverka COMMAND --help` says more about one command. NO_COLOR=1 keeps colours away.)";

// The first word that is neither an option nor a known command, with what may have been meant.
std::string MistakenCommand(const CLI::App& root, int argc, const char* const* argv) {
  std::vector<std::string> names;
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  if (argc < 2 || argv[1][0] == '-' ||
      std::find(names.begin(), names.end(), argv[1]) != names.end())
    return "";
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string meant(base::DidYouMean(argv[1], candidates));
  return fmt::format("there is no command \"{}\"{}; `medverka --help` lists them", argv[1],
                     meant.empty() ? "" : fmt::format(", did you mean \"{}\"?", meant));
}

int SayWrongUsage(const CLI::App& root, const CLI::ParseError& error, int argc,
                  const char* const* argv) {
  std::string command;
  for (const CLI::App* app = &root; app != nullptr;) {
    const auto parsed = app->get_subcommands();
    app = parsed.empty() ? nullptr : parsed.front();
    if (app != nullptr) command += " " + app->get_name();
  }
  const std::string mistaken = MistakenCommand(root, argc, argv);
  if (!mistaken.empty()) {
    Say(mistaken);
  } else {
    Say(fmt::format("{}; `medverka{} --help` shows how it is used", error.what(), command));
  }
  return kWrongUsage;
}

int ParseAndRun(int argc, const char* const* argv) {
  Commands commands;
  const auto root = MakeApplication(commands);
  try {
    root->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version end like errors, with the code 0.
    if (error.get_exit_code() == 0) return root->exit(error);
    return SayWrongUsage(*root, error, argc, argv);
  }
  for (const Command& command : commands) {
    if (command.parsed->parsed()) return command.run();
  }
  Print(root->help());
  return kWrongUsage;
}

}  // namespace

CLI::Option* AddFormat(CLI::App& command, std::string& format) {
  return command
      .add_option("--format", format, "How the answer is written: for people or for programs")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->type_name("text|json")
      ->capture_default_str();
}

std::unique_ptr<CLI::App> MakeApplication(Commands& commands) {
  auto root = std::make_unique<CLI::App>(kAbout, "medverka");
  root->footer(kFooter);
  root->require_subcommand(1);
  root->set_version_flag("--version", std::string("medverka ") + MEDVERKA_VERSION,
                         "Print the version and exit");
  root->set_help_flag("-h,--help", "Print this help and exit");
  AddCheck(*root, commands);
  AddTest(*root, commands);
  AddFmt(*root, commands);
  AddReadBack(*root, commands);
  AddExplainCode(*root, commands);
  AddExplain(*root, commands);
  AddRun(*root, commands);
  AddGenerate(*root, commands);
  AddStore(*root, commands);
  AddTopics(*root, commands);
  AddServe(*root, commands);
  AddConfig(*root, commands);
  AddPublish(*root, commands);
  AddCatalogue(*root, commands);
  AddDlq(*root, commands);
  AddDemo(*root, commands);
  AddCompletion(*root, commands);
  AddLsp(*root, commands);
  AddVersion(*root, commands);
  return root;
}

int RunApplication(int argc, const char* const* argv) {
  try {
    return FinishOutput(ParseAndRun(argc, argv));
  } catch (const std::bad_alloc&) {
    Say("out of memory; give the process more, or fewer and smaller files at a time");
  } catch (const std::exception& error) {
    Say(fmt::format("this should not have happened: {}; please report it", error.what()));
  }
  return kMachineFailed;
}

}  // namespace medverka::app

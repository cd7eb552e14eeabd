// The command line as a whole: every command registers itself here, one file per command, in the
// manner of git.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace medverka::app {

struct Command {
  const CLI::App* parsed = nullptr;  // run when this one stood on the command line
  std::function<int()> run;          // gives the exit code
};
using Commands = std::vector<Command>;

void AddCheck(CLI::App& root, Commands& commands);
void AddTest(CLI::App& root, Commands& commands);
void AddFmt(CLI::App& root, Commands& commands);
void AddReadBack(CLI::App& root, Commands& commands);
void AddExplainCode(CLI::App& root, Commands& commands);
void AddExplain(CLI::App& root, Commands& commands);
void AddRun(CLI::App& root, Commands& commands);
void AddGenerate(CLI::App& root, Commands& commands);
void AddStore(CLI::App& root, Commands& commands);
void AddCompletion(CLI::App& root, Commands& commands);
void AddDemo(CLI::App& root, Commands& commands);
void AddLsp(CLI::App& root, Commands& commands);
void AddCatalogue(CLI::App& root, Commands& commands);
void AddDlq(CLI::App& root, Commands& commands);
void AddPublish(CLI::App& root, Commands& commands);
void AddTopics(CLI::App& root, Commands& commands);
void AddServe(CLI::App& root, Commands& commands);
void AddConfig(CLI::App& root, Commands& commands);
void AddVersion(CLI::App& root, Commands& commands);

// --format text|json, the same for every command that has it.
CLI::Option* AddFormat(CLI::App& command, std::string& format);

std::unique_ptr<CLI::App> MakeApplication(Commands& commands);

// Parses and runs: the whole of main. Nothing is thrown out of it.
int RunApplication(int argc, const char* const* argv);

}  // namespace medverka::app

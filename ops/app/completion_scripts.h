// Completion scripts for the shells, made from the command line itself, so that they never fall
// behind it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace medverka::app {

std::string BashCompletion(const CLI::App& root);
std::string ZshCompletion(const CLI::App& root);
std::string FishCompletion(const CLI::App& root);

}  // namespace medverka::app

// What the commands say and how they end: standard output for what was asked for, standard error
// for everything else.
#pragma once

#include <string>
#include <string_view>

#include "ops/base/result.h"

namespace medverka::app {

enum ExitCode : int {
  kFine = 0,
  kInputHasErrors = 1,  // the user's study, journal or name of something
  kWrongUsage = 2,      // the command line
  kMachineFailed = 3,   // disk, memory, state directory
};
int ExitCodeOf(const base::Error& error);

// Colours only on a terminal, and not when NO_COLOR is set (no-color.org) or the terminal is a dumb
// one.
bool StdoutHasColour();
bool StderrHasColour();
bool StderrIsTerminal();
int StderrColumns();

void Print(std::string_view text);       // to standard output
void Say(std::string_view sentence);     // to standard error: "medverka: sentence"
void SayPlainly(std::string_view text);  // to standard error, as it is
// Says the error and gives the exit code for it.
int Complain(const base::Error& error);

// Everything printed is out, or it is said that it could not be: kMachineFailed instead of
// `exit_code`.
int FinishOutput(int exit_code);

enum class Ink { kBold, kDim, kGreen, kRed, kYellow, kCyan };
std::string Paint(Ink ink, std::string_view text, bool colour);

// "1 study", "4 studies", "12 345 events": a count with its word, thousands apart.
std::string Count(std::uint64_t count, std::string_view one, std::string_view many);
std::string Thousands(std::uint64_t number);

}  // namespace medverka::app

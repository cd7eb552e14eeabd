#include "ops/app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace medverka::app {
namespace {

bool HasColour(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  if (terminal == nullptr || std::strcmp(terminal, "dumb") == 0) return false;
  return isatty(fd) == 1;
}

}  // namespace

int ExitCodeOf(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kInvalidArgument:
    case base::ErrorCode::kNotFound:
      return kInputHasErrors;
    case base::ErrorCode::kCorruption:
    case base::ErrorCode::kUnavailable:
    case base::ErrorCode::kForeign:
    case base::ErrorCode::kExhausted:
    case base::ErrorCode::kIo:
      return kMachineFailed;
  }
  return kMachineFailed;
}

bool StdoutHasColour() { return HasColour(STDOUT_FILENO); }
bool StderrHasColour() { return HasColour(STDERR_FILENO); }
bool StderrIsTerminal() { return isatty(STDERR_FILENO) == 1; }

int StderrColumns() {
  constexpr int kUsual = 80;
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

void Print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void SayPlainly(std::string_view text) {
  std::fflush(stdout);  // so that the two streams come in order on a terminal
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void Say(std::string_view sentence) { SayPlainly(fmt::format("medverka: {}\n", sentence)); }

int Complain(const base::Error& error) {
  Say(error.message);
  return ExitCodeOf(error);
}

int FinishOutput(int exit_code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  Say(fmt::format("writing standard output failed: {}", std::strerror(errno)));
  return kMachineFailed;
}

std::string Paint(Ink ink, std::string_view text, bool colour) {
  if (!colour || text.empty()) return std::string(text);
  constexpr const char* kCodes[] = {"1", "2", "32", "31", "33", "36"};
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<int>(ink)], text);
}

std::string Thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string Count(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", Thousands(count), count == 1 ? one : many);
}

}  // namespace medverka::app

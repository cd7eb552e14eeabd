#include "ops/app/progress.h"

#include <algorithm>

#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

constexpr std::uint64_t kBarCells = 24;

std::string Bar(std::uint64_t done, std::uint64_t total) {
  const std::uint64_t filled = std::min(done, total) * kBarCells / total;
  std::string bar;
  for (std::uint64_t cell = 0; cell < kBarCells; ++cell) bar += cell < filled ? "█" : "░";
  return fmt::format("{} {:>3} %", bar, std::min(done, total) * 100 / total);
}

}  // namespace

Progress::Progress(std::string what, bool at_once)
    : what_(std::move(what)),
      shown_at_all_(StderrIsTerminal()),
      begun_(Clock::now()),
      next_(begun_ + std::chrono::milliseconds(at_once ? 0 : kProgressAfterMs)) {}

Progress::~Progress() { Clear(); }

void Progress::Show(std::uint64_t done, std::uint64_t total, std::uint64_t events,
                    const std::string& note) {
  if (!shown_at_all_) return;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(kProgressEveryMs);
  const double seconds = std::max(1e-3, std::chrono::duration<double>(now - begun_).count());
  const auto per_second = static_cast<std::uint64_t>(static_cast<double>(events) / seconds);
  std::string line =
      fmt::format("{}  {}  {}  {} events/s", what_,
                  total > 0 ? Bar(done, total) : Thousands(done / 1024 / 1024) + " MiB",
                  Count(events, "event", "events"), Thousands(per_second));
  if (!note.empty()) line += "  " + note;
  // Too narrow a window would wrap and leave lines behind. The bar's cells are three bytes each.
  const std::size_t columns =
      static_cast<std::size_t>(StderrColumns()) + (total > 0 ? 2 * kBarCells : 0);
  SayPlainly("\r\x1b[K" + (line.size() < columns
                               ? line
                               : fmt::format("{}  {}", what_, Count(events, "event", "events"))));
  on_screen_ = true;
}

void Progress::Clear() {
  if (on_screen_) SayPlainly("\r\x1b[K");
  on_screen_ = false;
}

}  // namespace medverka::app

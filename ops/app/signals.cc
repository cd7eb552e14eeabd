#include "ops/app/signals.h"

#include <signal.h>

namespace medverka::app {
namespace {

volatile sig_atomic_t stop_is_asked = 0;
void OnStop(int) { stop_is_asked = 1; }

volatile sig_atomic_t reload_is_asked = 0;
void OnReload(int) { reload_is_asked = 1; }

}  // namespace

void CatchStopSignals() {
  struct sigaction action {};
  action.sa_handler = OnStop;
  sigemptyset(&action.sa_mask);
  // Reads are interrupted, not restarted; the handler is good for one signal.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool StopIsAsked() { return stop_is_asked != 0; }

void CatchReloadSignal() {
  struct sigaction action {};
  action.sa_handler = OnReload;
  sigemptyset(&action.sa_mask);
  action.sa_flags = static_cast<int>(SA_RESTART);
  sigaction(SIGHUP, &action, nullptr);
}

bool TakeReloadAsked() {
  const bool asked = reload_is_asked != 0;
  reload_is_asked = 0;
  return asked;
}

}  // namespace medverka::app

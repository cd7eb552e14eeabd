// SIGINT and SIGTERM as a question that a loop asks: shall I stop? A second one ends the process at
// once.
#pragma once

namespace medverka::app {

void CatchStopSignals();
bool StopIsAsked();

// SIGHUP as a question: was I asked to read the configuration again, since the last call?
void CatchReloadSignal();
bool TakeReloadAsked();

}  // namespace medverka::app

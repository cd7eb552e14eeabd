// SIGINT and SIGTERM as a question that a loop asks: shall I stop? A second one ends the process at
// once.
#pragma once

namespace medverka::app {

void CatchStopSignals();
bool StopIsAsked();

}  // namespace medverka::app

// `check --watch`: says everything again whenever a study file, or a file that one uses, changes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "criteria/criteria.h"

namespace medverka::app {

// Calls `check` at once and after every change below `paths`, until the process is asked to stop.
// `check` reads used files by the loader it is given, so that they are watched too. `quiet`:
// nothing is written between two rounds.
void WatchFiles(const std::vector<std::string>& paths,
                const std::function<void(const criteria::UseLoader&)>& check, bool quiet);

}  // namespace medverka::app

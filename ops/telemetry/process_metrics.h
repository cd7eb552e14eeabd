// What the operating system knows of this process and of the volume it writes to, read anew at
// each call.
#pragma once

#include <map>
#include <string>

namespace medverka::telemetry {

// By the names of ProcessMetrics(). What cannot be read is left out.
std::map<std::string, double> ReadProcess();

struct Volume {
  double free_bytes = 0;  // for this user, without what is kept for root
  double size_bytes = 0;
};
// False: there is none to be seen.
bool ReadVolume(const std::string& directory, Volume& volume);

}  // namespace medverka::telemetry

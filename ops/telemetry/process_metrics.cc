#include "ops/telemetry/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace medverka::telemetry {
namespace {

std::string FirstLine(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The fields of /proc/self/stat from the third on (proc(5)); the second is a name with anything in
// it, and ends at the last bracket.
std::vector<double> StatFields() {
  const std::string line = FirstLine("/proc/self/stat");
  const std::size_t bracket = line.rfind(')');
  std::vector<double> fields;
  if (bracket == std::string::npos) return fields;
  std::istringstream rest(line.substr(bracket + 1));
  std::string state;
  rest >> state;
  for (double field = 0; rest >> field;) fields.push_back(field);
  return fields;
}

double BootTime() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    if (word == "btime") {
      double seconds = 0;
      file >> seconds;
      return seconds;
    }
  }
  return 0;
}

}  // namespace

std::map<std::string, double> ReadProcess() {
  std::map<std::string, double> values;
  // Positions in proc(5), less the first three.
  constexpr std::size_t kUserTicks = 14 - 4, kSystemTicks = 15 - 4, kThreads = 20 - 4,
                        kStartTicks = 22 - 4, kVirtualBytes = 23 - 4, kResidentPages = 24 - 4;
  const std::vector<double> fields = StatFields();
  if (fields.size() > kResidentPages) {
    const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    values["process_cpu_seconds_total"] = (fields[kUserTicks] + fields[kSystemTicks]) / ticks;
    values["process_threads"] = fields[kThreads];
    values["process_start_time_seconds"] = BootTime() + fields[kStartTicks] / ticks;
    values["process_virtual_memory_bytes"] = fields[kVirtualBytes];
    values["process_resident_memory_bytes"] =
        fields[kResidentPages] * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  std::error_code failed;
  double open = 0;
  for (auto at = std::filesystem::directory_iterator("/proc/self/fd", failed);
       !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
    ++open;
  }
  if (!failed) values["process_open_fds"] = open;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    values["process_max_fds"] = static_cast<double>(limit.rlim_cur);
  }
  return values;
}

bool ReadVolume(const std::string& directory, Volume& volume) {
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(directory, failed);
  if (failed) return false;
  volume.free_bytes = static_cast<double>(space.available);
  volume.size_bytes = static_cast<double>(space.capacity);
  return true;
}

}  // namespace medverka::telemetry

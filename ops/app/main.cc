#include <cstdio>
#include <cstdlib>
#include <exception>

#include "ops/app/application.h"

namespace {

// A library that cannot start a thread, or runs out of memory where nobody can catch it, ends the
// process. What was committed stands, so this is a failure of the machine like a full disk: said in
// a sentence, exit 3.
[[noreturn]] void EndOnMachineFailure() {
  std::fputs(
      "medverka: the machine gave too little memory or too few threads; give it more and run "
      "again, it goes on from the "
      "last commit\n",
      stderr);
  std::_Exit(3);
}

}  // namespace

int main(int argc, char** argv) {
  std::set_terminate(EndOnMachineFailure);
  return medverka::app::RunApplication(argc, argv);
}

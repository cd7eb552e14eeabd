#include "tests/support/temporary_directory.h"

#include <stdlib.h>

#include <system_error>

#include "ops/base/check.h"

namespace medverka::tests {

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "medverka-test-XXXXXX").string();
  MEDVERKA_CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace medverka::tests

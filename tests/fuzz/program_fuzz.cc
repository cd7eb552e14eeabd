// Compiled studies of any bytes, as a damaged disk could hold them: DecodeProgram refuses or gives
// a program that is written back the same and that can be evaluated.

#include <cstdint>
#include <memory>
#include <string>

#include "criteria/evaluator.h"
#include "criteria/program.h"
#include "ops/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace medverka;
  auto program = criteria::DecodeProgram({reinterpret_cast<const char*>(data), size});
  if (!program) return 0;
  const std::string bytes = criteria::EncodeProgram(*program);
  const auto again = criteria::DecodeProgram(bytes);
  MEDVERKA_CHECK(again.has_value());
  MEDVERKA_CHECK(criteria::EncodeProgram(*again) == bytes);

  criteria::Vocabulary vocabulary;
  const criteria::Evaluator evaluator(
      std::make_shared<const criteria::Program>(*std::move(program)), vocabulary);
  const criteria::PatientView nobody;
  constexpr base::Instant kAt{1'790'000'000LL * base::kMicrosPerSecond};  // September 2026
  static_cast<void>(evaluator.Evaluate(nobody, kAt));
  static_cast<void>(evaluator.Evaluate(nobody, kAt, {.explain = true}));
  return 0;
}

// Study files of any bytes: Compile never crashes, never hangs, and what compiles survives being
// stored and run.

#include <cstdint>
#include <optional>
#include <string>

#include "criteria/criteria.h"
#include "ops/base/check.h"

namespace {

using medverka::criteria::SourceFile;

// The file that most studies use, small: the fuzzer is to spend its time on the study.
constexpr const char* kCommon =
    "codes creatinine { npu NPU04998 loinc 14682-9 }\n"
    "codes colorectal cancer { icd10se C18-C20 except icd10se C18.1 }\n"
    "codes anticoagulants { atc B01AA, B01AF }\n";

std::optional<SourceFile> Load(const std::string&, const std::string& name) {
  if (name != "common.codes") return std::nullopt;
  return SourceFile{"common.codes", kCommon};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const SourceFile file{"fuzz.study", std::string(reinterpret_cast<const char*>(data), size)};
  const auto compilation = medverka::criteria::Compile({file}, Load);
  for (const auto& study : compilation.studies) {
    if (study.program == nullptr) continue;
    const std::string bytes = medverka::criteria::EncodeProgram(*study.program);
    const auto back = medverka::criteria::DecodeProgram(bytes);
    MEDVERKA_CHECK(back.has_value());
    MEDVERKA_CHECK(medverka::criteria::EncodeProgram(*back) == bytes);
  }
  static_cast<void>(medverka::criteria::RunExamples({file}, Load));
  return 0;
}

// Study files of any bytes: Compile never crashes, never hangs, and what compiles survives being
// stored, run, formatted and read back; an editor can stand anywhere in them.

#include <cstdint>
#include <optional>
#include <string>

#include "criteria/criteria.h"
#include "criteria/editor/completion.h"
#include "criteria/format.h"
#include "criteria/read_back.h"
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

// Laid out, the file means the same, and laying it out again changes nothing.
void CheckFormat(const SourceFile& file, const medverka::criteria::CompiledStudy* study) {
  const auto formatted = medverka::criteria::Format(file);
  if (!formatted.parsed) return;
  const SourceFile laid_out{file.path, formatted.text};
  MEDVERKA_CHECK(medverka::criteria::Format(laid_out).text == formatted.text);
  if (study == nullptr || study->program == nullptr) return;
  const auto again = medverka::criteria::Compile({laid_out}, Load);
  MEDVERKA_CHECK(again.studies.size() == 1 && again.studies[0].program != nullptr);
  MEDVERKA_CHECK(medverka::criteria::HashOf(*again.studies[0].program) ==
                 medverka::criteria::HashOf(*study->program));
}

void CheckEditor(const SourceFile& file) {
  namespace editor = medverka::criteria::editor;
  const editor::Symbols symbols({file}, Load);
  constexpr std::size_t kPlaces = 8;
  for (std::size_t i = 0; i <= kPlaces; ++i) {
    const auto offset = static_cast<std::uint32_t>(file.text.size() * i / kPlaces);
    static_cast<void>(editor::ProposalsAt(symbols, file.path, offset));
    static_cast<void>(symbols.CriterionAt(file.path, offset));
    const editor::Mention* mention = symbols.At(file.path, offset);
    std::string problem;
    if (mention != nullptr && mention->symbol != editor::kNowhere)
      static_cast<void>(editor::Rename(symbols, mention->symbol, "another name", problem));
  }
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
    for (const auto language :
         {medverka::criteria::Language::kSwedish, medverka::criteria::Language::kEnglish}) {
      static_cast<void>(
          medverka::criteria::RenderText(medverka::criteria::ReadBackOf(*study.program, language)));
    }
  }
  CheckFormat(file, compilation.studies.empty() ? nullptr : &compilation.studies[0]);
  CheckEditor(file);
  static_cast<void>(medverka::criteria::RunExamples({file}, Load));
  return 0;
}

#include "criteria/internal/pattern.h"

#include <re2/re2.h>

#include "criteria/limits.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {

Pattern::Pattern(const std::string& pattern) {
  if (pattern.size() > kPatternBytesMax) {
    problem_ = fmt::format("it is longer than {} bytes", kPatternBytesMax);
    return;
  }
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kPatternMemoryBytesMax);
  re_ = std::make_unique<RE2>(pattern, options);
  if (!re_->ok()) {
    problem_ =
        re_->error_code() == RE2::ErrorPatternTooLarge
            ? fmt::format("it needs more than {} KiB of memory", kPatternMemoryBytesMax / 1024)
            : re_->error();
  } else if (RE2::PartialMatch("", *re_)) {
    problem_ = "it is found in every text";
  }
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

Truth Pattern::In(std::string_view text) const {
  if (!problem_.empty() || text.size() > kSearchedTextBytesMax) return Truth::kUnknown;
  return FromBool(RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *re_));
}

}  // namespace medverka::criteria::internal

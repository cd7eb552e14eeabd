// A pattern of `text matches`: RE2, case folded, with a bound on its memory. What RE2 would refuse
// is a diagnostic of the checker, so that no evaluation meets a pattern that does not work, unless
// a program was made otherwise.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "criteria/truth.h"

namespace re2 {
class RE2;
}

namespace medverka::criteria::internal {

class Pattern {
 public:
  explicit Pattern(const std::string& pattern);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  // "" if the pattern can be used; else why not, as half a sentence.
  const std::string& problem() const { return problem_; }
  // Is there a match anywhere? Unknown where a limit is reached (a pattern with a problem, a text
  // longer than kSearchedTextBytesMax), which is never "no".
  Truth In(std::string_view text) const;

 private:
  std::unique_ptr<re2::RE2> re_;
  std::string problem_;
};

}  // namespace medverka::criteria::internal

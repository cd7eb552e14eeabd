// Small things about text that several folders need.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace medverka::base {

// Case folded for comparison: Latin up to Extended-A, Greek and Cyrillic letters, and the signs
// that Unicode holds equal to a letter (ångström, kelvin, ohm); blanks squeezed.
std::string Fold(std::string_view utf8);
bool IsValidUtf8(std::string_view text);
// Number of code points; REQUIRES valid UTF-8.
std::size_t CodePoints(std::string_view utf8);
// The candidate nearest to `word` by edit distance, or "" when none is near enough to be a slip.
std::string_view DidYouMean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace medverka::base

// JSON for writing, and for reading what is small: configuration, messages of tools. Journal events
// are read in matcher/journal. Members keep the order in which they were put in, so that output is
// the same everywhere.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "ops/base/result.h"

namespace medverka::base {

namespace json = boost::json;

// Whole JSON texts, nothing behind them, at most kJsonDepthMax deep. kInvalidArgument: what is
// wrong, without a word of the text.
base::Result<json::value> ParseJson(std::string_view text);
// Levels of brackets; messages and configurations have some ten.
inline constexpr std::size_t kJsonDepthMax = 100;

std::string ToJson(const json::value& value);        // one line
std::string ToPrettyJson(const json::value& value);  // two spaces, ends with a newline

}  // namespace medverka::base

// JSON for writing. Members keep the order in which they were put in, so that output is the same
// everywhere.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

namespace medverka::base {

namespace json = boost::json;

std::string ToJson(const json::value& value);        // one line
std::string ToPrettyJson(const json::value& value);  // two spaces, ends with a newline

}  // namespace medverka::base

// Places in a text as editors count them: lines from 0, and in a line the code units of UTF-16.
// Source: Language Server Protocol 3.17, Position.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "criteria/source.h"
#include "ops/base/json.h"

namespace medverka::editor {

class Positions {
 public:
  // Borrows the text. `utf8`: the client counts bytes instead.
  Positions(std::string_view text, bool utf8);

  base::json::object At(std::uint32_t offset) const;
  base::json::object Range(criteria::Span span) const;
  // A place behind the end of its line is the line's end, one behind the last line the text's end.
  std::uint32_t Offset(std::int64_t line, std::int64_t character) const;

 private:
  std::string_view Line(std::size_t line) const;

  std::string_view text_;
  bool utf8_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace medverka::editor

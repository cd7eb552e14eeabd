// The text of one file, and how a byte of it becomes a line and a column a person can find. First
// station of the front end: source -> lexer -> parser -> checker -> compiler.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "criteria/diagnostic.h"

namespace medverka::criteria {

// Bytes [begin, end) of a file.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// From the begin of the one to the end of the other.
constexpr Span Cover(Span first, Span last) { return {first.begin, last.end}; }

class Source {
 public:
  struct Place {
    int line = 1;    // from 1
    int column = 1;  // from 1, in code points
  };

  // A byte order mark at the start is not part of the text.
  Source(std::string path, std::string text);

  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }
  std::string_view text(Span span) const {
    return text().substr(span.begin, span.end - span.begin);
  }

  Place PlaceOf(std::uint32_t offset) const;
  std::string_view Line(int line) const;  // without its end
  int LineOf(std::uint32_t offset) const;

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

// Adds the problems of one file to a list, with their place. One problem of a kind per place: a
// definition that is looked at in several contexts is reported once.
class Reporter {
 public:
  Reporter(const Source& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  void Report(DiagnosticCode code, Span span, std::string message, std::string hint = "");
  std::size_t errors() const { return errors_; }
  bool full() const;  // as many errors as one file may show; what comes after is dropped

 private:
  const Source& source_;
  Diagnostics& diagnostics_;
  std::size_t errors_ = 0;
  std::set<std::pair<std::uint32_t, DiagnosticCode>> seen_;
};

// Size, encoding, characters that a reader cannot see. False: the text cannot be read at all.
bool CheckText(const Source& source, Reporter& reporter);

// A character that nobody can see stands in it; CheckText has reported it.
bool HasInvisible(std::string_view text);

// `words` as people list them: "a, b or c".
std::string Listed(const std::vector<std::string>& words, std::string_view last = "or");

}  // namespace medverka::criteria

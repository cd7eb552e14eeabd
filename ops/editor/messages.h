// Messages as the Language Server Protocol frames them on a byte stream: header lines, an empty
// line, and as many bytes as Content-Length said.
// Source: Language Server Protocol 3.17, base protocol.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace medverka::editor {

// A study file has at most 1 MiB; a message around one, escaped and twice over, stays below this.
inline constexpr std::size_t kMessageBytesMax = 16 * 1024 * 1024;
// Header lines of one message together.
inline constexpr std::size_t kHeaderBytesMax = 8 * 1024;

class MessageReader {
 public:
  struct Message {
    std::string content;  // "" where there is a problem
    std::string problem;  // why there is no content: a header that says no length, one too large
  };

  void Feed(std::string_view bytes);
  bool HasMessage() const { return !messages_.empty(); }
  Message Take();

 private:
  bool ReadHeader();
  bool ReadContent();

  std::string buffer_;
  std::deque<Message> messages_;
  bool in_content_ = false;
  std::size_t length_ = 0;
  std::size_t to_skip_ = 0;  // of a message that is too large
};

std::string Framed(std::string_view content);

}  // namespace medverka::editor

// Idea: a buffer that is cut into messages as soon as they are whole. A header that cannot be read
// is reported once and passed over up to its end; a message that is too large is never stored.
#include "ops/editor/messages.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "ops/base/format.h"

namespace medverka::editor {
namespace {

constexpr std::string_view kHeaderEnd = "\r\n\r\n";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::optional<std::size_t> ContentLength(std::string_view header) {
  constexpr std::string_view kName = "content-length:";
  while (!header.empty()) {
    const std::size_t end = header.find("\r\n");
    std::string line(header.substr(0, end));
    header = end == std::string_view::npos ? std::string_view() : header.substr(end + 2);
    std::transform(line.begin(), line.end(), line.begin(), Lower);
    if (!line.starts_with(kName)) continue;
    const char* first = line.data() + kName.size();
    while (*first == ' ') ++first;
    std::size_t length = 0;
    const auto [last, failed] = std::from_chars(first, line.data() + line.size(), length);
    if (failed == std::errc() && last == line.data() + line.size()) return length;
  }
  return std::nullopt;
}

}  // namespace

void MessageReader::Feed(std::string_view bytes) {
  const std::size_t skipped = std::min(to_skip_, bytes.size());
  to_skip_ -= skipped;
  buffer_.append(bytes.substr(skipped));
  while (in_content_ ? ReadContent() : ReadHeader()) {
  }
}

MessageReader::Message MessageReader::Take() {
  Message message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

bool MessageReader::ReadHeader() {
  const std::size_t end = buffer_.find(kHeaderEnd);
  if (end == std::string::npos) {
    if (buffer_.size() <= kHeaderBytesMax) return false;
    messages_.push_back({"", "the header of a message never ends"});
    // Its end may be half here.
    buffer_.erase(0, buffer_.size() - (kHeaderEnd.size() - 1));
    return false;
  }
  const auto length = ContentLength(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + kHeaderEnd.size());
  if (!length) {
    messages_.push_back({"", "a message without Content-Length"});
    return true;
  }
  if (*length > kMessageBytesMax) {
    messages_.push_back(
        {"", fmt::format("a message of {} bytes; {} are read at most", *length, kMessageBytesMax)});
    const std::size_t here = std::min(*length, buffer_.size());
    buffer_.erase(0, here);
    to_skip_ = *length - here;
    return true;
  }
  length_ = *length;
  in_content_ = true;
  return true;
}

bool MessageReader::ReadContent() {
  if (buffer_.size() < length_) return false;
  messages_.push_back({buffer_.substr(0, length_), ""});
  buffer_.erase(0, length_);
  in_content_ = false;
  return true;
}

std::string Framed(std::string_view content) {
  return fmt::format("Content-Length: {}\r\n\r\n{}", content.size(), content);
}

}  // namespace medverka::editor

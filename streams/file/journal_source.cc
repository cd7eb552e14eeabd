// Idea: one buffer that holds the line under way and what was read behind it. A line ends at its
// newline. When the line under way outgrows the bound, only its first bytes stay and the rest is
// counted, not kept, until a newline comes.
#include "streams/file/journal_source.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "ops/base/check.h"
#include "ops/base/crypto.h"

namespace medverka::streams {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlanks = " \t\r\n";

std::string FingerprintOf(std::string_view head, std::uint64_t offset) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(offset, kFingerprintBytes));
  return base::Hex(base::AsBytes(base::Sha256(head.substr(0, size))));
}

bool TakeNumber(std::string_view& text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data() + text.size() || *end != ' ') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

}  // namespace

std::string JournalPosition::Encode() const {
  return fmt::format("{} {} {}", offset, newlines, fingerprint);
}

Result<JournalPosition> JournalPosition::Decode(std::string_view text) {
  JournalPosition position;
  if (!TakeNumber(text, position.offset) || !TakeNumber(text, position.newlines)) {
    return Fail(ErrorCode::kCorruption,
                "the state's note of how far the journal was read cannot be understood");
  }
  position.fingerprint = text;
  return position;
}

bool IsWholeJsonObject(std::string_view text) {
  std::size_t at = text.find_first_not_of(kBlanks);
  if (at == std::string_view::npos || text[at] != '{') return false;
  std::size_t depth = 0;
  bool in_string = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) break;
    }
  }
  return at < text.size() && text.find_first_not_of(kBlanks, at + 1) == std::string_view::npos;
}

JournalSource::JournalSource(std::string path, std::size_t line_bytes_max,
                             std::unique_ptr<ByteStream> stream)
    : path_(std::move(path)), line_bytes_max_(line_bytes_max), stream_(std::move(stream)) {}

Result<std::unique_ptr<JournalSource>> JournalSource::Open(
    const std::string& path, std::size_t line_bytes_max,
    const std::optional<JournalPosition>& from) {
  MEDVERKA_ASSIGN(auto stream, ByteStream::Open(path));
  std::unique_ptr<JournalSource> source(new JournalSource(path, line_bytes_max, std::move(stream)));
  if (from.has_value() && source->has_position()) MEDVERKA_TRY(source->GoTo(*from));
  return source;
}

Result<void> JournalSource::GoTo(const JournalPosition& from) {
  const auto head_size =
      static_cast<std::size_t>(std::min<std::uint64_t>(from.offset, kFingerprintBytes));
  std::string head(head_size, '\0');
  std::size_t filled = 0;
  while (filled < head_size) {
    MEDVERKA_ASSIGN(const std::size_t got, stream_->Read(head.data() + filled, head_size - filled));
    if (got == 0 && at_end()) break;
    filled += got;
  }
  MEDVERKA_ASSIGN(const bool long_enough,
                  stream_->Skip(filled < head_size ? 0 : from.offset - head_size));
  if (filled < head_size || !long_enough) {
    return Fail(ErrorCode::kInvalidArgument,
                "the journal {} is shorter than the {} bytes that were read of it before; a "
                "journal only grows at its "
                "end: give the whole file back, or start with an empty state directory",
                path_, from.offset);
  }
  if (FingerprintOf(head, from.offset) != from.fingerprint) {
    return Fail(ErrorCode::kInvalidArgument,
                "the journal {} is not the file that was read before: its beginning has changed; "
                "give the new one "
                "another name, or start with an empty state directory",
                path_);
  }
  head_ = std::move(head);
  offset_ = from.offset;
  newlines_ = from.newlines;
  return {};
}

void JournalSource::Remember(std::string_view bytes) {
  if (head_.size() < kFingerprintBytes)
    head_.append(bytes.substr(0, kFingerprintBytes - head_.size()));
}

JournalPosition JournalSource::position() const {
  return {offset_, newlines_, FingerprintOf(head_, offset_)};
}

Result<std::size_t> JournalSource::Fill() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
  }
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kReadBytes);
  const auto got = stream_->Read(buffer_.data() + kept, kReadBytes);
  buffer_.resize(kept + (got.has_value() ? *got : 0));
  if (!got.has_value()) return tl::unexpected(got.error());
  Remember(std::string_view(buffer_).substr(kept));
  return *got;
}

// REQUIRES: no newline from begin_ to the buffer's end.
void JournalSource::DropOversize() {
  const std::size_t size = buffer_.size() - begin_;
  if (size <= line_bytes_max_ + 1) return;
  dropped_ += size - (line_bytes_max_ + 1);
  buffer_.resize(begin_ + line_bytes_max_ + 1);
  searched_ = buffer_.size();
}

// The first `size` bytes from begin_ are the line; behind it stands its newline, or the end.
// nullopt: it is blank.
std::optional<JournalLine> JournalSource::TakeLine(std::size_t size, bool with_newline) {
  JournalLine line;
  line.bytes = std::string_view(buffer_).substr(begin_, std::min(size, line_bytes_max_ + 1));
  line.offset = offset_;
  line.line = newlines_ + 1;
  if (offset_ == 0 && line.bytes.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    line.bytes.remove_prefix(kByteOrderMark.size());
  }
  const std::size_t newline = with_newline ? 1 : 0;
  offset_ += dropped_ + size + newline;
  newlines_ += newline;
  begin_ += size + newline;
  searched_ = begin_;
  dropped_ = 0;
  const std::size_t last = line.bytes.find_last_not_of(kBlanks);
  if (last == std::string_view::npos) return std::nullopt;
  if (line.bytes.size() <= line_bytes_max_) line.bytes = line.bytes.substr(0, last + 1);
  return line;
}

std::optional<JournalLine> JournalSource::TakeUnterminated() {
  const std::size_t size = buffer_.size() - begin_;
  if (size == 0) return std::nullopt;
  std::string_view bytes = std::string_view(buffer_).substr(begin_);
  if (offset_ == 0 && bytes.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    bytes.remove_prefix(kByteOrderMark.size());
  }
  const bool whole = dropped_ == 0 && IsWholeJsonObject(bytes);
  if (!whole && (has_position() || stream_->cut_off())) return std::nullopt;
  return TakeLine(size, false);
}

Result<std::optional<JournalLine>> JournalSource::Next() {
  while (true) {
    const std::size_t newline = buffer_.find('\n', searched_);
    if (newline != std::string::npos) {
      if (auto line = TakeLine(newline - begin_, true)) return line;
      continue;
    }
    searched_ = buffer_.size();
    DropOversize();
    MEDVERKA_ASSIGN(const std::size_t got, Fill());
    if (got > 0) continue;
    if (!at_end()) return std::optional<JournalLine>();
    return TakeUnterminated();
  }
}

std::string JournalSource::LeftOver() const {
  if (!at_end()) return "";
  if (stream_->cut_off()) {
    return fmt::format(
        "{} is cut off: its compressed data stops in the middle; everything up to byte {} "
        "(decompressed) was read",
        path_, offset_);
  }
  const std::size_t left = buffer_.size() - begin_;
  const bool blank =
      std::string_view(buffer_).substr(begin_).find_first_not_of(kBlanks) == std::string_view::npos;
  if (left == 0 || blank) return "";
  return fmt::format("incomplete line at the end of {}, byte {}, left until the file grows", path_,
                     offset_);
}

}  // namespace medverka::streams

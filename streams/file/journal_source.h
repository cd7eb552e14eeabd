// Journal lines from a file, a pipe or standard input, one at a time, in bounded memory, each with
// its place. Remembers how far it has come, so that a file that grew is read on from there; a pipe
// has no memory, and versions make repeats harmless.
//
//   bytes of the file -> ByteStream (gzip, zstd) -> lines -> pipeline
//
// A line longer than `line_bytes_max` is never held: its first line_bytes_max + 1 bytes stand for
// it, enough for the journal reader to call it oversize, and reading goes on at the next line.
// Blank lines are passed over, CRLF and a byte order mark are no part of a line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ops/base/result.h"
#include "streams/file/byte_stream.h"

namespace medverka::streams {

// Where reading goes on. Offsets count bytes after decompression.
struct JournalPosition {
  std::uint64_t offset = 0;
  std::uint64_t newlines = 0;  // passed so far
  std::string fingerprint;     // SHA-256, hex, of the first min(offset, kFingerprintBytes) bytes

  std::string Encode() const;  // "OFFSET NEWLINES FINGERPRINT"
  // kCorruption: not such a text.
  static base::Result<JournalPosition> Decode(std::string_view text);
};
inline constexpr std::size_t kFingerprintBytes = 4096;

struct JournalLine {
  std::string_view bytes;    // until the next call of Next
  std::uint64_t offset = 0;  // of the line's first byte
  std::uint64_t line = 0;    // from 1
};

class JournalSource {
 public:
  // kInvalidArgument: the file is not the one that `from` was recorded of (shorter, or another
  // beginning).
  static base::Result<std::unique_ptr<JournalSource>> Open(
      const std::string& path, std::size_t line_bytes_max,
      const std::optional<JournalPosition>& from);

  // The next line that is not blank. nullopt: none now; at_end() says whether the input is at its
  // end or only silent. A last line without its newline is given if it is a whole JSON object; if
  // not it stays for the next run, or, where there is none (a pipe), is given as it is.
  // kInvalidArgument: damaged compressed data; kIo.
  base::Result<std::optional<JournalLine>> Next();
  bool at_end() const { return stream_->at_end(); }

  // After the last line given. Only files have one.
  JournalPosition position() const;
  bool has_position() const { return stream_->is_file(); }

  // At the end: what is left over, in words for the user; "" if nothing is.
  std::string LeftOver() const;
  bool cut_off() const { return stream_->cut_off(); }
  base::Result<void> CheckStillTheSame() const { return stream_->CheckStillTheSame(); }
  std::uint64_t file_bytes_read() const { return stream_->file_bytes_read(); }
  std::uint64_t file_bytes() const { return stream_->file_bytes(); }
  const std::string& path() const { return path_; }

 private:
  JournalSource(std::string path, std::size_t line_bytes_max, std::unique_ptr<ByteStream> stream);
  base::Result<void> GoTo(const JournalPosition& from);
  base::Result<std::size_t> Fill();
  void DropOversize();
  std::optional<JournalLine> TakeLine(std::size_t size, bool with_newline);
  std::optional<JournalLine> TakeUnterminated();
  void Remember(std::string_view bytes);

  const std::string path_;
  const std::size_t line_bytes_max_;
  std::unique_ptr<ByteStream> stream_;
  std::string buffer_;
  std::size_t begin_ = 0;      // of the line under way, in buffer_
  std::size_t searched_ = 0;   // no newline in buffer_[begin_..searched_)
  std::uint64_t dropped_ = 0;  // bytes of the line under way that are not held: it is oversize
  std::uint64_t offset_ = 0;   // of the line under way
  std::uint64_t newlines_ = 0;
  std::string head_;  // the input's first kFingerprintBytes bytes, as far as they were read
};

// Whether `text` is one JSON object from brace to brace, by its brackets and strings alone.
bool IsWholeJsonObject(std::string_view text);

}  // namespace medverka::streams

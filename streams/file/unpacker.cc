#include "streams/file/unpacker.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <string>

#include "ops/base/check.h"

namespace medverka::streams {
namespace {

// Beyond this window a frame asks for more memory than reading a journal is worth. 27 is zstd's own
// bound (128 MiB).
constexpr int kZstdWindowLogMax = 27;
constexpr int kGzipOnly = 16 + MAX_WBITS;

class GzipUnpacker final : public Unpacker {
 public:
  GzipUnpacker() { MEDVERKA_CHECK(inflateInit2(&stream_, kGzipOnly) == Z_OK); }
  ~GzipUnpacker() override { inflateEnd(&stream_); }

  base::Result<Step> Unpack(std::string_view in, char* out, std::size_t out_size) override {
    Step step;
    // Without input too: inflate may hold back what did not fit into the last output.
    while (step.made < out_size) {
      if (between_members_) {
        if (step.taken == in.size()) break;
        if (!BeginMember(in, step)) continue;
      }
      // zlib's interface is older than const.
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data() + step.taken));
      stream_.avail_in = Narrow(in.size() - step.taken);
      stream_.next_out = reinterpret_cast<Bytef*>(out + step.made);
      stream_.avail_out = Narrow(out_size - step.made);
      const uInt in_before = stream_.avail_in;
      const uInt out_before = stream_.avail_out;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      step.taken += in_before - stream_.avail_in;
      step.made += out_before - stream_.avail_out;
      if (status == Z_STREAM_END) {
        between_members_ = true;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        if (step.made > 0)
          return step;  // hand over what is good; the next call meets the damage again
        return base::Fail(base::ErrorCode::kInvalidArgument, "its gzip data is damaged ({})",
                          stream_.msg != nullptr ? stream_.msg : "no reason given");
      } else if (status == Z_BUF_ERROR && in_before == stream_.avail_in &&
                 out_before == stream_.avail_out) {
        break;
      }
    }
    return step;
  }

  bool complete() const override { return between_members_; }

 private:
  static uInt Narrow(std::size_t size) {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
  }

  // Tape-minded tools pad with zeros after a member: they are passed over. False: the byte is used
  // up.
  bool BeginMember(std::string_view in, Step& step) {
    if (in[step.taken] == '\0') {
      ++step.taken;
      return false;
    }
    MEDVERKA_CHECK(inflateReset(&stream_) == Z_OK);
    between_members_ = false;
    return true;
  }

  z_stream stream_{};
  bool between_members_ = true;
};

class ZstdUnpacker final : public Unpacker {
 public:
  ZstdUnpacker() : stream_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
    MEDVERKA_CHECK(stream_ != nullptr);
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }

  base::Result<Step> Unpack(std::string_view in, char* out, std::size_t out_size) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out, out_size, 0};
    while (output.pos < output.size) {
      if (complete_ && input.pos == input.size) break;
      const std::size_t in_before = input.pos;
      const std::size_t out_before = output.pos;
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &output, &input);
      if (ZSTD_isError(left) != 0) {
        if (output.pos > 0) break;  // hand over what is good; the next call meets the damage again
        return base::Fail(base::ErrorCode::kInvalidArgument, "its zstd data is damaged ({})",
                          ZSTD_getErrorName(left));
      }
      complete_ = left == 0;
      if (input.pos == in_before && output.pos == out_before) break;
    }
    return Step{input.pos, output.pos};
  }

  bool complete() const override { return complete_; }

 private:
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> stream_;
  bool complete_ = true;
};

constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr std::string_view kZstdSkippable = "\x50\x2a\x4d\x18";  // the first byte 0x50 to 0x5f

enum class Match { kNo, kSoFar, kYes };

Match MatchMagic(std::string_view bytes, std::string_view magic) {
  const std::size_t size = std::min(bytes.size(), magic.size());
  if (bytes.substr(0, size) != magic.substr(0, size)) return Match::kNo;
  return size == magic.size() ? Match::kYes : Match::kSoFar;
}

Match MatchSkippable(std::string_view bytes) {
  if (bytes.empty()) return Match::kSoFar;
  std::string start(bytes.substr(0, kMagicBytes));
  start[0] = static_cast<char>(static_cast<unsigned char>(start[0]) & 0xf0U);
  return MatchMagic(start, kZstdSkippable);
}

}  // namespace

Packing PackingOf(std::string_view first_bytes) {
  const Match gzip = MatchMagic(first_bytes, kGzipMagic);
  const Match zstd = std::max(MatchMagic(first_bytes, kZstdMagic), MatchSkippable(first_bytes));
  if (gzip == Match::kYes) return Packing::kGzip;
  if (zstd == Match::kYes) return Packing::kZstd;
  return std::max(gzip, zstd) == Match::kSoFar ? Packing::kUndecided : Packing::kPlain;
}

std::unique_ptr<Unpacker> MakeUnpacker(Packing packing) {
  MEDVERKA_CHECK(packing == Packing::kGzip || packing == Packing::kZstd);
  if (packing == Packing::kGzip) return std::make_unique<GzipUnpacker>();
  return std::make_unique<ZstdUnpacker>();
}

}  // namespace medverka::streams

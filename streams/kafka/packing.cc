#include "streams/kafka/packing.h"

#include <zstd.h>

#include <algorithm>

#include "ops/base/check.h"

namespace medverka::streams::internal {

std::string Pack(std::string_view bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), ZSTD_CLEVEL_DEFAULT);
  MEDVERKA_CHECK(ZSTD_isError(size) == 0);  // only without memory, or with less than the bound
  packed.resize(size);
  return packed;
}

std::optional<std::string_view> Unpacked(const KafkaRecordView& record, std::string& buffer) {
  const bool packed =
      std::any_of(record.headers.begin(), record.headers.end(),
                  [](const auto& header) { return header.first == kPackingHeader; });
  if (!packed || !record.value) return record.value;
  const unsigned long long size =
      ZSTD_getFrameContentSize(record.value->data(), record.value->size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
      size > kUnpackedBytesMax) {
    return std::nullopt;
  }
  buffer.resize(size);
  if (ZSTD_decompress(buffer.data(), size, record.value->data(), record.value->size()) != size) {
    return std::nullopt;
  }
  return buffer;
}

}  // namespace medverka::streams::internal

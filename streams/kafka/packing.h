// Large moves, packed. What is moved of one patient is one record: a stay in intensive care, over
// years, can be more than a topic takes. Facts repeat codes and units, and pack ten to one and
// better.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "streams/kafka/record.h"

namespace medverka::streams::internal {

// Smaller ones stay as they are: packing them saves nothing worth the time.
inline constexpr std::size_t kPackedFromBytes = 1024 * 1024;
// More than any patient has; a frame that promises more is damaged.
inline constexpr std::size_t kUnpackedBytesMax = 512UL * 1024 * 1024;

// A zstd frame (RFC 8878) that says its size; goes with this header.
inline constexpr const char* kPackingHeader = "medverka_packing";
inline constexpr std::string_view kPackingZstd = "zstd";
std::string Pack(std::string_view bytes);

// The value of a record, unpacked where its header says so. None: there is no value, or it is
// damaged.
std::optional<std::string_view> Unpacked(const KafkaRecordView& record, std::string& buffer);

}  // namespace medverka::streams::internal

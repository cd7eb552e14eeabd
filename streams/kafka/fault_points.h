// Named places on the way of a commit and of a recovery, at which tests let the process die.
#pragma once

#include <array>
#include <string_view>

namespace medverka::streams {

inline constexpr std::string_view kBeforeProduce = "before-produce";
inline constexpr std::string_view kAfterProduce = "after-produce";
inline constexpr std::string_view kBeforeOffsets = "before-offsets";
inline constexpr std::string_view kBeforeCommit = "before-commit";
inline constexpr std::string_view kAfterCommit = "after-commit";
inline constexpr std::string_view kBeforeWrite = "before-write";
inline constexpr std::string_view kAfterWrite = "after-write";
inline constexpr std::string_view kDuringRestore = "during-restore";
inline constexpr std::string_view kAfterRestore = "after-restore";
inline constexpr std::string_view kDuringBackfill = "during-backfill";

inline constexpr std::array kFaultPoints{
    kBeforeProduce, kAfterProduce, kBeforeOffsets, kBeforeCommit, kAfterCommit,
    kBeforeWrite,   kAfterWrite,   kDuringRestore, kAfterRestore, kDuringBackfill};

}  // namespace medverka::streams

#include "matcher/timers.h"

#include <string>

#include "matcher/patient/codec.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1}
                                   << 63;  // turned, so that bytes order as times do

std::string KeyOf(const PersonKey& subject, base::Instant due) {
  base::ByteWriter key;
  key.BigEndian64(static_cast<std::uint64_t>(due.us) ^ kSignBit);
  Write(key, subject);
  return key.Take();
}

}  // namespace

base::Result<void> Timers::Load(const Store& store) {
  bool sound = true;
  MEDVERKA_TRY(store.Scan(Room::kTimers, "", [&](std::string_view key, std::string_view) {
    base::ByteReader in(key);
    Timer timer;
    timer.due.us = static_cast<std::int64_t>(in.BigEndian64() ^ kSignBit);
    timer.subject = ReadPersonKey(in);
    sound = in.ok() && in.at_end();
    queue_.insert(timer);
    due_[timer.subject] = timer.due;
    return sound;
  }));
  if (sound) return {};
  return base::Fail(base::ErrorCode::kCorruption, "A timer in the state cannot be read back.");
}

std::optional<base::Instant> Timers::Of(const PersonKey& subject) const {
  const auto held = due_.find(subject);
  return held == due_.end() ? std::nullopt : std::optional(held->second);
}

void Timers::Set(const PersonKey& subject, std::optional<base::Instant> due) {
  const std::optional<base::Instant> before = Of(subject);
  if (before == due) return;
  stored_.try_emplace(subject, before);
  if (before) queue_.erase({*before, subject});
  if (due) {
    queue_.insert({*due, subject});
    due_[subject] = *due;
  } else {
    due_.erase(subject);
  }
}

std::optional<Timers::Timer> Timers::Next() const {
  if (queue_.empty()) return std::nullopt;
  return *queue_.begin();
}

void Timers::Write(Batch& batch) {
  for (const auto& [subject, before] : stored_) {
    const auto held = due_.find(subject);
    const std::optional<base::Instant> now =
        held == due_.end() ? std::nullopt : std::optional(held->second);
    if (before == now) continue;
    if (before) batch.Delete(Room::kTimers, KeyOf(subject, *before));
    if (now) batch.Put(Room::kTimers, KeyOf(subject, *now), {});
  }
  stored_.clear();
}

}  // namespace medverka::matcher

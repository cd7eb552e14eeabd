// How the records reach us: preliminary before final, corrected, retracted, late, twice, without an
// envelope. The shares are assumptions, chosen so that a thousand patients meet each kind
// (docs/generator.md).

#include <algorithm>

#include "ops/generator/plan.h"

namespace medverka::generator {
namespace {

bool IsResult(Kind kind) {
  return kind == Kind::kLab || kind == Kind::kStage || kind == Kind::kReport ||
         kind == Kind::kVariant || kind == Kind::kEjectionFraction;
}

bool HasSeveralVersions(const Record& record) {
  return record.version > 1 || record.state != State::kFinal;
}

}  // namespace

void PatientPlan::Deliver() {
  const std::size_t said = out_.size();
  for (std::size_t i = 0; i < said; ++i) {
    Record& record = out_[i];
    if (person_.merged_at != 0 && record.kind != Kind::kPatient)
      record.as_reserve = record.arrives < person_.merged_at;
    if (record.kind == Kind::kPatient || record.kind == Kind::kMedicine || record.bundled) continue;
    if (random_.Permille(15)) record.arrives += random_.Between(1, 30) * kSecondsPerDay;
    if (random_.Permille(2)) record.arrives += random_.Between(30, 300) * kSecondsPerDay;
    record.bare = random_.Permille(25);
    if (!HasSeveralVersions(record)) Correct(i);
    if (random_.Permille(8)) {
      Record again = out_[i];  // the same delivery once more: same bytes
      again.order = static_cast<std::uint32_t>(out_.size());
      if (random_.Percent(50)) {  // or sent anew, later
        again.again = true;
        again.arrives += random_.Between(600, 400'000);
      } else {
        again.order = out_[i].order;
      }
      out_.push_back(again);
    }
  }
  // After the end, and (but for the news of it) after death, nothing is written.
  const Seconds end = (options_.end_day + 1) * kSecondsPerDay;
  std::erase_if(out_, [&](const Record& record) {
    return record.arrives >= end ||
           (record.kind != Kind::kPatient && record.kind != Kind::kMedicine &&
            record.at / kSecondsPerDay > person_.death);
  });
}

void PatientPlan::Correct(std::size_t index) {
  const auto copy = [&](State state, std::int32_t version) {
    Record next = out_[index];
    next.state = state;
    next.version = static_cast<std::uint8_t>(version);
    next.order = static_cast<std::uint32_t>(out_.size());
    return next;
  };
  if (IsResult(out_[index].kind) && random_.Percent(8)) {
    Record early = copy(State::kPreliminary, 1);
    out_[index].version = 2;
    out_[index].arrives += random_.Between(2, 60) * 3'600;
    // Now and then the final answer overtakes the preliminary one.
    if (random_.Percent(6)) early.arrives = out_[index].arrives + random_.Between(60, 40'000);
    out_.push_back(early);
  }
  const std::int32_t next = out_[index].version + 1;
  const std::uint32_t x = random_.Below(1'000);
  if (x < 12) {
    Record corrected = copy(State::kCorrected, next);
    corrected.arrives += random_.Between(1, 96) * 3'600;
    if (corrected.kind == Kind::kLab) corrected.value += std::max(1, corrected.value / 8);
    if (corrected.kind == Kind::kBloodPressure) corrected.value += 4;
    out_.push_back(corrected);
  } else if (x < 16) {
    Record error = copy(State::kEnteredInError, next);
    error.arrives += random_.Between(1, 400) * 3'600;
    out_.push_back(error);
  } else if (x < 19) {
    Record gone = copy(State::kDeleted, next);
    gone.arrives += random_.Between(1, 400) * 3'600;
    // Some deletes come before what they delete, or alone.
    if (x == 18) gone.arrives = out_[index].arrives - random_.Between(60, 3'600);
    out_.push_back(gone);
  }
}

}  // namespace medverka::generator

#include "criteria/internal/scale_value.h"

#include <algorithm>

#include "ops/base/text.h"

namespace medverka::criteria::internal {

ScaleReader::ScaleReader(const Scale& scale) : name_(base::Fold(scale.name)) {
  int step = 0;
  for (const ScaleLevel& level : scale.levels) {
    const int first = step;
    for (const std::string& part : level.parts) {
      labels_.push_back({base::Fold(part), {step, step}});
      ++step;
    }
    if (level.parts.empty()) ++step;
    labels_.push_back({base::Fold(level.name), {first, step - 1}});
  }
}

std::optional<Steps> ScaleReader::Find(std::string_view folded) const {
  const auto found = std::find_if(labels_.begin(), labels_.end(),
                                  [&](const Label& label) { return label.folded == folded; });
  if (found == labels_.end()) return std::nullopt;
  return found->steps;
}

std::optional<Steps> ScaleReader::StepsOf(std::string_view text) const {
  const std::string folded = base::Fold(text);
  std::string_view rest(folded);
  // Words that stand before a label in reports; and the name of the scale itself.
  const auto drop = [&](std::string_view lead) {
    if (lead.empty() || !rest.starts_with(lead) || rest.size() <= lead.size() ||
        rest[lead.size()] != ' ') {
      return;
    }
    rest.remove_prefix(lead.size() + 1);
  };
  if (const auto steps = Find(rest)) return steps;
  drop(name_);
  if (const auto steps = Find(rest)) return steps;
  for (const std::string_view lead : {"stage", "stadium", "grade", "grad", "class", "klass"})
    drop(lead);
  return Find(rest);
}

std::optional<Steps> ScaleReader::StepsOf(const base::Decimal& number) const {
  for (const Label& label : labels_) {
    const auto as_number = base::Decimal::Parse(label.folded);
    if (as_number && *as_number == number) return label.steps;
  }
  return std::nullopt;
}

Truth CompareSteps(const Steps& value, CompareOp op, const Steps& limit) {
  const auto settle = [](bool surely, bool never) {
    return surely ? Truth::kTrue : never ? Truth::kFalse : Truth::kUnknown;
  };
  switch (op) {
    case CompareOp::kGreaterEqual:
      return settle(value.first >= limit.first, value.last < limit.first);
    case CompareOp::kGreater:
      return settle(value.first > limit.last, value.last <= limit.last);
    case CompareOp::kLessEqual:
      return settle(value.last <= limit.last, value.first > limit.last);
    case CompareOp::kLess:
      return settle(value.last < limit.first, value.first >= limit.first);
    case CompareOp::kEqual:
      return AmongSteps(value, {limit});
  }
  return Truth::kUnknown;
}

Truth AmongSteps(const Steps& value, const std::vector<Steps>& asked) {
  bool all = true;
  bool none = true;
  for (int step = value.first; step <= value.last; ++step) {
    const bool among = std::any_of(asked.begin(), asked.end(), [&](const Steps& one) {
      return one.first <= step && step <= one.last;
    });
    all = all && among;
    none = none && !among;
  }
  return all ? Truth::kTrue : none ? Truth::kFalse : Truth::kUnknown;
}

}  // namespace medverka::criteria::internal

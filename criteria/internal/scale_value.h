// Values on a scale (`scale NAME { I { IA, IB } < II ... }`): every level without parts, and every
// part, is a step; steps rise in the order in which they are written. A coarse value is several
// steps in a row, not known which.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/program.h"
#include "criteria/truth.h"

namespace medverka::criteria::internal {

struct Steps {
  int first = 0;
  int last = 0;
};

class ScaleReader {
 public:
  explicit ScaleReader(const Scale& scale);

  // Of a label, or of a value in words that is one ("III", "stadium III", "NYHA III", "2");
  // nullopt: not on the scale.
  std::optional<Steps> StepsOf(std::string_view text) const;
  std::optional<Steps> StepsOf(const base::Decimal& number) const;

 private:
  struct Label {
    std::string folded;
    Steps steps;
  };
  std::optional<Steps> Find(std::string_view folded) const;

  std::string name_;
  std::vector<Label> labels_;
};

Truth CompareSteps(const Steps& value, CompareOp op, const Steps& limit);
// Is the value one of them?
Truth AmongSteps(const Steps& value, const std::vector<Steps>& asked);

}  // namespace medverka::criteria::internal

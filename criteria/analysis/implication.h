// When one query being true makes another one true, whoever the patient is: its facts are among the
// other's, its window lies in the other's, its limits within the other's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "criteria/program.h"

namespace medverka::criteria::internal {

class Implications {
 public:
  // Borrows the program.
  explicit Implications(const Program& program);

  // Indices into Program::queries. False where it cannot be told.
  bool Holds(std::uint32_t a, std::uint32_t b) const;

 private:
  // Everything of a query but set, window, test, selector and (kWithout) how it counts, as a
  // number.
  struct Rest {
    std::uint32_t with_counting = 0;
    std::uint32_t without = 0;
  };
  const Program& program_;
  std::vector<Rest> rest_;
};

// Canonical bytes of a query, to compare queries by their meaning.
std::string BytesOf(const Query& query);

}  // namespace medverka::criteria::internal

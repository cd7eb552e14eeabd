#include "criteria/scores/body_surface.h"

#include "criteria/scores/bmi.h"
#include "criteria/scores/exact.h"

namespace medverka::criteria {

OrUnknown<base::Decimal> BodySurface(base::Decimal weight_kg, base::Decimal height_cm) {
  if (!PlausibleBody(weight_kg, height_cm)) return ScoreGap::kImplausible;
  return internal::TwoDigitsOfRoot(internal::Exact(weight_kg) * internal::Exact(height_cm) / 3600);
}

}  // namespace medverka::criteria

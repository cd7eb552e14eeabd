// Constructs that few studies have, so that each still stands in some of a thousand.
#include "ops/generator/study_terms.h"

namespace medverka::generator {

std::string StudyTerms::Rare() {
  const std::string condition = Written{"\"{}\"", Pick(world_.sets.conditions).name}.text;
  const std::string medication = Written{"\"{}\"", Pick(world_.sets.medications).name}.text;
  const std::string procedure = Written{"\"{}\"", Pick(world_.sets.procedures).name}.text;
  switch (r_.Below(20)) {
    case 0:
      return "participation in " +
             std::string(Word({"study \"NCT01234567\" current",
                               "interventional study ongoing within last 30 days",
                               "registry \"SWEDEHEART\" current"}));
    case 1:
      return "device snomed 14106009 " + std::string(Word({"current", "starting since 2020"}));
    case 2:
      return std::string(
          Word({"fusion of KIF5B with RET", "amplification of ERBB2", "copy number of ERBB2 >= 6",
                "variant in gene KRAS in exon 2, 3", "germline pathogenic variant in gene BRCA1",
                "no deletion of PTEN", "loss of PTEN", "splice variant in gene MET",
                "somatic variant BRAF p.V600E, p.V600K within last 2 years"}));
    case 3:
      return std::string(Word({"gestational age between 22+0 and 41+6 weeks",
                               "gestational age at birth < 37+0 weeks",
                               "gestational age at birth >= 37+0 weeks"}));
    case 4:
      return Written{"reason {} of current visit", condition}.text;
    case 5:
      return Written{"procedure {} within {} after (latest condition {} starting {})", procedure,
                     Amount(1, 3), condition, Window()}
          .text;
    case 6:
      return Written{"medication {} for {} current", medication, condition}.text;
    case 7:
      return Written{"medication {} for at most {} {}", medication, Amount(1, 3),
                     "starting since 2019"}
          .text;
    case 8:
      return Written{"condition {} current within last {}", condition, Amount(1, 3)}.text;
    case 9:
      return Written{"visit class {} at unit \"SE2321000016-E02{}\" {}",
                     Word({"emergency", "inpatient"}), r_.Between(10, 39), Window()}
          .text;
    case 10:
      return Written{"score \"{}\" {} {}",
                     Word({"FIB-4", "Charlson", "NEWS2", "HAS-BLED", "qSOFA"}), Word({">=", "<"}),
                     r_.Between(1, 5)}
          .text;
    case 11:
      return Written{"creatinine clearance by cockcroft-gault < {} mL/min within last {}",
                     r_.Between(30, 90), Amount(3, 4)}
          .text;
    case 12:
      return Written{
          "any observation \"blood pressure\" where (component \"systolic\" of it >= {} "
          "mmHg {} component \"diastolic\" of it >= {} mmHg) within last {}",
          r_.Between(120, 160), Word({"and", "or"}), r_.Between(70, 100), Amount(2, 4)}
          .text;
    case 13:
      if (world_.facts_events.size() < 2) return Person();
      return Written{"condition {} starting between base1 and base2", condition}.text;
    case 14:
      if (world_.lasting_events.empty()) return Person();
      return Written{"{} {} {}", Word({"medication", "any medication", "no medication"}),
                     medication,
                     Written{"{} {}", Word({"overlapping", "ongoing during", "starting during"}),
                             Pick(world_.lasting_events)}
                         .text}
          .text;
    case 15:
      if (world_.lasting_events.empty()) return Person();
      return Written{"procedure {} within {} {} {} of {}",
                     procedure,
                     Amount(1, 2),
                     Word({"before", "after"}),
                     Word({"start", "end"}),
                     Pick(world_.lasting_events)}
          .text;
    case 16:
      return Written{"{} condition {} recorded {}", Word({"at least 2 different", "exactly 1"}),
                     condition, Window()}
          .text;
    case 17:
      return Written{"latest observation \"CRP\" is {}", Word({"positive", "negative"})}.text;
    case 18:
      return Written{"medication {} with route is \"oral\" ongoing {}", medication, Window()}.text;
    default:
      return Written{"score \"body surface area\" {} {} m2", Word({">=", "<"}), "1.9"}.text;
  }
}

}  // namespace medverka::generator

// The plain vocabulary between journal and criteria: what one journal resource says about one
// patient. criteria never hears of FHIR: matcher/journal makes these, the evaluator reads them.
// What a fact's time means (current, open, the visit of a diagnosis) is docs/fact-times.md and
// lives in criteria/fact_time.h, because it depends on log time; a Fact only keeps what was said.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/truth.h"
#include "criteria/vocabulary.h"
#include "ops/base/decimal.h"
#include "ops/base/time.h"

namespace medverka::criteria {

enum class FactKind : std::uint8_t {
  kCondition,
  kProcedure,
  kMedication,
  kAllergy,
  kImmunization,
  kObservation,
  kVisit,
  kParticipation,
  kVariant,  // a variant found, or stated absent (holding kNegative), or genes covered (covers)
  kFamilyHistory,
  kReport,
  kConsent,  // kept, not yet acted on
  kAnswer,   // a person's answer to an `ask`
  kDevice,   // a device in use
};
inline constexpr std::size_t kFactKinds = 14;

// The marks of docs/journal.md. Retracted and "no fact" are not here: they are the absence of the
// fact.
enum class Holding : std::uint8_t {
  kHolds,       // +
  kUnverified,  // ?
  kPast,        // h: history only (ended, resolved, stopped, completed)
  kNegative,    // -: refuted, not done, not taken, absent
};

// A number that lies between two bounds; both equal for an exact result, one missing for "<5" or
// ">100".
struct Bounds {
  std::optional<base::Decimal> low;
  std::optional<base::Decimal> high;
  bool low_open = false;  // the bound itself is excluded
  bool high_open = false;
};

struct Value {
  enum class Type : std::uint8_t { kNone, kQuantity, kCoded, kText, kBoolean };
  Type type = Type::kNone;
  Bounds number;              // kQuantity
  UnitId unit = kNoUnit;      // kQuantity, as sent
  std::vector<CodeId> codes;  // kCoded; for kQuantity: interpretation codes never stand here
  std::string text;      // kText: the string; kCoded: display or text. At most kValueTextBytesMax
  bool boolean = false;  // kBoolean
};
// Coded displays and results in words are shorter; a longer text is a report, which is not kept as
// a value.
inline constexpr std::size_t kValueTextBytesMax = 256;

// The laboratory's limits printed with that result.
struct ReferenceLimits {
  std::optional<base::Decimal> low;
  std::optional<base::Decimal> high;
  UnitId unit = kNoUnit;  // the value's own where the limit names none
};

// How the source of a condition or medication keeps its status (docs/fact-times.md).
enum class Upkeep : std::uint8_t {
  kKept,     // a list that its source maintains: "active" is a statement about now
  kAtVisit,  // a diagnosis recorded at a visit: its end as a condition is not known
  kOrder,    // a prescription or order: good for 12 months where no end is stated
  kSupply,   // dispensed or given
};

// Which step of a medication's way a resource tells of. A statement (what the patient says or a
// list has) is none of them.
enum class MedicationStep : std::uint8_t { kNotReported, kPrescribed, kDispensed, kGiven };

enum class Origin : std::uint8_t { kNotReported, kGermline, kSomatic };
enum class Significance : std::uint8_t {
  kNotReported,
  kBenign,
  kUncertain,
  kLikelyPathogenic,
  kPathogenic
};

// What else a source reports about a fact, for the filters of the language. An attribute that is
// not there was not reported, which is no statement. docs/journal.md says which element of which
// resource gives it.
enum class Field : std::uint8_t {
  kSite,  // body site
  kSide,  // laterality
  kSeverity,
  kReaction,   // of an allergy: manifestation
  kDailyDose,  // of a medication, with its unit
  kDose,       // one dose
  kRoute,
  kMethod,     // of an observation or procedure
  kDischarge,  // of a visit: disposition
  kOutcome,    // of a procedure
  kReason,     // indication of a medication or procedure, focus of an observation, diagnosis or
               // reason of a visit
  kMain,       // of a condition: main diagnosis (number 1), or another of its visit (number 0)
  kRegular,    // of a medication: to be taken regularly (number 1) or as needed (number 0)
  kText,       // conclusion of a report; kept only where a published criterion reads texts
  // variants
  kAlleleFraction,  // in 1
  kCopyNumber,
  kConsequence,  // codes, or text: "missense", "frameshift", ...
  kChange,       // HGVS without the reference: "p.V600E", "c.-32-13T>G"
  kExon,         // number
  kPartner,      // the other gene of a fusion
  kStructure,    // text: "fusion", "amplification", "gain", "loss", "deletion"
};
struct Attribute {
  Field field = Field::kSite;
  std::vector<CodeId> codes;
  std::string
      text;  // display or text as sent; at most kValueTextBytesMax, kText kReportTextBytesMax
  Bounds number;
  UnitId unit = kNoUnit;
  // kReason: "Condition/c1", where the source names another resource. `codes` are then those of
  // that one, filled in by the patient's shelf; none: reported, not known what, so unknown.
  std::string reference;
};
// A conclusion is a page or two; what is longer is a whole report, of which the beginning is kept.
inline constexpr std::size_t kReportTextBytesMax = 16 * 1024;

// INVARIANT: start.lo <= start.hi and end.lo <= end.hi where they are set. Order of start and end
// is not promised.
struct Fact {
  FactKind kind = FactKind::kObservation;
  Holding holding = Holding::kHolds;
  Upkeep upkeep = Upkeep::kKept;
  std::uint16_t part = 0;  // 0: the resource itself; 1..: its components, in their order

  std::vector<CodeId> codes;         // synonyms: any of them may carry the match
  std::vector<CodeId> parent_codes;  // component: the codes of the whole observation

  // Clinical time as sent. Condition: onset, abatement. Medication: start, stated end or end of
  // supply. Visit, procedure: period or moment (then start == end is left to the reader: end
  // unset). Observation: effective (specimen time where given); a period gives its end as `start`.
  // Unset: not stated.
  std::optional<base::TimeRange> start;
  std::optional<base::TimeRange> end;

  bool ongoing = false;  // the status says that it goes on: active, in progress
  bool ended =
      false;  // the status says that it is over (resolved, inactive, stopped, completed, finished)
  bool stopped =
      false;  // medication: a statement that it was stopped before its time (not: completed)

  Value value;
  bool value_absent = false;  // dataAbsentReason: asked for, not there
  std::optional<ReferenceLimits> limits;
  std::vector<CodeId> interpretation;

  std::string visit_id;       // "Encounter/7", where the resource names its visit
  std::string medication_id;  // "Medication/3": codes are filled in by the patient's shelf

  // Visit
  CodeId visit_class = 0;  // v3-ActCode
  std::string visit_unit;  // HSA-id or name of the unit

  // Participation, answer: the study and, for an answer, the question
  std::string study;                // its identifier as sent: "NCT02647099", or the study id
  std::string question;             // name of the ask
  bool interventional_arm = false;  // the status itself says intervention

  // Variant
  std::vector<CodeId> genes;  // kHgnc or kGeneSymbol; several for a panel that covers them
  bool covers = false;        // names genes that were looked at, says nothing was found by itself
  Origin origin = Origin::kNotReported;
  Significance significance = Significance::kNotReported;

  MedicationStep step = MedicationStep::kNotReported;  // medication
  std::vector<Attribute> attributes;                   // several of one field: any of them
};

// All that one version of one resource says. Replaced whole by its next version.
struct Resource {
  std::string id;  // "Observation/o1"; for Patient resources "Patient", never the patient's own id
  std::string version;  // meta.versionId as sent, "" if none
  std::optional<base::TimeRange>
      recorded;  // recordedDate, dateAsserted, authoredOn, ... as the kind has it
  std::optional<base::Instant> issued;   // Observation.issued
  std::optional<base::Instant> updated;  // meta.lastUpdated
  std::string provider;                  // care provider (vårdgivare), HSA-id
  std::string unit;                      // care unit (vårdenhet), HSA-id
  std::vector<Fact> facts;
};

enum class Sex : std::uint8_t { kUnknown, kFemale, kMale };

struct Demographics {
  Sex sex = Sex::kUnknown;
  std::optional<base::TimeRange> birth;  // local day(s)
  Truth deceased = Truth::kFalse;  // kUnknown does not occur; kTrue with death when it is dated
  std::optional<base::TimeRange> death;
  std::string region;  // "01"; "" if not known
};

// A fact together with the resource that says it. Borrowed: valid while the patient is not changed.
struct FactRef {
  const Resource* resource = nullptr;
  const Fact* fact = nullptr;
};

// One patient as the evaluator sees it. Order within a kind does not matter to any verdict.
struct PatientView {
  using Facts = std::array<std::vector<FactRef>, kFactKinds>;  // by kind

  Demographics demographics;
  Facts facts;

  const std::vector<FactRef>& of(FactKind kind) const {
    return facts[static_cast<std::size_t>(kind)];
  }
  void Add(const Resource& resource) { AddTo(facts, resource); }
  void Add(const Facts& more) {
    for (std::size_t kind = 0; kind < kFactKinds; ++kind) {
      facts[kind].insert(facts[kind].end(), more[kind].begin(), more[kind].end());
    }
  }

  static void AddTo(Facts& facts, const Resource& resource) {
    for (const Fact& fact : resource.facts) {
      facts[static_cast<std::size_t>(fact.kind)].push_back({&resource, &fact});
    }
  }
  static void TakeFrom(Facts& facts, const Resource& resource) {
    for (std::vector<FactRef>& kind : facts) {
      std::erase_if(kind, [&](const FactRef& ref) { return ref.resource == &resource; });
    }
  }
};

}  // namespace medverka::criteria

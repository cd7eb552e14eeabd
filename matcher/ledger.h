// The suggestions of each subject and study: open or not, since which episode, and what they said
// last.
//
//   nothing --suggested--> open --changed--> open --withdrawn(reason)--> closed --suggested (next
//   episode)--> open
//
// The ledger decides which of these a verdict means; the lane renders and sends it. Ids are
// functions of subject, study, episode and count, so a repeat is recognised everywhere.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "criteria/evaluator.h"
#include "criteria/fact.h"
#include "criteria/program.h"
#include "matcher/journal/journal.h"
#include "matcher/patient/shelf.h"
#include "matcher/store/table.h"
#include "ops/base/crypto.h"
#include "ops/base/time.h"

namespace medverka::matcher {

// Why a suggestion is taken back. The closed list of docs/suggestion.schema.json.
enum class Withdrawal : std::uint8_t {
  kNone,
  kCriterionAgainst,
  kBelowGrade,
  kParticipation,
  kDeclined,
  kStudyNotRecruiting,
  kStudyRemoved,
  kDeceased,
  kMerged,
  kPatientRemoved,
};
std::string_view Name(Withdrawal reason);  // "criterion-against"; "" for kNone

struct LedgerEntry {
  std::uint64_t episode = 0;
  bool open = false;
  criteria::Grade grade = criteria::Grade::kIneligible;  // as last sent
  base::Digest digest{};                                 // as last sent
  std::uint64_t transitions = 0;                         // of this episode
  Withdrawal last_reason = Withdrawal::kNone;
};
using SubjectLedger = std::map<std::string, LedgerEntry, std::less<>>;  // by study

enum class Transition : std::uint8_t { kNone, kSuggested, kChanged, kWithdrawn };

// Moves the entry to what the verdict asks for.
Transition Move(LedgerEntry& entry, const criteria::Program& program,
                const criteria::StudyVerdict& verdict);
// The grade is one that the study wants to be told of.
bool Fits(criteria::Grade grade, criteria::Grade suggest_when);
// kNone where the suggestion is not open.
Transition Withdraw(LedgerEntry& entry, Withdrawal reason);

// The open cohorts that have the study's grade: those a suggestion names. None where it is
// ineligible, or has no cohorts. REQUIRES: a verdict on this program, not of the grade only.
std::vector<std::uint32_t> NamedCohorts(const criteria::Program& program,
                                        const criteria::StudyVerdict& verdict);
// What a suggestion says, in 32 bytes: grade, each criterion's value, policy and evidence, and the
// cohorts it names.
base::Digest DigestOf(const criteria::Program& program, const criteria::StudyVerdict& verdict);

std::string SuggestionId(const PersonKey& subject, std::string_view study, std::uint64_t episode);

// Whether a study must be kept from a subject for a reason beside its criteria, and until when.
struct Suppression {
  Withdrawal reason = Withdrawal::kNone;
  std::optional<base::Instant> until;  // looked at again then; none: only an event can change it
};
struct SuppressionInput {
  const criteria::PatientView* view = nullptr;
  std::vector<const Decisions*> decisions;  // of all names of the subject
};
Suppression Suppress(const SuppressionInput& subject, const criteria::StudyHeader& study,
                     base::Instant now, bool assume_recruiting);

// The study goes by this identifier: its id, or one of its registers'.
bool IsStudy(const criteria::StudyHeader& study, std::string_view identifier);

// All ledgers, one row per subject.
class Ledger {
 public:
  explicit Ledger(const Store& store) : table_(store, Room::kLedger, "") {}

  base::Result<SubjectLedger> Of(const PersonKey& subject) const;
  void Set(const PersonKey& subject, const SubjectLedger& entries);
  base::Result<void> ForEach(const std::function<void(const PersonKey& subject,
                                                      const SubjectLedger& entries)>& visit) const;
  Table& table() { return table_; }
  const Table& table() const { return table_; }

 private:
  Table table_;
};

}  // namespace medverka::matcher

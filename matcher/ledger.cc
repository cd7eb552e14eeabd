#include "matcher/ledger.h"

#include <algorithm>
#include <array>

#include "matcher/patient/codec.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {

using criteria::Grade;
using criteria::StudyVerdict;

namespace {

constexpr std::array<std::string_view, 10> kReasonNames = {
    "",         "criterion-against",    "below-grade",   "participation",
    "declined", "study-not-recruiting", "study-removed", "deceased",
    "merged",   "patient-removed"};
constexpr std::size_t kSuggestionIdBytes = 16;

// A decline silences up to the same day of the calendar, or by hours to the instant.
base::Instant SilentUntil(base::Instant declined, base::Period silence) {
  if (!silence.calendar()) return declined + base::MicrosOf(silence);
  return base::StartOfDay(base::Add(base::LocalDate(declined), silence, +1));
}

const Decision* LatestDecision(const SuppressionInput& subject,
                               const criteria::StudyHeader& study) {
  const Decision* latest = nullptr;
  for (const Decisions* decisions : subject.decisions) {
    for (const auto& [name, decision] : *decisions) {
      if (!IsStudy(study, name)) continue;
      if (latest == nullptr || latest->version < decision.version) latest = &decision;
    }
  }
  return latest;
}

bool Participates(const criteria::PatientView& view, const criteria::StudyHeader& study) {
  for (const criteria::FactRef& ref : view.of(criteria::FactKind::kParticipation)) {
    const criteria::Fact& fact = *ref.fact;
    const bool counts =
        fact.holding == criteria::Holding::kHolds || fact.holding == criteria::Holding::kPast;
    if (counts && IsStudy(study, fact.study)) return true;
  }
  return false;
}

}  // namespace

std::string_view Name(Withdrawal reason) { return kReasonNames[static_cast<std::size_t>(reason)]; }

bool IsStudy(const criteria::StudyHeader& study, std::string_view identifier) {
  if (identifier.empty()) return false;
  if (study.id == identifier) return true;
  for (const auto& [word, id] : study.ids) {
    if (id == identifier) return true;
  }
  return false;
}

Suppression Suppress(const SuppressionInput& subject, const criteria::StudyHeader& study,
                     base::Instant now, bool assume_recruiting) {
  const criteria::Demographics& who = subject.view->demographics;
  std::optional<base::Instant> death_to_come;
  if (who.deceased == criteria::Truth::kTrue) {
    if (!who.death || who.death->lo <= now) return {Withdrawal::kDeceased, std::nullopt};
    death_to_come = who.death->lo;
  }
  // Only what may pass with time needs a time to look again; a death dated ahead comes before all
  // else.
  if (Participates(*subject.view, study)) return {Withdrawal::kParticipation, std::nullopt};
  if (const Decision* decision = LatestDecision(subject, study); decision && decision->declined) {
    if (!study.decline_silences) return {Withdrawal::kDeclined, std::nullopt};
    const base::Instant until =
        SilentUntil(base::Instant{decision->version.time_us}, *study.decline_silences);
    if (now < until) return {Withdrawal::kDeclined, until};
  }
  if (study.status != criteria::StudyStatus::kRecruiting && !assume_recruiting) {
    return {Withdrawal::kStudyNotRecruiting, std::nullopt};
  }
  return {Withdrawal::kNone, death_to_come};
}

std::vector<std::uint32_t> NamedCohorts(const criteria::Program& program,
                                        const StudyVerdict& verdict) {
  std::vector<std::uint32_t> named;
  if (verdict.grade == Grade::kIneligible) return named;
  const std::size_t count = std::min(program.cohorts.size(), verdict.cohorts.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (program.cohorts[i].open && verdict.cohorts[i] == verdict.grade)
      named.push_back(static_cast<std::uint32_t>(i));
  }
  return named;
}

base::Digest DigestOf(const criteria::Program& program, const StudyVerdict& verdict) {
  base::ByteWriter out;
  out.U8(static_cast<std::uint8_t>(verdict.grade));
  out.Varint(verdict.criteria.size());
  for (const criteria::CriterionVerdict& criterion : verdict.criteria) {
    out.U8(static_cast<std::uint8_t>(criterion.value));
    out.U8(!criterion.policy ? 0 : *criterion.policy == criteria::Absence::kNo ? 1 : 2);
    out.Varint(criterion.evidence.size());
    for (const std::string& evidence : criterion.evidence) out.String(evidence);
  }
  for (const std::uint32_t cohort : NamedCohorts(program, verdict))
    out.String(program.cohorts[cohort].name);
  return base::Sha256(out.bytes());
}

std::string SuggestionId(const PersonKey& subject, std::string_view study, std::uint64_t episode) {
  base::ByteWriter out;
  out.String("medverka.suggestion.v1");
  Write(out, subject);
  out.String(study);
  out.Varint(episode);
  const base::Digest digest = base::Sha256(out.bytes());
  return base::Hex(base::AsBytes(digest).substr(0, kSuggestionIdBytes));
}

Transition Withdraw(LedgerEntry& entry, Withdrawal reason) {
  if (!entry.open) return Transition::kNone;
  entry.open = false;
  entry.last_reason = reason;
  ++entry.transitions;
  return Transition::kWithdrawn;
}

bool Fits(Grade grade, Grade suggest_when) {
  return grade != Grade::kIneligible && grade >= suggest_when;
}

Transition Move(LedgerEntry& entry, const criteria::Program& program, const StudyVerdict& verdict) {
  if (!Fits(verdict.grade, program.study.suggest_when)) {
    const Withdrawal reason = verdict.grade == Grade::kIneligible ? Withdrawal::kCriterionAgainst
                                                                  : Withdrawal::kBelowGrade;
    return Withdraw(entry, reason);
  }
  const base::Digest digest = DigestOf(program, verdict);
  if (entry.open && entry.digest == digest) return Transition::kNone;
  const Transition transition = entry.open ? Transition::kChanged : Transition::kSuggested;
  if (!entry.open) {
    entry.open = true;
    ++entry.episode;
    entry.transitions = 0;
  }
  entry.grade = verdict.grade;
  entry.digest = digest;
  ++entry.transitions;
  return transition;
}

namespace {

std::string EncodeLedger(const SubjectLedger& entries) {
  base::ByteWriter out;
  out.Varint(entries.size());
  for (const auto& [study, entry] : entries) {
    out.String(study);
    out.Varint(entry.episode);
    out.U8(entry.open ? 1 : 0);
    out.U8(static_cast<std::uint8_t>(entry.grade));
    out.Raw(base::AsBytes(entry.digest));
    out.Varint(entry.transitions);
    out.U8(static_cast<std::uint8_t>(entry.last_reason));
  }
  return out.Take();
}

base::Result<SubjectLedger> DecodeLedger(std::string_view bytes) {
  base::ByteReader in(bytes);
  SubjectLedger entries;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    std::string study(in.String());
    LedgerEntry entry;
    entry.episode = in.Varint();
    entry.open = in.U8() != 0;
    entry.grade = static_cast<Grade>(in.U8() & 3);
    const std::string_view digest = in.Raw(entry.digest.size());
    std::copy(digest.begin(), digest.end(), entry.digest.begin());
    entry.transitions = in.Varint();
    const std::uint8_t reason = in.U8();
    entry.last_reason =
        reason < kReasonNames.size() ? static_cast<Withdrawal>(reason) : Withdrawal::kNone;
    entries.emplace(std::move(study), entry);
  }
  if (in.ok() && in.at_end()) return entries;
  return base::Fail(base::ErrorCode::kCorruption, "A ledger in the state cannot be read back.");
}

}  // namespace

base::Result<SubjectLedger> Ledger::Of(const PersonKey& subject) const {
  MEDVERKA_ASSIGN(const std::optional<std::string> bytes, table_.Get(subject.view()));
  if (!bytes) return SubjectLedger();
  return DecodeLedger(*bytes);
}

void Ledger::Set(const PersonKey& subject, const SubjectLedger& entries) {
  table_.Put(subject.view(), EncodeLedger(entries));
}

base::Result<void> Ledger::ForEach(
    const std::function<void(const PersonKey&, const SubjectLedger&)>& visit) const {
  base::Result<void> outcome;
  MEDVERKA_TRY(table_.Scan("", [&](std::string_view key, std::string_view value) {
    base::ByteReader in(key);
    const PersonKey subject = ReadPersonKey(in);
    base::Result<SubjectLedger> entries = DecodeLedger(value);
    if (!entries.has_value()) {
      outcome = tl::unexpected(std::move(entries).error());
    } else {
      visit(subject, *entries);
    }
  }));
  return outcome;
}

}  // namespace medverka::matcher

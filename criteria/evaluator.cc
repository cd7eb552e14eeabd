// Idea: evaluate every node of a criterion, never cutting short, so that all instants at which
// anything in it could turn are known. `until` is then found by trying those instants in order
// until the criterion really comes out differently. What a verdict rests on is found afterwards,
// from the top: of an `and` that is false the false parts, and so on.
//
// Left out of that telling: trying stops after kMomentsTriedMax instants; `until` is then early,
// never late.
#include "criteria/evaluator.h"

#include <algorithm>
#include <set>
#include <utility>

#include "criteria/internal/kleene.h"
#include "criteria/internal/leaves.h"

namespace medverka::criteria {
namespace {

using base::Instant;
using internal::IsLeaf;
using internal::Leaf;
using internal::Leaves;
using internal::PreparedProgram;

// A laboratory value taken weekly for a year leaves a window 52 times before the criterion turns;
// more than that is a history where looking again early costs less than looking for the exact
// instant.
constexpr int kMomentsTriedMax = 64;
// Steps from one turning criterion to the next until the study's grade turns.
constexpr int kGradeStepsMax = 64;

// The outcome of a criterion as far as others can tell two of them apart.
struct Outcome {
  Truth value = Truth::kUnknown;
  bool ask_only = false;
  std::optional<Absence> policy;
  std::vector<const Resource*> rests_on;  // sorted, unique
  bool rests_on_patient = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// All nodes of a program for one patient at one log time, evaluated when they are first asked for.
class Run {
 public:
  struct State {
    bool known = false;
    Truth value = Truth::kUnknown;
    bool ask_only = false;   // unknown, and answers alone would settle it
    std::uint32_t walk = 0;  // the last walk that came here: a shared node is walked once
    Leaf leaf;
  };
  using States = std::vector<State>;
  // States of finished runs, whose memory the next one takes over: a study is looked at for every
  // event.
  using Pool = std::vector<States>;

  Run(PreparedProgram& prepared, Pool& pool, const internal::Moment& moment)
      : prepared_(prepared), pool_(pool), leaves_(prepared, moment) {
    if (pool_.empty()) {
      states_.resize(prepared.program.nodes.size());
    } else {
      states_ = std::move(pool_.back());
      pool_.pop_back();
      for (State& state : states_) {
        state.known = false;
        state.walk = 0;
      }
    }
  }
  ~Run() { pool_.push_back(std::move(states_)); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  const State& Value(std::uint32_t index) {
    State& state = states_[index];
    if (state.known) return state;
    state.known = true;
    state.ask_only = false;
    state.leaf.Clear();
    const Node& node = prepared_.program.nodes[index];
    if (IsLeaf(node.kind)) {
      leaves_.Evaluate(node, state.leaf);
      state.value = state.leaf.value;
      state.ask_only = state.leaf.ask_only;
      if (node.kind == NodeKind::kElseAsk) {
        const Truth data = Value(node.children[0]).value;
        if (data != Truth::kUnknown) {
          state.value = data;
          state.ask_only = false;
        }
      }
      return state;
    }
    Combine(node, state);
    return state;
  }

  // Every instant at which something below the node could turn.
  void CollectMoments(std::uint32_t index, Instant after, std::set<Instant>& moments) {
    ++walk_;
    Walk(index, [&](const Leaf& leaf) {
      for (const Instant moment : leaf.moments) {
        if (moment > after) moments.insert(moment);
      }
      return true;
    });
  }

  // Can nothing below the node turn with time alone?
  bool StandsStill(std::uint32_t index) {
    ++walk_;
    return Walk(index, [](const Leaf& leaf) { return leaf.moments.empty(); });
  }

  // The leaves that decide the node's value.
  void CollectDeciding(std::uint32_t index, std::vector<std::uint32_t>& leaves) {
    ++walk_;
    Decide(index, leaves);
  }

  const Leaf& leaf(std::uint32_t index) const { return states_[index].leaf; }

 private:
  // Shows the leaf of every node below until `go_on` says no; returns whether it never did.
  template <typename GoOn>
  bool Walk(std::uint32_t index, const GoOn& go_on) {
    Value(index);
    if (std::exchange(states_[index].walk, walk_) == walk_) return true;
    if (!go_on(states_[index].leaf)) return false;
    const std::vector<std::uint32_t>& children = prepared_.program.nodes[index].children;
    return std::all_of(children.begin(), children.end(),
                       [&](std::uint32_t child) { return Walk(child, go_on); });
  }

  void Decide(std::uint32_t index, std::vector<std::uint32_t>& leaves) {
    const Node& node = prepared_.program.nodes[index];
    const State& state = Value(index);
    if (std::exchange(states_[index].walk, walk_) == walk_) return;
    if (node.kind == NodeKind::kElseAsk) {
      // Answered: the answer decides. Open: what the data lack is said before what is asked.
      const Truth data = Value(node.children[0]).value;
      if (states_[index].leaf.value == Truth::kUnknown || data != Truth::kUnknown)
        Decide(node.children[0], leaves);
      if (data == Truth::kUnknown) Push(index, leaves);
      return;
    }
    if (IsLeaf(node.kind)) {
      Push(index, leaves);
      return;
    }
    for (const std::uint32_t child : node.children) {
      if (Decides(node, state.value, child)) Decide(child, leaves);
    }
  }

  static void Push(std::uint32_t index, std::vector<std::uint32_t>& leaves) {
    if (std::find(leaves.begin(), leaves.end(), index) == leaves.end()) leaves.push_back(index);
  }

  void Combine(const Node& node, State& state) {
    state.value = internal::Combine(node, [&](std::uint32_t child) { return Value(child).value; });
    state.ask_only =
        state.value == Truth::kUnknown &&
        std::all_of(node.children.begin(), node.children.end(), [&](std::uint32_t child) {
          const State& one = Value(child);
          return one.value != Truth::kUnknown || one.ask_only;
        });
  }

  // Does this child carry the node's value?
  bool Decides(const Node& node, Truth value, std::uint32_t child) {
    const Truth one = Value(child).value;
    switch (node.kind) {
      case NodeKind::kAnd:
        return value == Truth::kTrue || one == value;
      case NodeKind::kOr:
        return value == Truth::kFalse || one == value;
      case NodeKind::kAtLeastOf:
        return value == Truth::kUnknown ? one == Truth::kUnknown : one == value;
      case NodeKind::kAtMostOf:
        return value == Truth::kUnknown ? one == Truth::kUnknown : one == Not(value);
      case NodeKind::kIf: {
        const Truth condition = Value(node.children[0]).value;
        if (child == node.children[0]) return true;
        if (condition == Truth::kUnknown) return value != Truth::kUnknown || one == Truth::kUnknown;
        return child == node.children[condition == Truth::kTrue ? 1 : node.children.size() - 1];
      }
      default:
        return true;
    }
  }

  PreparedProgram& prepared_;
  Pool& pool_;
  Leaves leaves_;
  States states_;
  std::uint32_t walk_ = 0;
};

}  // namespace

std::string EvidenceName(const Resource& resource) {
  return resource.version.empty() ? resource.id : resource.id + "/_history/" + resource.version;
}

class Evaluator::Impl {
 public:
  Impl(std::shared_ptr<const Program> program, Vocabulary& vocabulary)
      : program_(std::move(program)), prepared_(*program_, vocabulary) {
    if (program_->cohorts.empty()) groups_.push_back(std::nullopt);
    for (std::uint32_t i = 0; i < program_->cohorts.size(); ++i) {
      if (program_->cohorts[i].open) groups_.emplace_back(i);
    }
  }

  const Program& program() const { return *program_; }

  bool Reads(const std::vector<std::uint32_t>& leaves, const Resource& resource) {
    static const PatientView nobody;
    return Leaves(prepared_, {nobody, Instant{0}}).AnyReads(leaves, resource);
  }
  bool Reads(std::size_t index, const Resource& resource) {
    return Reads(prepared_.criterion_leaves[index], resource);
  }
  bool ReadsAtAll(const Resource& resource) { return Reads(prepared_.study_leaves, resource); }

  StudyVerdict Evaluate(const PatientView& patient, Instant at, EvaluateOptions options) {
    Run run(prepared_, pool_, {patient, at, options.visit});
    if (options.grade_only && (BlocksForGood(blocker_, run) || FindBlocker(run))) {
      StudyVerdict out_for_good;
      out_for_good.blocker = blocker_;
      return out_for_good;
    }
    StudyVerdict verdict;
    std::vector<Outcome> outcomes;
    for (const Criterion& criterion : program_->criteria) {
      std::vector<std::uint32_t> deciding;
      outcomes.push_back(OutcomeOf(criterion, run, deciding));
      verdict.criteria.push_back(VerdictOf(criterion, outcomes.back()));
      if (options.explain) Explain(criterion, run, deciding, patient, at, verdict.criteria.back());
    }
    verdict.grade = Grade::kIneligible;
    for (const Group& group : groups_)
      verdict.grade = std::max(verdict.grade, GradeOf(verdict.criteria, group, patient, at));
    for (std::uint32_t i = 0; i < program_->cohorts.size() && !options.grade_only; ++i)
      verdict.cohorts.push_back(GradeOf(verdict.criteria, i, patient, at));
    FindUntil(run, patient, at, options, outcomes, verdict);
    if (options.explain) {
      verdict.changes_at = ExactGradeChange(patient, at, options.visit, verdict);
    } else {
      verdict.changes_at = EarliestGradeChange(verdict, patient, at);
    }
    verdict.blocker = BlockerOf(verdict, patient, at);
    return verdict;
  }

 private:
  // What the study's grade is the best of: an open cohort with the common criteria, or all there is
  // of a study without cohorts.
  using Group = std::optional<std::uint32_t>;

  static bool Counts(const Criterion& criterion, const Group& group) {
    return !criterion.cohort || criterion.cohort == group;
  }
  // Is the study out while this one criterion is against?
  bool CountsForAll(const Criterion& criterion) const {
    return !criterion.cohort || (groups_.size() == 1 && groups_.front() == criterion.cohort);
  }

  // Is the criterion against, whatever time does? Then so is the study: ineligible, with no change
  // in sight.
  bool BlocksForGood(std::size_t index, Run& run) const {
    if (index >= program_->criteria.size()) return false;
    const Criterion& criterion = program_->criteria[index];
    if (criterion.asked_if || !CountsForAll(criterion)) return false;
    const Truth value = run.Value(criterion.root).value;
    return value != Truth::kUnknown && value != criterion.wanted() &&
           run.StandsStill(criterion.root);
  }

  // Remembers the one that is found, since it mostly blocks the next patient too. Which one it is
  // shows nowhere.
  bool FindBlocker(Run& run) {
    for (std::size_t i = 0; i < program_->criteria.size(); ++i) {
      if (!BlocksForGood(i, run)) continue;
      blocker_ = i;
      return true;
    }
    return false;
  }

  // An `ask` that does not apply is in favour; else its value is the answer.
  Outcome OutcomeOf(const Criterion& criterion, Run& run, std::vector<std::uint32_t>& deciding) {
    Outcome outcome;
    if (criterion.asked_if && run.Value(*criterion.asked_if).value == Truth::kFalse) {
      outcome.value = criterion.wanted();
      run.CollectDeciding(*criterion.asked_if, deciding);
    } else {
      const Run::State& state = run.Value(criterion.root);
      outcome.value = state.value;
      outcome.ask_only = state.value == Truth::kUnknown && state.ask_only;
      run.CollectDeciding(criterion.root, deciding);
    }
    for (const std::uint32_t index : deciding) {
      const Leaf& leaf = run.leaf(index);
      if (leaf.policy && !outcome.policy) outcome.policy = leaf.policy;
      outcome.rests_on_patient = outcome.rests_on_patient || leaf.rests_on_patient;
      for (const internal::UsedFact& used : leaf.used)
        outcome.rests_on.push_back(used.ref.resource);
      for (const internal::UsedFact& used : leaf.beside)
        outcome.rests_on.push_back(used.ref.resource);
      for (const internal::UsedEvent& used : leaf.events) {
        if (used.ref.resource != nullptr) outcome.rests_on.push_back(used.ref.resource);
      }
    }
    std::sort(outcome.rests_on.begin(), outcome.rests_on.end());
    outcome.rests_on.erase(std::unique(outcome.rests_on.begin(), outcome.rests_on.end()),
                           outcome.rests_on.end());
    return outcome;
  }

  static CriterionVerdict VerdictOf(const Criterion& criterion, const Outcome& outcome) {
    CriterionVerdict verdict;
    verdict.value = outcome.value;
    verdict.against = outcome.value != Truth::kUnknown && outcome.value != criterion.wanted();
    verdict.open_question = outcome.ask_only;
    verdict.policy = outcome.policy;
    for (const Resource* resource : outcome.rests_on)
      verdict.evidence.push_back(EvidenceName(*resource));
    if (outcome.rests_on_patient) verdict.evidence.emplace_back("Patient");
    std::sort(verdict.evidence.begin(), verdict.evidence.end());
    verdict.evidence.erase(std::unique(verdict.evidence.begin(), verdict.evidence.end()),
                           verdict.evidence.end());
    return verdict;
  }

  // The dead match nothing.
  static bool IsDead(const PatientView& patient, Instant at) {
    const Demographics& person = patient.demographics;
    return person.deceased == Truth::kTrue && (!person.death || person.death->lo <= at);
  }

  Grade GradeOf(const std::vector<CriterionVerdict>& criteria, const Group& group,
                const PatientView& patient, Instant at) const {
    if (IsDead(patient, at)) return Grade::kIneligible;
    Grade grade = Grade::kEligible;
    for (std::size_t i = 0; i < criteria.size(); ++i) {
      const CriterionVerdict& criterion = criteria[i];
      if (!Counts(program_->criteria[i], group)) continue;
      if (criterion.against) return Grade::kIneligible;
      if (criterion.value != Truth::kUnknown) continue;
      grade = std::min(grade, criterion.open_question ? Grade::kLikely : Grade::kPossible);
    }
    return grade;
  }

  std::set<Instant> MomentsOf(const Criterion& criterion, Run& run, Instant after) {
    std::set<Instant> moments;
    run.CollectMoments(criterion.root, after, moments);
    if (criterion.asked_if) run.CollectMoments(*criterion.asked_if, after, moments);
    return moments;
  }

  std::optional<Instant> UntilOf(const Criterion& criterion, Run& run,
                                 const internal::Moment& at_now, const Outcome& now) {
    std::set<Instant> moments = MomentsOf(criterion, run, at_now.at);
    for (int tried = 0; !moments.empty(); ++tried) {
      const Instant moment = *moments.begin();
      if (tried == kMomentsTriedMax) return moment;
      moments.erase(moments.begin());
      Run then(prepared_, pool_, {at_now.patient, moment, at_now.visit});
      std::vector<std::uint32_t> deciding;
      if (!(OutcomeOf(criterion, then, deciding) == now)) return moment;
      moments.merge(MomentsOf(criterion, then, moment));
    }
    return std::nullopt;
  }

  // Without explain an ineligible study needs `until` only of what is against: a cohort stays
  // ineligible while one of its criteria stands, and the first that stands for good settles it.
  void FindUntil(Run& run, const PatientView& patient, Instant at, EvaluateOptions options,
                 const std::vector<Outcome>& outcomes, StudyVerdict& verdict) {
    const bool only_against = !options.explain && verdict.grade == Grade::kIneligible;
    std::vector<bool> settled(program_->cohorts.size(), false);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const Criterion& criterion = program_->criteria[i];
      const bool counts = std::any_of(groups_.begin(), groups_.end(),
                                      [&](const Group& group) { return Counts(criterion, group); });
      if (!options.explain && !counts) continue;
      if (only_against &&
          (!verdict.criteria[i].against || (criterion.cohort && settled[*criterion.cohort])))
        continue;
      verdict.criteria[i].until =
          UntilOf(criterion, run, {patient, at, options.visit}, outcomes[i]);
      if (!only_against || verdict.criteria[i].until) continue;
      if (CountsForAll(criterion)) return;
      settled[*criterion.cohort] = true;
    }
  }

  // The criterion that stays against longest; with several open cohorts only a common one keeps all
  // of them out, and only where it stands until the first of them can change.
  std::optional<std::size_t> BlockerOf(const StudyVerdict& verdict, const PatientView& patient,
                                       Instant at) const {
    if (verdict.grade != Grade::kIneligible || IsDead(patient, at)) return std::nullopt;
    std::optional<std::size_t> longest;
    for (std::size_t i = 0; i < verdict.criteria.size(); ++i) {
      const CriterionVerdict& one = verdict.criteria[i];
      if (!one.against || !CountsForAll(program_->criteria[i])) continue;
      // FindUntil stops at the first that stands for good: those behind it have no `until` either.
      if (!one.until) return i;
      if (!longest || *verdict.criteria[*longest].until < *one.until) longest = i;
    }
    const bool too_short =
        groups_.size() > 1 && longest &&
        (!verdict.changes_at || *verdict.criteria[*longest].until < *verdict.changes_at);
    return too_short ? std::nullopt : longest;
  }

  // Never late: the grade of the group cannot change before this.
  std::optional<Instant> EarliestChangeOf(const Group& group, const StudyVerdict& verdict,
                                          const PatientView& patient, Instant at) const {
    std::optional<Instant> earliest;
    const bool ineligible = GradeOf(verdict.criteria, group, patient, at) == Grade::kIneligible;
    for (std::size_t i = 0; i < verdict.criteria.size(); ++i) {
      const CriterionVerdict& criterion = verdict.criteria[i];
      if (!Counts(program_->criteria[i], group) || (ineligible && !criterion.against)) continue;
      if (!criterion.until) {
        if (ineligible) return std::nullopt;
        continue;
      }
      if (!earliest) {
        earliest = criterion.until;
      } else {
        earliest = ineligible ? std::max(*earliest, *criterion.until)
                              : std::min(*earliest, *criterion.until);
      }
    }
    const Demographics& person = patient.demographics;
    if (!ineligible && person.deceased == Truth::kTrue && person.death && person.death->lo > at) {
      earliest = earliest ? std::min(*earliest, person.death->lo) : person.death->lo;
    }
    return earliest;
  }

  std::optional<Instant> EarliestGradeChange(const StudyVerdict& verdict,
                                             const PatientView& patient, Instant at) const {
    if (IsDead(patient, at)) return std::nullopt;
    std::optional<Instant> earliest;
    for (const Group& group : groups_) {
      const auto change = EarliestChangeOf(group, verdict, patient, at);
      if (change && (!earliest || *change < *earliest)) earliest = change;
    }
    return earliest;
  }

  // Steps along the instants at which the grade could change until it does.
  std::optional<Instant> ExactGradeChange(const PatientView& patient, Instant at,
                                          std::string_view visit, const StudyVerdict& now) {
    std::optional<Instant> next = EarliestGradeChange(now, patient, at);
    EvaluateOptions options;
    options.visit = visit;
    for (int step = 0; next && step < kGradeStepsMax; ++step) {
      const StudyVerdict then = Evaluate(patient, *next, options);
      if (then.grade != now.grade) return next;
      next = then.changes_at;
    }
    return next;
  }

  void Explain(const Criterion& criterion, Run& run, const std::vector<std::uint32_t>& deciding,
               const PatientView& patient, Instant at, CriterionVerdict& verdict);

  std::shared_ptr<const Program> program_;
  PreparedProgram prepared_;
  Run::Pool pool_;
  std::vector<Group> groups_;
  std::size_t blocker_ = 0;
};

// One sentence out of the deciding leaves' parts; more than three say no more to a reader.
void Evaluator::Impl::Explain(const Criterion& criterion, Run& run,
                              const std::vector<std::uint32_t>& deciding,
                              const PatientView& patient, Instant at, CriterionVerdict& verdict) {
  constexpr std::size_t kPartsMax = 3;
  const auto join = [](std::string& sentence, const std::string& part) {
    if (part.empty()) return;
    if (!sentence.empty()) sentence += "; ";
    sentence += part;
  };
  std::size_t parts = 0;
  if (criterion.asked_if && run.Value(*criterion.asked_if).value == Truth::kFalse) {
    verdict.why.en = "Not asked, since its condition is not met: ";
    verdict.why.sv = "Ställs inte, eftersom villkoret inte är uppfyllt: ";
  }
  std::string en;
  std::string sv;
  for (const std::uint32_t index : deciding) {
    const internal::LeafWords words = internal::WordsOf(prepared_, program_->nodes[index],
                                                        run.leaf(index), patient.demographics, at);
    if (parts++ < kPartsMax) {
      join(en, words.why.en);
      join(sv, words.why.sv);
    }
    if (run.leaf(index).value == Truth::kUnknown) {
      join(verdict.needs.en, words.needs.en);
      join(verdict.needs.sv, words.needs.sv);
    }
  }
  if (parts > kPartsMax) {
    join(en, "and " + std::to_string(parts - kPartsMax) + " more");
    join(sv, "och " + std::to_string(parts - kPartsMax) + " till");
  }
  const auto close = [](std::string sentence) {
    if (!sentence.ends_with('?') && !sentence.ends_with('.')) sentence += '.';
    return sentence;
  };
  verdict.why.en += close(en);
  verdict.why.sv += close(sv);
}

Evaluator::Evaluator(std::shared_ptr<const Program> program, Vocabulary& vocabulary)
    : impl_(std::make_unique<Impl>(std::move(program), vocabulary)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

StudyVerdict Evaluator::Evaluate(const PatientView& patient, Instant at,
                                 EvaluateOptions options) const {
  return impl_->Evaluate(patient, at, options);
}

bool Evaluator::ReadsAtAll(const Resource& resource) const { return impl_->ReadsAtAll(resource); }

bool Evaluator::Reads(std::size_t criterion, const Resource& resource) const {
  return impl_->Reads(criterion, resource);
}

const Program& Evaluator::program() const { return impl_->program(); }

}  // namespace medverka::criteria

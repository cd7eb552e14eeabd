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

#include "criteria/internal/leaves.h"

namespace medverka::criteria {
namespace {

using base::Instant;
using internal::Leaf;
using internal::Leaves;
using internal::PreparedProgram;

// A laboratory value taken weekly for a year leaves a window 52 times before the criterion turns;
// more than that is a history where looking again early costs less than looking for the exact
// instant.
constexpr int kMomentsTriedMax = 64;
// Steps from one turning criterion to the next until the study's grade turns.
constexpr int kGradeStepsMax = 64;

bool IsLeaf(NodeKind kind) {
  switch (kind) {
    case NodeKind::kAnd:
    case NodeKind::kOr:
    case NodeKind::kNot:
    case NodeKind::kAtLeastOf:
    case NodeKind::kAtMostOf:
    case NodeKind::kExactlyOf:
    case NodeKind::kIf:
      return false;
    default:
      return true;
  }
}

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
    bool ask_only = false;  // unknown, and answers alone would settle it
    Leaf leaf;
  };
  using States = std::vector<State>;
  // States of finished runs, whose memory the next one takes over: a study is looked at for every
  // event.
  using Pool = std::vector<States>;

  Run(PreparedProgram& prepared, Pool& pool, const PatientView& patient, Instant at)
      : prepared_(prepared), pool_(pool), leaves_(prepared, {patient, at}) {
    if (pool_.empty()) {
      states_.resize(prepared.program.nodes.size());
    } else {
      states_ = std::move(pool_.back());
      pool_.pop_back();
      for (State& state : states_) state.known = false;
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
    Value(index);
    for (const Instant moment : states_[index].leaf.moments) {
      if (moment > after) moments.insert(moment);
    }
    for (const std::uint32_t child : prepared_.program.nodes[index].children)
      CollectMoments(child, after, moments);
  }

  // Can nothing below the node turn with time alone?
  bool StandsStill(std::uint32_t index) {
    Value(index);
    const std::vector<std::uint32_t>& children = prepared_.program.nodes[index].children;
    return states_[index].leaf.moments.empty() &&
           std::all_of(children.begin(), children.end(),
                       [&](std::uint32_t child) { return StandsStill(child); });
  }

  // The leaves that decide the node's value.
  void CollectDeciding(std::uint32_t index, std::vector<std::uint32_t>& leaves) {
    const Node& node = prepared_.program.nodes[index];
    const State& state = Value(index);
    if (node.kind == NodeKind::kElseAsk) {
      // Answered: the answer decides. Open: what the data lack is said before what is asked.
      if (states_[index].leaf.value == Truth::kUnknown ||
          Value(node.children[0]).value != Truth::kUnknown) {
        CollectDeciding(node.children[0], leaves);
      }
      if (Value(node.children[0]).value == Truth::kUnknown) Push(index, leaves);
      return;
    }
    if (IsLeaf(node.kind)) {
      Push(index, leaves);
      return;
    }
    for (const std::uint32_t child : node.children) {
      if (Decides(node, state.value, child)) CollectDeciding(child, leaves);
    }
  }

  const Leaf& leaf(std::uint32_t index) const { return states_[index].leaf; }

 private:
  static void Push(std::uint32_t index, std::vector<std::uint32_t>& leaves) {
    if (std::find(leaves.begin(), leaves.end(), index) == leaves.end()) leaves.push_back(index);
  }

  void Combine(const Node& node, State& state) {
    int settled_true = 0;
    int undecided = 0;
    bool all_open_are_asks = true;
    for (const std::uint32_t child : node.children) {
      const State& one = Value(child);
      if (one.value == Truth::kTrue) ++settled_true;
      if (one.value == Truth::kUnknown) {
        ++undecided;
        all_open_are_asks = all_open_are_asks && one.ask_only;
      }
    }
    const int children = static_cast<int>(node.children.size());
    const auto at_least = [&](int n) {
      return settled_true >= n              ? Truth::kTrue
             : settled_true + undecided < n ? Truth::kFalse
                                            : Truth::kUnknown;
    };
    switch (node.kind) {
      case NodeKind::kAnd:
        state.value = at_least(children);
        break;
      case NodeKind::kOr:
        state.value = at_least(1);
        break;
      case NodeKind::kNot:
        state.value = Not(at_least(1));
        break;
      case NodeKind::kAtLeastOf:
        state.value = at_least(node.count);
        break;
      case NodeKind::kAtMostOf:
        state.value = Not(at_least(node.count + 1));
        break;
      case NodeKind::kExactlyOf:
        state.value = And(at_least(node.count), Not(at_least(node.count + 1)));
        break;
      case NodeKind::kIf: {
        const Truth condition = Value(node.children[0]).value;
        const Truth then = Value(node.children[1]).value;
        const Truth otherwise = children > 2 ? Value(node.children[2]).value : Truth::kTrue;
        state.value = condition == Truth::kTrue    ? then
                      : condition == Truth::kFalse ? otherwise
                      : then == otherwise          ? then
                                                   : Truth::kUnknown;
        break;
      }
      default:
        break;
    }
    state.ask_only = state.value == Truth::kUnknown && all_open_are_asks;
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
};

}  // namespace

std::string EvidenceName(const Resource& resource) {
  return resource.version.empty() ? resource.id : resource.id + "/_history/" + resource.version;
}

class Evaluator::Impl {
 public:
  Impl(std::shared_ptr<const Program> program, Vocabulary& vocabulary)
      : program_(std::move(program)), vocabulary_(vocabulary), prepared_(*program_, vocabulary) {}

  const Program& program() const { return *program_; }

  bool Reads(std::size_t index, const Resource& resource) {
    const Criterion& criterion = program_->criteria[index];
    const PatientView nobody;
    const Leaves leaves(prepared_, {nobody, Instant{0}});
    return NodeReads(criterion.root, leaves, resource) ||
           (criterion.asked_if && NodeReads(*criterion.asked_if, leaves, resource));
  }

  StudyVerdict Evaluate(const PatientView& patient, Instant at, EvaluateOptions options) {
    Run run(prepared_, pool_, patient, at);
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
    verdict.grade = GradeOf(verdict.criteria, patient, at);
    FindUntil(run, patient, at, options, outcomes, verdict);
    if (options.explain) {
      verdict.changes_at = ExactGradeChange(patient, at, verdict);
    } else {
      verdict.changes_at = EarliestGradeChange(verdict, patient, at);
    }
    verdict.blocker = BlockerOf(verdict, patient, at);
    return verdict;
  }

 private:
  bool NodeReads(std::uint32_t index, const Leaves& leaves, const Resource& resource) const {
    const Node& node = program_->nodes[index];
    return leaves.Reads(node, resource) ||
           std::any_of(node.children.begin(), node.children.end(),
                       [&](std::uint32_t child) { return NodeReads(child, leaves, resource); });
  }

  // Is the criterion against, whatever time does? Then so is the study: ineligible, with no change
  // in sight.
  bool BlocksForGood(std::size_t index, Run& run) const {
    if (index >= program_->criteria.size()) return false;
    const Criterion& criterion = program_->criteria[index];
    if (criterion.asked_if) return false;
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

  static Grade GradeOf(const std::vector<CriterionVerdict>& criteria, const PatientView& patient,
                       Instant at) {
    if (IsDead(patient, at)) return Grade::kIneligible;
    Grade grade = Grade::kEligible;
    for (const CriterionVerdict& criterion : criteria) {
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

  std::optional<Instant> UntilOf(const Criterion& criterion, Run& run, const PatientView& patient,
                                 Instant at, const Outcome& now) {
    std::set<Instant> moments = MomentsOf(criterion, run, at);
    for (int tried = 0; !moments.empty(); ++tried) {
      const Instant moment = *moments.begin();
      if (tried == kMomentsTriedMax) return moment;
      moments.erase(moments.begin());
      Run then(prepared_, pool_, patient, moment);
      std::vector<std::uint32_t> deciding;
      if (!(OutcomeOf(criterion, then, deciding) == now)) return moment;
      moments.merge(MomentsOf(criterion, then, moment));
    }
    return std::nullopt;
  }

  // Without explain an ineligible study needs `until` only of what is against: it stays ineligible
  // while one of them stands, and the first that stands for good settles it.
  void FindUntil(Run& run, const PatientView& patient, Instant at, EvaluateOptions options,
                 const std::vector<Outcome>& outcomes, StudyVerdict& verdict) {
    const bool only_against = !options.explain && verdict.grade == Grade::kIneligible;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (only_against && !verdict.criteria[i].against) continue;
      verdict.criteria[i].until = UntilOf(program_->criteria[i], run, patient, at, outcomes[i]);
      if (only_against && !verdict.criteria[i].until) return;
    }
  }

  // The criterion that stays against longest.
  static std::optional<std::size_t> BlockerOf(const StudyVerdict& verdict,
                                              const PatientView& patient, Instant at) {
    if (verdict.grade != Grade::kIneligible || IsDead(patient, at)) return std::nullopt;
    std::optional<std::size_t> longest;
    for (std::size_t i = 0; i < verdict.criteria.size(); ++i) {
      const CriterionVerdict& one = verdict.criteria[i];
      if (!one.against) continue;
      // FindUntil stops at the first that stands for good: those behind it have no `until` either.
      if (!one.until) return i;
      if (!longest || *verdict.criteria[*longest].until < *one.until) longest = i;
    }
    return longest;
  }

  // Never late: the grade cannot change before this.
  static std::optional<Instant> EarliestGradeChange(const StudyVerdict& verdict,
                                                    const PatientView& patient, Instant at) {
    if (IsDead(patient, at)) return std::nullopt;
    std::optional<Instant> earliest;
    const bool ineligible = verdict.grade == Grade::kIneligible;
    for (const CriterionVerdict& criterion : verdict.criteria) {
      if (ineligible && !criterion.against) continue;
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

  // Steps along the instants at which the grade could change until it does.
  std::optional<Instant> ExactGradeChange(const PatientView& patient, Instant at,
                                          const StudyVerdict& now) {
    std::optional<Instant> next = EarliestGradeChange(now, patient, at);
    for (int step = 0; next && step < kGradeStepsMax; ++step) {
      const StudyVerdict then = Evaluate(patient, *next, {});
      if (then.grade != now.grade) return next;
      next = then.changes_at;
    }
    return next;
  }

  void Explain(const Criterion& criterion, Run& run, const std::vector<std::uint32_t>& deciding,
               const PatientView& patient, Instant at, CriterionVerdict& verdict);

  std::shared_ptr<const Program> program_;
  Vocabulary& vocabulary_;
  PreparedProgram prepared_;
  Run::Pool pool_;
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
    const internal::LeafWords words = internal::WordsOf(
        *program_, vocabulary_, program_->nodes[index], run.leaf(index), patient.demographics, at);
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

bool Evaluator::Reads(std::size_t criterion, const Resource& resource) const {
  return impl_->Reads(criterion, resource);
}

const Program& Evaluator::program() const { return impl_->program(); }

}  // namespace medverka::criteria

// Idea: replace the patient by all that a patient could be. Leaves that judge the same thing (the
// same latest haemoglobin, the age, the sex) are one variable, whose states are the stretches
// between their limits; every other leaf is a variable that is true or false. A criterion is then a
// formula over a few variables, and trying all their states shows what no patient can be.
//
// Why two values suffice: the logic of unknown is monotone. What is true of a partly known patient
// stays true however the unknown is filled in, so what no filled-in patient reaches, no patient
// does. Where that fails (`else ask` prefers data to answers) the whole is one variable that may be
// true or false. More states than there are patients only hide a finding, they never invent one.
#include "criteria/analysis/analysis.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "criteria/analysis/implication.h"
#include "ops/base/format.h"

namespace medverka::criteria {
namespace {

using internal::BytesOf;

// Beyond so many combinations a pair of criteria is left alone.
constexpr std::size_t kAssignmentsMax = 2048;
constexpr std::size_t kLeavesMax = 24;
// Nodes times combinations of one pair.
constexpr std::size_t kStepsMax = 200'000;

using Bits = std::vector<bool>;

// One thing that leaves judge. A state says for each of its leaves whether it is true.
struct Variable {
  std::vector<std::uint32_t> leaves;  // nodes
  std::vector<Bits> states;
};

// Limits along one line, and which stretches between them each leaf accepts: stretch 2i+1 is the
// i-th limit itself, 2i the numbers below it, the last one those above all.
template <typename Number>
class Line {
 public:
  void Add(const Number& limit) { limits_.insert(limit); }
  std::size_t stretches() const { return 2 * limits_.size() + 1; }
  std::size_t At(const Number& limit) const {
    return 2 * static_cast<std::size_t>(std::distance(limits_.begin(), limits_.find(limit))) + 1;
  }

 private:
  std::set<Number> limits_;
};

class Model {
 public:
  explicit Model(const Program& program) : program_(program), implications_(program) {
    std::map<std::string, std::vector<std::uint32_t>> alike;
    for (std::uint32_t i = 0; i < program.nodes.size(); ++i) {
      const std::string key = KeyOf(i);
      if (!key.empty()) alike[key].push_back(i);
    }
    variable_of_.assign(program.nodes.size(), kNone);
    for (const auto& [key, leaves] : alike) AddVariables(leaves);
    reach_.resize(program.nodes.size());
    known_.assign(program.nodes.size(), false);
    values_.assign(program.nodes.size(), false);
  }

  // Is there a leaf below the one that implies a leaf below the other, or is the same?
  bool Related(std::uint32_t a, std::uint32_t b) {
    for (const std::size_t first : VariablesOf(a)) {
      for (const std::size_t second : VariablesOf(b)) {
        if (first == second || Linked(first, second)) return true;
      }
    }
    return false;
  }

  // Variables below a node, sorted.
  const std::vector<std::size_t>& VariablesOf(std::uint32_t index) {
    if (known_[index]) return reach_[index];
    known_[index] = true;
    std::set<std::size_t> all;
    if (variable_of_[index] != kNone) {
      reach_[index] = {variable_of_[index]};
      return reach_[index];
    }
    for (const std::uint32_t child : program_.nodes[index].children) {
      const std::vector<std::size_t>& below = VariablesOf(child);
      all.insert(below.begin(), below.end());
    }
    reach_[index].assign(all.begin(), all.end());
    return reach_[index];
  }

  // Calls `see(values of roots)` for everything a patient could be; false if that is too much.
  template <typename See>
  bool ForEach(const std::vector<std::uint32_t>& roots, See see) {
    std::set<std::size_t> used;
    for (const std::uint32_t root : roots) {
      const std::vector<std::size_t>& its = VariablesOf(root);
      used.insert(its.begin(), its.end());
    }
    const std::vector<std::size_t> order(used.begin(), used.end());
    std::size_t combinations = 1;
    std::vector<std::uint32_t> leaves;
    for (const std::size_t variable : order) {
      combinations *= variables_[variable].states.size();
      const auto& its = variables_[variable].leaves;
      leaves.insert(leaves.end(), its.begin(), its.end());
      if (combinations > kAssignmentsMax || leaves.size() > kLeavesMax) return false;
    }
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> implied = Implied(leaves);
    const std::vector<std::uint32_t> below = InnerNodes(roots);
    if (below.size() * combinations > kStepsMax) return false;
    Bits& value = values_;
    for (std::size_t number = 0; number < combinations; ++number) {
      std::size_t rest = number;
      for (const std::size_t variable : order) {
        const Variable& one = variables_[variable];
        const Bits& state = one.states[rest % one.states.size()];
        rest /= one.states.size();
        for (std::size_t i = 0; i < one.leaves.size(); ++i) value[one.leaves[i]] = state[i];
      }
      const bool possible = std::all_of(implied.begin(), implied.end(), [&](const auto& pair) {
        return !value[pair.first] || value[pair.second];
      });
      if (!possible) continue;
      for (const std::uint32_t node : below) value[node] = Value(node);
      std::vector<bool> outcome;
      for (const std::uint32_t root : roots) outcome.push_back(value[root]);
      see(outcome);
    }
    return true;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  static std::string AgeLine(const AgeTest& age) {
    const bool months = age.unit == base::TimeUnit::kMonth || age.unit == base::TimeUnit::kYear;
    const bool days = age.unit == base::TimeUnit::kDay || age.unit == base::TimeUnit::kWeek;
    return fmt::format("age {} {}", months ? "months" : days ? "days" : "hours", age.event);
  }

  // A test on the one value that a query chooses.
  static bool OnOneValue(const Query& query) {
    const bool chooses =
        query.selector == Selector::kLatest || query.selector == Selector::kFirst ||
        query.selector == Selector::kAverage || query.selector == Selector::kMedian;
    if (!chooses || !query.test) return false;
    const ValueTest::Kind kind = query.test->kind;
    return (kind == ValueTest::Kind::kCompare || kind == ValueTest::Kind::kBetween) &&
           (kind != ValueTest::Kind::kBetween || query.test->limit.unit == query.test->limit2.unit);
  }

  // Leaves of one key judge one thing; "" for nodes that are no leaves.
  std::string KeyOf(std::uint32_t index) const {
    const Node& node = program_.nodes[index];
    switch (node.kind) {
      case NodeKind::kQuery: {
        Query query = program_.queries[node.payload];
        if (!OnOneValue(query)) return "query " + BytesOf(query);
        const std::string unit = query.test->limit.unit;
        const int analyte = static_cast<int>(query.test->analyte);
        query.test.reset();
        return fmt::format("value {} {} ", unit, analyte) + BytesOf(query);
      }
      case NodeKind::kAge:
        return AgeLine(program_.ages[node.payload]);
      case NodeKind::kSexIs:
        return "sex";
      case NodeKind::kConstant:
        return "constant";
      case NodeKind::kAnd:
      case NodeKind::kOr:
      case NodeKind::kNot:
      case NodeKind::kAtLeastOf:
      case NodeKind::kAtMostOf:
      case NodeKind::kExactlyOf:
      case NodeKind::kIf:
        return {};
      case NodeKind::kElseAsk:
        return fmt::format("else ask {}", index);
      default:
        return fmt::format("leaf {} {}", static_cast<int>(node.kind), node.payload);
    }
  }

  void AddVariables(const std::vector<std::uint32_t>& leaves) {
    const Node& first = program_.nodes[leaves.front()];
    Variable variable;
    variable.leaves = leaves;
    if (first.kind == NodeKind::kAge) {
      AgeStates(variable);
    } else if (first.kind == NodeKind::kQuery && OnOneValue(program_.queries[first.payload])) {
      ValueStates(variable);
    } else if (first.kind == NodeKind::kSexIs) {
      for (const Sex sex : {Sex::kFemale, Sex::kMale, Sex::kUnknown}) {
        Bits state;
        for (const std::uint32_t leaf : leaves)
          state.push_back(static_cast<Sex>(program_.nodes[leaf].payload) == sex);
        variable.states.push_back(std::move(state));
      }
    } else if (first.kind == NodeKind::kConstant) {
      ConstantStates(variable);
    } else {
      variable.states = {Bits(leaves.size(), false), Bits(leaves.size(), true)};
    }
    for (const std::uint32_t leaf : leaves) variable_of_[leaf] = variables_.size();
    variables_.push_back(std::move(variable));
  }

  void ConstantStates(Variable& variable) const {
    Bits state;
    bool open = false;
    for (const std::uint32_t leaf : variable.leaves) {
      const Truth truth = static_cast<Truth>(program_.nodes[leaf].payload);
      state.push_back(truth == Truth::kTrue);
      open = open || truth == Truth::kUnknown;
    }
    variable.states.push_back(state);
    if (!open) return;
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (static_cast<Truth>(program_.nodes[variable.leaves[i]].payload) == Truth::kUnknown)
        state[i] = true;
    }
    variable.states.push_back(state);
  }

  // Years are twelve months and weeks seven days; the rest of the units is a line of its own.
  void AgeStates(Variable& variable) const {
    struct Ends {
      std::optional<std::int64_t> from;
      std::optional<std::int64_t> below;  // age < below
    };
    std::vector<Ends> all;
    Line<std::int64_t> line;
    for (const std::uint32_t leaf : variable.leaves) {
      const AgeTest& age = program_.ages[program_.nodes[leaf].payload];
      const std::int64_t scale = age.unit == base::TimeUnit::kYear   ? 12
                                 : age.unit == base::TimeUnit::kWeek ? 7
                                                                     : 1;
      Ends ends;
      if (age.min) ends.from = scale * (std::int64_t{*age.min} + (age.min_strict ? 1 : 0));
      if (age.max) ends.below = scale * (std::int64_t{*age.max} + (age.max_strict ? 0 : 1));
      if (ends.from) line.Add(*ends.from);
      if (ends.below) line.Add(*ends.below);
      all.push_back(ends);
    }
    line.Add(0);
    // Nobody is younger than nothing: the line begins at 0 itself.
    for (std::size_t stretch = line.At(0); stretch < line.stretches(); ++stretch) {
      Bits state;
      for (const Ends& ends : all) {
        state.push_back((!ends.from || stretch >= line.At(*ends.from)) &&
                        (!ends.below || stretch < line.At(*ends.below)));
      }
      variable.states.push_back(std::move(state));
    }
  }

  void ValueStates(Variable& variable) const {
    Line<base::Decimal> line;
    const auto test_of = [&](std::uint32_t leaf) -> const ValueTest& {
      return *program_.queries[program_.nodes[leaf].payload].test;
    };
    for (const std::uint32_t leaf : variable.leaves) {
      line.Add(test_of(leaf).limit.number);
      if (test_of(leaf).kind == ValueTest::Kind::kBetween) line.Add(test_of(leaf).limit2.number);
    }
    for (std::size_t stretch = 0; stretch < line.stretches(); ++stretch) {
      Bits state;
      for (const std::uint32_t leaf : variable.leaves)
        state.push_back(Accepts(test_of(leaf), line, stretch));
      variable.states.push_back(std::move(state));
    }
    // Not recorded where that means no, or a measurement that was not made: none of them is true.
    variable.states.emplace_back(variable.leaves.size(), false);
  }

  static bool Accepts(const ValueTest& test, const Line<base::Decimal>& line, std::size_t stretch) {
    const std::size_t limit = line.At(test.limit.number);
    if (test.kind == ValueTest::Kind::kBetween)
      return stretch >= limit && stretch <= line.At(test.limit2.number);
    switch (test.op) {
      case CompareOp::kLess:
        return stretch < limit;
      case CompareOp::kLessEqual:
        return stretch <= limit;
      case CompareOp::kGreater:
        return stretch > limit;
      case CompareOp::kGreaterEqual:
        return stretch >= limit;
      case CompareOp::kEqual:
        return stretch == limit;
    }
    return false;
  }

  bool Linked(std::size_t first, std::size_t second) const {
    for (const std::uint32_t a : variables_[first].leaves) {
      for (const std::uint32_t b : variables_[second].leaves) {
        const Node& one = program_.nodes[a];
        const Node& two = program_.nodes[b];
        if (one.kind != NodeKind::kQuery || two.kind != NodeKind::kQuery) return false;
        if (implications_.Holds(one.payload, two.payload) ||
            implications_.Holds(two.payload, one.payload)) {
          return true;
        }
      }
    }
    return false;
  }

  std::vector<std::pair<std::uint32_t, std::uint32_t>> Implied(
      const std::vector<std::uint32_t>& leaves) const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
    for (const std::uint32_t a : leaves) {
      for (const std::uint32_t b : leaves) {
        const Node& first = program_.nodes[a];
        const Node& second = program_.nodes[b];
        if (a == b || first.kind != NodeKind::kQuery || second.kind != NodeKind::kQuery) continue;
        if (implications_.Holds(first.payload, second.payload)) out.emplace_back(a, b);
      }
    }
    return out;
  }

  // Nodes below the roots that are no leaves, children first: a definition used often is one of
  // them.
  std::vector<std::uint32_t> InnerNodes(const std::vector<std::uint32_t>& roots) const {
    std::set<std::uint32_t> seen;
    std::vector<std::uint32_t> open = roots;
    while (!open.empty()) {
      const std::uint32_t index = open.back();
      open.pop_back();
      if (variable_of_[index] != kNone || !seen.insert(index).second) continue;
      const std::vector<std::uint32_t>& children = program_.nodes[index].children;
      open.insert(open.end(), children.begin(), children.end());
    }
    return {seen.begin(), seen.end()};
  }

  // REQUIRES: its children's values are there.
  bool Value(std::uint32_t index) const {
    const Node& node = program_.nodes[index];
    std::int32_t settled = 0;
    for (const std::uint32_t child : node.children) settled += values_[child] ? 1 : 0;
    const auto children = static_cast<std::int32_t>(node.children.size());
    switch (node.kind) {
      case NodeKind::kAnd:
        return settled == children;
      case NodeKind::kOr:
        return settled > 0;
      case NodeKind::kNot:
        return settled == 0;
      case NodeKind::kAtLeastOf:
        return settled >= node.count;
      case NodeKind::kAtMostOf:
        return settled <= node.count;
      case NodeKind::kExactlyOf:
        return settled == node.count;
      case NodeKind::kIf:
        if (values_[node.children[0]]) return values_[node.children[1]];
        return children < 3 || values_[node.children[2]];
      default:
        return true;
    }
  }

  const Program& program_;
  internal::Implications implications_;
  std::vector<std::size_t> variable_of_;
  std::vector<Variable> variables_;
  std::vector<std::vector<std::size_t>> reach_;
  std::vector<bool> known_;
  Bits values_;  // by node, of the state being tried
};

// Conditions of `if` below a node.
std::set<std::uint32_t> Conditions(const Program& program, std::uint32_t root) {
  std::set<std::uint32_t> out;
  std::set<std::uint32_t> seen;
  std::vector<std::uint32_t> open = {root};
  while (!open.empty()) {
    const Node& node = program.nodes[open.back()];
    const bool fresh = seen.insert(open.back()).second;
    open.pop_back();
    if (!fresh) continue;
    if (node.kind == NodeKind::kIf) out.insert(node.children[0]);
    open.insert(open.end(), node.children.begin(), node.children.end());
  }
  return out;
}

class Analysis {
 public:
  explicit Analysis(const Program& program) : program_(program), model_(program) {}

  std::vector<Finding> Run() {
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < program_.criteria.size(); ++i) {
      if (program_.criteria[i].kind == CriterionKind::kAsk) continue;
      if (!Alone(i)) continue;
      for (const std::size_t earlier : sound_) {
        if (++pairs > kPairsMax) return std::move(findings_);
        Pair(earlier, i);
      }
      sound_.push_back(i);
    }
    return std::move(findings_);
  }

 private:
  // Ten thousand criteria are no study that a person wrote.
  static constexpr std::size_t kPairsMax = 200'000;

  std::uint32_t root(std::size_t criterion) const { return program_.criteria[criterion].root; }

  // A criterion by itself; false if there is something wrong with it.
  bool Alone(std::size_t i) {
    bool can_hold = false;
    bool can_fail = false;
    if (!model_.ForEach({root(i)}, [&](const std::vector<bool>& value) {
          (value[0] ? can_hold : can_fail) = true;
        })) {
      return true;
    }
    if (!can_hold || !can_fail) {
      findings_.push_back(
          {can_hold ? Finding::Kind::kNeverFalse : Finding::Kind::kNeverTrue, i, i});
      return false;
    }
    for (const std::uint32_t condition : Conditions(program_, root(i))) {
      bool reached = false;
      const bool tried = model_.ForEach(
          {condition}, [&](const std::vector<bool>& value) { reached = reached || value[0]; });
      if (tried && !reached) findings_.push_back({Finding::Kind::kNeverReached, i, i});
    }
    return true;
  }

  void Pair(std::size_t earlier, std::size_t later) {
    const Criterion& a = program_.criteria[earlier];
    const Criterion& b = program_.criteria[later];
    if (a.cohort && b.cohort && a.cohort != b.cohort) return;
    if (!model_.Related(a.root, b.root)) return;
    bool both = false;
    bool only_a = false;
    bool only_b = false;
    const bool tried = model_.ForEach({a.root, b.root}, [&](const std::vector<bool>& value) {
      const bool wanted_a = value[0] == (a.wanted() == Truth::kTrue);
      const bool wanted_b = value[1] == (b.wanted() == Truth::kTrue);
      both = both || (wanted_a && wanted_b);
      only_a = only_a || (wanted_a && !wanted_b);
      only_b = only_b || (wanted_b && !wanted_a);
    });
    if (!tried) return;
    // What a cohort asks is not asked of everybody, so it makes no common criterion superfluous.
    const bool a_may_go = !b.cohort || a.cohort;
    const bool b_may_go = !a.cohort || b.cohort;
    if (!both) {
      findings_.push_back({Finding::Kind::kContradicts, later, earlier});
    } else if (!only_a && !only_b) {
      findings_.push_back(b_may_go ? Finding{Finding::Kind::kSame, later, earlier}
                                   : Finding{Finding::Kind::kSame, earlier, later});
    } else if (!only_a && b_may_go) {
      findings_.push_back({Finding::Kind::kImplied, later, earlier});
    } else if (!only_b && a_may_go) {
      findings_.push_back({Finding::Kind::kImplied, earlier, later});
    }
  }

  const Program& program_;
  Model model_;
  std::vector<std::size_t> sound_;  // criteria with nothing wrong by themselves
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> Analyse(const Program& program) { return Analysis(program).Run(); }

}  // namespace medverka::criteria

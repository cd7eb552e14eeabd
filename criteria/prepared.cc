// What of a program is made ready once, for all patients: units interned, words folded, and for
// each leaf the events it counts from.
#include <set>

#include "criteria/internal/kleene.h"
#include "criteria/internal/leaves.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {
namespace {

// The events of a leaf with all that they are made from. What the candidate of a `where` decides
// is left to the body of that `where`.
class NeedsFinder {
 public:
  NeedsFinder(const Program& program, PreparedProgram& prepared)
      : program_(program), prepared_(prepared) {}

  void FindAll() {
    for (std::size_t i = 0; i < program_.events.size(); ++i) FindOf(static_cast<EventIndex>(i));
    for (const Query& query : program_.queries) prepared_.query_needs.push_back(NeedsOf(query));
    for (const VariantQuery& query : program_.variants) {
      std::set<EventIndex> events;
      AddTimes(query.times, events);
      prepared_.variant_needs.push_back(List(events));
    }
    for (const ScoreQuery& query : program_.scores) {
      std::set<EventIndex> events;
      AddTimes(query.times, events);
      prepared_.score_needs.push_back(List(events));
    }
    for (const AgeTest& test : program_.ages) prepared_.age_needs.push_back(NeedsOf(test.event));
    for (const GestationQuery& query : program_.gestations)
      prepared_.gestation_needs.push_back(NeedsOf(query.event));
  }

 private:
  static EventNeeds List(const std::set<EventIndex>& events) {
    return EventNeeds(events.begin(), events.end());
  }

  // Of one event; those before it are known. An event never counts from a later one.
  void FindOf(EventIndex index) {
    const Event& event = program_.events[index];
    std::set<EventIndex> events;
    Add(event.of, events);
    Add(event.from.event, events);
    Add(event.to.event, events);
    if (event.kind == Event::Kind::kChoice) AddQuery(program_.queries[event.query], events);
    events.erase(events.lower_bound(index), events.end());
    bool of_candidate = event.kind == Event::Kind::kIt;
    for (const EventIndex one : events) of_candidate = of_candidate || prepared_.of_candidate[one];
    prepared_.event_needs.push_back(List(events));
    prepared_.of_candidate.push_back(of_candidate);
  }

  EventNeeds NeedsOf(const Query& query) {
    std::set<EventIndex> events;
    AddQuery(query, events);
    return List(events);
  }
  EventNeeds NeedsOf(EventIndex event) {
    std::set<EventIndex> events;
    Add(event, events);
    return List(events);
  }

  void Add(EventIndex event, std::set<EventIndex>& events) {
    if (event >= prepared_.event_needs.size()) return;  // none, or not known yet
    events.insert(event);
    const EventNeeds& more = prepared_.event_needs[event];
    events.insert(more.begin(), more.end());
  }

  void AddTimes(const std::vector<TimeClause>& times, std::set<EventIndex>& events) {
    for (const TimeClause& clause : times) {
      Add(clause.event, events);
      Add(clause.from_bound.event, events);
      Add(clause.to_bound.event, events);
    }
  }

  void AddQuery(const Query& query, std::set<EventIndex>& events) {
    AddTimes(query.times, events);
    Add(query.of_event, events);
    if (!query.where) return;
    std::set<EventIndex> inside;
    const auto index = static_cast<std::size_t>(&query - program_.queries.data());
    for (const std::uint32_t leaf : prepared_.where_leaves[index])
      AddLeaf(program_.nodes[leaf], inside);
    for (const EventIndex event : inside) {
      if (!prepared_.of_candidate[event]) events.insert(event);
    }
  }

  void AddLeaf(const Node& node, std::set<EventIndex>& events) {
    switch (node.kind) {
      case NodeKind::kQuery:
        AddQuery(program_.queries[node.payload], events);
        break;
      case NodeKind::kChange:
        AddQuery(program_.queries[program_.changes[node.payload].query], events);
        break;
      case NodeKind::kText:
        AddQuery(program_.queries[program_.texts[node.payload].query], events);
        break;
      case NodeKind::kVariant:
        AddTimes(program_.variants[node.payload].times, events);
        break;
      case NodeKind::kScore:
        AddTimes(program_.scores[node.payload].times, events);
        break;
      case NodeKind::kAge:
        Add(program_.ages[node.payload].event, events);
        break;
      case NodeKind::kGestation:
        Add(program_.gestations[node.payload].event, events);
        break;
      default:
        break;
    }
  }

  const Program& program_;
  PreparedProgram& prepared_;
};

std::vector<std::uint32_t> LeavesBelow(const Program& program, std::vector<std::uint32_t> roots) {
  std::vector<std::uint32_t> leaves;
  std::set<std::uint32_t> seen;
  while (!roots.empty()) {
    const std::uint32_t index = roots.back();
    roots.pop_back();
    if (!seen.insert(index).second) continue;
    const Node& node = program.nodes[index];
    if (IsLeaf(node.kind)) leaves.push_back(index);
    roots.insert(roots.end(), node.children.begin(), node.children.end());
  }
  return leaves;
}

std::vector<PreparedFilter> PrepareAll(const std::vector<FieldFilter>& filters,
                                       const Program& program, Vocabulary& vocabulary) {
  std::vector<PreparedFilter> prepared;
  for (const FieldFilter& filter : filters)
    prepared.push_back(Prepare(filter, program, vocabulary));
  return prepared;
}

}  // namespace

PreparedFilter Prepare(const FieldFilter& filter, const Program& program, Vocabulary& vocabulary) {
  PreparedFilter prepared;
  if (filter.test) prepared.test = Prepare(*filter.test, program, vocabulary);
  for (const std::string& word : filter.words) prepared.words.push_back(base::Fold(word));
  return prepared;
}

PreparedProgram::PreparedProgram(const Program& program_in, Vocabulary& vocabulary_in)
    : program(program_in), vocabulary(vocabulary_in), sets(program_in, vocabulary_in) {
  for (const Query& query : program.queries) {
    query_tests.push_back(query.test ? std::optional(Prepare(*query.test, program, vocabulary))
                                     : std::nullopt);
    query_filters.push_back(PrepareAll(query.fields, program, vocabulary));
  }
  for (const ScoreQuery& score : program.scores)
    score_tests.push_back(Prepare(score.test, program, vocabulary));
  micromole_per_litre = vocabulary.Unit("umol/L");
  egfr_unit = vocabulary.Unit("mL/min/{1.73_m2}");
  for (const VariantQuery& query : program.variants) {
    std::vector<CodeId> codes;
    for (const std::string& gene : query.genes) {
      codes.push_back(vocabulary.Code(SystemId::kGeneSymbol, gene));
      codes.push_back(vocabulary.Code(SystemId::kHgnc, gene));
    }
    genes.push_back(std::move(codes));
    variant_filters.push_back(PrepareAll(query.fields, program, vocabulary));
  }
  for (const Query& query : program.queries) {
    where_leaves.push_back(query.where ? LeavesBelow(program, {*query.where})
                                       : std::vector<std::uint32_t>());
  }
  std::vector<std::uint32_t> all_roots;
  for (const Criterion& criterion : program.criteria) {
    std::vector<std::uint32_t> roots = {criterion.root};
    if (criterion.asked_if) roots.push_back(*criterion.asked_if);
    all_roots.insert(all_roots.end(), roots.begin(), roots.end());
    criterion_leaves.push_back(LeavesBelow(program, std::move(roots)));
  }
  study_leaves = LeavesBelow(program, std::move(all_roots));
  NeedsFinder(program, *this).FindAll();
}

const EventNeeds& PreparedProgram::NeedsOf(const Node& node) const {
  static const EventNeeds none;
  switch (node.kind) {
    case NodeKind::kQuery:
      return query_needs[node.payload];
    case NodeKind::kChange:
      return query_needs[program.changes[node.payload].query];
    case NodeKind::kText:
      return query_needs[program.texts[node.payload].query];
    case NodeKind::kVariant:
      return variant_needs[node.payload];
    case NodeKind::kScore:
      return score_needs[node.payload];
    case NodeKind::kAge:
      return age_needs[node.payload];
    case NodeKind::kGestation:
      return gestation_needs[node.payload];
    default:
      return none;
  }
}

}  // namespace medverka::criteria::internal

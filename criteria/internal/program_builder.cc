#include "criteria/internal/program_builder.h"

#include "criteria/limits.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

// Length-prefixed parts, so that no two sets share a key.
std::string KeyOf(const CodeSet& set) {
  std::string key = fmt::format("{}:{}", set.name.size(), set.name);
  const auto add = [&](const std::vector<CodeRule>& rules) {
    key += fmt::format("[{}", rules.size());
    for (const CodeRule& rule : rules) {
      key += fmt::format(";{} {} {}:{} {}:{} {}:{}", static_cast<int>(rule.system),
                         static_cast<int>(rule.match), rule.uri.size(), rule.uri, rule.from.size(),
                         rule.from, rule.to.size(), rule.to);
    }
    key += ']';
  };
  for (const CodeClause& clause : set.clauses) {
    add(clause.include);
    add(clause.except);
  }
  return key;
}

}  // namespace

std::uint32_t ProgramBuilder::AddNode(NodeKind kind, std::uint32_t payload,
                                      std::vector<std::uint32_t> children, std::int32_t count) {
  if (program.nodes.size() >= kProgramNodesMax) {
    too_large_ = true;
    return 0;
  }
  Node node;
  node.kind = kind;
  node.payload = payload;
  node.children = std::move(children);
  node.count = count;
  program.nodes.push_back(std::move(node));
  return static_cast<std::uint32_t>(program.nodes.size() - 1);
}

std::uint32_t ProgramBuilder::Negated(std::uint32_t node, bool negate) {
  return negate ? AddNode(NodeKind::kNot, 0, {node}) : node;
}

std::uint32_t ProgramBuilder::AddQuery(Query query) {
  if (program.queries.size() >= kProgramNodesMax) {
    too_large_ = true;
    return 0;
  }
  program.queries.push_back(std::move(query));
  return static_cast<std::uint32_t>(program.queries.size() - 1);
}

SetIndex ProgramBuilder::Set(const CodeSet& set) {
  const auto [place, added] =
      sets_.insert({KeyOf(set), static_cast<SetIndex>(program.sets.size())});
  if (added) program.sets.push_back(set);
  return place->second;
}

std::uint32_t ProgramBuilder::Scale(const criteria::Scale& scale) {
  Program alone;
  alone.scales.push_back(scale);
  const auto [place, added] =
      scales_.insert({EncodeProgram(alone), static_cast<std::uint32_t>(program.scales.size())});
  if (added) program.scales.push_back(scale);
  return place->second;
}

EventIndex ProgramBuilder::Event(criteria::Event event, const Query* choice) {
  if (too_large_) return 0;
  // The canonical bytes of the two alone are the key; indices in them are those of this program.
  Program alone;
  event.query = 0;
  alone.events.push_back(event);
  if (choice != nullptr) alone.queries.push_back(*choice);
  const auto [place, added] =
      events_.insert({EncodeProgram(alone), static_cast<EventIndex>(program.events.size())});
  if (!added) return place->second;
  if (program.events.size() >= kProgramNodesMax) {
    too_large_ = true;
    return 0;
  }
  if (choice != nullptr) event.query = AddQuery(*choice);
  program.events.push_back(std::move(event));
  return place->second;
}

}  // namespace medverka::criteria::internal

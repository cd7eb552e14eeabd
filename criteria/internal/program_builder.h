// A program under construction: what is equal is there once, and there are never more parts than
// the limit.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "criteria/program.h"

namespace medverka::criteria::internal {

class ProgramBuilder {
 public:
  Program program;

  bool too_large() const { return too_large_; }

  std::uint32_t AddNode(NodeKind kind, std::uint32_t payload,
                        std::vector<std::uint32_t> children = {}, std::int32_t count = 0);
  std::uint32_t Negated(std::uint32_t node, bool negate);

  // A leaf with its payload at the end of `payloads`.
  template <typename Payload>
  std::uint32_t AddLeaf(std::vector<Payload>& payloads, Payload payload, NodeKind kind) {
    if (too_large_) return 0;
    payloads.push_back(std::move(payload));
    return AddNode(kind, static_cast<std::uint32_t>(payloads.size() - 1));
  }
  // A query that no node stands for: that of a change, a text, an event.
  std::uint32_t AddQuery(Query query);

  // Two sets are one if they read and mean the same.
  SetIndex Set(const CodeSet& set);
  std::uint32_t Scale(const criteria::Scale& scale);
  // Equal events are one. `choice`: the query of a kChoice.
  EventIndex Event(criteria::Event event, const Query* choice = nullptr);

 private:
  bool too_large_ = false;
  std::map<std::string, SetIndex> sets_;
  std::map<std::string, std::uint32_t> scales_;
  std::map<std::string, EventIndex> events_;
};

}  // namespace medverka::criteria::internal

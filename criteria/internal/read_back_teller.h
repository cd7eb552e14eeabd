// Nodes and leaves of a program as sentences. Used by read_back.cc, which makes the whole page.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "criteria/internal/read_back_words.h"
#include "criteria/read_back.h"

namespace medverka::criteria::internal {

class Teller {
 public:
  Teller(const Program& program, Language language);

  Told TellNode(std::uint32_t node);
  // What an event is: "the latest procedure ...". The label names it elsewhere.
  Told TellEvent(EventIndex event);
  bool IsPlain(EventIndex event) const;  // told by its label alone: birth, the current visit, it
  std::string EventLabel(EventIndex event) const;
  std::string SetLabel(SetIndex set) const;
  std::string ScaleLabel(std::uint32_t scale) const;
  Told TellSet(SetIndex set) const;
  Told TellScale(std::uint32_t scale) const;

  // Nodes that stand in several places, or too deep, are told apart, under a number. Each time this
  // is asked it gives the next one; telling one may add others.
  bool NextPart(Told& part);

 private:
  void CountUses();
  bool Apart(std::uint32_t node) const;
  std::string PartLabel(std::uint32_t node);
  Told Tell(std::uint32_t node, int depth);
  Told List(std::string text, const Node& node, int depth);
  Told If(const Node& node, int depth);
  Told Query(const criteria::Query& query, bool no, int depth);
  Told Variant(const VariantQuery& query, bool no);
  Told Score(const ScoreQuery& score);
  Told Change(const ChangeQuery& change, int depth);
  Told Text(const TextQuery& text, int depth);
  std::string Age(const AgeTest& test) const;
  std::string Gestation(const GestationQuery& query) const;
  std::string Question(const AnswerQuery& answer) const;

  // Parts of a query's sentence, each with a blank or a comma before it.
  std::string Nouns(const criteria::Query& query, std::string_view noun) const;
  std::string Filters(const criteria::Query& query) const;
  std::string FieldFilters(const std::vector<FieldFilter>& fields) const;
  std::string Lengths(const criteria::Query& query) const;
  std::string Times(const std::vector<TimeClause>& times) const;
  std::string Window(const TimeClause& time) const;
  std::string BoundWords(const Bound& bound, bool from) const;
  std::string Together(const criteria::Query& query) const;
  std::string AbsenceWords(Absence absence, bool stated, Absence usual) const;
  std::string Test(const ValueTest& test) const;
  std::string Sets(const std::vector<SetIndex>& sets) const;
  std::string WordsOrSets(const std::vector<std::string>& words,
                          const std::vector<SetIndex>& sets) const;
  // The sentence with its selector, but for `where` and the absence policy.
  std::string Frame(const criteria::Query& query, bool no) const;
  std::string Among(const criteria::Query& query) const;
  void AddWhere(const criteria::Query& query, Told& told, int depth);

  const Program& program_;
  Tongue t_;
  std::vector<std::uint32_t> uses_;
  std::map<std::uint32_t, std::size_t> part_numbers_;
  std::vector<std::uint32_t> parts_;
  std::size_t parts_told_ = 0;
};

}  // namespace medverka::criteria::internal

// Idea: one list of fields per struct (Visit), used by the writer, by the reader, and so never out
// of step. Integers are varints, so the bytes do not depend on a machine's sizes or order.
#include "criteria/program.h"

#include <algorithm>
#include <type_traits>

#include "ops/base/bytes.h"

namespace medverka::criteria {
namespace {

using base::ByteReader;
using base::ByteWriter;

class Encoder {
 public:
  static constexpr bool kReading = false;
  ByteWriter out;

  template <typename T>
  void Integer(const T& value) {
    out.Signed(static_cast<std::int64_t>(value));
  }
  void Text(const std::string& text) { out.String(text); }
  void Number(const base::Decimal& number) { out.Number(number); }
  std::size_t Size(std::size_t size) {
    out.Varint(size);
    return size;
  }
};

// The last value of each enumeration that is stored; what lies beyond it is damage.
template <typename Enum>
constexpr std::int64_t LastOf();
template <>
constexpr std::int64_t LastOf<SystemId>() {
  return static_cast<std::int64_t>(SystemId::kFirstFree) - 1;
}
#define MEDVERKA_LAST(Enum, last)                 \
  template <>                                     \
  constexpr std::int64_t LastOf<Enum>() {         \
    return static_cast<std::int64_t>(Enum::last); \
  }
MEDVERKA_LAST(base::TimeUnit, kYear)
MEDVERKA_LAST(CodeRule::Match, kRange)
MEDVERKA_LAST(TimeClause::Kind, kSpan)
MEDVERKA_LAST(Bound::Kind, kEvent)
MEDVERKA_LAST(Field, kStructure)
MEDVERKA_LAST(MedicationStep, kGiven)
MEDVERKA_LAST(VariantQuery::Type, kTestedFor)
MEDVERKA_LAST(VariantQuery::Consequence, kSplice)
MEDVERKA_LAST(ChangeQuery::Unit, kUnit)
MEDVERKA_LAST(ChangeQuery::Base, kLatest)
MEDVERKA_LAST(Event::Kind, kIt)
MEDVERKA_LAST(ScoreQuery::Score, kCharlson)
MEDVERKA_LAST(Side, kRecorded)
MEDVERKA_LAST(CompareOp, kEqual)
MEDVERKA_LAST(ValueTest::Kind, kCompareLevel)
MEDVERKA_LAST(Analyte, kVitaminD)
MEDVERKA_LAST(FactKind, kDevice)
MEDVERKA_LAST(Selector, kMedian)
MEDVERKA_LAST(Absence, kUnknown)
MEDVERKA_LAST(Origin, kSomatic)
MEDVERKA_LAST(ScoreQuery::Formula, kReported)
MEDVERKA_LAST(NodeKind, kText)
MEDVERKA_LAST(CriterionKind, kAsk)
MEDVERKA_LAST(StudyStatus, kCompleted)
MEDVERKA_LAST(Grade, kEligible)
#undef MEDVERKA_LAST

class Decoder {
 public:
  static constexpr bool kReading = true;
  explicit Decoder(std::string_view bytes) : in(bytes) {}
  ByteReader in;

  template <typename T>
  void Integer(T& value) {
    const std::int64_t number = in.Signed();
    if constexpr (std::is_enum_v<T>) {
      in_range = in_range && number >= 0 && number <= LastOf<T>();
      if (!in_range) return;
    }
    value = static_cast<T>(number);
  }
  bool in_range = true;
  void Text(std::string& text) { text = std::string(in.String()); }
  void Number(base::Decimal& number) { number = in.Number(); }
  std::size_t Size(std::size_t) { return in.Count(); }
};

template <typename A, typename T>
void Field(A& archive, T& value);

template <typename A, typename T>
void Field(A& archive, std::vector<T>& list) {
  const std::size_t size = archive.Size(list.size());
  if constexpr (A::kReading) list.resize(size);
  for (auto& item : list) Field(archive, item);
}

template <typename A, typename T>
void Field(A& archive, std::optional<T>& value) {
  bool there = value.has_value();
  archive.Integer(there);
  if constexpr (A::kReading) {
    if (there) value.emplace();
  }
  if (there) Field(archive, *value);
}

template <typename A, typename First, typename Second>
void Field(A& archive, std::pair<First, Second>& value) {
  Field(archive, value.first);
  Field(archive, value.second);
}

template <typename A, typename... Members>
void Fields(A& archive, Members&... members) {
  (Field(archive, members), ...);
}

template <typename A>
void Visit(A& a, Bilingual& v) {
  Fields(a, v.sv, v.en);
}
template <typename A>
void Visit(A& a, base::Period& v) {
  Fields(a, v.amount, v.unit);
}
template <typename A>
void Visit(A& a, base::Instant& v) {
  Fields(a, v.us);
}
template <typename A>
void Visit(A& a, CodeRule& v) {
  Fields(a, v.system, v.uri, v.match, v.from, v.to);
}
template <typename A>
void Visit(A& a, CodeClause& v) {
  Fields(a, v.include, v.except);
}
template <typename A>
void Visit(A& a, CodeSet& v) {
  Fields(a, v.name, v.clauses);
}
template <typename A>
void Visit(A& a, ScaleLevel& v) {
  Fields(a, v.name, v.parts);
}
template <typename A>
void Visit(A& a, Scale& v) {
  Fields(a, v.name, v.levels);
}
template <typename A>
void Visit(A& a, Bound& v) {
  Fields(a, v.kind, v.instant, v.event, v.shift, v.before);
}
template <typename A>
void Visit(A& a, TimeClause& v) {
  Fields(a, v.kind, v.side, v.near, v.far, v.from, v.to, v.to_now, v.event, v.from_bound,
         v.to_bound);
}
template <typename A>
void Visit(A& a, Limit& v) {
  Fields(a, v.number, v.unit);
}
template <typename A>
void Visit(A& a, ValueTest& v) {
  Fields(a, v.kind, v.op, v.limit, v.limit2, v.upper, v.words, v.set, v.scale, v.analyte);
}
template <typename A>
void Visit(A& a, FieldFilter& v) {
  Fields(a, v.field, v.value, v.sets, v.words, v.test);
}
template <typename A>
void Visit(A& a, Query& v) {
  Fields(a, v.kind, v.selector, v.ever, v.count, v.different, v.consecutive, v.apart,
         v.different_days, v.within_any, v.sets, v.components, v.component, v.current, v.lasting,
         v.lasting_at_most, v.total, v.gaps, v.fields, v.main_diagnosis, v.regularly,
         v.suspected_too, v.step, v.where, v.of_event, v.test, v.times, v.absence, v.absence_stated,
         v.visit_classes, v.visit_unit, v.study, v.interventional);
}
template <typename A>
void Visit(A& a, VariantQuery& v) {
  Fields(a, v.type, v.consequence, v.changes, v.exons, v.partner, v.copies, v.fields, v.reasons,
         v.genes, v.origin, v.pathogenic, v.times, v.absence, v.absence_stated);
}
template <typename A>
void Visit(A& a, AgeTest& v) {
  Fields(a, v.min, v.max, v.min_strict, v.max_strict, v.unit, v.event);
}
template <typename A>
void Visit(A& a, GestationQuery& v) {
  Fields(a, v.min_days, v.max_days, v.at_birth, v.event);
}
template <typename A>
void Visit(A& a, ChangeQuery& v) {
  Fields(a, v.query, v.rise, v.op, v.amount, v.unit, v.from, v.to);
}
template <typename A>
void Visit(A& a, TextQuery& v) {
  Fields(a, v.query, v.pattern, v.counts_as_yes);
}
template <typename A>
void Visit(A& a, Event& v) {
  Fields(a, v.kind, v.name, v.query, v.of, v.from, v.to, v.shift, v.before);
}
template <typename A>
void Visit(A& a, Cohort& v) {
  Fields(a, v.name, v.title, v.open);
}
template <typename A>
void Visit(A& a, ScoreQuery& v) {
  Fields(a, v.score, v.formulas, v.test, v.times, v.inputs, v.absence, v.absence_stated);
}
template <typename A>
void Visit(A& a, AnswerQuery& v) {
  Fields(a, v.question, v.text, v.valid_for);
}
template <typename A>
void Visit(A& a, Node& v) {
  Fields(a, v.kind, v.count, v.payload, v.children);
}
template <typename A>
void Visit(A& a, Criterion& v) {
  Fields(a, v.kind, v.name, v.label, v.because, v.root, v.must_be_no, v.asked_if, v.cohort);
}
template <typename A>
void Visit(A& a, Site& v) {
  Fields(a, v.name, v.region, v.hsa_id);
}
template <typename A>
void Visit(A& a, StudyHeader& v) {
  Fields(a, v.id, v.title, v.ids, v.phase, v.status, v.status_word, v.sponsor, v.contact, v.period,
         v.target, v.sites, v.suggest_when, v.decline_silences, v.other);
}
template <typename A>
void Visit(A& a, Program& v) {
  Fields(a, v.study, v.sets, v.queries, v.variants, v.ages, v.scores, v.answers, v.regions,
         v.gestations, v.changes, v.texts, v.events, v.scales, v.cohorts, v.nodes, v.criteria);
}

template <typename A, typename T>
void Field(A& archive, T& value) {
  if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    archive.Integer(value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    archive.Text(value);
  } else if constexpr (std::is_same_v<T, base::Decimal>) {
    archive.Number(value);
  } else {
    Visit(archive, value);
  }
}

// Indices that a damaged program could send out of bounds are checked once, here, and trusted by
// the evaluator.
bool IndicesHold(const Program& program) {
  const auto sets_hold = [&](const std::vector<SetIndex>& sets) {
    for (const SetIndex set : sets) {
      if (set >= program.sets.size()) return false;
    }
    return true;
  };
  const auto test_holds = [&](const ValueTest& test) {
    using Kind = ValueTest::Kind;
    if (test.set && *test.set >= program.sets.size()) return false;
    if (test.scale && *test.scale >= program.scales.size()) return false;
    if (test.kind == Kind::kCompareLevel) return test.scale && !test.words.empty();
    return test.kind != Kind::kIs || test.set || !test.words.empty();
  };
  const auto event_holds = [&](EventIndex event) {
    return event == kNoEvent || event < program.events.size();
  };
  const auto bound_holds = [&](const Bound& bound) {
    return event_holds(bound.event) &&
           (bound.kind != Bound::Kind::kEvent || bound.event != kNoEvent);
  };
  const auto times_hold = [&](const std::vector<TimeClause>& times) {
    return std::all_of(times.begin(), times.end(), [&](const TimeClause& time) {
      const bool of_event =
          time.kind >= TimeClause::Kind::kWithinAfter && time.kind != TimeClause::Kind::kSpan;
      return of_event == (time.event != kNoEvent) && event_holds(time.event) &&
             bound_holds(time.from_bound) && bound_holds(time.to_bound);
    });
  };
  const auto fields_hold = [&](const std::vector<FieldFilter>& fields) {
    return std::all_of(fields.begin(), fields.end(), [&](const FieldFilter& field) {
      return sets_hold(field.sets) && (!field.test || test_holds(*field.test));
    });
  };
  for (const Query& query : program.queries) {
    if (!sets_hold(query.sets) || !sets_hold(query.components)) return false;
    if (query.test && !test_holds(*query.test)) return false;
    if (!times_hold(query.times) || !fields_hold(query.fields)) return false;
    if (query.where && *query.where >= program.nodes.size()) return false;
    if (!event_holds(query.of_event)) return false;
  }
  for (const VariantQuery& variant : program.variants) {
    if (!times_hold(variant.times) || !fields_hold(variant.fields) || !sets_hold(variant.reasons))
      return false;
    if (variant.copies && !test_holds(*variant.copies)) return false;
  }
  for (const ScoreQuery& score : program.scores) {
    if (!sets_hold(score.inputs) || !test_holds(score.test) || !times_hold(score.times))
      return false;
  }
  for (const AgeTest& age : program.ages) {
    if (!event_holds(age.event)) return false;
  }
  for (const GestationQuery& gestation : program.gestations) {
    if (!event_holds(gestation.event)) return false;
  }
  for (const ChangeQuery& change : program.changes) {
    if (change.query >= program.queries.size()) return false;
  }
  for (const TextQuery& text : program.texts) {
    if (text.query >= program.queries.size()) return false;
  }
  for (std::size_t i = 0; i < program.events.size(); ++i) {
    const Event& event = program.events[i];
    if (event.kind == Event::Kind::kChoice && event.query >= program.queries.size()) return false;
    const bool needs_of = event.kind == Event::Kind::kVisitOf ||
                          event.kind == Event::Kind::kStartOf ||
                          event.kind == Event::Kind::kEndOf || event.kind == Event::Kind::kShifted;
    if (needs_of != (event.of != kNoEvent) || (needs_of && event.of >= i)) return false;
    if (!bound_holds(event.from) || !bound_holds(event.to)) return false;
    for (const EventIndex used : {event.from.event, event.to.event}) {
      if (used != kNoEvent && used >= i) return false;
    }
  }
  const auto payload_limit = [&](const Node& node) -> std::size_t {
    switch (node.kind) {
      case NodeKind::kQuery:
        return program.queries.size();
      case NodeKind::kVariant:
        return program.variants.size();
      case NodeKind::kAge:
        return program.ages.size();
      case NodeKind::kScore:
        return program.scores.size();
      case NodeKind::kAnswer:
      case NodeKind::kElseAsk:
        return program.answers.size();
      case NodeKind::kGestation:
        return program.gestations.size();
      case NodeKind::kChange:
        return program.changes.size();
      case NodeKind::kText:
        return program.texts.size();
      case NodeKind::kResident:
        return program.regions.size();
      case NodeKind::kSexIs:
      case NodeKind::kConstant:
        return 3;
      default:
        return SIZE_MAX;
    }
  };
  // The body of a `where` comes before the query, so that no query is inside itself.
  const auto where_precedes = [&](const Node& node, std::size_t index) {
    std::uint32_t query = node.payload;
    if (node.kind == NodeKind::kChange) query = program.changes[node.payload].query;
    if (node.kind == NodeKind::kText) query = program.texts[node.payload].query;
    const bool asks = node.kind == NodeKind::kQuery || node.kind == NodeKind::kChange ||
                      node.kind == NodeKind::kText;
    const auto where = asks ? program.queries[query].where : std::optional<std::uint32_t>();
    return !where || *where < index;
  };
  for (std::size_t i = 0; i < program.nodes.size(); ++i) {
    const Node& node = program.nodes[i];
    if (node.kind > NodeKind::kText || node.payload >= payload_limit(node)) return false;
    for (const std::uint32_t child : node.children) {
      if (child >= i) return false;
    }
    if (!where_precedes(node, i)) return false;
    const std::size_t children = node.children.size();
    if ((node.kind == NodeKind::kNot || node.kind == NodeKind::kElseAsk) && children != 1)
      return false;
    if (node.kind == NodeKind::kIf && (children < 2 || children > 3)) return false;
  }
  for (const Criterion& criterion : program.criteria) {
    if (criterion.root >= program.nodes.size()) return false;
    if (criterion.cohort && *criterion.cohort >= program.cohorts.size()) return false;
    if (criterion.asked_if && *criterion.asked_if >= program.nodes.size()) return false;
  }
  return true;
}

}  // namespace

std::string EncodeProgram(const Program& program) {
  Encoder encoder;
  encoder.out.Varint(kProgramFormat);
  // The archive visits by reference for both directions; the writer changes nothing.
  Visit(encoder, const_cast<Program&>(program));
  return encoder.out.Take();
}

base::Result<Program> DecodeProgram(std::string_view bytes) {
  Decoder decoder(bytes);
  const std::uint64_t format = decoder.in.Varint();
  if (format != kProgramFormat) {
    return base::Fail(base::ErrorCode::kCorruption,
                      "compiled study of format {}, this version reads format {}", format,
                      kProgramFormat);
  }
  Program program;
  Visit(decoder, program);
  if (!decoder.in.ok() || !decoder.in_range || !decoder.in.at_end() || !IndicesHold(program)) {
    return base::Fail(base::ErrorCode::kCorruption, "compiled study does not read back whole");
  }
  return program;
}

base::Digest HashOf(const Program& program) { return base::Sha256(EncodeProgram(program)); }

}  // namespace medverka::criteria

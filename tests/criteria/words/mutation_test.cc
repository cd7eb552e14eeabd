// The read-back is complete: a program in which any one field says something else reads otherwise,
// in both languages. Random programs, made of every structure of criteria/program.h; in each, every
// field that carries meaning where it stands is changed alone.
//
// What is left out, because it says nothing where it stands, is what the conditions in Fields leave
// out: a limit of a test that has none, a window's far end where the window has but a near one, the
// name under which a candidate of `where` goes.
#include <gtest/gtest.h>

#include <functional>

#include "criteria/read_back.h"
#include "ops/generator/random.h"

namespace medverka::criteria {
namespace {

using generator::Random;

// Calls `change` for every field that means something. One list, used to make programs random and
// to change one field of them.
class Fields {
 public:
  // Without `shape` what refers to another structure is left alone, so that nothing falls out of
  // the program.
  explicit Fields(std::function<bool()> wanted, bool shape = true)
      : wanted_(std::move(wanted)), shape_(shape) {}

  void All(Program& p) {
    program_ = &p;
    Header(p.study);
    for (CodeSet& set : p.sets) Set(set);
    for (Scale& scale : p.scales) {
      Do(scale.name);
      for (ScaleLevel& level : scale.levels) Do(level.name), Do(level.parts);
    }
    for (Cohort& cohort : p.cohorts) Do(cohort.name), Do(cohort.title), Do(cohort.open);
    for (auto& regions : p.regions) Do(regions);
    for (AnswerQuery& answer : p.answers)
      Do(answer.question), Do(answer.text.sv), Do(answer.text.en), Maybe(answer.valid_for);
    for (Query& query : p.queries) One(query);
    for (VariantQuery& variant : p.variants) One(variant);
    for (AgeTest& age : p.ages) One(age);
    for (GestationQuery& gestation : p.gestations) {
      Maybe(gestation.min_days), Maybe(gestation.max_days), Do(gestation.at_birth);
      Index(gestation.event, p.events.size());
    }
    for (ScoreQuery& score : p.scores) One(score);
    for (ChangeQuery& change : p.changes) {
      Do(change.rise), Enum(change.op, CompareOp::kEqual), Do(change.amount);
      Enum(change.unit, ChangeQuery::Unit::kUnit);
      Enum(change.from, ChangeQuery::Base::kLatest), Enum(change.to, ChangeQuery::Base::kLatest);
      Refer(change.query);
    }
    for (TextQuery& text : p.texts) Do(text.pattern), Do(text.counts_as_yes), Refer(text.query);
    for (std::size_t i = 0; i < p.events.size(); ++i) One(p.events[i], i);
    for (std::size_t i = 0; i < p.nodes.size(); ++i) One(p.nodes[i], i);
    for (Criterion& criterion : p.criteria) One(criterion);
  }

  int line() const { return line_; }

 private:
  // The line of the list above or below that names the field, for the message of a failure.
  bool Wanted(int line = __builtin_LINE()) {
    if (!wanted_()) return false;
    line_ = line;
    return true;
  }

  void Do(bool& value, int line = __builtin_LINE()) {
    if (Wanted(line)) value = !value;
  }
  void Do(std::int32_t& value, int line = __builtin_LINE()) {
    if (Wanted(line)) ++value;
  }
  void Do(std::string& value, int line = __builtin_LINE()) {
    if (Wanted(line)) value += value.size() % 2 == 0 ? "x" : "\" y";
  }
  void Do(base::Decimal& value, int line = __builtin_LINE()) {
    if (Wanted(line)) value = base::Decimal(value.coefficient() + 1, value.scale());
    if (Wanted(line)) value = base::Decimal(value.coefficient() * 10, value.scale() + 1);
  }
  void Do(base::Instant& value, int line = __builtin_LINE()) {
    if (Wanted(line)) value.us += 1;
    if (Wanted(line)) value.us += 86'400'000'000;
  }
  void Do(base::Period& value, int line = __builtin_LINE()) {
    Do(value.amount, line), Enum(value.unit, base::TimeUnit::kYear, line);
  }
  void Do(Limit& value, int line = __builtin_LINE()) {
    Do(value.number, line), Do(value.unit, line);
  }
  void Do(std::vector<std::string>& list, int line = __builtin_LINE()) {
    if (Wanted(line)) list.push_back("more");
    for (std::string& text : list) Do(text, line);
  }
  void Do(std::vector<std::pair<std::string, std::string>>& list, int line = __builtin_LINE()) {
    if (Wanted(line)) list.emplace_back("nct", "NCT1");
    for (auto& [first, second] : list) Do(first, line), Do(second, line);
  }
  void Do(std::vector<std::int32_t>& list, int line = __builtin_LINE()) {
    if (Wanted(line)) list.push_back(7);
    for (std::int32_t& number : list) Do(number, line);
  }
  template <typename E>
  void Enum(E& value, E last, int line = __builtin_LINE()) {
    if (Wanted(line))
      value = static_cast<E>((static_cast<int>(value) + 1) % (static_cast<int>(last) + 1));
  }
  template <typename T>
  void Maybe(std::optional<T>& value, int line = __builtin_LINE()) {
    if (Wanted(line)) {
      if (value) {
        value.reset();
      } else {
        value.emplace();
      }
    }
    if (value) Do(*value, line);
  }
  void Index(std::uint32_t& index, std::size_t size, int line = __builtin_LINE()) {
    if (Wanted(line)) index = (index + 1) % static_cast<std::uint32_t>(size);
  }
  void Indices(std::vector<std::uint32_t>& list, std::size_t size, int line = __builtin_LINE()) {
    if (Wanted(line)) list.push_back(1);
    for (std::uint32_t& index : list) Index(index, size, line);
  }

  void Refer(std::uint32_t& query, int line = __builtin_LINE()) {
    if (shape_) Index(query, program_->queries.size(), line);
  }

  void Header(StudyHeader& h) {
    Do(h.id), Do(h.title.sv), Do(h.title.en), Do(h.ids), Do(h.phase);
    Enum(h.status, StudyStatus::kCompleted), Do(h.status_word), Do(h.sponsor), Do(h.contact);
    Do(h.period), Do(h.target), Enum(h.suggest_when, Grade::kEligible);
    Maybe(h.decline_silences), Do(h.other);
    for (Site& site : h.sites) Do(site.name), Do(site.region), Do(site.hsa_id);
  }

  void Set(CodeSet& set) {
    Do(set.name);
    for (CodeClause& clause : set.clauses) {
      if (Wanted()) clause.except.emplace_back().from = "Z99";
      for (auto* rules : {&clause.include, &clause.except}) {
        for (CodeRule& rule : *rules) {
          if (rule.system == SystemId::kNone) Do(rule.uri);
          if (rule.system != SystemId::kNone) Enum(rule.system, SystemId::kOncoTree);
          Enum(rule.match, CodeRule::Match::kRange), Do(rule.from);
          if (rule.match == CodeRule::Match::kRange) Do(rule.to);
        }
      }
    }
    if (Wanted()) set.clauses.emplace_back().include.emplace_back().from = "Y99";
  }

  void One(Bound& bound) {
    using Kind = Bound::Kind;
    if (shape_) Enum(bound.kind, Kind::kEvent);
    if (bound.kind == Kind::kInstant) Do(bound.instant);
    if (bound.kind != Kind::kEvent) return;
    Index(bound.event, program_->events.size());
    Maybe(bound.shift);
    if (bound.shift) Do(bound.before);
  }

  void Times(std::vector<TimeClause>& times) {
    if (Wanted()) times.emplace_back().far = {9, base::TimeUnit::kDay};
    using Kind = TimeClause::Kind;
    for (TimeClause& time : times) {
      if (shape_) Enum(time.kind, Kind::kSpan);
      Enum(time.side, Side::kRecorded);
      const Kind kind = time.kind;
      if (kind == Kind::kAtLeastAgo || kind == Kind::kBetweenAgo || kind == Kind::kAtLeastBefore ||
          kind == Kind::kAtLeastAfter || kind == Kind::kBetweenBefore ||
          kind == Kind::kBetweenAfter)
        Do(time.near);
      if (kind == Kind::kWithinLast || kind == Kind::kBetweenAgo || kind == Kind::kWithinAfter ||
          kind == Kind::kWithinBefore || kind == Kind::kWithinOf || kind == Kind::kBetweenBefore ||
          kind == Kind::kBetweenAfter)
        Do(time.far);
      if (kind == Kind::kFixed) Maybe(time.from), Maybe(time.to), Do(time.to_now);
      if (kind >= Kind::kWithinAfter && kind != Kind::kSpan)
        Index(time.event, program_->events.size());
      if (kind == Kind::kSpan) One(time.from_bound), One(time.to_bound);
    }
  }

  void Test(ValueTest& test) {
    using Kind = ValueTest::Kind;
    if (shape_) Enum(test.kind, Kind::kCompareLevel);
    const bool numbers = test.kind <= Kind::kCompareRange;
    if (numbers && test.kind != Kind::kBetween) Enum(test.op, CompareOp::kEqual);
    if (test.kind == Kind::kCompareLevel) Enum(test.op, CompareOp::kEqual);
    if (numbers) Do(test.limit);
    if (test.kind == Kind::kBetween || test.kind == Kind::kCompareBySex) Do(test.limit2);
    if (test.kind == Kind::kCompareRange || test.kind == Kind::kOutsideRange) Do(test.upper);
    const bool words =
        test.kind == Kind::kIn || test.kind == Kind::kIs || test.kind == Kind::kCompareLevel;
    if (words) {
      Do(test.words);
      if (Wanted()) test.scale = test.scale ? std::nullopt : std::optional<std::uint32_t>(0);
      if (test.scale) Index(*test.scale, program_->scales.size());
    }
    if (test.kind == Kind::kIs) {
      if (Wanted()) test.set = test.set ? std::nullopt : std::optional<SetIndex>(1);
      if (test.set) Index(*test.set, program_->sets.size());
    }
    Enum(test.analyte, Analyte::kHbA1c);
  }

  void MaybeTest(std::optional<ValueTest>& test) {
    if (Wanted()) {
      if (test) {
        test.reset();
      } else {
        test.emplace().words = {"w"};
      }
    }
    if (test) Test(*test);
  }

  void Filters(std::vector<FieldFilter>& fields) {
    if (Wanted()) fields.emplace_back().words = {"left"};
    for (FieldFilter& field : fields) {
      Do(field.value);
      if (!field.value) Enum(field.field, Field::kStructure);
      Indices(field.sets, program_->sets.size()), Do(field.words), MaybeTest(field.test);
    }
  }

  void One(Query& q) {
    Enum(q.kind, FactKind::kDevice), Enum(q.selector, Selector::kMedian);
    const bool chooses = q.selector >= Selector::kLatest && q.selector <= Selector::kHighest;
    if (chooses) Do(q.ever);
    const bool counts = (q.selector >= Selector::kAtLeast && q.selector <= Selector::kExactly) ||
                        q.selector >= Selector::kAverage;
    if (counts) Do(q.count);
    Do(q.different), Do(q.consecutive), Maybe(q.apart), Do(q.different_days), Maybe(q.within_any);
    Indices(q.sets, program_->sets.size());
    Do(q.component);
    if (q.component) Indices(q.components, program_->sets.size());
    Do(q.current), Maybe(q.lasting), Maybe(q.lasting_at_most), Maybe(q.total), Maybe(q.gaps);
    Filters(q.fields);
    Do(q.main_diagnosis), Do(q.regularly), Do(q.suspected_too);
    if (Wanted()) q.step = q.step ? std::nullopt : std::optional(MedicationStep::kPrescribed);
    if (q.step) Enum(*q.step, MedicationStep::kGiven);
    if (Wanted()) q.where = q.where ? std::nullopt : std::optional<std::uint32_t>(0);
    Index(q.of_event, program_->events.size());
    MaybeTest(q.test), Times(q.times);
    Enum(q.absence, Absence::kUnknown), Do(q.absence_stated);
    Do(q.visit_classes), Do(q.visit_unit), Do(q.study), Do(q.interventional);
  }

  void One(VariantQuery& v) {
    Enum(v.type, VariantQuery::Type::kTestedFor);
    Enum(v.consequence, VariantQuery::Consequence::kSplice);
    Do(v.changes), Do(v.exons), Do(v.partner), MaybeTest(v.copies), Filters(v.fields);
    Indices(v.reasons, program_->sets.size()), Do(v.genes);
    Enum(v.origin, Origin::kSomatic), Do(v.pathogenic), Times(v.times);
    Enum(v.absence, Absence::kUnknown), Do(v.absence_stated);
  }

  void One(AgeTest& age) {
    Maybe(age.min), Maybe(age.max), Enum(age.unit, base::TimeUnit::kYear);
    if (age.min) Do(age.min_strict);
    if (age.max) Do(age.max_strict);
    Index(age.event, program_->events.size());
  }

  void One(ScoreQuery& score) {
    Enum(score.score, ScoreQuery::Score::kCharlson);
    if (Wanted()) score.formulas.push_back(ScoreQuery::Formula::kReported);
    for (auto& formula : score.formulas) Enum(formula, ScoreQuery::Formula::kReported);
    Test(score.test), Times(score.times), Indices(score.inputs, program_->sets.size());
    Enum(score.absence, Absence::kUnknown), Do(score.absence_stated);
  }

  void One(Event& event, std::size_t place) {
    using Kind = Event::Kind;
    Do(event.name);
    if (event.kind == Kind::kChoice && shape_) Index(event.query, program_->queries.size());
    const bool of = event.kind == Kind::kVisitOf || event.kind == Kind::kStartOf ||
                    event.kind == Kind::kEndOf || event.kind == Kind::kShifted;
    if (of) Index(event.of, place);
    if (event.kind == Kind::kPeriod) One(event.from), One(event.to);
    if (event.kind == Kind::kShifted) Do(event.shift), Do(event.before);
  }

  void One(Node& node, std::size_t place) {
    using Kind = NodeKind;
    if (node.kind == Kind::kAnd || node.kind == Kind::kOr) {
      if (Wanted()) node.kind = node.kind == Kind::kAnd ? Kind::kOr : Kind::kAnd;
    }
    if (node.kind >= Kind::kAtLeastOf && node.kind <= Kind::kExactlyOf) {
      if (Wanted()) {
        node.kind = node.kind == Kind::kExactlyOf
                        ? Kind::kAtLeastOf
                        : static_cast<Kind>(static_cast<int>(node.kind) + 1);
      }
      Do(node.count);
    }
    if (node.kind == Kind::kSexIs || node.kind == Kind::kConstant) Index(node.payload, 3);
    if (node.kind == Kind::kQuery && shape_) Index(node.payload, program_->queries.size());
    if (shape_ && (node.kind == Kind::kAnswer || node.kind == Kind::kElseAsk))
      Index(node.payload, program_->answers.size());
    if (!shape_) return;
    for (std::uint32_t& child : node.children) {
      if (place > 1) Index(child, place);
    }
    if (node.kind == Kind::kAnd || node.kind == Kind::kOr) {
      if (Wanted()) node.children.push_back(0);
      if (node.children.size() > 1 && Wanted()) std::swap(node.children[0], node.children[1]);
    }
  }

  void One(Criterion& criterion) {
    Enum(criterion.kind, CriterionKind::kAsk);
    Do(criterion.name), Do(criterion.label.sv), Do(criterion.label.en), Do(criterion.because);
    Do(criterion.must_be_no);
    if (shape_) Index(criterion.root, program_->nodes.size());
    if (Wanted())
      criterion.cohort = criterion.cohort ? std::nullopt : std::optional<std::uint32_t>(0);
    if (criterion.cohort) Index(*criterion.cohort, program_->cohorts.size());
    if (Wanted())
      criterion.asked_if = criterion.asked_if ? std::nullopt : std::optional<std::uint32_t>(0);
  }

  std::function<bool()> wanted_;
  int line_ = 0;
  bool shape_;
  Program* program_ = nullptr;
};

std::uint32_t Add(Program& p, NodeKind kind, std::uint32_t payload,
                  std::vector<std::uint32_t> children = {}) {
  Node node;
  node.kind = kind;
  node.payload = payload;
  node.count = 1;
  node.children = std::move(children);
  p.nodes.push_back(std::move(node));
  return static_cast<std::uint32_t>(p.nodes.size() - 1);
}

constexpr std::uint32_t kOfEach = 3;

void AddPayloads(Program& p) {
  for (std::uint32_t i = 0; i < kOfEach; ++i) {
    const std::string name = std::to_string(i);
    CodeSet& set = p.sets.emplace_back();
    set.name = "set " + name;
    set.clauses.emplace_back().include.resize(2);
    for (CodeRule& rule : set.clauses[0].include)
      rule.system = SystemId::kAtc, rule.from = "C0" + name;
    set.clauses[0].include[1].uri.clear();
    p.scales.emplace_back().name = "scale " + name;
    p.scales[i].levels.resize(2);
    p.cohorts.emplace_back().name = "cohort " + name;
    p.regions.push_back({"0" + name});
    p.answers.emplace_back().question = "question " + name;
    p.ages.emplace_back().min = static_cast<std::int32_t>(i);
    p.ages[i].event = 0;
    p.gestations.emplace_back().min_days = static_cast<std::int32_t>(i);
    p.gestations[i].event = 0;
    Query& query = p.queries.emplace_back();
    query.visit_unit = "unit " + name;
    query.times.resize(1);
    query.of_event = 0;
    VariantQuery& variant = p.variants.emplace_back();
    variant.genes = {"G" + name};
    p.scores.emplace_back().inputs = {i};
    p.changes.emplace_back().query = i;
    p.texts.emplace_back().pattern = name;
    p.texts[i].query = i;
  }
}

void AddEvents(Program& p) {
  using Kind = Event::Kind;
  for (const Kind kind :
       {Kind::kBirth, Kind::kIt, Kind::kCurrentVisit, Kind::kChoice, Kind::kVisitOf, Kind::kStartOf,
        Kind::kEndOf, Kind::kPeriod, Kind::kShifted}) {
    Event& event = p.events.emplace_back();
    event.kind = kind;
    event.name = "event " + std::to_string(p.events.size());
    const bool of = kind == Kind::kVisitOf || kind == Kind::kStartOf || kind == Kind::kEndOf ||
                    kind == Kind::kShifted;
    if (of) event.of = 0;
    event.from.event = event.to.event = 0;
  }
}

// Every kind of node, under criteria of every kind.
void AddNodes(Program& p) {
  Add(p, NodeKind::kAlive, 0);
  std::vector<std::uint32_t> leaves;
  for (std::uint32_t i = 0; i < kOfEach; ++i) {
    for (const NodeKind kind :
         {NodeKind::kQuery, NodeKind::kVariant, NodeKind::kAge, NodeKind::kScore, NodeKind::kAnswer,
          NodeKind::kGestation, NodeKind::kChange, NodeKind::kText, NodeKind::kResident})
      leaves.push_back(Add(p, kind, i));
  }
  leaves.push_back(Add(p, NodeKind::kSexIs, 1));
  leaves.push_back(Add(p, NodeKind::kConstant, 2));
  const auto leaf = [&](std::size_t i) { return leaves[i % leaves.size()]; };
  std::vector<std::uint32_t> roots;
  roots.push_back(Add(p, NodeKind::kAnd, 0, leaves));
  roots.push_back(Add(p, NodeKind::kOr, 0, {leaf(0), leaf(1)}));
  roots.push_back(Add(p, NodeKind::kNot, 0, {leaf(0)}));
  roots.push_back(Add(p, NodeKind::kNot, 0, {leaf(1)}));
  roots.push_back(Add(p, NodeKind::kNot, 0, {roots[1]}));
  roots.push_back(Add(p, NodeKind::kAtLeastOf, 0, {leaf(2), leaf(3), leaf(4)}));
  roots.push_back(Add(p, NodeKind::kIf, 0, {leaf(2), leaf(3)}));
  roots.push_back(Add(p, NodeKind::kIf, 0, {leaf(2), leaf(3), leaf(5)}));
  roots.push_back(Add(p, NodeKind::kElseAsk, 1, {leaf(6)}));
  for (const std::uint32_t root : roots) {
    Criterion& criterion = p.criteria.emplace_back();
    criterion.name = "criterion " + std::to_string(root);
    criterion.root = root;
  }
  p.study.sites.resize(2);
}

Program RandomProgram(std::uint64_t seed) {
  Program p;
  AddPayloads(p);
  AddEvents(p);
  AddNodes(p);
  Random random(seed, 3);
  for (int round = 0; round < 3; ++round) {
    // The first round draws the kinds, so that what follows from them is filled later.
    Fields([&] { return random.Percent(30); }, /*shape=*/false).All(p);
    for (Query& query : p.queries) {
      for (TimeClause& time : query.times) {
        time.kind = static_cast<TimeClause::Kind>(
            random.Below(static_cast<std::uint32_t>(TimeClause::Kind::kSpan) + 1));
        time.event = 0;
        time.from_bound = {Bound::Kind::kEvent, {}, 1, std::nullopt, false};
        time.to_bound = {Bound::Kind::kInstant, {}, 2, std::nullopt, false};
      }
      if (query.test) {
        query.test->kind = static_cast<ValueTest::Kind>(
            random.Below(static_cast<std::uint32_t>(ValueTest::Kind::kCompareLevel) + 1));
      }
    }
  }
  return p;
}

std::string Page(const Program& program, Language language) {
  return RenderText(ReadBackOf(program, language));
}

#ifdef __OPTIMIZE__
constexpr std::uint64_t kPrograms = 12;
#else
constexpr std::uint64_t kPrograms = 3;
#endif

TEST(ReadBack, EveryFieldThatMeansSomethingIsRead) {
  std::uint64_t changed = 0;
  for (std::uint64_t seed = 1; seed <= kPrograms; ++seed) {
    const Program program = RandomProgram(seed);
    const std::string bytes = EncodeProgram(program);
    const std::string swedish = Page(program, Language::kSwedish);
    const std::string english = Page(program, Language::kEnglish);
    for (std::uint64_t which = 0;; ++which) {
      Program other = program;
      std::uint64_t asked = 0;
      bool done = false;
      Fields fields([&] {
        const bool now = !done && asked++ == which;
        done = done || now;
        return now;
      });
      fields.All(other);
      if (!done) break;
      if (EncodeProgram(other) == bytes) continue;  // two children that are the same one, swapped
      ++changed;
      EXPECT_TRUE(Page(other, Language::kSwedish) != swedish)
          << "seed " << seed << ", field of line " << fields.line();
      EXPECT_TRUE(Page(other, Language::kEnglish) != english)
          << "seed " << seed << ", field of line " << fields.line();
    }
  }
  EXPECT_GT(changed, 2'000u);
}

}  // namespace
}  // namespace medverka::criteria

#include "criteria/compiler.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "criteria/checker.h"
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/example_checker.h"
#include "criteria/internal/window_checker.h"
#include "criteria/limits.h"
#include "ops/base/check.h"
#include "ops/base/text.h"

namespace medverka::criteria {

using internal::Module;
using internal::NamedDefinition;
using internal::Scope;
using internal::SetResolver;

namespace {

constexpr std::string_view kCreatinineCodes[][2] = {
    {"npu", "NPU04998"}, {"loinc", "14682-9"}, {"loinc", "2160-0"}};

// Two sets are one if they read and mean the same. Length-prefixed parts, so that no two sets share
// a key.
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

class Compiler {
 public:
  Compiler(const Scope& scope, SetResolver& sets)
      : scope_(scope), sets_(sets), module_(scope.module()) {}

  std::shared_ptr<const Program> Run() {
    const ast::File& file = module_.file;
    MEDVERKA_CHECK(file.studies.size() == 1);
    program_.study = file.studies[0].header;
    for (const ast::Criterion& criterion : file.criteria) {
      AddCriterion(criterion);
      if (!too_large_) continue;
      module_.reporter.Report(
          DiagnosticCode::kTooLarge, criterion.name.span,
          fmt::format("with this criterion the study has more than {} parts", kProgramNodesMax),
          "Definitions under brackets with times of their own multiply; do with fewer.");
      return nullptr;
    }
    return std::make_shared<const Program>(std::move(program_));
  }

 private:
  void AddCriterion(const ast::Criterion& source) {
    Criterion criterion;
    criterion.kind = source.kind;
    criterion.name = source.name.text;
    criterion.label = {source.label.sv, source.label.en};
    criterion.because = source.because;
    criterion.must_be_no = source.must_be_no;
    owner_ = source.name.text;
    if (source.kind == CriterionKind::kAsk) {
      criterion.root = AnswerNode(source.name.text);
      if (source.asked_if) criterion.asked_if = Compile(*source.asked_if, {}, module_);
    } else {
      criterion.root = Compile(*source.body, {}, module_);
    }
    program_.criteria.push_back(std::move(criterion));
  }

  // ---- nodes

  std::uint32_t Add(Node node) {
    if (program_.nodes.size() >= kProgramNodesMax) {
      too_large_ = true;
      return 0;
    }
    program_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(program_.nodes.size() - 1);
  }

  std::uint32_t AddNode(NodeKind kind, std::uint32_t payload,
                        std::vector<std::uint32_t> children = {}, std::int32_t count = 0) {
    Node node;
    node.kind = kind;
    node.payload = payload;
    node.children = std::move(children);
    node.count = count;
    return Add(std::move(node));
  }

  template <typename Payload>
  std::uint32_t AddPayload(std::vector<Payload>& payloads, Payload payload, NodeKind kind) {
    if (too_large_) return 0;
    payloads.push_back(std::move(payload));
    return AddNode(kind, static_cast<std::uint32_t>(payloads.size() - 1));
  }

  std::uint32_t Negated(std::uint32_t node, bool negate) {
    return negate ? AddNode(NodeKind::kNot, 0, {node}) : node;
  }

  std::uint32_t Compile(const ast::Expr& expr, Inherited inherited, Module& home) {
    if (too_large_) return 0;
    const Inherited inner = HandDown(expr, inherited, home);
    const std::uint32_t node =
        std::visit([&](const auto& term) { return Term(expr, term, inner, home); }, expr.payload);
    if (!expr.otherwise || expr.otherwise->type != ast::Else::Type::kAsk) return node;
    AnswerQuery question;
    question.question = owner_;
    question.text = {expr.otherwise->question.sv, expr.otherwise->question.en};
    return AddNode(NodeKind::kElseAsk, AnswerIndex(std::move(question)), {node});
  }

  std::uint32_t Term(const ast::Expr& expr, const ast::Logic& logic, const Inherited& inner,
                     Module& home) {
    std::vector<std::uint32_t> children;
    for (const ast::ExprPtr& child : expr.children)
      children.push_back(Compile(*child, inner, home));
    using Type = ast::Logic::Type;
    switch (logic.type) {
      case Type::kBracket:
        return children[0];
      case Type::kNot:
        return AddNode(NodeKind::kNot, 0, std::move(children));
      case Type::kIf:
        return AddNode(NodeKind::kIf, 0, std::move(children));
      case Type::kAtLeastOf:
        return AddNode(NodeKind::kAtLeastOf, 0, std::move(children), logic.count);
      case Type::kAtMostOf:
        return AddNode(NodeKind::kAtMostOf, 0, std::move(children), logic.count);
      case Type::kExactlyOf:
        return AddNode(NodeKind::kExactlyOf, 0, std::move(children), logic.count);
      default:
        break;
    }
    const bool all = logic.type == Type::kAnd || logic.type == Type::kAllOf;
    const std::uint32_t node = children.size() == 1 ? children[0]
                                                    : AddNode(all ? NodeKind::kAnd : NodeKind::kOr,
                                                              0, std::move(children));
    return Negated(node, logic.type == Type::kNoneOf);
  }

  std::uint32_t Term(const ast::Expr& /*expr*/, const ast::NameTerm& term, const Inherited& inner,
                     Module& /*home*/) {
    const NamedDefinition* found = scope_.FindDefinition(term.name.text);
    MEDVERKA_CHECK(found != nullptr && found->declaration->body != nullptr);
    const auto key = std::make_tuple(found->declaration, inner.times, inner.otherwise);
    if (const auto known = definitions_.find(key); known != definitions_.end())
      return known->second;
    const std::string owner = owner_;
    owner_ = found->declaration->name.text;
    const std::uint32_t node = Compile(*found->declaration->body, inner, *found->home);
    owner_ = owner;
    definitions_[key] = node;
    return node;
  }

  std::uint32_t Term(const ast::Expr& expr, const ast::FactTerm& fact, const Inherited& inner,
                     Module& home) {
    Query query;
    query.kind = fact.kind;
    query.selector = fact.selector;
    query.ever = fact.ever;
    query.count = fact.count;
    query.sets = Sets(fact.sets, home);
    query.component = fact.component;
    query.components = Sets(fact.components, home);
    query.current = fact.current.has_value();
    if (fact.lasting) query.lasting = fact.lasting->period;
    if (fact.test) query.test = Test(*fact.test, fact.component ? query.components : query.sets);
    // A test without a selector judges the latest value; under `no` it judges each.
    if (fact.test && fact.selector == Selector::kThereIs && !fact.no)
      query.selector = Selector::kLatest;
    query.times = Times(expr, inner, query.current);
    SetAbsence(query, inner, HasValue(fact.kind) ? Absence::kUnknown : Absence::kNo);
    for (const ast::Word& word : fact.visit_classes) {
      for (std::string& code : VisitClassCodes(word.text))
        query.visit_classes.push_back(std::move(code));
    }
    std::sort(query.visit_classes.begin(), query.visit_classes.end());
    query.visit_classes.erase(std::unique(query.visit_classes.begin(), query.visit_classes.end()),
                              query.visit_classes.end());
    query.visit_unit = fact.visit_unit;
    query.study = fact.study;
    query.interventional = fact.interventional;
    return Negated(AddPayload(program_.queries, std::move(query), NodeKind::kQuery), fact.no);
  }

  std::uint32_t Term(const ast::Expr& expr, const ast::VariantTerm& term, const Inherited& inner,
                     Module& /*home*/) {
    VariantQuery query;
    query.origin = term.origin;
    query.pathogenic = term.pathogenic;
    query.times = Times(expr, inner, false);
    SetAbsence(query, inner, Absence::kUnknown);
    for (const ast::Word& word : term.genes) {
      const internal::NamedSet* set = word.quoted ? scope_.FindSet(word.text) : nullptr;
      if (set != nullptr) {
        const auto genes = internal::GenesOf(*sets_.Named(*set));
        query.genes.insert(query.genes.end(), genes->begin(), genes->end());
        continue;
      }
      std::string gene = word.text;
      for (char& c : gene) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      query.genes.push_back(std::move(gene));
    }
    return Negated(AddPayload(program_.variants, std::move(query), NodeKind::kVariant), term.no);
  }

  std::uint32_t Term(const ast::Expr& expr, const ast::ScoreTerm& term, const Inherited& inner,
                     Module& /*home*/) {
    ScoreQuery query;
    query.score = term.score;
    query.formulas = term.formulas;
    query.test = Test(term.test, {});
    query.times = Times(expr, inner, false);
    query.inputs = {Creatinine()};
    return AddPayload(program_.scores, std::move(query), NodeKind::kScore);
  }

  std::uint32_t Term(const ast::Expr& /*expr*/, const ast::AgeTerm& term,
                     const Inherited& /*inner*/, Module& /*home*/) {
    return AddPayload(program_.ages, term.test, NodeKind::kAge);
  }

  std::uint32_t Term(const ast::Expr& /*expr*/, const ast::SexTerm& term,
                     const Inherited& /*inner*/, Module& /*home*/) {
    return AddNode(NodeKind::kSexIs, static_cast<std::uint32_t>(term.sex));
  }

  std::uint32_t Term(const ast::Expr& /*expr*/, const ast::ResidentTerm& term,
                     const Inherited& /*inner*/, Module& /*home*/) {
    return AddPayload(program_.regions, term.regions, NodeKind::kResident);
  }

  std::uint32_t Term(const ast::Expr& /*expr*/, const ast::AliveTerm& /*term*/,
                     const Inherited& /*inner*/, Module& /*home*/) {
    return AddNode(NodeKind::kAlive, 0);
  }

  std::uint32_t Term(const ast::Expr& /*expr*/, const ast::AnswerTerm& term,
                     const Inherited& /*inner*/, Module& /*home*/) {
    return AnswerNode(term.question.text);
  }

  // The parser makes none of these yet.
  template <typename NotYet>
  std::uint32_t Term(const ast::Expr& /*expr*/, const NotYet& /*term*/, const Inherited& /*inner*/,
                     Module& /*home*/) {
    MEDVERKA_CHECK(false);
    return 0;
  }

  // ---- parts of queries

  template <typename AnyQuery>
  static void SetAbsence(AnyQuery& query, const Inherited& inner, Absence by_kind) {
    query.absence = by_kind;
    if (inner.otherwise == nullptr) return;
    query.absence =
        inner.otherwise->type == ast::Else::Type::kNo ? Absence::kNo : Absence::kUnknown;
    query.absence_stated = true;
  }

  static std::vector<TimeClause> Times(const ast::Expr& expr, const Inherited& inner,
                                       bool current) {
    std::vector<TimeClause> out;
    const std::vector<ast::Time>* times = !expr.times.empty() ? &expr.times : inner.times;
    if (times == nullptr) return out;
    for (const ast::Time& time : *times) out.push_back(internal::CompileTime(time, current));
    return out;
  }

  ValueTest Test(const ast::Test& source, const std::vector<SetIndex>& sets) {
    ValueTest test;
    test.kind = source.kind;
    test.op = source.op;
    test.limit = {source.limit.number, source.limit.unit};
    test.limit2 = {source.limit2.number, source.limit2.unit};
    test.upper = source.upper;
    for (const ast::Word& word : source.words) test.words.push_back(word.text);
    if (test.kind == ValueTest::Kind::kIs && source.words[0].quoted) {
      if (const internal::NamedSet* named = scope_.FindSet(source.words[0].text))
        test.set = Intern(*sets_.Named(*named));
    }
    std::vector<const CodeSet*> measured;
    for (const SetIndex set : sets) measured.push_back(&program_.sets[set]);
    test.analyte = internal::AnalyteOfSets(measured);
    return test;
  }

  std::vector<SetIndex> Sets(const ast::Items& items, Module& home) {
    std::vector<SetIndex> out;
    // Nothing is reported any more: the checker has been here.
    const auto resolved = sets_.Resolve(items, home.source, home.reporter);
    MEDVERKA_CHECK(resolved.has_value());
    for (const CodeSet& set : *resolved) out.push_back(Intern(set));
    return out;
  }

  SetIndex Intern(const CodeSet& set) {
    const auto [place, added] =
        set_index_.insert({KeyOf(set), static_cast<SetIndex>(program_.sets.size())});
    if (added) program_.sets.push_back(set);
    return place->second;
  }

  SetIndex Creatinine() {
    if (const internal::NamedSet* named = scope_.FindSet("creatinine"))
      return Intern(*sets_.Named(*named));
    CodeSet set;
    set.name = "creatinine";
    set.clauses.emplace_back();
    for (const auto& [system, code] : kCreatinineCodes) {
      CodeRule rule;
      rule.system = SystemOfWord(system);
      rule.from = std::string(code);
      set.clauses[0].include.push_back(std::move(rule));
    }
    return Intern(set);
  }

  // ---- questions

  std::uint32_t AnswerIndex(AnswerQuery question) {
    for (std::size_t i = 0; i < program_.answers.size(); ++i) {
      if (program_.answers[i].question == question.question) return static_cast<std::uint32_t>(i);
    }
    program_.answers.push_back(std::move(question));
    return static_cast<std::uint32_t>(program_.answers.size() - 1);
  }

  std::uint32_t AnswerNode(std::string_view name) {
    const ast::Criterion* ask = scope_.FindCriterion(name);
    MEDVERKA_CHECK(ask != nullptr && ask->kind == CriterionKind::kAsk);
    if (const auto known = answer_nodes_.find(ask); known != answer_nodes_.end())
      return known->second;
    AnswerQuery question;
    question.question = ask->name.text;
    question.text = {ask->question.sv, ask->question.en};
    if (ask->valid_for) question.valid_for = ask->valid_for->period;
    const std::uint32_t node = AddNode(NodeKind::kAnswer, AnswerIndex(std::move(question)));
    answer_nodes_[ask] = node;
    return node;
  }

  const Scope& scope_;
  SetResolver& sets_;
  Module& module_;
  Program program_;
  bool too_large_ = false;
  std::string
      owner_;  // name of the criterion or definition being compiled: the name of its question
  std::map<std::string, SetIndex> set_index_;
  std::map<const ast::Criterion*, std::uint32_t> answer_nodes_;
  std::map<std::tuple<const ast::Define*, const std::vector<ast::Time>*, const ast::Else*>,
           std::uint32_t>
      definitions_;
};

}  // namespace

std::shared_ptr<const Program> CompileProgram(const Scope& scope, SetResolver& sets) {
  return Compiler(scope, sets).Run();
}

}  // namespace medverka::criteria

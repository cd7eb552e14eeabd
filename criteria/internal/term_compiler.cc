#include "criteria/internal/term_compiler.h"

#include "criteria/internal/example_checker.h"
#include "ops/base/check.h"

namespace medverka::criteria::internal {

std::uint32_t TermCompiler::Compile(const ast::Expr& expr, std::string_view owner) {
  owner_ = std::string(owner);
  return Compile(expr, {}, scope_.module());
}

std::uint32_t TermCompiler::Compile(const ast::Expr& expr, const Inherited& outer, Module& home) {
  if (builder_.too_large()) return 0;
  const std::uint32_t node =
      std::visit([&](const auto& term) { return Term(expr, term, outer, home); }, expr.payload);
  if (!expr.otherwise || expr.otherwise->type != ast::Else::Type::kAsk) return node;
  AnswerQuery question;
  question.question = owner_;
  question.text = {expr.otherwise->question.sv, expr.otherwise->question.en};
  return builder_.AddNode(NodeKind::kElseAsk, AnswerIndex(std::move(question)), {node});
}

std::uint32_t TermCompiler::Term(const ast::Expr& expr, const ast::Logic& logic,
                                 const Inherited& outer, Module& home) {
  const Inherited inner = HandDown(expr, outer, home);
  std::vector<std::uint32_t> children;
  for (const ast::ExprPtr& child : expr.children) children.push_back(Compile(*child, inner, home));
  using Type = ast::Logic::Type;
  switch (logic.type) {
    case Type::kBracket:
      return children[0];
    case Type::kNot:
      return builder_.AddNode(NodeKind::kNot, 0, std::move(children));
    case Type::kIf:
      return builder_.AddNode(NodeKind::kIf, 0, std::move(children));
    case Type::kAtLeastOf:
      return builder_.AddNode(NodeKind::kAtLeastOf, 0, std::move(children), logic.count);
    case Type::kAtMostOf:
      return builder_.AddNode(NodeKind::kAtMostOf, 0, std::move(children), logic.count);
    case Type::kExactlyOf:
      return builder_.AddNode(NodeKind::kExactlyOf, 0, std::move(children), logic.count);
    default:
      break;
  }
  const bool all = logic.type == Type::kAnd || logic.type == Type::kAllOf;
  const std::uint32_t node =
      children.size() == 1
          ? children[0]
          : builder_.AddNode(all ? NodeKind::kAnd : NodeKind::kOr, 0, std::move(children));
  return builder_.Negated(node, logic.type == Type::kNoneOf);
}

std::uint32_t TermCompiler::Term(const ast::Expr& expr, const ast::NameTerm& term,
                                 const Inherited& outer, Module& home) {
  if (outer.candidate && term.name.text == "it") return CandidateAsTerm(expr, term, outer, home);
  const NamedDefinition* found = scope_.FindDefinition(term.name.text);
  if (found == nullptr) {
    const NamedEvent* event = scope_.FindEvent(term.name.text);
    MEDVERKA_CHECK(event != nullptr && event->declaration->body != nullptr);
    const EventIndex index =
        EventOf(*event->declaration->body, *event->home, event->declaration->name.text);
    return EventAsTerm(expr, term, index, *event, outer, home);
  }
  MEDVERKA_CHECK(found->declaration->body != nullptr);
  const Inherited inner = HandDown(expr, outer, home);
  const auto key = std::make_tuple(found->declaration, inner.times, inner.otherwise);
  if (const auto known = definitions_.find(key); known != definitions_.end()) return known->second;
  const std::string owner = owner_;
  owner_ = found->declaration->name.text;
  const std::uint32_t node = Compile(*found->declaration->body, inner, *found->home);
  owner_ = owner;
  definitions_[key] = node;
  return node;
}

std::uint32_t TermCompiler::Term(const ast::Expr& expr, const ast::VariantTerm& term,
                                 const Inherited& outer, Module& home) {
  const Inherited inner = HandDown(expr, outer, home);
  VariantQuery query;
  query.type = term.type;
  query.consequence = term.consequence;
  for (const ast::Word& change : term.changes) query.changes.push_back(change.text);
  query.exons = term.exons;
  if (term.partner) query.partner = Genes({*term.partner})[0];
  if (term.copies) query.copies = Test(*term.copies, {}, home);
  for (const ast::FieldDemand& demand : term.fields)
    query.fields.push_back(Demand(demand, {}, home));
  query.reasons = Sets(term.reasons, home);
  query.genes = Genes(term.genes);
  query.origin = term.origin;
  query.pathogenic = term.pathogenic;
  query.times = Times(expr, outer, home, false, nullptr);
  query.absence = Absence::kUnknown;
  if (inner.otherwise != nullptr) {
    query.absence =
        inner.otherwise->type == ast::Else::Type::kNo ? Absence::kNo : Absence::kUnknown;
    query.absence_stated = true;
  }
  return builder_.Negated(
      builder_.AddLeaf(builder_.program.variants, std::move(query), NodeKind::kVariant), term.no);
}

std::vector<std::string> TermCompiler::Genes(const std::vector<ast::Word>& words) {
  std::vector<std::string> out;
  for (const ast::Word& word : words) {
    const NamedSet* set = word.quoted ? scope_.FindSet(word.text) : nullptr;
    if (set != nullptr) {
      const auto genes = GenesOf(*sets_.Named(*set));
      out.insert(out.end(), genes->begin(), genes->end());
      continue;
    }
    std::string gene = word.text;
    for (char& c : gene) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    out.push_back(std::move(gene));
  }
  return out;
}

std::uint32_t TermCompiler::Term(const ast::Expr& /*expr*/, const ast::AgeTerm& term,
                                 const Inherited& /*outer*/, Module& home) {
  AgeTest test = term.test;
  if (term.at && term.at->type == ast::Point::Type::kEvent) {
    test.event = EventOf(*term.at->event, home);
  } else if (term.at && term.at->type == ast::Point::Type::kDate) {
    // An age at a date is that at the start of the period of that one day, month or year.
    Event day;
    day.kind = Event::Kind::kPeriod;
    day.from = BoundOf(*term.at, *term.at, true, home);
    day.to = BoundOf(*term.at, *term.at, false, home);
    test.event = builder_.Event(std::move(day));
  }
  return builder_.AddLeaf(builder_.program.ages, test, NodeKind::kAge);
}

std::uint32_t TermCompiler::Term(const ast::Expr& /*expr*/, const ast::GestationTerm& term,
                                 const Inherited& /*outer*/, Module& home) {
  GestationQuery query = term.test;
  if (term.at && term.at->type == ast::EventTerm::Type::kBirth) {
    query.at_birth = true;
  } else if (term.at) {
    query.event = EventOf(*term.at, home);
  }
  return builder_.AddLeaf(builder_.program.gestations, query, NodeKind::kGestation);
}

std::uint32_t TermCompiler::Term(const ast::Expr& /*expr*/, const ast::SexTerm& term,
                                 const Inherited& /*outer*/, Module& /*home*/) {
  return builder_.AddNode(NodeKind::kSexIs, static_cast<std::uint32_t>(term.sex));
}

std::uint32_t TermCompiler::Term(const ast::Expr& /*expr*/, const ast::ResidentTerm& term,
                                 const Inherited& /*outer*/, Module& /*home*/) {
  return builder_.AddLeaf(builder_.program.regions, term.regions, NodeKind::kResident);
}

std::uint32_t TermCompiler::Term(const ast::Expr& /*expr*/, const ast::AliveTerm& /*term*/,
                                 const Inherited& /*outer*/, Module& /*home*/) {
  return builder_.AddNode(NodeKind::kAlive, 0);
}

std::uint32_t TermCompiler::Term(const ast::Expr& /*expr*/, const ast::AnswerTerm& term,
                                 const Inherited& /*outer*/, Module& /*home*/) {
  return AnswerNode(term.question.text);
}

// ---- questions

std::uint32_t TermCompiler::AnswerIndex(AnswerQuery question) {
  std::vector<AnswerQuery>& answers = builder_.program.answers;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].question == question.question) return static_cast<std::uint32_t>(i);
  }
  answers.push_back(std::move(question));
  return static_cast<std::uint32_t>(answers.size() - 1);
}

std::uint32_t TermCompiler::AnswerNode(std::string_view name) {
  const ast::Criterion* ask = scope_.FindCriterion(name);
  MEDVERKA_CHECK(ask != nullptr && ask->kind == CriterionKind::kAsk);
  if (const auto known = answer_nodes_.find(ask); known != answer_nodes_.end())
    return known->second;
  AnswerQuery question;
  question.question = ask->name.text;
  question.text = {ask->question.sv, ask->question.en};
  if (ask->valid_for) question.valid_for = ask->valid_for->period;
  const std::uint32_t node = builder_.AddNode(NodeKind::kAnswer, AnswerIndex(std::move(question)));
  answer_nodes_[ask] = node;
  return node;
}

}  // namespace medverka::criteria::internal

// Idea: a node is a sentence with its parts under it, so that brackets are never needed. A node
// that several others use is told once, under a number: written out in each place it could grow
// without bounds.
#include "criteria/internal/read_back_teller.h"

#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

// Deeper than anybody reads; what lies below is told under a number of its own.
constexpr int kDepthMax = 24;

bool HasParts(const Program& program, const Node& node) {
  return !node.children.empty() ||
         (node.kind == NodeKind::kQuery && program.queries[node.payload].where.has_value());
}

}  // namespace

Teller::Teller(const Program& program, Language language)
    : program_(program), t_{language}, uses_(program.nodes.size()) {
  CountUses();
}

void Teller::CountUses() {
  for (const Node& node : program_.nodes) {
    for (const std::uint32_t child : node.children) ++uses_[child];
  }
  for (const criteria::Query& query : program_.queries) {
    if (query.where) ++uses_[*query.where];
  }
  for (const Criterion& criterion : program_.criteria) {
    ++uses_[criterion.root];
    if (criterion.asked_if) ++uses_[*criterion.asked_if];
  }
}

bool Teller::Apart(std::uint32_t node) const {
  return uses_[node] > 1 && HasParts(program_, program_.nodes[node]);
}

std::string Teller::PartLabel(std::uint32_t node) {
  const auto [place, added] = part_numbers_.insert({node, parts_.size() + 1});
  if (added) parts_.push_back(node);
  return fmt::format("{} {}", t_("part", "del"), place->second);
}

bool Teller::NextPart(Told& part) {
  if (parts_told_ >= parts_.size()) return false;
  const std::uint32_t node = parts_[parts_told_++];
  part.text = fmt::format("{} {}:", t_("Part", "Del"), parts_told_);
  part.parts = {Tell(node, 0)};
  return true;
}

Told Teller::TellNode(std::uint32_t node) {
  if (!Apart(node)) return Tell(node, 0);
  return {fmt::format("{} {}.", t_("As said under", "Det som sägs under"), PartLabel(node)), {}};
}

Told Teller::List(std::string text, const Node& node, int depth) {
  Told told{std::move(text), {}};
  for (const std::uint32_t child : node.children) {
    if (Apart(child) || depth >= kDepthMax) {
      told.parts.push_back(
          {fmt::format("{} {}.", t_("As said under", "Det som sägs under"), PartLabel(child)), {}});
    } else {
      told.parts.push_back(Tell(child, depth + 1));
    }
  }
  return told;
}

Told Teller::If(const Node& node, int depth) {
  return List(std::string(node.children.size() == 2
                              ? t_("If the first holds, the second must hold; if the first does "
                                   "not hold, nothing more is asked:",
                                   "Om det första gäller ska det andra gälla; gäller det första "
                                   "inte krävs inget mer:")
                              : t_("If the first holds, the second must hold; if the first does "
                                   "not hold, the third must hold:",
                                   "Om det första gäller ska det andra gälla; gäller det första "
                                   "inte ska det tredje gälla:")),
              node, depth);
}

Told Teller::Tell(std::uint32_t index, int depth) {
  const Node& node = program_.nodes[index];
  const auto text = [&](std::string_view en, std::string_view sv) {
    return Told{std::string(t_(en, sv)), {}};
  };
  const auto counted = [&](std::string_view en, std::string_view sv) {
    return List(
        fmt::format("{} {} {}", t_(en, sv), node.count, t_("of these hold:", "av dessa gäller:")),
        node, depth);
  };
  switch (node.kind) {
    case NodeKind::kAnd:
      return List(std::string(t_("All of this holds:", "Allt detta gäller:")), node, depth);
    case NodeKind::kOr:
      return List(std::string(t_("At least one of these holds:", "Minst ett av dessa gäller:")),
                  node, depth);
    case NodeKind::kNot: {
      const Node& child = program_.nodes[node.children[0]];
      if (child.kind == NodeKind::kVariant) return Variant(program_.variants[child.payload], true);
      if (child.kind == NodeKind::kQuery && !Apart(node.children[0]) &&
          program_.queries[child.payload].selector == Selector::kThereIs)
        return Query(program_.queries[child.payload], true, depth);
      return List(std::string(t_("This does not hold:", "Detta gäller inte:")), node, depth);
    }
    case NodeKind::kAtLeastOf:
      return counted("At least", "Minst");
    case NodeKind::kAtMostOf:
      return counted("At most", "Högst");
    case NodeKind::kExactlyOf:
      return counted("Exactly", "Exakt");
    case NodeKind::kIf:
      return If(node, depth);
    case NodeKind::kElseAsk: {
      Told told = List(std::string(t_("What is recorded decides; where it does not, a person is "
                                      "asked:",
                                      "Det som är dokumenterat avgör; annars tillfrågas en "
                                      "person:")),
                       node, depth);
      told.parts.push_back({Question(program_.answers[node.payload]), {}});
      return told;
    }
    case NodeKind::kAnswer:
      return {fmt::format("{} {}",
                          t_("The answer is yes to the question that a person is asked:",
                             "Svaret är ja på den fråga som ställs till en person:"),
                          Question(program_.answers[node.payload])),
              {}};
    case NodeKind::kQuery:
      return Query(program_.queries[node.payload], false, depth);
    case NodeKind::kVariant:
      return Variant(program_.variants[node.payload], false);
    case NodeKind::kAge:
      return {Age(program_.ages[node.payload]), {}};
    case NodeKind::kScore:
      return Score(program_.scores[node.payload]);
    case NodeKind::kGestation:
      return {Gestation(program_.gestations[node.payload]), {}};
    case NodeKind::kChange:
      return Change(program_.changes[node.payload], depth);
    case NodeKind::kText:
      return Text(program_.texts[node.payload], depth);
    case NodeKind::kSexIs:
      return node.payload == static_cast<std::uint32_t>(Sex::kFemale)
                 ? text("The patient is a woman.", "Patienten är kvinna.")
             : node.payload == static_cast<std::uint32_t>(Sex::kMale)
                 ? text("The patient is a man.", "Patienten är man.")
                 : text("The patient's sex is not known.", "Patientens kön är okänt.");
    case NodeKind::kResident: {
      const auto& regions = program_.regions[node.payload];
      return {fmt::format("{} {}.", t_("The patient lives in region", "Patienten bor i region"),
                          ListedTexts(regions, t_("or", "eller"))),
              {}};
    }
    case NodeKind::kAlive:
      return text("The patient is alive.", "Patienten lever.");
    case NodeKind::kConstant:
      return node.payload == static_cast<std::uint32_t>(Truth::kTrue)
                 ? text("This always holds.", "Detta gäller alltid.")
             : node.payload == static_cast<std::uint32_t>(Truth::kFalse)
                 ? text("This never holds.", "Detta gäller aldrig.")
                 : text("Whether this holds is never known.", "Om detta gäller är aldrig känt.");
  }
  return {};
}

// ---- the patient and persons' answers

std::string Teller::Age(const AgeTest& test) const {
  std::string text(t_("The patient's age", "Patientens ålder"));
  if (test.event != kNoEvent)
    text += fmt::format(" {} {}", t_("at the start of", "vid början av"), EventLabel(test.event));
  text += t_(" is ", " är ");
  std::vector<std::string> limits;
  if (test.min) {
    limits.push_back(
        fmt::format("{} {}", test.min_strict ? t_("more than", "mer än") : t_("at least", "minst"),
                    PeriodWords(t_, {*test.min, test.unit})));
  }
  if (test.max) {
    limits.push_back(fmt::format(
        "{} {}", test.max_strict ? t_("less than", "mindre än") : t_("at most", "högst"),
        PeriodWords(t_, {*test.max, test.unit})));
  }
  if (limits.empty()) limits.emplace_back(t_("known", "känd"));
  text += ListedTexts(limits, t_("and", "och"));
  text += fmt::format(" ({} {}).", t_("whole", "hela"), WholeUnits(t_, test.unit));
  return text;
}

std::string Teller::Gestation(const GestationQuery& query) const {
  std::string text(t_("The length of the pregnancy", "Graviditetens längd"));
  if (query.at_birth) text += t_(" at birth", " vid födelsen");
  if (query.event != kNoEvent)
    text += fmt::format(" {} {}", t_("at the start of", "vid början av"), EventLabel(query.event));
  constexpr std::int32_t kDaysOfWeek = 7;
  const auto weeks = [&](std::int32_t days) {
    return fmt::format("{} {} {} {} {}", days / kDaysOfWeek, t_("weeks", "veckor"),
                       t_("and", "och"), days % kDaysOfWeek, t_("days", "dagar"));
  };
  std::vector<std::string> limits;
  if (query.min_days)
    limits.push_back(fmt::format("{} {}", t_("at least", "minst"), weeks(*query.min_days)));
  if (query.max_days)
    limits.push_back(fmt::format("{} {}", t_("at most", "högst"), weeks(*query.max_days)));
  if (limits.empty()) limits.emplace_back(t_("known", "känd"));
  return fmt::format("{} {} {}.", text, t_("is", "är"), ListedTexts(limits, t_("and", "och")));
}

std::string Teller::Question(const AnswerQuery& answer) const {
  const std::string& own = t_.language == Language::kEnglish ? answer.text.en : answer.text.sv;
  const std::string& other = t_.language == Language::kEnglish ? answer.text.sv : answer.text.en;
  std::string text = own.empty() ? std::string(t_("(no English wording)", "(saknar svensk text)"))
                                 : QuotedText(own);
  if (!other.empty())
    text += fmt::format(" ({}: {})", t_("in Swedish", "på engelska"), QuotedText(other));
  text += fmt::format(", {} {}", t_("called", "kallad"), QuotedText(answer.question));
  if (answer.valid_for) {
    text += fmt::format(", {} {}", t_("answered within", "besvarad inom"),
                        LastWords(t_, *answer.valid_for));
  }
  return text + ".";
}

// ---- sets, scales, events by name

namespace {

// The name in quotes; with its place in the list where another has the same.
template <typename Named>
std::string LabelIn(const std::vector<Named>& all, std::size_t index, std::string_view list) {
  std::size_t same = 0;
  for (const Named& one : all) same += one.name == all[index].name ? 1 : 0;
  const std::string quoted = QuotedText(all[index].name);
  return same == 1 ? quoted : fmt::format("{} ({} {})", quoted, list, index + 1);
}

}  // namespace

std::string Teller::SetLabel(SetIndex set) const {
  return LabelIn(program_.sets, set, t_("list", "lista"));
}
std::string Teller::ScaleLabel(std::uint32_t scale) const {
  return LabelIn(program_.scales, scale, t_("scale", "skala"));
}

std::string Teller::Sets(const std::vector<SetIndex>& sets) const {
  std::vector<std::string> labels;
  for (const SetIndex set : sets) labels.push_back(SetLabel(set));
  return ListedTexts(labels, t_("or", "eller"));
}

Told Teller::TellSet(SetIndex index) const {
  const CodeSet& set = program_.sets[index];
  const auto rules = [&](const std::vector<CodeRule>& all) {
    std::vector<Told> out;
    for (const CodeRule& rule : all) {
      const std::string system = rule.system == SystemId::kNone ? QuotedText(rule.uri)
                                 : rule.uri.empty()
                                     ? std::string(SystemName(rule.system))
                                     : fmt::format("{} ({})", SystemName(rule.system), rule.uri);
      const std::string from = CodeWords(rule.system, rule.from);
      const std::string to = CodeWords(rule.system, rule.to);
      const std::string code =
          rule.match == CodeRule::Match::kExact ? from
          : rule.match == CodeRule::Match::kPrefix
              ? fmt::format("{} {}", from, t_("and all below", "med allt under"))
              : fmt::format("{} {} {} {}", from, t_("to", "till"), to,
                            t_("and all below", "med allt under"));
      // Rules of one system stand on one line.
      if (!out.empty() && out.back().text.compare(0, system.size() + 2, system + ": ") == 0) {
        out.back().text += "; " + code;
      } else {
        out.push_back({system + ": " + code, {}});
      }
    }
    return out;
  };
  Told told{
      fmt::format("{}: {}", SetLabel(index), t_("any of these codes", "någon av dessa koder")), {}};
  for (std::size_t i = 0; i < set.clauses.size(); ++i) {
    const CodeClause& clause = set.clauses[i];
    if (i > 0)
      told.parts.push_back({std::string(t_("or any of these:", "eller någon av dessa:")), {}});
    for (Told& rule : rules(clause.include)) told.parts.push_back(std::move(rule));
    if (clause.except.empty()) continue;
    told.parts.push_back(
        {std::string(t_("but not where one of the codes recorded with it is:",
                        "men inte om någon av de koder som är dokumenterade samtidigt är:")),
         rules(clause.except)});
  }
  return told;
}

Told Teller::TellScale(std::uint32_t index) const {
  Told told{fmt::format("{}: {}", ScaleLabel(index),
                        t_("from the lowest to the highest", "från lägst till högst")),
            {}};
  for (const ScaleLevel& level : program_.scales[index].levels) {
    std::string text = QuotedText(level.name);
    std::vector<std::string> parts;
    for (const std::string& part : level.parts) parts.push_back(QuotedText(part));
    if (!parts.empty()) {
      text += fmt::format(", {} {}", t_("which is one of", "som är något av"),
                          ListedTexts(parts, t_("or", "eller")));
    }
    told.parts.push_back({std::move(text), {}});
  }
  return told;
}

bool Teller::IsPlain(EventIndex event) const {
  const Event& it = program_.events[event];
  return it.name.empty() && (it.kind == Event::Kind::kBirth || it.kind == Event::Kind::kIt ||
                             it.kind == Event::Kind::kCurrentVisit);
}

std::string Teller::EventLabel(EventIndex index) const {
  if (index == kNoEvent) return std::string(t_("no moment", "ingen tidpunkt"));
  const Event& event = program_.events[index];
  if (IsPlain(index)) {
    return std::string(event.kind == Event::Kind::kBirth ? t_("birth", "födelsen")
                       : event.kind == Event::Kind::kIt
                           ? t_("it", "denna")
                           : t_("the current visit", "den aktuella vårdkontakten"));
  }
  if (event.name.empty()) return fmt::format("{} {}", t_("moment", "tidpunkt"), index + 1);
  return LabelIn(program_.events, index, t_("moment", "tidpunkt"));
}

Told Teller::TellEvent(EventIndex index) {
  const Event& event = program_.events[index];
  std::string label = EventLabel(index);
  if (IsPlain(index)) return {label, {}};
  const auto is = [&](std::string text) {
    return Told{fmt::format("{} {} {}.", label, t_("is", "är"), text), {}};
  };
  using Kind = Event::Kind;
  switch (event.kind) {
    case Kind::kBirth:
      return is(std::string(t_("the day of birth", "födelsedagen")));
    case Kind::kIt:
      return is(std::string(t_("it", "denna")));
    case Kind::kCurrentVisit:
      return is(std::string(t_("the current visit", "den aktuella vårdkontakten")));
    case Kind::kVisitOf:
      return is(
          fmt::format("{} {}", t_("the visit of", "vårdkontakten för"), EventLabel(event.of)));
    case Kind::kStartOf:
      return is(fmt::format("{} {}", t_("the start of", "början av"), EventLabel(event.of)));
    case Kind::kEndOf:
      return is(fmt::format("{} {}", t_("the end of", "slutet av"), EventLabel(event.of)));
    case Kind::kPeriod:
      return is(fmt::format("{} {} {}", t_("the time", "tiden"), BoundWords(event.from, true),
                            BoundWords(event.to, false)));
    case Kind::kShifted:
      return is(fmt::format("{} {} {}", PeriodWords(t_, event.shift),
                            event.before ? t_("before", "före") : t_("after", "efter"),
                            EventLabel(event.of)));
    case Kind::kChoice:
      break;
  }
  Told told = Query(program_.queries[event.query], false, 0);
  told.text = fmt::format("{} {} {}", label,
                          t_("is what this is about:", "är det som detta handlar om:"), told.text);
  return told;
}

}  // namespace medverka::criteria::internal

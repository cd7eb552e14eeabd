// Sets and codes: of a codes block, of a query, of an example's line.
#include "criteria/diagnostic_codes.h"
#include "criteria/internal/expression_parser.h"
#include "ops/base/text.h"

namespace medverka::criteria::internal {

bool ExpressionParser::AtItem() const {
  if (c_.At(TokenKind::kString)) return !c_.AtStop();
  const std::string_view word = c_.Word();
  if (word.empty() || c_.AtStop()) return false;
  for (const std::string_view system : SystemWords()) {
    if (word == system) return true;
  }
  return (word == "system" || word == "set" || word == "valueset")
             ? c_.At(TokenKind::kString, 1)
             : word == "item" && c_.At(TokenKind::kString, 1) && c_.At(TokenKind::kString, 2);
}

bool ExpressionParser::SetsOf(ast::Items& items) {
  items.span = c_.here();
  std::optional<ast::CodeItem> system;
  do {
    auto item = Item(system);
    if (!item) return false;
    items.items.push_back(std::move(*item));
  } while (c_.Take(TokenKind::kComma));
  items.span = c_.From(items.span);
  return true;
}

std::optional<ast::CodeItem> ExpressionParser::OneItem() {
  std::optional<ast::CodeItem> system;
  return Item(system);
}

// One set, code or questionnaire item. `system` is the one named last: after a comma its codes go
// on.
std::optional<ast::CodeItem> ExpressionParser::Item(std::optional<ast::CodeItem>& system) {
  ast::CodeItem item;
  item.span = c_.here();
  if (c_.AtWord("set") && c_.At(TokenKind::kString, 1)) c_.Take();
  if (c_.At(TokenKind::kString)) {
    system.reset();
    item.type = ast::CodeItem::Type::kSetName;
    item.span = c_.here();
    item.text = *c_.String("a set");
    return item;
  }
  if (c_.AtWord("valueset") && c_.At(TokenKind::kString, 1)) {
    system.reset();
    c_.Take();
    item.type = ast::CodeItem::Type::kValueSet;
    item.uri = *c_.String("the URL of a value set");
    item.span = c_.From(item.span);
    return item;
  }
  if (c_.AtWord("item") && c_.At(TokenKind::kString, 1)) {
    system.reset();
    c_.Take();
    item.type = ast::CodeItem::Type::kQuestionnaireItem;
    const auto questionnaire = c_.String("the questionnaire");
    const auto link = c_.String("the linkId in quotes");
    if (!questionnaire || !link) return std::nullopt;
    item.system = SystemId::kQuestionnaireItem;
    item.text = fmt::format("{}#{}", *questionnaire, *link);
    item.span = c_.From(item.span);
    return item;
  }
  ast::CodeItem named;
  if (SystemWord(named)) {
    if (c_.failed()) return std::nullopt;
    system = named;
  }
  if (!system) {
    if (c_.At(TokenKind::kWord) && !c_.AtStop() && !IsKeyword(c_.Word())) {
      const std::string hint = DidYouMeanHint(c_.Word(), SystemWords());
      c_.Fail(DiagnosticCode::kUnknownSystem, c_.here(),
              fmt::format("{} is no code system that is known here", Quoted(c_.Word())),
              hint.empty()
                  ? "Other systems are written: system \"URI\" code. Names of sets stand in quotes."
                  : hint);
    } else {
      c_.Expected("a set in quotes or a code");
    }
    return std::nullopt;
  }
  auto code = Code(*system);
  if (code) code->span = Cover(item.span, code->span);
  return code;
}

bool ExpressionParser::SystemWord(ast::CodeItem& system) {
  if (c_.AtWord("system") && c_.At(TokenKind::kString, 1)) {
    c_.Take();
    const std::string uri = *c_.String("the URI of a code system");
    system.system = KnownSystem(uri);
    if (system.system == SystemId::kNone) system.uri = uri;
    return true;
  }
  for (const std::string_view word : SystemWords()) {
    if (!c_.AtWord(word)) continue;
    system.system = SystemOfWord(word);
    c_.Take();
    return true;
  }
  return false;
}

std::optional<ast::CodeItem> ExpressionParser::Code(const ast::CodeItem& system) {
  ast::CodeItem item = system;
  item.type = ast::CodeItem::Type::kCode;
  item.span = c_.here();
  item.with_descendants = c_.Take(TokenKind::kBelow);
  if (item.with_descendants && item.system != SystemId::kSnomed) {
    c_.Fail(
        DiagnosticCode::kCodeForm, item.span, "\"<<\" (with all below) is for snomed",
        "In icd10se, icd10, atc and kva a code already stands for all codes that begin with it.");
    return std::nullopt;
  }
  const bool text_code = c_.At(TokenKind::kString) && !item.uri.empty();
  if (text_code) {
    item.text = *c_.String("a code");
    item.span = c_.From(item.span);
    return item;
  }
  if (!c_.At(TokenKind::kWord) || c_.AtStop() || IsKeyword(c_.Word())) {
    c_.Expected("a code");
    return std::nullopt;
  }
  const Span code = CodeAt(c_.source(), c_.here().begin);
  item.text = std::string(c_.source().text(code));
  c_.Take();
  c_.SkipTo(code.end);
  item.span = c_.From(item.span);
  return item;
}

bool ExpressionParser::CodeLists(std::vector<ast::CodeItem>& items) {
  std::optional<ast::CodeItem> system;
  bool after_comma = false;
  while (after_comma || (!c_.AtStop() && !c_.At(TokenKind::kCloseBrace) && !c_.AtWord("except"))) {
    if (!after_comma) system.reset();
    auto item = Item(system);
    if (!item) return false;
    items.push_back(std::move(*item));
    after_comma = c_.Take(TokenKind::kComma);
  }
  return true;
}

}  // namespace medverka::criteria::internal

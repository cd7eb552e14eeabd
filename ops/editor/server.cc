// Idea: the open documents are the truth; what is known of them (names, programs, diagnostics) is
// thrown away when one changes and made anew when it is asked for. Diagnostics wait until the
// client is silent for a moment, so that typing is never slowed.
#include "ops/editor/server.h"

#include <algorithm>

#include "criteria/editor/completion.h"
#include "criteria/format.h"
#include "ops/editor/positions.h"
#include "ops/editor/uri.h"

namespace medverka::editor {
namespace {

namespace json = base::json;
using criteria::Diagnostic;
using criteria::Span;
using criteria::editor::Mention;
using criteria::editor::Proposal;
using criteria::editor::Symbol;
using criteria::editor::SymbolKind;

// JSON-RPC 2.0 and LSP 3.17, error codes.
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kServerNotInitialized = -32002;
constexpr int kRequestFailed = -32803;

// LSP enumerations.
constexpr int kSeverityError = 1;
constexpr int kSeverityWarning = 2;
constexpr int kSyncFull = 1;

const json::value* Find(const json::object& object, std::string_view name) {
  return object.if_contains(json::string_view(name.data(), name.size()));
}
const json::object* FindObject(const json::object& object, std::string_view name) {
  const json::value* value = Find(object, name);
  return value == nullptr ? nullptr : value->if_object();
}
std::string TextAt(const json::object& object, std::string_view name) {
  const json::value* value = Find(object, name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}
std::optional<std::int64_t> WholeAt(const json::object& object, std::string_view name) {
  const json::value* value = Find(object, name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code failed;
  const auto number = value->to_number<std::int64_t>(failed);
  if (failed) return std::nullopt;
  return number;
}
json::string_view View(std::string_view text) { return {text.data(), text.size()}; }

int ItemKind(Proposal::Kind kind) {
  switch (kind) {
    case Proposal::Kind::kKeyword:
      return 14;
    case Proposal::Kind::kSet:
      return 13;  // enum
    case Proposal::Kind::kName:
      return 6;  // variable
    case Proposal::Kind::kCode:
      return 20;  // enum member
    case Proposal::Kind::kUnit:
      return 11;
  }
  return 1;
}

int OutlineKind(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::kSet:
      return 10;  // enum
    case SymbolKind::kScale:
      return 10;
    case SymbolKind::kDefinition:
      return 13;  // variable
    case SymbolKind::kCriterion:
      return 12;  // function
    case SymbolKind::kCohort:
      return 3;  // namespace
    case SymbolKind::kFile:
      return 1;
  }
  return 13;
}

// The span of a diagnostic: its line and column count code points.
Span SpanOf(const Diagnostic& diagnostic, std::string_view text) {
  std::size_t at = 0;
  for (int line = 1; line < diagnostic.line && at != std::string_view::npos; ++line) {
    at = text.find('\n', at);
    if (at != std::string_view::npos) ++at;
  }
  if (at == std::string_view::npos) at = text.size();
  const auto forward = [&](std::size_t from, int code_points) {
    for (; code_points > 0 && from < text.size() && text[from] != '\n'; --code_points) {
      ++from;
      while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) ++from;
    }
    return from;
  };
  const std::size_t begin = forward(at, diagnostic.column - 1);
  const std::size_t end = forward(begin, diagnostic.length);
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

}  // namespace

Server::Server(Send send, criteria::UseLoader load, std::string version)
    : send_(std::move(send)), version_(std::move(version)) {
  // A file that is open is what its editor shows, not what the disk holds.
  load_ = [this, from_disk = std::move(load)](
              const std::string& from,
              const std::string& name) -> std::optional<criteria::SourceFile> {
    auto file = from_disk(from, name);
    if (!file) return std::nullopt;
    const auto open = documents_.find(file->path);
    if (open != documents_.end()) file->text = open->second.text;
    return file;
  };
}

// ---- messages

void Server::Answer(const json::value& id, json::value result) {
  send_(base::ToJson(json::object{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}}));
}

void Server::AnswerError(const json::value& id, int code, const std::string& message) {
  send_(base::ToJson(json::object{
      {"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}}));
}

void Server::Notify(std::string_view method, json::object params) {
  send_(base::ToJson(
      json::object{{"jsonrpc", "2.0"}, {"method", View(method)}, {"params", std::move(params)}}));
}

void Server::Refuse(const std::string& problem) { AnswerError(nullptr, kInvalidRequest, problem); }

void Server::Handle(std::string_view content) {
  const auto parsed = base::ParseJson(content);
  if (!parsed.has_value()) return AnswerError(nullptr, kParseError, parsed.error().message);
  const json::object* message = parsed->if_object();
  if (message == nullptr)
    return AnswerError(nullptr, kInvalidRequest,
                       "a message is one JSON object; batches are not taken");
  const json::value* id = Find(*message, "id");
  const std::string method = TextAt(*message, "method");
  if (method.empty()) {
    // An answer to something this server never asked.
    if (message->contains("result") || message->contains("error")) return;
    return AnswerError(id == nullptr ? json::value(nullptr) : *id, kInvalidRequest,
                       "a message names its method");
  }
  const json::object nothing;
  const json::object* params = FindObject(*message, "params");
  if (id == nullptr) return Notification(method, params == nullptr ? nothing : *params);
  if (!id->is_string() && !id->is_number())
    return AnswerError(nullptr, kInvalidRequest, "an id is a number or a string");
  Request(*id, method, params == nullptr ? nothing : *params);
}

void Server::Request(const json::value& id, std::string_view method, const Params& params) {
  if (method == "initialize") {
    if (initialized_) return AnswerError(id, kInvalidRequest, "initialized already");
    return Answer(id, Initialize(params));
  }
  if (!initialized_)
    return AnswerError(id, kServerNotInitialized, "the first request is \"initialize\"");
  if (shut_down_) return AnswerError(id, kInvalidRequest, "shut down; only \"exit\" may follow");
  if (method == "shutdown") {
    shut_down_ = true;
    return Answer(id, nullptr);
  }
  if (method == "textDocument/completion") return Answer(id, Completion(params));
  if (method == "textDocument/hover") return Answer(id, Hover(params));
  if (method == "textDocument/definition") return Answer(id, Definition(params));
  if (method == "textDocument/references") return Answer(id, References(params));
  if (method == "textDocument/prepareRename") return Answer(id, PrepareRename(params));
  if (method == "textDocument/documentSymbol") return Answer(id, Outline(params));
  if (method == "textDocument/formatting") return Answer(id, Formatting(params));
  if (method == "textDocument/rename") {
    std::string problem;
    json::value edit = Rename(params, problem);
    if (!problem.empty()) return AnswerError(id, kRequestFailed, problem);
    return Answer(id, std::move(edit));
  }
  AnswerError(id, kMethodNotFound, "there is no such request");
}

void Server::Notification(std::string_view method, const Params& params) {
  if (method == "exit") {
    exit_code_ = shut_down_ ? 0 : 1;
    return;
  }
  if (!initialized_ || shut_down_) return;
  if (method == "textDocument/didOpen") return DidOpen(params);
  if (method == "textDocument/didChange") return DidChange(params);
  if (method == "textDocument/didClose") return DidClose(params);
  if (method == "workspace/didChangeWatchedFiles" || method == "textDocument/didSave") Changed();
  // Others, "$/cancelRequest" among them, need nothing: a request is answered before the next
  // message is read.
}

json::object Server::Initialize(const Params& params) {
  initialized_ = true;
  std::string language = TextAt(params, "locale");
  if (const json::object* options = FindObject(params, "initializationOptions")) {
    if (const std::string asked = TextAt(*options, "language"); !asked.empty()) language = asked;
  }
  if (language.starts_with("sv")) language_ = criteria::Language::kSwedish;
  const json::object* capabilities = FindObject(params, "capabilities");
  const json::object* general =
      capabilities == nullptr ? nullptr : FindObject(*capabilities, "general");
  const json::value* encodings = general == nullptr ? nullptr : Find(*general, "positionEncodings");
  if (encodings != nullptr && encodings->is_array()) {
    const json::array& offered = encodings->get_array();
    utf8_ = std::find(offered.begin(), offered.end(), json::value("utf-8")) != offered.end();
  }
  const json::object provides = {
      {"positionEncoding", utf8_ ? "utf-8" : "utf-16"},
      {"textDocumentSync", {{"openClose", true}, {"change", kSyncFull}, {"save", true}}},
      {"completionProvider", {{"triggerCharacters", {"\"", " "}}}},
      {"hoverProvider", true},
      {"definitionProvider", true},
      {"referencesProvider", true},
      {"documentSymbolProvider", true},
      {"documentFormattingProvider", true},
      {"renameProvider", {{"prepareProvider", true}}}};
  return {{"capabilities", provides},
          {"serverInfo", {{"name", "medverka"}, {"version", version_}}}};
}

// ---- documents

void Server::DidOpen(const Params& params) {
  const json::object* document = FindObject(params, "textDocument");
  if (document == nullptr) return;
  const std::string uri = TextAt(*document, "uri");
  if (uri.empty()) return;
  documents_[PathOfUri(uri)] = {uri, TextAt(*document, "text"),
                                WholeAt(*document, "version").value_or(0)};
  Changed();
}

void Server::DidChange(const Params& params) {
  const json::object* document = FindObject(params, "textDocument");
  const json::value* changes = Find(params, "contentChanges");
  if (document == nullptr || changes == nullptr || !changes->is_array()) return;
  const auto open = documents_.find(PathOfUri(TextAt(*document, "uri")));
  if (open == documents_.end()) return;
  for (const json::value& change : changes->get_array()) {
    const json::object* one = change.if_object();
    if (one == nullptr || !one->contains("text")) continue;
    // Whole texts were agreed on; a part of one, all the same, is put where it says.
    const json::object* range = FindObject(*one, "range");
    if (range == nullptr) {
      open->second.text = TextAt(*one, "text");
      continue;
    }
    const json::object* start = FindObject(*range, "start");
    const json::object* end = FindObject(*range, "end");
    if (start == nullptr || end == nullptr) continue;
    const Positions positions(open->second.text, utf8_);
    const auto offset = [&](const json::object& at) {
      return positions.Offset(WholeAt(at, "line").value_or(0),
                              WholeAt(at, "character").value_or(0));
    };
    const std::uint32_t begin = offset(*start);
    const std::uint32_t after = std::max(begin, offset(*end));
    open->second.text.replace(begin, after - begin, TextAt(*one, "text"));
  }
  open->second.version = WholeAt(*document, "version").value_or(open->second.version);
  Changed();
}

void Server::DidClose(const Params& params) {
  const json::object* document = FindObject(params, "textDocument");
  if (document == nullptr) return;
  documents_.erase(PathOfUri(TextAt(*document, "uri")));
  Changed();
}

void Server::Changed() {
  symbols_.reset();
  compiled_.reset();
  stale_ = true;
}

std::vector<criteria::SourceFile> Server::OpenFiles() const {
  std::vector<criteria::SourceFile> files;
  for (const auto& [path, document] : documents_) files.push_back({path, document.text});
  return files;
}

const criteria::editor::Symbols& Server::Symbols() {
  if (!symbols_) symbols_ = std::make_unique<criteria::editor::Symbols>(OpenFiles(), load_);
  return *symbols_;
}

const criteria::Compilation& Server::Compiled() {
  if (!compiled_) compiled_ = criteria::CompileAndTest(OpenFiles(), load_);
  return *compiled_;
}

// Diagnostics of all open documents and of what they use; where there were some and are none any
// more, an empty list takes them away.
void Server::Idle() {
  if (!stale_ || !initialized_) return;
  stale_ = false;
  std::map<std::string, json::array> of_path;
  for (const auto& [path, document] : documents_) of_path[path];
  for (const std::string& path : shown_) of_path[path];
  for (const Diagnostic& one : Compiled().diagnostics.all()) {
    const std::string text = TextOf(one.path).value_or("");
    const Positions positions(text, utf8_);
    const bool error = one.severity == criteria::Severity::kError;
    of_path[one.path].push_back(
        json::object{{"range", positions.Range(SpanOf(one, text))},
                     {"severity", error ? kSeverityError : kSeverityWarning},
                     {"code", criteria::CodeName(one.code)},
                     {"source", "medverka"},
                     {"message", one.hint.empty() ? one.message : one.message + "\n" + one.hint}});
  }
  shown_.clear();
  for (auto& [path, diagnostics] : of_path) {
    if (!diagnostics.empty()) shown_.insert(path);
    json::object params = {{"uri", UriOf(path)}, {"diagnostics", std::move(diagnostics)}};
    const auto open = documents_.find(path);
    if (open != documents_.end()) params["version"] = open->second.version;
    Notify("textDocument/publishDiagnostics", std::move(params));
  }
}

std::string Server::UriOf(const std::string& path) const {
  const auto open = documents_.find(path);
  return open == documents_.end() ? UriOfPath(path) : open->second.uri;
}

std::optional<std::string> Server::TextOf(const std::string& path) {
  const auto open = documents_.find(path);
  if (open != documents_.end()) return open->second.text;
  const criteria::Source* source = Symbols().SourceOf(path);
  if (source == nullptr) return std::nullopt;
  return std::string(source->text());
}

std::optional<Server::Place> Server::PlaceOf(const Params& params) {
  const json::object* document = FindObject(params, "textDocument");
  const json::object* position = FindObject(params, "position");
  if (document == nullptr) return std::nullopt;
  const auto open = documents_.find(PathOfUri(TextAt(*document, "uri")));
  if (open == documents_.end()) return std::nullopt;
  Place place{open->first, 0};
  if (position != nullptr) {
    place.offset = Positions(open->second.text, utf8_)
                       .Offset(WholeAt(*position, "line").value_or(0),
                               WholeAt(*position, "character").value_or(0));
  }
  return place;
}

json::object Server::Location(const std::string& path, Span span) {
  const std::string text = TextOf(path).value_or("");
  return {{"uri", UriOf(path)}, {"range", Positions(text, utf8_).Range(span)}};
}

// ---- requests

json::value Server::Completion(const Params& params) {
  const auto place = PlaceOf(params);
  if (!place) return nullptr;
  const std::string& text = documents_[place->path].text;
  const auto proposals = criteria::editor::ProposalsAt(Symbols(), place->path, place->offset);
  const json::object range = Positions(text, utf8_).Range(proposals.replace);
  json::array items;
  for (std::size_t i = 0; i < proposals.items.size(); ++i) {
    const Proposal& one = proposals.items[i];
    json::object item = {{"label", one.text},
                         {"kind", ItemKind(one.kind)},
                         {"sortText", fmt::format("{:04}", i)},
                         {"textEdit", {{"range", range}, {"newText", one.text}}}};
    if (!one.detail.empty()) item["detail"] = one.detail;
    items.push_back(std::move(item));
  }
  return json::object{{"isIncomplete", proposals.cut}, {"items", std::move(items)}};
}

json::value Server::Hover(const Params& params) {
  const auto place = PlaceOf(params);
  if (!place) return nullptr;
  std::string shown;
  json::value range = nullptr;
  const Mention* mention = Symbols().At(place->path, place->offset);
  if (mention != nullptr && mention->symbol != criteria::editor::kNowhere &&
      mention->kind != SymbolKind::kCriterion) {
    const Symbol& symbol = Symbols().symbols()[mention->symbol];
    const std::string text = TextOf(symbol.path).value_or("");
    shown = fmt::format("```medverka\n{}\n```\n",
                        text.substr(symbol.body.begin, symbol.body.end - symbol.body.begin));
    range = Positions(documents_[place->path].text, utf8_).Range(mention->span);
  }
  const auto criterion = Symbols().CriterionAt(place->path, place->offset);
  for (const criteria::CompiledStudy& study : Compiled().studies) {
    if (!criterion || study.path != place->path || !study.program) continue;
    if (!shown.empty()) shown += "\n---\n";
    shown += criteria::ReadBackCriterion(*study.program, *criterion, language_);
  }
  if (shown.empty()) return nullptr;
  json::object hover = {{"contents", {{"kind", "markdown"}, {"value", shown}}}};
  if (!range.is_null()) hover["range"] = range;
  return hover;
}

json::value Server::Definition(const Params& params) {
  const auto place = PlaceOf(params);
  if (!place) return nullptr;
  const Mention* mention = Symbols().At(place->path, place->offset);
  if (mention == nullptr) return nullptr;
  if (mention->kind == SymbolKind::kFile) {
    const criteria::Source& source = *Symbols().SourceOf(place->path);
    std::string name(source.text(mention->span));
    name.erase(std::remove(name.begin(), name.end(), '"'), name.end());
    const auto file = load_(place->path, name);
    if (!file) return nullptr;
    return Location(file->path, {0, 0});
  }
  if (mention->symbol == criteria::editor::kNowhere) return nullptr;
  const Symbol& symbol = Symbols().symbols()[mention->symbol];
  return Location(symbol.path, symbol.declaration);
}

json::value Server::References(const Params& params) {
  const auto place = PlaceOf(params);
  if (!place) return nullptr;
  const Mention* mention = Symbols().At(place->path, place->offset);
  if (mention == nullptr || mention->symbol == criteria::editor::kNowhere) return nullptr;
  const json::object* context = FindObject(params, "context");
  const json::value* wanted = context == nullptr ? nullptr : Find(*context, "includeDeclaration");
  const bool with_declaration = wanted != nullptr && wanted->is_bool() && wanted->get_bool();
  json::array out;
  for (const Mention& one : Symbols().mentions()) {
    if (one.symbol == mention->symbol && (with_declaration || !one.declaration))
      out.push_back(Location(one.path, one.span));
  }
  return out;
}

json::value Server::PrepareRename(const Params& params) {
  const auto place = PlaceOf(params);
  if (!place) return nullptr;
  const Mention* mention = Symbols().At(place->path, place->offset);
  if (mention == nullptr || mention->symbol == criteria::editor::kNowhere) return nullptr;
  return json::object{
      {"range", Positions(documents_[place->path].text, utf8_).Range(mention->span)},
      {"placeholder", Symbols().symbols()[mention->symbol].name}};
}

json::value Server::Rename(const Params& params, std::string& problem) {
  const auto place = PlaceOf(params);
  const Mention* mention = place ? Symbols().At(place->path, place->offset) : nullptr;
  if (mention == nullptr || mention->symbol == criteria::editor::kNowhere) {
    problem = "there is no name here that could be changed";
    return nullptr;
  }
  const auto edits =
      criteria::editor::Rename(Symbols(), mention->symbol, TextAt(params, "newName"), problem);
  json::object changes;
  for (const criteria::editor::Edit& edit : edits) {
    const std::string text = TextOf(edit.path).value_or("");
    json::value& of_file = changes[UriOf(edit.path)];
    if (!of_file.is_array()) of_file = json::array();
    of_file.get_array().push_back(
        json::object{{"range", Positions(text, utf8_).Range(edit.span)}, {"newText", edit.text}});
  }
  return json::object{{"changes", std::move(changes)}};
}

json::value Server::Outline(const Params& params) {
  const auto place = PlaceOf(params);
  if (!place) return nullptr;
  const Positions positions(documents_[place->path].text, utf8_);
  json::array out;
  for (const Symbol& symbol : Symbols().symbols()) {
    if (symbol.path != place->path) continue;
    Span body = symbol.body;
    body.begin = std::min(body.begin, symbol.declaration.begin);
    body.end = std::max(body.end, symbol.declaration.end);
    out.push_back(json::object{{"name", symbol.name},
                               {"kind", OutlineKind(symbol.kind)},
                               {"range", positions.Range(body)},
                               {"selectionRange", positions.Range(symbol.declaration)}});
  }
  return out;
}

json::value Server::Formatting(const Params& params) {
  const auto place = PlaceOf(params);
  if (!place) return nullptr;
  const std::string& text = documents_[place->path].text;
  const criteria::Formatted formatted = criteria::Format({place->path, text});
  if (!formatted.parsed || formatted.text == text) return json::array();
  const Span whole{0, static_cast<std::uint32_t>(text.size())};
  return json::array{
      json::object{{"range", Positions(text, utf8_).Range(whole)}, {"newText", formatted.text}}};
}

}  // namespace medverka::editor

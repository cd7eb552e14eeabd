// The language server behind `medverka lsp`: one client, one thread, messages in, messages out.
// Diagnostics as they are typed, completion, hover with the read-back of a criterion, go to
// definition, references, rename, outline, formatting.
// Source: Language Server Protocol 3.17.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "criteria/criteria.h"
#include "criteria/editor/symbols.h"
#include "criteria/read_back.h"
#include "ops/base/json.h"

namespace medverka::editor {

class Server {
 public:
  using Send = std::function<void(const std::string& content)>;

  // `load` reads files that documents use and that are not open.
  Server(Send send, criteria::UseLoader load, std::string version);

  // One message's content. Whatever stands in it, an answer or nothing comes, never an end.
  void Handle(std::string_view content);
  // A message that could not even be read.
  void Refuse(const std::string& problem);
  // No message is waiting: the time for what costs more, diagnostics of what has changed.
  void Idle();
  bool has_work() const { return stale_; }

  // After `exit`: 0 if `shutdown` came before it, else 1.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  struct Document {
    std::string uri;
    std::string text;
    std::int64_t version = 0;
  };
  struct Place {
    std::string path;
    std::uint32_t offset = 0;
  };
  using Params = base::json::object;

  void Answer(const base::json::value& id, base::json::value result);
  void AnswerError(const base::json::value& id, int code, const std::string& message);
  void Notify(std::string_view method, base::json::object params);

  void Request(const base::json::value& id, std::string_view method, const Params& params);
  void Notification(std::string_view method, const Params& params);

  base::json::object Initialize(const Params& params);
  void DidOpen(const Params& params);
  void DidChange(const Params& params);
  void DidClose(const Params& params);

  base::json::value Completion(const Params& params);
  base::json::value Hover(const Params& params);
  base::json::value Definition(const Params& params);
  base::json::value References(const Params& params);
  base::json::value PrepareRename(const Params& params);
  base::json::value Rename(const Params& params, std::string& problem);
  base::json::value Outline(const Params& params);
  base::json::value Formatting(const Params& params);

  void Changed();
  const criteria::editor::Symbols& Symbols();
  const criteria::Compilation& Compiled();
  std::vector<criteria::SourceFile> OpenFiles() const;
  std::optional<Place> PlaceOf(const Params& params);
  std::string UriOf(const std::string& path) const;
  std::optional<std::string> TextOf(const std::string& path);
  base::json::object Location(const std::string& path, criteria::Span span);

  Send send_;
  criteria::UseLoader load_;
  std::string version_;
  std::map<std::string, Document> documents_;  // by path
  std::unique_ptr<criteria::editor::Symbols> symbols_;
  std::optional<criteria::Compilation> compiled_;
  std::set<std::string> shown_;  // paths with diagnostics at the client
  criteria::Language language_ = criteria::Language::kEnglish;
  bool utf8_ = false;
  bool initialized_ = false;
  bool shut_down_ = false;
  bool stale_ = false;
  std::optional<int> exit_code_;
};

// Serves until `exit` or the end of `in`. Gives the exit code.
int Serve(int in, int out, criteria::UseLoader load, const std::string& version);

}  // namespace medverka::editor

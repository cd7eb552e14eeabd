// A file with all that is known of it, and the files it brings in with `use`. Modules live in one
// ModuleList for the length of a compilation and never move.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "criteria/ast.h"
#include "criteria/criteria.h"
#include "criteria/source.h"

namespace medverka::criteria::internal {

struct Module {
  explicit Module(SourceFile file);
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  bool has_errors() const { return reporter.errors() > 0; }

  Source source;
  Diagnostics diagnostics;
  Reporter reporter;
  ast::File file;
  bool given = false;       // named by the caller, not only used
  bool shared = false;      // a .codes file
  bool names_lost = false;  // a used file, or a name in this one, could not be read
  std::vector<Module*> uses;
  std::vector<const ast::Use*> use_lines;  // beside `uses`: the line that brought it in
};

class ModuleList {
 public:
  // Reads, parses and links all of `files` and what they use.
  ModuleList(const std::vector<SourceFile>& files, const UseLoader& load);

  const std::vector<std::unique_ptr<Module>>& all() const {
    return modules_;
  }  // given ones first, in their order

 private:
  Module* Add(SourceFile file);
  Module* Find(const std::string& path) const;
  void Link(Module& module, const UseLoader& load);
  void FindUseCycles();

  std::vector<std::unique_ptr<Module>> modules_;
  std::map<std::string, Module*> by_path_;
};

// `module` and all it uses, directly or not, itself first, each once.
std::vector<Module*> Closure(Module& module);

}  // namespace medverka::criteria::internal

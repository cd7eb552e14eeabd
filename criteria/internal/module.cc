#include "criteria/internal/module.h"

#include <algorithm>
#include <filesystem>

#include "criteria/diagnostic_codes.h"
#include "criteria/limits.h"
#include "criteria/parser.h"
#include "ops/base/format.h"

namespace medverka::criteria::internal {
namespace {

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Paths are compared as text: this folder never looks at a disk.
std::string Normal(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().generic_string();
}

std::string Beside(const std::string& from, const std::string& name) {
  return (std::filesystem::path(from).parent_path() / name).lexically_normal().generic_string();
}

}  // namespace

Module::Module(SourceFile file_in)
    : source(std::move(file_in.path), std::move(file_in.text)), reporter(source, diagnostics) {
  shared = EndsWith(source.path(), ".codes");
  if (CheckText(source, reporter)) {
    file = Parse(source, reporter);
  } else {
    file.names_lost = true;
  }
  names_lost = file.names_lost;
}

Module* ModuleList::Find(const std::string& path) const {
  const auto found = by_path_.find(Normal(path));
  return found == by_path_.end() ? nullptr : found->second;
}

Module* ModuleList::Add(SourceFile file) {
  if (Module* known = Find(file.path)) return known;
  const std::string path = Normal(file.path);
  modules_.push_back(std::make_unique<Module>(std::move(file)));
  by_path_[path] = modules_.back().get();
  return modules_.back().get();
}

ModuleList::ModuleList(const std::vector<SourceFile>& files, const UseLoader& load) {
  for (const SourceFile& file : files) Add(file)->given = true;
  // Loaded files come behind and are linked in their turn.
  for (std::size_t i = 0; i < modules_.size(); ++i) Link(*modules_[i], load);
  FindUseCycles();
  // What is lost in a used file is lost for all that use it.
  for (const auto& module : modules_) {
    for (const Module* used : Closure(*module))
      module->names_lost = module->names_lost || used->file.names_lost;
  }
}

void ModuleList::Link(Module& module, const UseLoader& load) {
  for (const ast::Use& use : module.file.uses) {
    if (!EndsWith(use.path, ".codes")) {
      module.file.names_lost = true;
      module.reporter.Report(DiagnosticCode::kUseNotFound, use.span,
                             fmt::format("\"{}\" is no file of shared definitions", use.path),
                             "Files that others use end with .codes.");
      continue;
    }
    Module* used = Find(Beside(module.source.path(), use.path));
    if (used == nullptr && load) {
      if (auto file = load(module.source.path(), use.path)) {
        used = Add(std::move(*file));
        used->shared = used->shared || !used->given;  // whatever the loader calls it
      }
    }
    if (used == nullptr) {
      module.file.names_lost = true;
      module.reporter.Report(
          DiagnosticCode::kUseNotFound, use.span,
          fmt::format("there is no file \"{}\" to use", use.path),
          "The name is relative to the folder of this file, and ends with .codes.");
    } else if (used == &module) {
      module.reporter.Report(DiagnosticCode::kUseCycle, use.span, "this file uses itself");
    } else if (std::find(module.uses.begin(), module.uses.end(), used) != module.uses.end()) {
      module.reporter.Report(DiagnosticCode::kDuplicateName, use.span,
                             fmt::format("\"{}\" is used twice", use.path));
    } else {
      module.uses.push_back(used);
      module.use_lines.push_back(&use);
    }
  }
}

// A file from which one comes back to it is reported where it first leaves, once per cycle; the
// cycle is then cut.
void ModuleList::FindUseCycles() {
  for (const auto& module : modules_) {
    for (std::size_t i = 0; i < module->uses.size();) {
      const std::vector<Module*> reached = Closure(*module->uses[i]);
      if (std::find(reached.begin(), reached.end(), module.get()) == reached.end()) {
        ++i;
        continue;
      }
      const ast::Use& use = *module->use_lines[i];
      module->reporter.Report(DiagnosticCode::kUseCycle, use.span,
                              fmt::format("\"{}\" uses this file in its turn", use.path),
                              "Put what both need into a third file.");
      module->file.names_lost = true;
      module->uses.erase(module->uses.begin() + static_cast<std::ptrdiff_t>(i));
      module->use_lines.erase(module->use_lines.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
}

std::vector<Module*> Closure(Module& module) {
  std::vector<Module*> out = {&module};
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (Module* used : out[i]->uses) {
      if (std::find(out.begin(), out.end(), used) == out.end()) out.push_back(used);
    }
  }
  return out;
}

}  // namespace medverka::criteria::internal

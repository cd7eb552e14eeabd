// `medverka publish`: study files become the next version of the catalogue.
//
// Idea: first the files are gathered under their bare names, for a catalogue has no folders: those
// given, what they use, and, where files and not a directory were given, all that is published
// already. Then the whole is compiled, the examples run, and only a whole without a mistake is
// published.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>

#include "ops/app/application.h"
#include "ops/app/catalogue_tool.h"
#include "ops/app/kafka_tool.h"
#include "ops/app/progress.h"
#include "ops/app/study_files.h"
#include "ops/app/terminal.h"
#include "ops/base/text.h"

namespace medverka::app {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;
using criteria::SourceFile;
using streams::CatalogueVersion;

struct PublishOptions {
  std::vector<std::string> paths;
  std::vector<std::string> remove;
  std::string config;
  std::string note;
  std::string format = "text";
  bool dry_run = false;
};

std::string BareName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}
bool IsStudy(const std::string& name) { return name.ends_with(".study"); }
bool IsShared(const std::string& name) { return name.ends_with(".codes"); }

// Files by bare name; the path says where each came from.
class Gathered {
 public:
  // kInvalidArgument: another file of that name is there already.
  Result<void> Add(SourceFile file) {
    const std::string name = BareName(file.path);
    const auto [there, fresh] = files_.emplace(name, file);
    if (fresh || there->second.path == file.path) return {};
    if (there->second.text == file.text && !IsStudy(name)) return {};
    return Fail(ErrorCode::kInvalidArgument,
                "{} and {} have the same name, and a catalogue has no folders: rename one of them",
                there->second.path, file.path);
  }
  // Gives way to what is there.
  void AddPublished(const streams::CatalogueFile& file) {
    files_.emplace(file.name, SourceFile{file.name, file.text});
  }
  void Drop(const std::string& name) { files_.erase(name); }

  std::vector<SourceFile> studies() const {
    std::vector<SourceFile> studies;
    for (const auto& [name, file] : files_) {
      if (IsStudy(name)) studies.push_back(file);
    }
    return studies;
  }
  // By bare name; notes what was asked for.
  criteria::UseLoader Loader(std::set<std::string>& used) const {
    return [this, &used](const std::string&, const std::string& name) -> std::optional<SourceFile> {
      const auto file = files_.find(BareName(name));
      if (file == files_.end()) return std::nullopt;
      used.insert(file->first);
      return file->second;
    };
  }
  const std::map<std::string, SourceFile>& files() const { return files_; }

 private:
  std::map<std::string, SourceFile> files_;
};

// What the given files use, from the disk.
Result<void> AddUsed(const std::vector<SourceFile>& given, Gathered& gathered) {
  std::vector<SourceFile> used;
  const auto from_disk = UsedFiles();
  std::vector<SourceFile> studies;
  std::copy_if(given.begin(), given.end(), std::back_inserter(studies),
               [](const SourceFile& file) { return IsStudy(file.path); });
  static_cast<void>(criteria::FindStudies(
      studies, [&](const std::string& from, const std::string& name) -> std::optional<SourceFile> {
        auto file = from_disk(from, name);
        if (file.has_value()) used.push_back(*file);
        return file;
      }));
  for (SourceFile& file : used) MEDVERKA_TRY(gathered.Add(std::move(file)));
  return {};
}

// The names of the published files by the study that is in them.
std::map<std::string, std::string> FilesByStudy(const CatalogueVersion& published) {
  std::map<std::string, std::string> files;
  for (const auto& study :
       criteria::FindStudies(streams::StudyFilesOf(published), streams::UsesOf(published))) {
    if (!study.id.empty()) files.emplace(study.id, study.path);
  }
  return files;
}

// What is published stays, but for what was given anew or is to be removed.
Result<void> AddPublished(const PublishOptions& options, const std::vector<SourceFile>& given,
                          const CatalogueVersion& published, Gathered& gathered) {
  const auto by_study = FilesByStudy(published);
  std::set<std::string> leave_out;
  for (const std::string& id : options.remove) {
    const auto file = by_study.find(id);
    if (file != by_study.end()) {
      leave_out.insert(file->second);
      continue;
    }
    std::vector<std::string_view> ids;
    for (const auto& [known, name] : by_study) ids.push_back(known);
    const std::string_view meant = base::DidYouMean(id, ids);
    return Fail(ErrorCode::kInvalidArgument, "no study {} is published, so it cannot be removed{}",
                id, meant.empty() ? "" : fmt::format("; did you mean {}?", meant));
  }
  // A study that moved to a file of another name is replaced all the same.
  for (const auto& study : criteria::FindStudies(given, UsedFiles())) {
    const auto file = by_study.find(study.id);
    if (file != by_study.end()) leave_out.insert(file->second);
  }
  for (const auto& file : published.files) {
    if (!leave_out.contains(file.name)) gathered.AddPublished(file);
  }
  return {};
}

// Which studies must prove themselves: those given, and those whose meaning changes through what
// they use.
class MustBeTried {
 public:
  MustBeTried(const std::vector<SourceFile>& given, const CatalogueVersion* published) {
    for (const SourceFile& file : given) paths_.insert(file.path);
    if (published == nullptr) return;
    for (const auto& study : published->studies) before_.emplace(study.id, study.program);
  }
  bool operator()(const criteria::CompiledStudy& study) const {
    if (paths_.contains(study.path)) return true;
    const auto was = before_.find(study.id);
    return was == before_.end() || was->second != HashOf(study);
  }

 private:
  std::set<std::string> paths_;
  std::map<std::string, std::string> before_;  // program by study
};

void SayMistakes(const criteria::Diagnostics& diagnostics, const std::string& format) {
  if (format == "json") {
    base::json::object answer{{"published", false}};
    auto list = base::ParseJson(criteria::RenderJson(diagnostics));
    if (list.has_value()) answer["diagnostics"] = std::move(*list);
    Print(base::ToPrettyJson(answer));
  } else {
    SayPlainly(criteria::RenderText(diagnostics, StderrHasColour()));
  }
  Say("nothing was published; mend the errors above first");
}

// Gives how many came out otherwise.
std::uint64_t SayFailures(const std::vector<criteria::ExampleResult>& examples,
                          const std::string& format) {
  base::json::array list;
  for (const auto& result : examples) {
    if (result.passed) continue;
    list.push_back(base::json::object{{"path", result.path},
                                      {"line", result.line},
                                      {"study", result.study},
                                      {"example", result.example},
                                      {"failure", result.failure}});
    if (format == "json") continue;
    SayPlainly(fmt::format("FAIL {}:{}: {} \"{}\"\n     {}\n", result.path, result.line,
                           result.study, result.example, result.failure));
  }
  const std::uint64_t failed = list.size();
  if (failed > 0 && format == "json") {
    Print(base::ToPrettyJson(
        base::json::object{{"published", false}, {"failed_examples", std::move(list)}}));
  }
  return failed;
}

// Each study is compiled once, for the check, its examples and its hash. nullopt: there are
// mistakes, and they have been said.
std::optional<criteria::Compilation> CheckAndTry(const std::vector<SourceFile>& studies,
                                                 const criteria::UseLoader& load,
                                                 const MustBeTried& must,
                                                 const std::string& format) {
  Progress progress("running examples");
  auto [compilation, examples] = criteria::CompileAndRun(
      studies, load, must,
      [&](std::size_t done, std::size_t all) { progress.Show(done, all, done, ""); });
  progress.Clear();
  if (compilation.diagnostics.has_errors()) {
    SayMistakes(compilation.diagnostics, format);
    return std::nullopt;
  }
  const std::uint64_t failed = SayFailures(examples, format);
  if (failed == 0) return std::move(compilation);
  Say(fmt::format("nothing was published; {} out otherwise than expected",
                  Count(failed, "example comes", "examples come")));
  return std::nullopt;
}

struct Prepared {
  CatalogueVersion catalogue;
  CatalogueChanges changes;
};

bool IsWhole(const PublishOptions& options) {
  return std::any_of(options.paths.begin(), options.paths.end(), [](const std::string& path) {
    std::error_code ignored;
    return std::filesystem::is_directory(path, ignored);
  });
}

// nullopt: the studies have mistakes, and they have been said.
Result<std::optional<Prepared>> Prepare(const PublishOptions& options,
                                        const std::vector<SourceFile>& given,
                                        const CatalogueVersion* published) {
  Gathered gathered;
  for (const SourceFile& file : given) MEDVERKA_TRY(gathered.Add(file));
  MEDVERKA_TRY(AddUsed(given, gathered));
  const CatalogueVersion none;
  if (!IsWhole(options)) {
    MEDVERKA_TRY(AddPublished(options, given, published != nullptr ? *published : none, gathered));
  }
  std::set<std::string> used;
  const auto load = gathered.Loader(used);
  const auto compilation =
      CheckAndTry(gathered.studies(), load, MustBeTried(given, published), options.format);
  if (!compilation.has_value()) return std::nullopt;
  Prepared prepared;
  for (const auto& [name, file] : gathered.files()) {
    if (IsStudy(name) || used.contains(name)) {
      prepared.catalogue.files.push_back({name, file.text});
    }
  }
  prepared.catalogue.studies = StudiesOf(*compilation);
  prepared.catalogue.engine_version = MEDVERKA_VERSION;
  prepared.catalogue.note = options.note;
  prepared.changes = Compare(published, prepared.catalogue);
  return prepared;
}

void Tell(const PublishOptions& options, const CatalogueChanges& changes, std::uint64_t base,
          std::uint64_t version) {
  if (options.format == "json") {
    base::json::object answer{{"base", base},
                              {"published", version != 0},
                              {"dry_run", options.dry_run},
                              {"version", version != 0 ? base::json::value(version) : nullptr}};
    for (auto& member : ToJson(changes)) answer[member.key()] = member.value();
    Print(base::ToPrettyJson(answer));
    return;
  }
  if (changes.nothing()) {
    Print(base == 0 ? std::string("nothing to publish\n")
                    : fmt::format("nothing changed: version {} has all of it already\n", base));
    return;
  }
  const std::string what = version == 0 ? std::string("would be published")
                                        : fmt::format("published version {}", version);
  std::string text = fmt::format("{}: {}\n{}", what, Summary(changes), Listing(changes));
  if (!changes.removed.empty() && options.remove.empty()) {
    text += fmt::format("  (what is not in {} is removed)\n", options.paths.front());
  }
  Print(text);
}

Result<int> Run(const PublishOptions& options, const config::Config& config) {
  std::vector<SourceFile> given;
  if (!options.paths.empty()) {
    MEDVERKA_ASSIGN(given, ReadStudyFiles(options.paths));
  }
  for (const SourceFile& file : given) {
    if (IsStudy(file.path) || IsShared(file.path)) continue;
    return Fail(ErrorCode::kInvalidArgument,
                "{} is not published: the name of a study's file ends in .study, that of shared "
                "codes in .codes",
                file.path);
  }
  MEDVERKA_ASSIGN(const auto catalogue, OpenCatalogue(config));
  const CatalogueVersion* const published = catalogue->newest();
  const std::uint64_t base = published != nullptr ? published->version : 0;
  MEDVERKA_ASSIGN(auto prepared, Prepare(options, given, published));
  if (!prepared.has_value()) return kInputHasErrors;
  std::uint64_t version = 0;
  if (!options.dry_run && !prepared->changes.nothing()) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    prepared->catalogue.published_at =
        base::Instant{std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
    MEDVERKA_ASSIGN(version, streams::PublishCatalogue(config.kafka, config.topics.names.studies,
                                                       config.group, base, prepared->catalogue));
  }
  Tell(options, prepared->changes, base, version);
  return kFine;
}

int Publish(const PublishOptions& options) {
  if (options.paths.empty() && options.remove.empty()) {
    Say("say what to publish: a directory, study files, or --remove ID");
    return kWrongUsage;
  }
  if (IsWhole(options) && !options.remove.empty()) {
    Say("a directory is the whole catalogue, and what is not in it is removed; --remove goes with "
        "files");
    return kWrongUsage;
  }
  const auto config = LoadConfig(options.config);
  if (!config.has_value()) return kInputHasErrors;
  const auto done = Run(options, *config);
  return done.has_value() ? *done : Complain(done.error());
}

}  // namespace

void AddPublish(CLI::App& root, Commands& commands) {
  CLI::App* command =
      root.add_subcommand("publish", "Check study files, and publish them on Kafka");
  const auto options = std::make_shared<PublishOptions>();
  command
      ->add_option("paths", options->paths,
                   "A directory: the whole catalogue. Study files: new or in place of older ones")
      ->type_name("PATH");
  AddConfigOption(*command, options->config);
  command->add_option("--remove", options->remove, "Take this study out of the catalogue")
      ->type_name("ID");
  command->add_option("--note", options->note, "Why, for who reads `catalogue list`")
      ->type_name("TEXT");
  command->add_flag("--dry-run", options->dry_run, "Say what would be published, and do not");
  AddFormat(*command, options->format);
  command->footer(
      R"(All studies are compiled and their examples run first; one mistake, and nothing is published (exit code 1). Running lanes take the
new version up without stopping. A directory stands for the whole catalogue: studies that are not in it are removed. With files all
other studies stay as they are. Of two who publish at the same time one is told to do it again.

Examples:
  medverka publish criteria/studies --config medverka.yaml --note "autumn"
  medverka publish alascca.study --dry-run
  medverka publish --remove ALASCCA)");
  commands.push_back({command, [options] { return Publish(*options); }});
}

}  // namespace medverka::app

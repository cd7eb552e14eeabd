// `medverka catalogue`: what was published, what differs, and back to an older version.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "ops/app/application.h"
#include "ops/app/catalogue_tool.h"
#include "ops/app/kafka_tool.h"
#include "ops/app/terminal.h"

namespace medverka::app {
namespace {

using base::Result;
using streams::CatalogueVersion;

struct CatalogueOptions {
  std::string config;
  std::string format = "text";
  std::uint64_t version = 0;
  std::uint64_t other = 0;
  std::string file;
  std::string note;
};

base::json::object ToJson(const CatalogueVersion& version) {
  base::json::object one{{"version", version.version},
                         {"published_at", base::FormatUtc(version.published_at)},
                         {"engine_version", version.engine_version},
                         {"note", version.note},
                         {"studies", version.studies.size()}};
  if (version.rolled_back_to.has_value()) one["rolled_back_to"] = *version.rolled_back_to;
  return one;
}

std::string ToLine(const CatalogueVersion& version) {
  std::string line =
      fmt::format("{:>6}  {}  {}", version.version, base::FormatLocal(version.published_at),
                  Count(version.studies.size(), "study", "studies"));
  if (version.rolled_back_to.has_value()) {
    line += fmt::format(", back to version {}", *version.rolled_back_to);
  }
  if (!version.note.empty()) line += "  " + version.note;
  return line + "\n";
}

int List(const CatalogueOptions& options, const streams::CatalogueReader& catalogue) {
  auto versions = catalogue.all();
  if (options.format == "json") {
    base::json::array list;
    for (const CatalogueVersion& version : versions) list.emplace_back(ToJson(version));
    const auto* newest = catalogue.newest();
    Print(base::ToPrettyJson(base::json::object{
        {"live", newest != nullptr ? base::json::value(newest->version) : nullptr},
        {"versions", std::move(list)}}));
    return kFine;
  }
  if (versions.empty()) Say("nothing was published yet; `medverka publish DIR` does it");
  std::reverse(versions.begin(), versions.end());  // the live one first
  for (const CatalogueVersion& version : versions) Print(ToLine(version));
  return kFine;
}

int Diff(const CatalogueOptions& options, const streams::CatalogueReader& catalogue) {
  const auto from = catalogue.Read(options.version);
  if (!from.has_value()) return Complain(from.error());
  const auto to = catalogue.Read(options.other);
  if (!to.has_value()) return Complain(to.error());
  const CatalogueChanges changes = Compare(&*from, *to);
  if (options.format == "json") {
    base::json::object answer{{"from", from->version}, {"to", to->version}};
    for (auto& member : ToJson(changes)) answer[member.key()] = member.value();
    Print(base::ToPrettyJson(answer));
  } else if (changes.nothing()) {
    Print(fmt::format("versions {} and {} are the same\n", from->version, to->version));
  } else {
    Print(fmt::format("from version {} to version {}: {}\n{}", from->version, to->version,
                      Summary(changes), Listing(changes)));
  }
  return kFine;
}

int ShowFile(const CatalogueOptions& options, const CatalogueVersion& version) {
  for (const streams::CatalogueFile& file : version.files) {
    if (file.name != options.file) continue;
    Print(file.text);
    return kFine;
  }
  Say(fmt::format("version {} has no file {}; `medverka catalogue show {}` lists them",
                  version.version, options.file, version.version));
  return kInputHasErrors;
}

int Show(const CatalogueOptions& options, const streams::CatalogueReader& catalogue) {
  const auto version = catalogue.Read(options.version);
  if (!version.has_value()) return Complain(version.error());
  if (!options.file.empty()) return ShowFile(options, *version);
  if (options.format == "json") {
    base::json::object answer = ToJson(*version);
    base::json::array studies;
    for (const auto& study : version->studies) {
      studies.push_back(base::json::object{{"id", study.id}, {"program", study.program}});
    }
    base::json::array files;
    for (const auto& file : version->files) files.emplace_back(file.name);
    answer["studies"] = std::move(studies);
    answer["files"] = std::move(files);
    Print(base::ToPrettyJson(answer));
    return kFine;
  }
  constexpr std::size_t kHashShown = 16;
  std::string text = WhenPublished(*version) + "\n";
  if (version->rolled_back_to.has_value()) {
    text += fmt::format("back to version {}\n", *version->rolled_back_to);
  }
  if (!version->note.empty()) text += version->note + "\n";
  text += "studies\n";
  for (const auto& study : version->studies) {
    text += fmt::format("  {}  program {}\n", study.id, study.program.substr(0, kHashShown));
  }
  text += "files\n";
  for (const auto& file : version->files) text += fmt::format("  {}\n", file.name);
  Print(text);
  return kFine;
}

// With this engine: what does not compile here would not compile in the lanes either.
Result<std::vector<streams::CatalogueStudy>> CompileAgain(const CatalogueVersion& version) {
  const auto compilation =
      criteria::Compile(streams::StudyFilesOf(version), streams::UsesOf(version));
  if (!compilation.diagnostics.has_errors()) return StudiesOf(compilation);
  SayPlainly(criteria::RenderText(compilation.diagnostics, StderrHasColour()));
  return base::Fail(base::ErrorCode::kInvalidArgument,
                    "version {} does not compile with this version of Medverka, and nothing was "
                    "published",
                    version.version);
}

Result<int> RollBack(const CatalogueOptions& options, const config::Config& config,
                     const streams::CatalogueReader& catalogue) {
  MEDVERKA_ASSIGN(CatalogueVersion back, catalogue.Read(options.version));
  const CatalogueVersion* live = catalogue.newest();
  MEDVERKA_ASSIGN(back.studies, CompileAgain(back));
  const CatalogueChanges changes = Compare(live, back);
  const bool json = options.format == "json";
  base::json::object answer{{"rolled_back_to", options.version}, {"published", false}};
  for (auto& member : ToJson(changes)) answer[member.key()] = member.value();
  if (changes.nothing()) {
    if (json) Print(base::ToPrettyJson(answer));
    if (!json) {
      Print(fmt::format("version {} is what version {} has: nothing to do\n", live->version,
                        options.version));
    }
    return kFine;
  }
  back.published_at = base::Instant{std::chrono::duration_cast<std::chrono::microseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count()};
  back.engine_version = MEDVERKA_VERSION;
  back.note = options.note;
  back.rolled_back_to = options.version;
  MEDVERKA_ASSIGN(const std::uint64_t version,
                  streams::PublishCatalogue(config.kafka, config.topics.names.studies, config.group,
                                            live->version, back));
  answer["published"] = true;
  answer["version"] = version;
  if (json) {
    Print(base::ToPrettyJson(answer));
  } else {
    Print(fmt::format("version {} is live, with what version {} has: {}\n{}", version,
                      options.version, Summary(changes), Listing(changes)));
  }
  return kFine;
}

using Verb = std::function<int(const CatalogueOptions&, const config::Config&,
                               const streams::CatalogueReader&)>;

int With(const CatalogueOptions& options, const Verb& verb) {
  const auto config = LoadConfig(options.config);
  if (!config.has_value()) return kInputHasErrors;
  const auto catalogue = OpenCatalogue(*config);
  if (!catalogue.has_value()) return Complain(catalogue.error());
  return verb(options, *config, **catalogue);
}

void AddVersionArgument(CLI::App& command, const char* name, std::uint64_t& version) {
  command.add_option(name, version, "Number of a version, as `catalogue list` has it")
      ->required()
      ->type_name("VERSION");
}

void AddVerb(CLI::App* command, const std::shared_ptr<CatalogueOptions>& options,
             Commands& commands, Verb verb) {
  AddConfigOption(*command, options->config);
  AddFormat(*command, options->format);
  commands.push_back({command, [options, verb = std::move(verb)] { return With(*options, verb); }});
}

}  // namespace

void AddCatalogue(CLI::App& root, Commands& commands) {
  CLI::App* catalogue = root.add_subcommand("catalogue", "Look at what was published on Kafka");
  catalogue->require_subcommand(1);
  catalogue->footer("Example:\n  medverka catalogue list --config medverka.yaml");
  const auto options = std::make_shared<CatalogueOptions>();

  CLI::App* list = catalogue->add_subcommand("list", "List all versions; the first is live");
  list->footer("Example:\n  medverka catalogue list --config medverka.yaml");
  AddVerb(list, options, commands,
          [](const auto& given, const auto&, const auto& reader) { return List(given, reader); });

  CLI::App* diff = catalogue->add_subcommand("diff", "Say what differs between two versions");
  AddVersionArgument(*diff, "from", options->version);
  AddVersionArgument(*diff, "to", options->other);
  diff->footer("Example:\n  medverka catalogue diff 7 8 --config medverka.yaml");
  AddVerb(diff, options, commands,
          [](const auto& given, const auto&, const auto& reader) { return Diff(given, reader); });

  CLI::App* show =
      catalogue->add_subcommand("show", "List studies and files of a version, or print one file");
  AddVersionArgument(*show, "version", options->version);
  show->add_option("--file", options->file, "Print this file instead, as it was published")
      ->type_name("NAME");
  show->footer(
      "Examples:\n  medverka catalogue show 7 --config medverka.yaml\n"
      "  medverka catalogue show 7 --file alascca.study");
  AddVerb(show, options, commands,
          [](const auto& given, const auto&, const auto& reader) { return Show(given, reader); });

  CLI::App* rollback =
      catalogue->add_subcommand("rollback", "Publish an older version again, as the newest");
  AddVersionArgument(*rollback, "version", options->version);
  rollback->add_option("--note", options->note, "Why, for who reads the list")->type_name("TEXT");
  rollback->footer(
      R"(Version numbers only rise: the files of the older version become a new one, which says where it came from. Lanes swap it in like
any other.

Example:
  medverka catalogue rollback 7 --note "AB12 asked too much" --config medverka.yaml)");
  AddVerb(rollback, options, commands,
          [](const auto& given, const auto& config, const auto& reader) {
            const auto done = RollBack(given, config, reader);
            return done.has_value() ? *done : Complain(done.error());
          });
}

}  // namespace medverka::app

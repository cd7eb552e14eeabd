#include "streams/kafka/topics.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "ops/app/application.h"
#include "ops/app/kafka_tool.h"
#include "ops/app/terminal.h"
#include "ops/base/json.h"

namespace medverka::app {
namespace {

using streams::TopicOutcome;
using streams::TopicReport;

struct TopicsOptions {
  std::string config;
  std::string format = "text";
  std::int32_t partitions = 0;   // 0: as configured
  std::int16_t replication = 0;  // the same
};

std::string_view Word(TopicOutcome outcome) {
  switch (outcome) {
    case TopicOutcome::kCreated:
      return "created";
    case TopicOutcome::kAlreadyRight:
      return "right";
    case TopicOutcome::kWrong:
      return "wrong";
    case TopicOutcome::kMissing:
      return "missing";
  }
  return "";
}

bool IsFine(const TopicReport& report) {
  return report.outcome == TopicOutcome::kCreated || report.outcome == TopicOutcome::kAlreadyRight;
}

void PrintReports(const std::vector<TopicReport>& reports, const std::string& format) {
  if (format == "json") {
    base::json::array topics;
    for (const TopicReport& report : reports) {
      base::json::object one{{"topic", report.topic}, {"outcome", Word(report.outcome)}};
      if (report.partitions > 0) one["partitions"] = report.partitions;
      if (!report.problem.empty()) one["problem"] = report.problem;
      if (!report.warning.empty()) one["warning"] = report.warning;
      topics.emplace_back(std::move(one));
    }
    Print(base::ToPrettyJson(base::json::object{{"topics", std::move(topics)}}));
    return;
  }
  std::size_t width = 0;
  for (const TopicReport& report : reports) width = std::max(width, report.topic.size());
  for (const TopicReport& report : reports) {
    const bool colour = StdoutHasColour();
    std::string text = fmt::format("{}  {:<{}}",
                                   Paint(IsFine(report) ? Ink::kGreen : Ink::kRed,
                                         fmt::format("{:<7}", Word(report.outcome)), colour),
                                   report.topic, width);
    if (report.partitions > 0) {
      text +=
          "  " + Count(static_cast<std::uint64_t>(report.partitions), "partition", "partitions");
    }
    while (text.back() == ' ') text.pop_back();
    text += "\n";
    if (report.outcome == TopicOutcome::kWrong) text += "         " + report.problem + "\n";
    if (!report.warning.empty()) text += "         warning: " + report.warning + "\n";
    Print(text);
  }
  if (std::any_of(reports.begin(), reports.end(),
                  [](const auto& report) { return report.outcome == TopicOutcome::kMissing; })) {
    Say("what is missing is made by `medverka topics create`, or the names under `topics` are "
        "others");
  }
}

int Finish(const base::Result<std::vector<TopicReport>>& reports, const TopicsOptions& options) {
  if (!reports.has_value()) return Complain(reports.error());
  PrintReports(*reports, options.format);
  return std::all_of(reports->begin(), reports->end(), IsFine) ? kFine : kInputHasErrors;
}

int Create(const TopicsOptions& options) {
  const auto config = LoadConfig(options.config);
  if (!config.has_value()) return kInputHasErrors;
  streams::TopicPlan plan = config->topics;
  if (options.partitions > 0) plan.partitions = options.partitions;
  if (options.replication > 0) plan.replication = options.replication;
  return Finish(streams::CreateTopics(config->kafka, plan), options);
}

int Check(const TopicsOptions& options) {
  const auto config = LoadConfig(options.config);
  if (!config.has_value()) return kInputHasErrors;
  return Finish(streams::CheckTopics(config->kafka, config->topics.names), options);
}

}  // namespace

void AddTopics(CLI::App& root, Commands& commands) {
  CLI::App* topics = root.add_subcommand("topics", "Make and check the Kafka topics");
  topics->require_subcommand(1);
  topics->footer("Example:\n  medverka topics create --config medverka.yaml");
  const auto options = std::make_shared<TopicsOptions>();

  CLI::App* create =
      topics->add_subcommand("create", "Make the topics that are missing; changes none");
  AddConfigOption(*create, options->config);
  create
      ->add_option("--partitions", options->partitions,
                   "Partitions of each topic but the studies' (default: topics.partitions)")
      ->check(CLI::Range(1, 100'000).description(""))
      ->type_name("N");
  create
      ->add_option("--replication", options->replication,
                   "Copies of each partition (default: topics.replication)")
      ->check(CLI::Range(1, 100).description(""))
      ->type_name("N");
  AddFormat(*create, options->format);
  create->footer(
      R"(Says of each topic whether it was created, is right, or is wrong and why. What is there is never changed. The exit code is 1 when
a topic is wrong. Where the journal topic is there, the others are made with as many partitions.

Examples:
  medverka topics create --config medverka.yaml
  medverka topics create --partitions 6 --replication 1 --format json)");
  commands.push_back({create, [options] { return Create(*options); }});

  CLI::App* check = topics->add_subcommand("check", "Say whether the topics will do");
  AddConfigOption(*check, options->config);
  AddFormat(*check, options->format);
  check->footer(
      R"(Looks at what `serve` refuses to start with: topics that are missing, partition counts that differ, a wrong cleanup.policy, a
max.message.bytes that is too small. Changes nothing. The exit code is 1 when a topic is wrong or missing.

Examples:
  medverka topics check --config medverka.yaml
  medverka topics check --format json)");
  commands.push_back({check, [options] { return Check(*options); }});
}

}  // namespace medverka::app

#include <CLI/CLI.hpp>
#include <algorithm>

#include "criteria/criteria.h"
#include "ops/app/application.h"
#include "ops/app/explanation.h"
#include "ops/app/journal_reading.h"
#include "ops/app/moment.h"
#include "ops/app/study_files.h"
#include "ops/app/terminal.h"
#include "ops/base/text.h"

namespace medverka::app {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

struct ExplainOptions {
  std::vector<std::string> studies;
  std::string journal;
  std::string patient;
  std::string study;
  std::string at;
  std::string visit;
  std::string format = "text";
  std::string language = "en";
};

// "; did you mean p12?" or the first few there are.
std::string NearNames(const std::string& wanted, const std::vector<std::string>& names) {
  constexpr std::size_t kNamedMax = 5;  // enough to see what ids look like
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string meant(base::DidYouMean(wanted, candidates));
  if (!meant.empty()) return fmt::format("; did you mean {}?", meant);
  if (names.empty()) return "";
  std::string some;
  for (std::size_t i = 0; i < std::min(names.size(), kNamedMax); ++i)
    some += (i > 0 ? ", " : "") + names[i];
  return fmt::format("; there {} {}{}", names.size() == 1 ? "is" : "are", some,
                     names.size() > kNamedMax ? ", ..." : "");
}

Result<std::vector<matcher::PublishedStudy>> ChosenStudies(const criteria::Compilation& compilation,
                                                           const std::string& wanted) {
  std::vector<matcher::PublishedStudy> chosen;
  std::vector<std::string> names;
  for (const auto& study : compilation.studies) {
    if (study.program == nullptr) {
      if (!wanted.empty() && study.id == wanted) {
        return Fail(ErrorCode::kInvalidArgument, "the study {} has errors and cannot be explained",
                    wanted);
      }
      continue;
    }
    names.push_back(study.id);
    if (wanted.empty() || study.id == wanted) chosen.push_back({study.program});
  }
  if (!wanted.empty() && chosen.empty()) {
    return Fail(ErrorCode::kNotFound, "there is no study \"{}\" in these files{}", wanted,
                NearNames(wanted, names));
  }
  return chosen;
}

Result<std::vector<KnownPatient>> ChosenPatients(const JournalReading& reading,
                                                 const std::string& wanted) {
  if (wanted.empty()) return reading.patients();
  auto named = reading.Named(wanted);
  if (!named.empty()) return named;
  std::vector<std::string> names;
  for (const KnownPatient& patient : reading.patients()) names.push_back(patient.id);
  return Fail(ErrorCode::kNotFound, "there is no patient \"{}\" in the journal{}", wanted,
              NearNames(wanted, names));
}

// Writes one explanation after the other, so that a large journal needs no large answer in memory.
class Writer {
 public:
  explicit Writer(const ExplainOptions& options)
      : json_(options.format == "json"),
        style_{options.language == "sv" ? Language::kSwedish : Language::kEnglish,
               StdoutHasColour()} {
    if (json_) Print("[");
  }

  void Write(const Explanation& explanation) {
    if (json_) {
      Print((count_ > 0 ? ",\n" : "\n") + base::ToJson(ToJson(explanation)));
    } else {
      if (explanation.patient != patient_) {
        Print(fmt::format("{}{}  {}\n", count_ > 0 ? "\n" : "",
                          Paint(Ink::kBold, "Patient/" + explanation.patient, style_.colour),
                          base::FormatLocal(explanation.at)));
      }
      Print(ToText(explanation, style_));
    }
    patient_ = explanation.patient;
    ++count_;
  }

  void Finish() {
    if (json_) Print(count_ > 0 ? "\n]\n" : "]\n");
  }

 private:
  const bool json_;
  const TextStyle style_;
  std::string patient_;
  std::uint64_t count_ = 0;
};

Result<void> ExplainAll(JournalReading& reading, const std::vector<KnownPatient>& patients,
                        base::Instant at, std::string_view visit, Writer& writer) {
  Progress progress("explaining");
  std::uint64_t done = 0;
  for (const KnownPatient& patient : patients) {
    MEDVERKA_ASSIGN(const criteria::PatientView view, reading.lane().View(patient.subject));
    for (const criteria::Evaluator& evaluator : reading.lane().evaluators()) {
      const criteria::EvaluateOptions options{.explain = true, .visit = visit};
      writer.Write({patient.id, &evaluator.program(), at, evaluator.Evaluate(view, at, options)});
    }
    ++done;
    progress.Show(done, patients.size(), done, "");
  }
  return {};
}

// A journal in which nothing says when it was written is evaluated now.
base::Instant EndOf(JournalReading& reading) {
  return reading.lane().knows_log_time() ? reading.lane().log_time() : Now();
}

// "7" and "Encounter/7" name the same visit.
std::string VisitOf(const std::string& wanted) {
  if (wanted.empty() || wanted.find('/') != std::string::npos) return wanted;
  return "Encounter/" + wanted;
}

int Explain(const ExplainOptions& options) {
  const auto files = ReadStudyFiles(options.studies);
  if (!files.has_value()) return Complain(files.error());
  const auto compilation = criteria::Compile(*files, UsedFiles());
  const bool broken = compilation.diagnostics.has_errors();
  if (broken) SayPlainly(criteria::RenderText(compilation.diagnostics, StderrHasColour()));
  auto studies = ChosenStudies(compilation, options.study);
  if (!studies.has_value()) return Complain(studies.error());

  const auto at = ParseMoment(options.at);
  const auto reading = JournalReading::Read(options.journal, std::move(*studies), Now());
  if (!reading.has_value()) return Complain(reading.error());
  const auto patients = ChosenPatients(**reading, options.patient);
  if (!patients.has_value()) return Complain(patients.error());

  Writer writer(options);
  const std::string visit = VisitOf(options.visit);
  const auto done = ExplainAll(**reading, *patients, at.value_or(EndOf(**reading)), visit, writer);
  if (!done.has_value()) return Complain(done.error());
  writer.Finish();
  return broken || (*reading)->damaged() ? kInputHasErrors : kFine;
}

}  // namespace

void AddExplain(CLI::App& root, Commands& commands) {
  CLI::App* command = root.add_subcommand(
      "explain", "Say for patients in a journal file what each criterion comes to, and why");
  const auto options = std::make_shared<ExplainOptions>();
  command->add_option("--studies", options->studies, "Study files, or directories with study files")
      ->required()
      ->type_name("PATH");
  command
      ->add_option("--journal", options->journal,
                   "Journal file (NDJSON, plain, gzip or zstd); - is standard input")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--patient", options->patient, "Only this patient: id of the Patient resource")
      ->type_name("ID");
  command->add_option("--study", options->study, "Only this study")->type_name("ID");
  command
      ->add_option(
          "--at", options->at,
          "When it is evaluated; facts dated later do not count (default: the journal's end)")
      ->type_name("TIME")
      ->check(CheckMoment);
  command
      ->add_option("--visit", options->visit,
                   "The current visit: id of an Encounter (default: the one in progress)")
      ->type_name("ID");
  AddFormat(*command, options->format);
  command->add_option("--lang", options->language, "Language of the sentences in the text format")
      ->check(CLI::IsMember({"en", "sv"}).description(""))
      ->type_name("en|sv")
      ->capture_default_str();
  command->footer(
      R"(Every criterion of every study, also those after one that is against. Marks: ✓ for, ✗ against, ? not known.
A bare date means 12:00 local time that day. JSON: docs/explain.schema.json.

Examples:
  medverka explain --studies criteria/studies --journal journal.ndjson --patient p17
  medverka explain --studies alascca.study --journal journal.ndjson.gz --at 2026-03-01 --lang sv
  medverka explain --studies criteria/studies --journal journal.ndjson --patient p17 --visit Encounter/7
  zstdcat journal.zst | medverka explain --studies criteria/studies --journal - --format json)");
  commands.push_back({command, [options] { return Explain(*options); }});
}

}  // namespace medverka::app

// What must hold for every study there is, tried on random ones: the layout is stable and keeps the
// meaning; no two programs read the same; what is only another order or another way to say it gives
// the same verdicts on generated patients.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <unordered_map>

#include "criteria/diagnostic_codes.h"
#include "criteria/evaluator.h"
#include "criteria/format.h"
#include "criteria/read_back.h"
#include "matcher/lane.h"
#include "ops/generator/generator.h"
#include "ops/generator/random.h"
#include "ops/generator/studies.h"
#include "tests/criteria/front/support.h"

namespace medverka::criteria {
namespace {

using generator::StudyPart;
using generator::StudyText;

// All of them where the compiler optimises, so that a debug build stays a matter of seconds.
// MEDVERKA_GENERATED_STUDIES says otherwise.
std::uint64_t StudyCount([[maybe_unused]] std::uint64_t optimised,
                         [[maybe_unused]] std::uint64_t debug) {
  if (const char* asked = std::getenv("MEDVERKA_GENERATED_STUDIES"))
    return std::strtoull(asked, nullptr, 10);
#ifdef __OPTIMIZE__
  return optimised;
#else
  return debug;
#endif
}

constexpr std::uint64_t kSeed = 20'261'122;

StudyText Generated(std::uint64_t number) {
  return generator::MakeStudy({.seed = kSeed, .core_only = number % 3 == 0}, number);
}

// Null, and a failure, where the study has an error.
std::shared_ptr<const Program> Compiled(const std::string& text) {
  const Compilation compilation = CompileText(text, "generated.study");
  for (const Diagnostic& diagnostic : compilation.diagnostics.all()) {
    if (diagnostic.severity != Severity::kError) continue;
    ADD_FAILURE() << "line " << diagnostic.line << ": " << diagnostic.message << "\n"
                  << diagnostic.source_line;
  }
  return compilation.studies.empty() ? nullptr : compilation.studies[0].program;
}

TEST(GeneratedStudies, AreTheSameForTheSameSeed) {
  EXPECT_EQ(Generated(7).Text(), Generated(7).Text());
  EXPECT_NE(Generated(7).Text(), Generated(8).Text());
  EXPECT_NE(generator::MakeStudy({.seed = 1}, 7).Text(),
            generator::MakeStudy({.seed = 2}, 7).Text());
}

TEST(GeneratedStudies, KeepTheirMeaningWhenLaidOut) {
  std::uint64_t changed = 0;
  for (std::uint64_t number = 1; number <= StudyCount(10'000, 300); ++number) {
    const std::string text = Generated(number).Text();
    const Formatted once = Format({"generated.study", text});
    ASSERT_TRUE(once.parsed) << text << RenderText(once.diagnostics, false);
    changed += once.text == text ? 0 : 1;
    const Formatted twice = Format({"generated.study", once.text});
    ASSERT_EQ(once.text, twice.text) << "of study " << number;
    const auto before = Compiled(text);
    ASSERT_NE(before, nullptr) << text;
    const auto after = Compiled(once.text);
    ASSERT_NE(after, nullptr) << once.text;
    ASSERT_EQ(EncodeProgram(*before), EncodeProgram(*after)) << text << "\n" << once.text;
  }
  // One of a thousand happens to be laid out already.
  EXPECT_GT(changed, StudyCount(10'000, 300) * 9 / 10);
}

TEST(GeneratedStudies, ReadDifferentlyWhereTheyAreDifferent) {
  std::unordered_map<std::string, std::string> seen[2];  // page without the name, to the program
  for (std::uint64_t number = 1; number <= StudyCount(10'000, 300); ++number) {
    const auto program = Compiled(Generated(number).Text());
    ASSERT_NE(program, nullptr);
    Program nameless = *program;
    nameless.study = {};
    const std::string bytes = EncodeProgram(nameless);
    for (const Language language : {Language::kSwedish, Language::kEnglish}) {
      const std::string page = RenderText(ReadBackOf(nameless, language));
      ASSERT_EQ(page, RenderText(ReadBackOf(nameless, language)));
      const auto [place, added] = seen[static_cast<int>(language)].insert({page, bytes});
      ASSERT_TRUE(added || place->second == bytes) << "study " << number << " reads as another\n"
                                                   << page;
    }
  }
}

// ---- the same meaning in other words, evaluated

StudyText Renamed(StudyText study, char suffix) {
  const std::size_t at = study.head.find(study.id);
  study.head.insert(at + study.id.size(), 1, suffix);
  study.id += suffix;
  return study;
}

StudyText Shuffled(StudyText study, std::uint64_t seed) {
  generator::Random random(seed, 1);
  for (std::size_t i = study.parts.size(); i > 1; --i)
    std::swap(study.parts[i - 1], study.parts[random.Below(static_cast<std::uint32_t>(i))]);
  return Renamed(std::move(study), 'S');
}

std::string Bracketed(const StudyPart& part) {
  return "(" + part.body + (part.tail.empty() ? "" : " " + part.tail) + ")";
}

// `exclude x` as `include not x`, and the other way round.
StudyText Turned(StudyText study) {
  for (StudyPart& part : study.parts) {
    if (!part.criterion()) continue;
    part.keyword = part.keyword == "include" ? "exclude" : "include";
    part.body = "not " + Bracketed(part);
    part.tail.clear();
  }
  return Renamed(std::move(study), 'T');
}

StudyText TwiceDenied(StudyText study) {
  for (StudyPart& part : study.parts) {
    if (!part.criterion()) continue;
    part.body = "not not " + Bracketed(part);
    part.tail.clear();
  }
  return Renamed(std::move(study), 'N');
}

struct Outcome {
  Grade grade;
  std::optional<base::Instant> changes_at;
  std::map<std::string, CriterionVerdict> criteria;
};

Outcome OutcomeOf(const Evaluator& evaluator, const PatientView& patient, base::Instant at) {
  const StudyVerdict verdict = evaluator.Evaluate(patient, at, {.explain = true});
  Outcome out{verdict.grade, verdict.changes_at, {}};
  for (std::size_t i = 0; i < verdict.criteria.size(); ++i)
    out.criteria[evaluator.program().criteria[i].name] = verdict.criteria[i];
  return out;
}

void ExpectSame(const Outcome& plain, const Outcome& other, bool turned, const std::string& what) {
  EXPECT_EQ(plain.grade, other.grade) << what;
  EXPECT_EQ(plain.changes_at, other.changes_at) << what;
  ASSERT_EQ(plain.criteria.size(), other.criteria.size()) << what;
  for (const auto& [name, verdict] : plain.criteria) {
    const CriterionVerdict& twin = other.criteria.at(name);
    // Only criteria are turned, questions and those of cohorts are not.
    const bool contrary = turned && name.rfind("criterion", 0) == 0;
    EXPECT_EQ(contrary ? Not(verdict.value) : verdict.value, twin.value) << what << ": " << name;
    EXPECT_EQ(verdict.against, twin.against) << what << ": " << name;
    EXPECT_EQ(verdict.open_question, twin.open_question) << what << ": " << name;
    EXPECT_EQ(verdict.evidence, twin.evidence) << what << ": " << name;
    EXPECT_EQ(verdict.until, twin.until) << what << ": " << name;
  }
}

TEST(GeneratedStudies, AreTheSameForPatientsInOtherOrderAndOtherWords) {
  std::vector<matcher::PublishedStudy> studies;
  const std::uint64_t wanted = StudyCount(150, 25);
  for (std::uint64_t number = 1; studies.size() < 4 * wanted && number < 10 * wanted; ++number) {
    const StudyText study = Generated(number);
    std::vector<std::shared_ptr<const Program>> all;
    for (const StudyText& text :
         {study, Shuffled(study, number), Turned(study), TwiceDenied(study)})
      all.push_back(Compiled(text.Text()));
    ASSERT_EQ(std::find(all.begin(), all.end(), nullptr), all.end()) << study.Text();
    for (auto& program : all) studies.push_back({std::move(program)});
  }
  ASSERT_GT(studies.size(), wanted) << "of four each";
  matcher::LaneOptions options;
  options.subject_key = "a key for tests";
  options.evaluate = false;
  auto lane = matcher::Lane::Open(matcher::MakeMemoryStore(), options, studies, {});
  ASSERT_TRUE(lane.has_value());
  const auto done = generator::Generate(
      {.patients = 60, .years = 3, .seed = 5}, [&](std::string_view line) -> base::Result<void> {
        return (*lane)->Apply(std::string(line), {}, std::nullopt);
      });
  ASSERT_TRUE(done.has_value());
  ASSERT_TRUE((*lane)->Commit({}).has_value());
  std::map<std::string, const Evaluator*> by_id;
  for (const Evaluator& evaluator : (*lane)->evaluators())
    by_id[evaluator.program().study.id] = &evaluator;
  std::map<Grade, int> grades;
  std::map<Truth, int> values;
  for (const auto& subject : (*lane)->Subjects()) {
    const auto view = (*lane)->View(subject.key);
    ASSERT_TRUE(view.has_value());
    for (const auto& [id, evaluator] : by_id) {
      if (by_id.find(id + 'S') == by_id.end()) continue;
      const base::Instant at = (*lane)->log_time();
      const Outcome plain = OutcomeOf(*evaluator, *view, at);
      ++grades[plain.grade];
      for (const auto& [name, verdict] : plain.criteria) ++values[verdict.value];
      ExpectSame(plain, OutcomeOf(*by_id.at(id + 'S'), *view, at), false, id + " shuffled");
      ExpectSame(plain, OutcomeOf(*by_id.at(id + 'T'), *view, at), true, id + " turned");
      ExpectSame(plain, OutcomeOf(*by_id.at(id + 'N'), *view, at), false, id + " denied twice");
      if (::testing::Test::HasFailure()) return;
    }
  }
  // Or nothing would have been compared.
  for (const Truth value : {Truth::kTrue, Truth::kFalse, Truth::kUnknown})
    EXPECT_GT(values[value], 100);
  EXPECT_GE(grades.size(), 2u);
}

}  // namespace
}  // namespace medverka::criteria

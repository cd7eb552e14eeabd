#include "ops/generator/studies.h"

#include <algorithm>

#include "ops/base/format.h"
#include "ops/generator/study_terms.h"

namespace medverka::generator {
namespace {

constexpr std::uint64_t kStream = 0x57D1E5;  // apart from the streams of patients

class StudyMaker {
 public:
  StudyMaker(const StudyOptions& options, std::uint64_t number)
      : options_(options), r_(options.seed, kStream + number), terms_(r_, world_) {
    world_.sets = AllStudySets();
    world_.core_only = options.core_only || r_.Percent(33);
    study_.id = Written{"G{:05}", number}.text;
  }

  StudyText Run() {
    Head();
    const bool large = r_.Percent(10);
    Questions(r_.Between(0, 2));
    if (!world_.core_only) Events();
    Definitions(r_.Between(0, large ? 6 : 2));
    const std::int32_t criteria = large ? r_.Between(12, options_.criteria_max) : r_.Between(2, 10);
    for (std::int32_t i = 0; i < criteria; ++i) study_.parts.push_back(Criterion(""));
    if (!world_.core_only && r_.Percent(25)) Cohorts();
    Sets();
    return std::move(study_);
  }

 private:
  void Head() {
    const std::string_view suggest[] = {"eligible", "likely", "possible"};
    study_.head =
        Written{
            "study {} \"Generated study {}\" {{\n  title sv   \"Genererad studie {}\"\n"
            "  status     recruiting\n  sites      \"Danderyds sjukhus\" region 01\n"
            "  suggest    when {}\n}}",
            study_.id, study_.id, study_.id, suggest[r_.Below(3)]}
            .text;
  }

  // Only what is used is declared, before all else.
  void Sets() {
    std::vector<StudyPart> declared;
    const auto set = [&](std::string_view name, std::string_view codes) {
      if (Used(Written{"\"{}\"", name}.text))
        declared.push_back(
            {"codes", std::string(name), "", Written{"{{ {} }}", codes}.text, "", ""});
    };
    for (const auto* sets :
         {&world_.sets.conditions, &world_.sets.medications, &world_.sets.procedures,
          &world_.sets.vaccines, &world_.sets.allergens, &world_.sets.family}) {
      for (const StudySet& one : *sets) set(one.name, one.codes);
    }
    for (const StudyLab& lab : world_.sets.labs) set(lab.name, lab.codes);
    set("blood pressure", "loinc 85354-9");
    set("systolic", "loinc 8480-6");
    set("diastolic", "loinc 8462-4");
    set("stage", "loinc 21902-2, 21908-9");
    if (Used("\"stage\"")) {
      declared.push_back({"scale", "stage", "",
                          "{ I { IA, IB } < II { IIA, IIB, IIC } < III { IIIA, IIIB, IIIC } < IV { "
                          "IVA, IVB } }",
                          "", ""});
    }
    study_.parts.insert(study_.parts.begin(), declared.begin(), declared.end());
  }

  bool Used(std::string_view quoted) const {
    return std::any_of(study_.parts.begin(), study_.parts.end(), [&](const StudyPart& part) {
      return part.body.find(quoted) != std::string::npos;
    });
  }

  void Questions(std::int32_t count) {
    for (std::int32_t i = 0; i < count; ++i) {
      const std::string name = Written{"question {}", i + 1}.text;
      std::string body = Written{"\"Is it so in case {}?\" sv \"Är det så i fall {}?\"", i, i}.text;
      if (r_.Percent(40)) body += " must be no";
      if (r_.Percent(40)) body += " valid for " + terms_.Amount(1, 3);
      if (r_.Percent(30)) body += " if " + terms_.Term(1);
      study_.parts.push_back({"ask", name, r_.Percent(50) ? "sv \"En fråga\"" : "", body, "", ""});
      world_.questions.push_back(name);
    }
  }

  void Events() {
    const auto add = [&](std::string name, std::string body, bool lasting) {
      study_.parts.push_back({"event", name, "", std::move(body), "", ""});
      (lasting ? world_.lasting_events : world_.facts_events).push_back(std::move(name));
    };
    const std::int32_t chosen = r_.Between(0, 3);
    for (std::int32_t i = 0; i < chosen; ++i)
      add(Written{"base{}", i + 1}.text, terms_.Choice(), false);
    if (r_.Percent(40)) add("intake", "from 2024-01-01 to 2026-12-31", true);
    if (chosen > 0 && r_.Percent(40))
      add("later", Written{"{} after base1", terms_.Amount(1, 3)}.text, true);
    if (chosen > 0 && r_.Percent(30)) add("stay", "visit of base1", true);
  }

  void Definitions(std::int32_t count) {
    for (std::int32_t i = 0; i < count; ++i) {
      const std::string name = Written{"part{}", i + 1}.text;
      study_.parts.push_back({"define", name, "", terms_.Expression(2), "", ""});
      world_.definitions.push_back(name);
    }
  }

  StudyPart Criterion(std::string_view prefix) {
    StudyPart part;
    part.keyword = r_.Percent(55) ? "include" : "exclude";
    part.name = Written{"{}criterion {}", prefix, ++criteria_}.text;
    if (r_.Percent(40)) part.labels = Written{"sv \"Kriterium {}\"", criteria_}.text;
    part.body = terms_.Expression(r_.Between(0, 3));
    const std::uint32_t draw = r_.Below(100);
    if (draw < 16 && !HasQuery(part.body)) {
      // nothing that an absence policy could speak for
    } else if (draw < 8) {
      part.tail = "else no";
    } else if (draw < 16) {
      part.tail = "else unknown";
    } else if (draw < 26) {
      part.tail =
          Written{"else ask \"Does {} hold?\" sv \"Gäller {}?\"", part.name, part.name}.text;
    }
    if (r_.Percent(10)) part.because = "because \"the protocol says so\"";
    return part;
  }

  void Cohorts() {
    const std::int32_t count = r_.Between(1, 3);
    for (std::int32_t i = 0; i < count; ++i) {
      StudyPart part;
      part.keyword = "cohort";
      part.name = Written{"arm{}", i + 1}.text;
      part.labels = "\"Arm\"";
      part.body = i == 0 || r_.Percent(70) ? "open {\n" : "closed {\n";
      const std::int32_t criteria = r_.Between(1, 3);
      for (std::int32_t c = 0; c < criteria; ++c)
        part.body += "  " + Criterion(Written{"arm {} ", i + 1}.text).Text() + "\n";
      part.body += "}";
      study_.parts.push_back(std::move(part));
    }
  }

  const StudyOptions& options_;
  Random r_;
  StudyWorld world_;
  StudyTerms terms_;
  StudyText study_;
  int criteria_ = 0;
};

}  // namespace

std::string StudyPart::Text() const {
  std::string text = keyword + " " + name;
  if (!labels.empty()) text += " " + labels;
  const bool braces = keyword == "codes" || keyword == "scale" || keyword == "cohort";
  text += (braces ? " " : " : ") + body;
  if (!tail.empty()) text += " " + tail;
  if (!because.empty()) text += " " + because;
  return text;
}

std::string StudyText::Text() const {
  std::string text = head + "\n\n";
  for (const StudyPart& part : parts) text += part.Text() + "\n";
  return text;
}

StudyText MakeStudy(const StudyOptions& options, std::uint64_t number) {
  return StudyMaker(options, number).Run();
}

}  // namespace medverka::generator

#include "ops/generator/study_terms.h"

#include "ops/base/format.h"

namespace medverka::generator {
namespace {

constexpr std::string_view kUnits[] = {"hours", "days", "weeks", "months", "years"};
constexpr std::int32_t kAmountMax[] = {72, 365, 52, 36, 10};

std::string Quoted(std::string_view name) { return Written{"\"{}\"", name}.text; }

}  // namespace

bool HasQuery(std::string_view text) {
  for (const std::string_view kind :
       {"condition ", "medication ", "procedure ", "immunization ", "visit ", "observation "}) {
    if (text.find(kind) != std::string_view::npos) return true;
  }
  return false;
}

StudySets AllStudySets() {
  StudySets all;
  all.conditions = {{"hypertension", "icd10se I10"},
                    {"type 2 diabetes", "icd10se E11  snomed 44054006"},
                    {"depression", "icd10se F32, F33"},
                    {"anxiety", "icd10se F41"},
                    {"asthma", "icd10se J45  snomed 195967001"},
                    {"COPD", "icd10se J44"},
                    {"atrial fibrillation", "icd10se I48"},
                    {"heart failure", "icd10se I50  snomed 84114007"},
                    {"hypothyroidism", "icd10se E03"},
                    {"coronary disease", "icd10se I20-I25"},
                    {"kidney disease", "icd10se N18"},
                    {"airway infection", "icd10se J00-J06, J18"},
                    {"fracture", "icd10se S52, S62, S72, S82"},
                    {"infarction", "icd10se I21"},
                    {"bowel cancer", "icd10se C18-C20"},
                    {"any cancer", "icd10se C00-C97  except icd10se C44"},
                    {"back pain", "icd10se M54"},
                    {"abdominal pain", "icd10se R10"},
                    {"dementia", "icd10se F00-F03, G30"},
                    {"stroke", "icd10se I60-I64"}};
  all.medications = {{"beta-blockers", "atc C07"},
                     {"ACE inhibitors", "atc C09A, C09C"},
                     {"statins", "atc C10AA"},
                     {"anticoagulants", "atc B01AA, B01AB, B01AF"},
                     {"platelet inhibitors", "atc B01AC"},
                     {"metformin", "atc A10BA02"},
                     {"glucose lowering drugs", "atc A10  except atc A10A"},
                     {"antidepressants", "atc N06A"},
                     {"penicillins", "atc J01C"},
                     {"NSAID", "atc M01A"},
                     {"corticosteroids", "atc H02AB"},
                     {"proton pump inhibitors", "atc A02BC"}};
  all.procedures = {{"bowel resection", "kva JFB, JFH, JGB"},
                    {"coronary angiography", "kva AF037, FNG"},
                    {"knee replacement", "kva NGB"},
                    {"cataract surgery", "kva CJE"},
                    {"appendectomy", "kva JEA"},
                    {"hand surgery", "kva NDJ"}};
  all.vaccines = {{"influenza vaccine", "atc J07BB"},
                  {"covid vaccine", "atc J07BN"},
                  {"TBE vaccine", "atc J07BA"}};
  all.allergens = {{"penicillin allergy", "atc J01C"},
                   {"peanut allergy", "snomed 256349002"},
                   {"aspirin allergy", "atc N02BA01, B01AC06"}};
  all.family = {{"bowel cancer in the family", "icd10se C18-C20"},
                {"stroke in the family", "icd10se I60-I64"}};
  all.labs = {{"creatinine", "npu NPU04998  loinc 2160-0", "umol/L", 60, 140, 0},
              {"haemoglobin", "npu NPU28309  loinc 718-7", "g/L", 100, 150, 0},
              {"HbA1c", "npu NPU27300  loinc 4548-4", "mmol/mol", 36, 70, 0},
              {"glucose", "npu NPU02192  loinc 2345-7", "mmol/L", 45, 90, 1},
              {"cholesterol", "npu NPU01566", "mmol/L", 35, 70, 1},
              {"CRP", "npu NPU19748", "mg/L", 5, 60, 0},
              {"ALAT", "npu NPU19651", "ukat/L", 20, 200, 2},
              {"bilirubin", "npu NPU01370", "umol/L", 8, 30, 0},
              {"potassium", "npu NPU03230", "mmol/L", 34, 52, 1},
              {"sodium", "npu NPU03429", "mmol/L", 132, 146, 0},
              {"leukocytes", "npu NPU02593  loinc 6690-2", "10*9/L", 35, 120, 1},
              {"platelets", "npu NPU03568  loinc 777-3", "10*9/L", 100, 350, 0},
              {"albumin", "npu NPU19673", "g/L", 30, 44, 0},
              {"weight", "loinc 29463-7", "kg", 500, 1100, 1},
              {"ECOG", "loinc 89247-1", "", 0, 3, 0},
              {"LVEF", "loinc 10230-1, 8806-2", "%", 35, 60, 0}};
  return all;
}

std::string_view StudyTerms::Word(std::initializer_list<std::string_view> words) {
  return words.begin()[r_.Below(static_cast<std::uint32_t>(words.size()))];
}

std::string StudyTerms::Amount(int least_unit, int most_unit) {
  const auto unit = static_cast<std::size_t>(r_.Between(least_unit, most_unit));
  const std::int32_t amount = r_.Between(1, kAmountMax[unit]);
  std::string_view name = kUnits[unit];
  if (amount == 1) name.remove_suffix(1);
  return Written{"{} {}", amount, name}.text;
}

std::string StudyTerms::Date() {
  const std::int32_t year = r_.Between(2019, 2026);
  const std::int32_t month = r_.Between(1, 12);
  if (r_.Percent(20)) return Written{"{}", year}.text;
  if (r_.Percent(25)) return Written{"{}-{:02}", year, month}.text;
  return Written{"{}-{:02}-{:02}", year, month, r_.Between(1, 28)}.text;
}

// ---- logic

std::string StudyTerms::Expression(int depth) {
  if (depth > 0 && r_.Percent(6)) {
    const std::string then = Written{"if {} then {}", Term(depth - 1), Term(depth - 1)}.text;
    return r_.Percent(50) ? then + " otherwise " + Term(depth - 1) : then;
  }
  return depth > 0 && r_.Percent(45) ? Chain(depth) : Term(depth);
}

std::string StudyTerms::Chain(int depth) {
  const std::string_view op = Word({"and", "or"});
  std::string text = Term(depth - 1);
  const std::int32_t more = r_.Between(1, 3);
  for (std::int32_t i = 0; i < more; ++i) text += Written{" {} {}", op, Term(depth - 1)}.text;
  return text;
}

std::string StudyTerms::List(int depth) {
  const std::int32_t count = r_.Between(2, 4);
  std::string head(Word({"any of", "all of", "none of", ""}));
  if (head.empty()) {
    head = Written{"{} {} of", Word({"at least", "at most", "exactly"}), r_.Between(1, count - 1)}
               .text;
  }
  head += " (";
  for (std::int32_t i = 0; i < count; ++i) head += (i > 0 ? "; " : "") + Term(depth - 1);
  return head + ")";
}

std::string StudyTerms::Term(int depth) {
  if (depth <= 0) return Leaf();
  const std::uint32_t draw = r_.Below(100);
  if (draw < 55) return Leaf();
  if (draw < 65) return "not " + Term(depth - 1);
  if (draw < 75) return List(depth);
  if (draw < 80 && !world_.definitions.empty()) return Quoted(Pick(world_.definitions));
  if (draw < 83 && !world_.questions.empty()) return "answer " + Quoted(Pick(world_.questions));
  const std::string inner = Expression(depth - 1);
  if (draw < 90 && HasQuery(inner))
    return Written{"({} else {})", inner, Word({"no", "unknown"})}.text;
  return Written{"({})", inner}.text;
}

// ---- time

std::string StudyTerms::Window() {
  switch (r_.Below(9)) {
    case 0:
      return "at least " + Amount(1, 4) + " ago";
    case 1: {
      const std::int32_t near = r_.Between(1, 10);
      return Written{"between {} and {} {} ago", near, near + r_.Between(1, 30),
                     Word({"days", "weeks", "months"})}
          .text;
    }
    case 2:
      return "since " + Date();
    case 3:
      return "before " + Date();
    case 4:
      return "on or after " + Date();
    case 5: {
      const std::int32_t year = r_.Between(2018, 2024);
      return Written{"between {}-{:02} and {}", year, r_.Between(1, 12), year + r_.Between(1, 3)}
          .text;
    }
    default:
      return "within last " + Amount(r_.Percent(10) ? 0 : 1, 4);
  }
}

std::string StudyTerms::EventWindow() {
  std::vector<std::string> events = world_.facts_events;
  events.insert(events.end(), world_.lasting_events.begin(), world_.lasting_events.end());
  if (events.empty() || r_.Percent(25)) events = {"current visit", "birth"};
  const std::string event = Pick(events);
  const std::string amount = Amount(1, 3);
  switch (r_.Below(14)) {
    case 0:
      return Written{"within {} before {}", amount, event}.text;
    case 1:
      return Written{"within {} of {}", amount, event}.text;
    case 2:
      return Written{"at least {} before {}", amount, event}.text;
    case 3:
      return Written{"at least {} after {}", amount, event}.text;
    case 4: {
      const std::int32_t near = r_.Between(1, 10);
      return Written{"between {} and {} days {} {}", near, near + r_.Between(1, 90),
                     Word({"before", "after"}), event}
          .text;
    }
    case 5:
      return "before " + event;
    case 6:
      return "after " + event;
    case 7:
      return Written{"on or {} {}", Word({"before", "after"}), event}.text;
    case 8:
      return "on same day as " + event;
    case 9:
      return Written{"from {} before to {} after {}", Amount(1, 2), Amount(1, 2), event}.text;
    case 10:
      return Written{"from {} to now", event}.text;
    case 11:
      if (!world_.lasting_events.empty()) return "during " + Pick(world_.lasting_events);
      return "during current visit";
    default:
      return Written{"within {} after {}", amount, event}.text;
  }
}

// ---- queries

std::string StudyTerms::Sets(const std::vector<StudySet>& sets) {
  std::string text = Quoted(Pick(sets).name);
  if (r_.Percent(15)) text += ", " + Quoted(Pick(sets).name);
  return text;
}

std::string StudyTerms::Lasting(std::string_view kind, const std::vector<StudySet>& sets) {
  std::string text = Written{"{} {}", kind, Sets(sets)}.text;
  const auto timed = [&] {
    const bool of_event = Whole() && r_.Percent(40);
    return Written{" {} {}", Word({"starting", "ongoing", "recorded", "ending"}),
                   of_event ? EventWindow() : Window()}
        .text;
  };
  switch (r_.Below(7)) {
    case 0:
      return text + " current";
    case 1:
      return text + " current for at least " + Amount(2, 4);
    case 2:
      return "no " + text + timed();
    case 3:
      return "any " + text + timed();
    case 4:
      text = Counted(text);
      return text + timed();
    case 5:
      return text;
    default:
      return text + timed();
  }
}

std::string StudyTerms::Counted(std::string_view kind) {
  return Written{"{} {} {}", Word({"at least", "at most", "exactly"}), r_.Between(1, 4), kind}.text;
}

std::string StudyTerms::Condition() {
  std::string text = Lasting("condition", world_.sets.conditions);
  if (Whole() && r_.Percent(25))
    text += Word({" as main diagnosis", " suspected or confirmed", " with severity is \"severe\""});
  return text;
}

std::string StudyTerms::Medication() {
  std::string text = Lasting("medication", world_.sets.medications);
  if (Whole() && r_.Percent(40)) {
    text += Word({" prescribed", " dispensed", " regularly", " for a total of at least 30 days",
                  " with daily dose >= 20 mg"});
  }
  if (Whole() && text.find(" for at least ") != std::string::npos)
    text += " with gaps up to 30 days";
  return text;
}

std::string StudyTerms::Short() {
  std::string text;
  switch (r_.Below(5)) {
    case 0:
    case 1:
      text = "procedure " + Sets(world_.sets.procedures);
      break;
    case 2:
      text = "immunization " + Sets(world_.sets.vaccines);
      break;
    case 3:
      return Written{"{}allergy {}", r_.Percent(50) ? "no " : "",
                     Quoted(Pick(world_.sets.allergens).name)}
          .text;
    default:
      text = Written{"visit class {}",
                     Word({"emergency", "inpatient", "outpatient", "emergency, inpatient"})}
                 .text;
      break;
  }
  if (r_.Percent(30)) text = Counted(text);
  if (text[0] != 'a' && text[0] != 'e' && r_.Percent(20)) text = "no " + text;
  const bool of_event = Whole() && r_.Percent(40);
  return Written{"{} {}", text, of_event ? EventWindow() : Window()}.text;
}

std::string StudyTerms::Number(const StudyLab& lab) {
  const std::int32_t value = r_.Between(lab.low, lab.high);
  if (lab.decimals == 0) return Written{"{}", value}.text;
  const std::int32_t ten = lab.decimals == 1 ? 10 : 100;
  return Written{"{}.{:0{}}", value / ten, value % ten, lab.decimals}.text;
}

std::string StudyTerms::Test(const StudyLab& lab) {
  const std::string unit = lab.unit.empty() ? "" : Written{" {}", lab.unit}.text;
  const std::uint32_t draw = r_.Below(20);
  if (draw == 0 && !lab.unit.empty())
    return Written{"{} upper limit", Word({"<= 2 x", ">= 1.5 x", "above"})}.text;
  if (draw == 1 && !lab.unit.empty()) return "below lower limit";
  if (draw == 2)
    return Written{
        "{} {}{} in men, {}{} in women", Word({">=", "<"}), Number(lab), unit, Number(lab), unit}
        .text;
  if (draw <= 5) {
    StudyLab upper = lab;
    upper.low = upper.high;
    upper.high += upper.high / 4 + 1;
    return Written{"between {} and {}{}", Number(lab), Number(upper), unit}.text;
  }
  return Written{"{} {}{}", Word({">=", "<=", ">", "<"}), Number(lab), unit}.text;
}

std::string StudyTerms::Measured(const StudyLab& lab) {
  return Written{"observation {}", Quoted(lab.name)}.text;
}

std::string StudyTerms::Observation() {
  if (r_.Percent(12)) {
    return Written{"latest component {} of observation \"blood pressure\" {} {} mmHg {}",
                   Word({"\"systolic\"", "\"diastolic\""}), Word({">=", "<", "<="}),
                   r_.Between(70, 180), Window()}
        .text;
  }
  const StudyLab& lab = Pick(world_.sets.labs);
  std::string selector(Word({"latest ", "latest ", "latest ", "any ", "every ", "highest ",
                             "lowest ", "first ", "", "no ", "latest ever "}));
  if (r_.Percent(10)) selector = Counted("");
  if (Whole() && r_.Percent(30)) {
    selector = Word({"average of ", "median of ", "average of last 3 ", "at least 2 consecutive "});
  }
  // Several results together have no reference limit.
  const bool together = selector.rfind("average", 0) == 0 || selector.rfind("median", 0) == 0;
  const std::string test =
      together ? Written{"{} {} {}", Word({">=", "<"}), Number(lab), lab.unit}.text : Test(lab);
  std::string text = Written{"{}{} {}", selector, Measured(lab), test}.text;
  const bool of_event = Whole() && r_.Percent(40);
  text += " " + (of_event ? EventWindow() : Window());
  if (Whole() && selector[0] == 'a' && selector[1] == 't' && r_.Percent(40))
    text +=
        Word({" at least 7 days apart", " on at least 2 different days", " within any 30 days"});
  return text;
}

std::string StudyTerms::Choice() {
  switch (r_.Below(4)) {
    case 0:
      return Written{"{} procedure {}", Word({"latest", "first"}),
                     Quoted(Pick(world_.sets.procedures).name)}
          .text;
    case 1:
      return Written{"{} condition {} starting {}", Word({"latest", "first"}),
                     Quoted(Pick(world_.sets.conditions).name), Window()}
          .text;
    case 2:
      return Written{"latest visit class {}", Word({"emergency", "inpatient", "outpatient"})}.text;
    default:
      return Written{"{} {}", Word({"latest", "highest", "first"}),
                     Measured(Pick(world_.sets.labs))}
          .text;
  }
}

// ---- all else

std::string StudyTerms::Person() {
  switch (r_.Below(6)) {
    case 0:
      return Written{"sex is {}", Word({"female", "male"})}.text;
    case 1:
      return Written{"resident in region {}", Word({"01", "03, 12", "14, 05, 24", "20"})}.text;
    case 2:
      return "alive";
    case 3: {
      const std::int32_t least = r_.Between(15, 60);
      return Written{"age between {} and {} years", least, least + r_.Between(5, 40)}.text;
    }
    case 4:
      return Written{"age {} {} months", Word({">=", "<"}), r_.Between(6, 900)}.text;
    default:
      return Written{"age {} {} years", Word({">=", "<", ">", "<="}), r_.Between(16, 85)}.text;
  }
}

std::string StudyTerms::Variant() {
  const std::string_view gene = Word({"PIK3CA", "KRAS", "BRAF", "PTEN", "PIK3R1"});
  std::string text = Written{"{}{}variant in gene {}", Word({"", "", "no "}),
                             Word({"", "somatic ", "somatic pathogenic "}), gene}
                         .text;
  if (Whole()) {
    switch (r_.Below(5)) {
      case 0:
        return "variant BRAF p.V600E";
      case 1:
        return "variant KRAS p.G12";
      case 2:
        return Written{"tested for gene {}", gene}.text;
      case 3:
        return Written{"missense variant in gene {} with allele fraction >= 10 %", gene}.text;
      default:
        break;
    }
  }
  return r_.Percent(40) ? text + " within last " + Amount(3, 4) : text;
}

std::string StudyTerms::Score() {
  if (Whole()) {
    switch (r_.Below(4)) {
      case 0:
        return Written{"bmi {} {} kg/m2 within last {}", Word({"<", ">="}), r_.Between(20, 40),
                       Amount(3, 4)}
            .text;
      case 1:
        return Written{"egfr by reported or lm-rev < {} mL/min/1.73m2", r_.Between(30, 90)}.text;
      case 2:
        return Written{"score \"CHA2DS2-VASc\" >= {}", r_.Between(1, 5)}.text;
      default:
        return Written{"egfr by ckd-epi-2021 >= {} mL/min/1.73m2 within last {}",
                       r_.Between(30, 90), Amount(3, 4)}
            .text;
    }
  }
  return Written{"egfr by lm-rev {} {} mL/min/1.73m2 within last {}", Word({">=", "<"}),
                 r_.Between(20, 100), Amount(3, 4)}
      .text;
}

std::string StudyTerms::Change() {
  const StudyLab& lab = Pick(world_.sets.labs);
  if (lab.name == "LVEF" || lab.name == "HbA1c") return Observation();
  return Written{"{} of {} >= {} % {}within last {}",
                 Word({"rise", "fall"}),
                 Measured(lab),
                 r_.Between(5, 60),
                 Word({"", "from first to latest ", "within any 30 days "}),
                 Amount(3, 4)}
      .text;
}

std::string StudyTerms::Extended() {
  switch (r_.Below(10)) {
    case 0:
    case 1:
      return Change();
    case 2:
      return Written{"family history {}", Quoted(Pick(world_.sets.family).name)}.text;
    case 3:
      return Written{"text matches \"adeno\\w*\" in report{}", Word({"", " counts as yes"})}.text;
    case 4:
      return Written{
          "visit class {} where ({})", Word({"emergency", "inpatient"}),
          Written{"condition {} recorded during it", Quoted(Pick(world_.sets.conditions).name)}
              .text}
          .text;
    case 5:
      return Written{"at visit class {}", Word({"emergency", "inpatient", "outpatient"})}.text;
    case 6:
      return Written{"at least 2 different medications {} ongoing {}",
                     Quoted(Pick(world_.sets.medications).name), Window()}
          .text;
    case 7:
      return Written{"latest observation \"stage\" {} within last {}",
                     Word({">= II", "<= III", "in { II, III }", "= I"}), Amount(3, 4)}
          .text;
    case 8:
      return Written{"age at birth >= {} days", r_.Between(0, 1)}.text;
    default:
      if (world_.facts_events.empty()) return Observation();
      return Pick(world_.facts_events);
  }
}

std::string StudyTerms::Core() {
  switch (r_.Below(12)) {
    case 0:
    case 1:
    case 2:
      return Condition();
    case 3:
    case 4:
      return Medication();
    case 5:
    case 6:
      return Short();
    case 7:
    case 8:
    case 9:
      return Observation();
    case 10:
      return Person();
    default:
      return r_.Percent(50) ? Variant() : Score();
  }
}

std::string StudyTerms::Leaf() {
  if (!Whole() || r_.Percent(70)) return Core();
  return r_.Percent(50) ? Extended() : Rare();
}

}  // namespace medverka::generator

#include "criteria/internal/read_back_words.h"

#include <algorithm>

#include "ops/base/format.h"

namespace medverka::criteria::internal {

std::string QuotedText(std::string_view text) {
  // No text of the language holds a quote or a line end; one that does is marked and escaped.
  if (text.find_first_of("\"\n") == std::string_view::npos) return fmt::format("\"{}\"", text);
  std::string out = "\\\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string ListedTexts(const std::vector<std::string>& texts, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += i + 1 == texts.size() ? fmt::format(" {} ", last) : std::string(", ");
    out += texts[i];
  }
  return out;
}

std::string PeriodWords(Tongue t, base::Period period) {
  static constexpr std::string_view kOne[][2] = {
      {"second", "sekund"}, {"minute", "minut"}, {"hour", "timme"}, {"day", "dag"},
      {"week", "vecka"},    {"month", "månad"},  {"year", "år"}};
  static constexpr std::string_view kMany[][2] = {
      {"seconds", "sekunder"}, {"minutes", "minuter"}, {"hours", "timmar"}, {"days", "dagar"},
      {"weeks", "veckor"},     {"months", "månader"},  {"years", "år"}};
  const auto unit = static_cast<std::size_t>(period.unit);
  const auto& words = period.amount == 1 ? kOne[unit] : kMany[unit];
  return fmt::format("{} {}", period.amount, t(words[0], words[1]));
}

std::string LastWords(Tongue t, base::Period period) {
  static constexpr std::string_view kOne[] = {
      "den senaste sekunden", "den senaste minuten", "den senaste timmen", "den senaste dagen",
      "den senaste veckan",   "den senaste månaden", "det senaste året"};
  static constexpr std::string_view kMany[] = {"sekunderna", "minuterna", "timmarna", "dagarna",
                                               "veckorna",   "månaderna", "åren"};
  if (t.language == Language::kEnglish) return "the last " + PeriodWords(t, period);
  const auto unit = static_cast<std::size_t>(period.unit);
  if (period.amount == 1) return std::string(kOne[unit]);
  return fmt::format("de senaste {} {}", period.amount, kMany[unit]);
}

std::string_view WholeUnits(Tongue t, base::TimeUnit unit) {
  static constexpr std::string_view kUnits[][2] = {
      {"seconds", "sekunder"}, {"minutes", "minuter"}, {"hours", "timmar"}, {"days", "dagar"},
      {"weeks", "veckor"},     {"months", "månader"},  {"years", "år"}};
  const auto& words = kUnits[static_cast<std::size_t>(unit)];
  return t(words[0], words[1]);
}

namespace {

// A whole minute in Swedish time where that names the instant, else UTC: in the hour that autumn
// repeats the local time names two.
std::string InstantWords(base::Instant instant) {
  std::string local = base::FormatLocal(instant);
  std::string written = local;
  std::replace(written.begin(), written.end(), ' ', 'T');
  const auto read = base::ParseTime(written);
  return read && read->lo == instant ? local : base::FormatUtc(instant);
}

}  // namespace

std::string FromWords(base::Instant instant) {
  const base::Date day = base::LocalDate(instant);
  return base::StartOfDay(day) == instant ? base::FormatLocalDate(day) : InstantWords(instant);
}

std::string ToWords(base::Instant instant) {
  const base::Date day = base::LocalDate(instant);
  return base::EndOfDay(day) == instant ? base::FormatLocalDate(day) : InstantWords(instant);
}

std::string VisitClassWords(Tongue t, std::string_view code) {
  struct Row {
    std::string_view code, en, sv;
  };
  static constexpr Row kRows[] = {
      {"EMER", "emergency", "akut"},
      {"IMP", "inpatient", "slutenvård"},
      {"ACUTE", "acute inpatient", "akut slutenvård"},
      {"NONAC", "planned inpatient", "planerad slutenvård"},
      {"AMB", "outpatient", "öppenvård"},
      {"HH", "at home", "i hemmet"},
      {"VR", "at a distance", "på distans"},
      {"SS", "day care", "dagvård"},
      {"OBSENC", "observation", "observation"},
      {"PRENC", "before admission", "före inläggning"},
      {"FLD", "in the field", "på plats"},
  };
  for (const Row& row : kRows) {
    if (row.code == code) return std::string(t(row.en, row.sv));
  }
  return QuotedText(code);
}

KindWords WordsOf(Tongue t, FactKind kind) {
  struct Row {
    KindWords en;
    KindWords sv;
  };
  static constexpr Row kRows[] = {
      {{"diagnosis", "diagnoses", "a diagnosis", "no"},
       {"diagnos", "diagnoser", "en diagnos", "ingen"}},
      {{"procedure", "procedures", "a procedure", "no"},
       {"åtgärd", "åtgärder", "en åtgärd", "ingen"}},
      {{"medication", "medications", "a medication", "no"},
       {"läkemedel", "läkemedel", "ett läkemedel", "inget"}},
      {{"allergy", "allergies", "an allergy", "no"},
       {"allergi", "allergier", "en allergi", "ingen"}},
      {{"vaccination", "vaccinations", "a vaccination", "no"},
       {"vaccination", "vaccinationer", "en vaccination", "ingen"}},
      {{"result", "results", "a result", "no"}, {"resultat", "resultat", "ett resultat", "inget"}},
      {{"visit", "visits", "a visit", "no"},
       {"vårdkontakt", "vårdkontakter", "en vårdkontakt", "ingen"}},
      {{"participation in a study", "participations in studies", "a participation in a study",
        "no"},
       {"deltagande i studie", "deltaganden i studier", "ett deltagande i studie", "inget"}},
      {{"gene variant", "gene variants", "a gene variant", "no"},
       {"genvariant", "genvarianter", "en genvariant", "ingen"}},
      {{"disease in the family", "diseases in the family", "a disease in the family", "no"},
       {"sjukdom i släkten", "sjukdomar i släkten", "en sjukdom i släkten", "ingen"}},
      {{"report", "reports", "a report", "no"},
       {"utlåtande", "utlåtanden", "ett utlåtande", "inget"}},
      {{"consent", "consents", "a consent", "no"},
       {"samtycke", "samtycken", "ett samtycke", "inget"}},
      {{"answer", "answers", "an answer", "no"}, {"svar", "svar", "ett svar", "inget"}},
      {{"device", "devices", "a device", "no"},
       {"hjälpmedel eller implantat", "hjälpmedel eller implantat",
        "ett hjälpmedel eller implantat", "inget"}},
  };
  static_assert(std::size(kRows) == kFactKinds);
  const Row& row = kRows[static_cast<std::size_t>(kind)];
  return t.language == Language::kEnglish ? row.en : row.sv;
}

std::string_view SystemName(SystemId system) {
  switch (system) {
    case SystemId::kNone:
      return "-";
    case SystemId::kIcd10Se:
      return "ICD-10-SE";
    case SystemId::kIcd10:
      return "ICD-10";
    case SystemId::kIcdO3:
      return "ICD-O-3";
    case SystemId::kAtc:
      return "ATC";
    case SystemId::kKva:
      return "KVÅ";
    case SystemId::kSnomed:
      return "SNOMED CT";
    case SystemId::kLoinc:
      return "LOINC";
    case SystemId::kNpu:
      return "NPU";
    case SystemId::kHgnc:
      return "HGNC";
    case SystemId::kCvx:
      return "CVX";
    case SystemId::kRxNorm:
      return "RxNorm";
    case SystemId::kCpt:
      return "CPT";
    case SystemId::kHcpcs:
      return "HCPCS";
    case SystemId::kIcd10Cm:
      return "ICD-10-CM";
    case SystemId::kIcd10Pcs:
      return "ICD-10-PCS";
    case SystemId::kOrpha:
      return "Orphanet";
    case SystemId::kOncoTree:
      return "OncoTree";
    default:
      return UriOf(system);
  }
}

std::string_view FieldWords(Tongue t, Field field) {
  static constexpr std::string_view kRows[][2] = {
      {"body site", "lokalisation"},
      {"side", "sida"},
      {"severity", "svårighetsgrad"},
      {"reaction", "reaktion"},
      {"daily dose", "dygnsdos"},
      {"dose", "dos"},
      {"route", "administreringsväg"},
      {"method", "metod"},
      {"discharge", "utskrivning"},
      {"outcome", "utfall"},
      {"reason or indication", "orsak eller indikation"},
      {"main diagnosis", "huvuddiagnos"},
      {"regular use", "regelbunden användning"},
      {"text", "text"},
      {"allele fraction", "allelfrekvens"},
      {"copy number", "kopietal"},
      {"consequence", "konsekvens"},
      {"change", "förändring"},
      {"exon", "exon"},
      {"fusion partner", "fusionspartner"},
      {"structural change", "strukturell förändring"},
  };
  const auto row = static_cast<std::size_t>(field);
  return row < std::size(kRows) ? t(kRows[row][0], kRows[row][1]) : "?";
}

std::string_view StepWords(Tongue t, MedicationStep step) {
  switch (step) {
    case MedicationStep::kNotReported:
      return t("as stated", "enligt uppgift");
    case MedicationStep::kPrescribed:
      return t("prescribed", "ordinerat");
    case MedicationStep::kDispensed:
      return t("dispensed by a pharmacy", "uthämtat på apotek");
    case MedicationStep::kGiven:
      return t("given in care", "givet i vården");
  }
  return "";
}

std::string_view OpWords(Tongue t, CompareOp op) {
  switch (op) {
    case CompareOp::kLess:
      return t("less than", "mindre än");
    case CompareOp::kLessEqual:
      return t("at most", "högst");
    case CompareOp::kGreater:
      return t("more than", "mer än");
    case CompareOp::kGreaterEqual:
      return t("at least", "minst");
    case CompareOp::kEqual:
      return t("exactly", "exakt");
  }
  return "";
}

std::string_view ScoreWords(Tongue t, ScoreQuery::Score score) {
  using Score = ScoreQuery::Score;
  switch (score) {
    case Score::kEgfr:
      return t("Kidney function (estimated GFR)", "Njurfunktion (estimerat GFR)");
    case Score::kCreatinineClearance:
      return t("Creatinine clearance", "Kreatininclearance");
    case Score::kBmi:
      return t("Body mass index (BMI)", "Kroppsmasseindex (BMI)");
    case Score::kBodySurface:
      return t("Body surface area", "Kroppsyta");
    case Score::kFib4:
      return "FIB-4";
    case Score::kCha2ds2Vasc:
      return "CHA2DS2-VASc";
    case Score::kHasBled:
      return "HAS-BLED";
    case Score::kNews2:
      return "NEWS2";
    case Score::kQsofa:
      return "qSOFA";
    case Score::kSofa:
      return "SOFA";
    case Score::kCharlson:
      return t("Charlson comorbidity index", "Charlsons samsjuklighetsindex");
  }
  return "";
}

std::string_view FormulaWords(Tongue t, ScoreQuery::Formula formula) {
  using Formula = ScoreQuery::Formula;
  switch (formula) {
    case Formula::kNone:
      return t("its one formula", "sin enda formel");
    case Formula::kLmRev:
      return t("the revised Lund-Malmö formula", "den reviderade Lund-Malmö-formeln");
    case Formula::kCkdEpi2021:
      return t("CKD-EPI 2021", "CKD-EPI 2021");
    case Formula::kCkdEpi2009:
      return t("CKD-EPI 2009", "CKD-EPI 2009");
    case Formula::kEkfc:
      return "EKFC";
    case Formula::kCockcroftGault:
      return t("the Cockcroft-Gault formula", "Cockcroft-Gaults formel");
    case Formula::kReported:
      return t("the laboratory's own result", "laboratoriets eget svar");
  }
  return "";
}

std::string_view StatusWords(Tongue t, StudyStatus status) {
  switch (status) {
    case StudyStatus::kRecruiting:
      return t("recruiting", "rekryterar");
    case StudyStatus::kPlanned:
      return t("planned", "planerad");
    case StudyStatus::kPaused:
      return t("paused", "pausad");
    case StudyStatus::kFull:
      return t("full", "fulltecknad");
    case StudyStatus::kClosed:
      return t("closed", "stängd");
    case StudyStatus::kCompleted:
      return t("completed", "avslutad");
  }
  return "";
}

std::string LimitWords(const Limit& limit) {
  return limit.unit.empty() ? limit.number.ToString()
                            : fmt::format("{} {}", limit.number.ToString(), limit.unit);
}

std::string CodeWords(SystemId system, std::string_view code) {
  const bool dotted =
      system == SystemId::kIcd10Se || system == SystemId::kIcd10 || system == SystemId::kIcd10Cm;
  if (!dotted || code.size() <= 3) return std::string(code);
  return fmt::format("{}.{}", code.substr(0, 3), code.substr(3));
}

Absence UsualAbsence(FactKind kind) {
  switch (kind) {
    case FactKind::kObservation:
    case FactKind::kVariant:
    case FactKind::kFamilyHistory:
    case FactKind::kReport:
    case FactKind::kAnswer:
      return Absence::kUnknown;
    default:
      return Absence::kNo;
  }
}

}  // namespace medverka::criteria::internal

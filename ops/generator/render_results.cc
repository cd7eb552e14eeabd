// Observations and reports as laboratories, wards, pathologists and geneticists write them.

#include <algorithm>

#include "ops/generator/render.h"

namespace medverka::generator {
namespace {

constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kNpu = "http://npu-terminology.org";
constexpr std::string_view kObservationCategory =
    "http://terminology.hl7.org/CodeSystem/observation-category";

std::string_view StatusOf(const Record& record) {
  switch (record.state) {
    case State::kPreliminary:
      return "preliminary";
    case State::kCorrected:
      return record.salt % 2 == 0 ? "corrected" : "amended";
    case State::kEnteredInError:
      return "entered-in-error";
    default:
      return "final";
  }
}

}  // namespace

void Renderer::ObservationHead(const Record& record, std::string_view category) {
  json_.Field("status", StatusOf(record));
  Category(kObservationCategory, category);
  Subject(record);
  VisitReference(record);
  json_.FieldLocal("effectiveDateTime", record.at);
  if (record.salt % 4 != 0) json_.FieldUtc("issued", std::max(record.arrives - 30, record.at));
}

void Renderer::Lab(const Record& record) {
  const Analysis& analysis = LabAt(record.item);
  const std::uint32_t habit = Habit(record, 2, 100);
  ObservationHead(record, "laboratory");
  if (habit < 12 && !analysis.loinc.empty()) {
    LabInOtherUnit(record, analysis);
    return;
  }
  Concept("code", kNpu, analysis.npu, analysis.name);
  if (habit < 20) {
    LabAsText(record, analysis);
  } else {
    LabAsNumber(record, analysis);
  }
  ReferenceRange(record, analysis);
}

void Renderer::LabInOtherUnit(const Record& record, const Analysis& analysis) {
  Concept("code", kLoinc, analysis.loinc, analysis.name);
  const std::int64_t value =
      (static_cast<std::int64_t>(record.value) * analysis.factor + analysis.offset) /
      analysis.divisor;
  Quantity("valueQuantity", value, analysis.loinc_decimals, analysis.loinc_unit,
           analysis.loinc_unit);
}

// "12,3" or "<5", as text: common where results are taken over from another system. A few say the
// unit too.
void Renderer::LabAsText(const Record& record, const Analysis& analysis) {
  json_.Key("valueString"), json_.Quote();
  if (record.value < analysis.least) line_ += '<';
  Number(std::max(record.value, analysis.least), analysis.decimals, ',');
  if (record.salt % 5 == 0) line_ += ' ', line_ += analysis.unit;
  json_.Quoted();
}

void Renderer::LabAsNumber(const Record& record, const Analysis& analysis) {
  if (Habit(record, 4, 250) == 0) {  // the sample was clotted or lost
    Concept("dataAbsentReason", "http://terminology.hl7.org/CodeSystem/data-absent-reason", "error",
            "");
    return;
  }
  json_.BeginObject("valueQuantity");
  json_.Key("value"), json_.Unquoted(),
      Number(std::max(record.value, analysis.least), analysis.decimals, '.');
  if (record.value < analysis.least) json_.Field("comparator", "<");
  const bool local = Habit(record, 3, 100) < 12;
  json_.Field("unit", local && !analysis.local_unit.empty() ? analysis.local_unit : analysis.unit);
  if (!local) {
    json_.Field("system", "http://unitsofmeasure.org");
    json_.Field("code", analysis.unit);
  }
  json_.EndObject();
  if (record.value > analysis.high || record.value < analysis.low) {
    json_.BeginArray("interpretation");
    json_.BeginObject();
    json_.BeginArray("coding");
    Coding("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
           record.value > analysis.high ? "H" : "L", "");
    json_.EndArray();
    json_.EndObject();
    json_.EndArray();
  }
}

void Renderer::ReferenceRange(const Record& record, const Analysis& analysis) {
  const std::uint32_t habit = Habit(record, 5, 100);
  if (habit >= 85) return;
  json_.BeginArray("referenceRange");
  json_.BeginObject();
  if (habit < 55) {
    if (analysis.low > 0)
      json_.BeginObject("low"), json_.Key("value"), json_.Unquoted(),
          Number(analysis.low, analysis.decimals, '.'), json_.EndObject();
    json_.BeginObject("high"), json_.Key("value"), json_.Unquoted(),
        Number(analysis.high, analysis.decimals, '.'), json_.EndObject();
  } else {
    json_.Key("text"), json_.Quote();
    if (analysis.low > 0) {
      Number(analysis.low, analysis.decimals, ','), line_ += " - ";
    } else {
      line_ += "< ";
    }
    Number(analysis.high, analysis.decimals, ',');
    json_.Quoted();
  }
  json_.EndObject();
  json_.EndArray();
}

void Renderer::BloodPressure(const Record& record) {
  ObservationHead(record, "vital-signs");
  Concept("code", kLoinc, "85354-9", "Blodtryck");
  json_.BeginArray("component");
  json_.BeginObject();
  Concept("code", kLoinc, "8480-6", "Systoliskt");
  Quantity("valueQuantity", record.value, 0, "mmHg", "mm[Hg]");
  json_.EndObject();
  json_.BeginObject();
  Concept("code", kLoinc, "8462-4", "Diastoliskt");
  Quantity("valueQuantity", record.second, 0, "mmHg", "mm[Hg]");
  json_.EndObject();
  json_.EndArray();
}

void Renderer::BodyMeasure(const Record& record) {
  struct Form {
    std::string_view loinc, name, unit, ucum;
    int decimals;
  };
  static constexpr Form kMeasures[] = {{"29463-7", "Vikt", "kg", "kg", 1},
                                       {"8302-2", "Längd", "cm", "cm", 0},
                                       {"39156-5", "BMI", "kg/m²", "kg/m2", 1},
                                       {"8867-4", "Puls", "slag/min", "/min", 0},
                                       {"59408-5", "Saturation", "%", "%", 0},
                                       {"89247-1", "ECOG", "", "", 0},
                                       {"89243-0", "Karnofsky", "{score}", "{score}", 0}};
  const Form& measure = kMeasures[record.item];
  ObservationHead(record, record.item >= kEcog ? "survey" : "vital-signs");
  Concept("code", kLoinc, measure.loinc, measure.name);
  if (measure.unit.empty()) return json_.FieldInteger("valueInteger", record.value);
  Quantity("valueQuantity", record.value, measure.decimals, measure.unit, measure.ucum);
}

void Renderer::EjectionFraction(const Record& record) {
  ObservationHead(record, "imaging");
  Concept("code", kLoinc, record.salt % 3 == 0 ? "8806-2" : "10230-1",
          "Vänsterkammarens ejektionsfraktion");
  if (Habit(record, 2, 100) < 20) {
    json_.Key("valueString"), json_.Quote(), Number(record.value, 0, ','), line_ += " %",
        json_.Quoted();
  } else {
    Quantity("valueQuantity", record.value, 0, "%", "%");
  }
}

void Renderer::Stage(const Record& record) {
  static constexpr std::string_view kStages[] = {"I", "II", "III", "IV"};
  const std::string_view stage = kStages[std::clamp(record.value, 1, 4) - 1];
  ObservationHead(record, "laboratory");
  Concept("code", kLoinc, "21902-2", "Stage group.pathology Cancer");
  if (Habit(record, 2, 100) < 25) {
    json_.Field("valueString", stage);
    return;
  }
  json_.BeginObject("valueCodeableConcept");
  json_.BeginArray("coding");
  Coding("http://cancerstaging.org", stage, stage);
  json_.EndArray();
  json_.Field("text", stage);
  json_.EndObject();
}

void Renderer::Variant(const Record& record) {
  const generator::Variant& variant = VariantAt(record.item);
  const bool found = record.value == 1;
  ObservationHead(record, "laboratory");
  Concept("code", kLoinc, "69548-6", "Genetic variant assessment");
  Concept("valueCodeableConcept", kLoinc, found ? "LA9633-4" : "LA9634-2",
          found ? "Present" : "Absent");
  const auto component = [&](std::string_view code, std::string_view system, std::string_view value,
                             std::string_view display) {
    json_.BeginObject();
    Concept("code", kLoinc, code, "");
    Concept("valueCodeableConcept", system, value, display);
    json_.EndObject();
  };
  json_.BeginArray("component");
  component("48018-6", "http://www.genenames.org/geneId", variant.hgnc, variant.gene);
  component("48002-0", kLoinc, "LA6684-0", "Somatic");
  if (found) {
    component("48004-6", "http://varnomen.hgvs.org", variant.coding, variant.coding);
    component("48005-3", "http://varnomen.hgvs.org", variant.protein, variant.protein);
    json_.BeginObject();
    Concept("code", kLoinc, "81258-6", "");
    Quantity("valueQuantity", 8 + static_cast<std::int64_t>(record.salt % 40), 2, "1", "1");
    json_.EndObject();
  }
  json_.EndArray();
}

void Renderer::Report(const Record& record) {
  struct Form {
    std::string_view loinc, name, category, conclusion;
  };
  static constexpr Form kForms[] = {
      {"60568-3", "PAD", "SP", "Adenokarcinom. Stadium enligt TNM, se observation."},
      {"51969-4", "Molekylärpatologi", "GE", "Panelanalys utförd, se varianter."},
      {"34552-0", "Ekokardiografi", "CUS",
       "Ekokardiografi utförd, ejektionsfraktion se observation."},
      {"18748-4", "Röntgen hand", "RAD", "Fraktur på metakarpalben."},
  };
  const Form& form = kForms[record.item];
  json_.Field("status", StatusOf(record));
  Category("http://terminology.hl7.org/CodeSystem/v2-0074", form.category);
  Concept("code", kLoinc, form.loinc, form.name);
  Subject(record);
  VisitReference(record);
  json_.FieldLocal("effectiveDateTime", record.at);
  json_.FieldUtc("issued", std::max(record.arrives - 30, record.at));
  if (record.value != 0) {
    json_.BeginArray("result");
    json_.BeginObject();
    json_.Key("reference"), json_.Quote();
    line_ += "Observation/o";
    line_ += std::to_string(record.patient + 1);
    line_ += '-';
    line_ += std::to_string(record.value);
    json_.Quoted();
    json_.EndObject();
    json_.EndArray();
  }
  if (record.state != State::kPreliminary) json_.Field("conclusion", form.conclusion);
}

}  // namespace medverka::generator

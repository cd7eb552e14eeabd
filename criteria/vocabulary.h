// Code systems, codings and units as small integers. One Vocabulary per lane (or per command): the
// journal reader interns what arrives, the evaluator asks. Not for sharing between threads.
//
// Integers are of this process only: what is stored or sent is always the system's URI and the
// code.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "criteria/units.h"

namespace medverka::criteria {

// The systems the language has a short word for, in the order of systems.cc's table; others follow
// as seen.
enum class SystemId : std::uint32_t {
  kNone = 0,  // a code without a system
  kIcd10Se,
  kIcd10,
  kIcdO3,
  kAtc,
  kKva,
  kSnomed,
  kLoinc,
  kNpu,
  kHgnc,
  kCvx,
  kRxNorm,
  kCpt,
  kHcpcs,
  kIcd10Cm,
  kIcd10Pcs,
  kOrpha,
  kOncoTree,
  kUcum,
  kInterpretation,  // HL7 v3 ObservationInterpretation
  kActCode,         // HL7 v3 ActCode: class of a visit
  kNpl,
  kNplPack,
  kHgvs,
  kQuestionnaireItem,  // ours: code is "<questionnaire url>#<linkId>"
  kGeneSymbol,         // ours: a gene's approved symbol, upper case
  kIcd11,
  kIcf,
  kClinVar,
  kDbSnp,
  kNcit,
  kHpo,
  kFirstFree,
};

using CodeId = std::uint32_t;  // 0: none

struct Coding {
  SystemId system = SystemId::kNone;
  std::string code;  // normal form of its system, see NormalCode
};

// The system of a URI, an OID ("urn:oid:X" and "X" are equal) or one of their aliases; kNone if not
// in the table. Source of the table: systems.cc.
SystemId KnownSystem(std::string_view uri);
// The system of a word of the language ("icd10se"); kNone if there is none.
SystemId SystemOfWord(std::string_view word);
std::string_view WordOf(SystemId system);  // "" where the language has no word
std::string_view UriOf(SystemId system);   // canonical; REQUIRES: system < kFirstFree

// Normal form: upper case and without dot, blank, dagger and asterisk for ICD-10 and ICD-O; upper
// case without blanks for ATC, KVÅ, CPT, HCPCS and gene symbols; "HGNC:1100" also where only the
// number is sent; else as sent, trimmed.
std::string NormalCode(SystemId system, std::string_view code);

class Vocabulary {
 public:
  Vocabulary();

  SystemId System(std::string_view uri);              // interns unknown URIs
  std::string_view SystemUri(SystemId system) const;  // "" for kNone

  CodeId Code(SystemId system, std::string_view code);  // normalises, interns
  const Coding& coding(CodeId id) const { return codings_[id]; }
  std::size_t code_count() const { return codings_.size(); }

  UnitId Unit(std::string_view as_sent);  // "" gives kNoUnit
  const UnitTable& units() const { return units_; }

 private:
  struct Key {
    SystemId system;
    std::string_view code;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>{}(key.code) * 31 + static_cast<std::size_t>(key.system);
    }
  };

  std::deque<Coding> codings_;  // stable addresses: the map's keys point into them
  std::unordered_map<Key, CodeId, KeyHash> code_ids_;
  std::deque<std::string> foreign_systems_;
  std::unordered_map<std::string_view, SystemId> foreign_ids_;
  UnitTable units_;
};

}  // namespace medverka::criteria

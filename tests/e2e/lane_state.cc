#include "tests/e2e/lane_state.h"

#include <algorithm>
#include <map>
#include <vector>

#include "criteria/evaluator.h"
#include "matcher/catalogue/catalogue.h"
#include "matcher/ledger.h"
#include "matcher/marker.h"
#include "matcher/patient/codec.h"
#include "matcher/patient/patients.h"
#include "matcher/patient/shelf.h"
#include "matcher/store/store.h"
#include "ops/base/crypto.h"
#include "ops/base/json.h"

namespace medverka::e2e {
namespace {

using base::Result;
using base::json::array;
using base::json::object;

constexpr std::size_t kHotBytes = 64ULL * 1024 * 1024;  // plenty for the journals of tests

// Everything that a verdict can rest on, whatever order it came in: one page, resources by id.
std::string HashOfFacts(const criteria::PatientView& view, const criteria::Vocabulary& vocabulary) {
  std::map<std::pair<std::string, std::string>, const criteria::Resource*> resources;
  for (const auto& kind : view.facts) {
    for (const criteria::FactRef& fact : kind)
      resources[{fact.resource->id, fact.resource->version}] = fact.resource;
  }
  matcher::PageWriter page(vocabulary);
  for (const auto& [id, resource] : resources) {
    matcher::ShelfItem item;
    item.id = id.first;
    item.resource = *resource;
    // Where a Medication lies decides how its codes are held (here, or sent along), never which
    // they are.
    for (criteria::Fact& fact : item.resource.facts) fact.medication_id.clear();
    page.Put(item);
  }
  const criteria::Demographics& person = view.demographics;
  base::ByteWriter known;
  known.U8(static_cast<std::uint8_t>(person.sex));
  known.U8(static_cast<std::uint8_t>(person.deceased));
  for (const auto& range : {person.birth, person.death}) {
    known.U8(range.has_value() ? 1 : 0);
    if (range) known.Time(range->lo), known.Time(range->hi);
  }
  known.String(person.region);
  return base::Hex(base::AsBytes(base::Sha256(page.Take() + std::string(known.bytes()))));
}

class Teller {
 public:
  Teller(const matcher::Store& store, const LaneStateOptions& options,
         const matcher::Marker& marker)
      : store_(store),
        at_(options.at ? *options.at : marker.log_time.value_or(base::Instant{})),
        hasher_(options.subject_key_id, options.subject_key),
        patients_(store, vocabulary_, hasher_, kHotBytes),
        ledger_(store) {}

  Result<void> Open() {
    MEDVERKA_TRY(patients_.Load());
    // With nothing published, all that was live before is "removed".
    MEDVERKA_ASSIGN(const auto catalogue, matcher::Catalogue::Open(store_, {}, {}));
    for (const matcher::ProgramPtr& program : catalogue.removed()) {
      programs_.push_back(program);
      evaluators_.emplace_back(program, vocabulary_);
    }
    return ledger_.ForEach(
        [&](const matcher::PersonKey& subject, const matcher::SubjectLedger& entries) {
          ledgers_[subject] = entries;
        });
  }

  Result<void> Tell(const std::function<void(std::string_view)>& line) {
    MEDVERKA_ASSIGN(const auto everybody, patients_.All());
    for (const matcher::Person& person : everybody) {
      matcher::Patients::Gathered known;
      MEDVERKA_ASSIGN(const bool exists, patients_.Gather(person, known));
      if (!exists) continue;
      line(base::ToJson(Row(person, known.view)));
      ledgers_.erase(person.key);
      patients_.Trim();
    }
    // Subjects that are nobody any more, but of whom something was once said.
    for (const auto& [subject, entries] : ledgers_) {
      line(base::ToJson(
          object{{"subject", HexOf(subject)}, {"ledger", LedgerOf(subject, entries)}}));
    }
    return {};
  }

 private:
  static std::string HexOf(const matcher::PersonKey& key) { return base::Hex(key.view()); }

  static object LedgerOf(const matcher::PersonKey& subject, const matcher::SubjectLedger& entries) {
    object ledger;
    for (const auto& [study, entry] : entries) {
      ledger[study] = object{{"open", entry.open},
                             {"grade", criteria::Name(entry.grade)},
                             {"digest", base::Hex(base::AsBytes(entry.digest))},
                             {"id", matcher::SuggestionId(subject, study, entry.episode)},
                             {"episode", entry.episode},
                             {"transitions", entry.transitions},
                             {"reason", matcher::Name(entry.last_reason)}};
    }
    return ledger;
  }

  object Row(const matcher::Person& person, const criteria::PatientView& view) {
    object row{{"subject", HexOf(person.key)}};
    array names;
    for (const matcher::PersonKey& name : person.names) names.emplace_back(HexOf(name));
    row["names"] = std::move(names);
    row["record"] = person.record ? HexOf(*person.record) : "";
    std::uint64_t facts = 0;
    for (const auto& kind : view.facts) facts += kind.size();
    row["fact_count"] = facts;
    row["facts"] = HashOfFacts(view, vocabulary_);
    object verdicts;
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      const auto verdict = evaluators_[i].Evaluate(view, at_);
      verdicts[programs_[i]->study.id] =
          base::Hex(base::AsBytes(matcher::DigestOf(*programs_[i], verdict)));
    }
    row["verdicts"] = std::move(verdicts);
    const auto ledger = ledgers_.find(person.key);
    row["ledger"] = ledger == ledgers_.end() ? object{} : LedgerOf(person.key, ledger->second);
    return row;
  }

  const matcher::Store& store_;
  const base::Instant at_;
  criteria::Vocabulary vocabulary_;
  matcher::SubjectHasher hasher_;
  matcher::Patients patients_;
  matcher::Ledger ledger_;
  std::vector<matcher::ProgramPtr> programs_;
  std::vector<criteria::Evaluator> evaluators_;
  std::map<matcher::PersonKey, matcher::SubjectLedger> ledgers_;
};

object LaneLine(const LaneStateOptions& options, const matcher::Marker& marker) {
  object positions;
  for (const auto& [input, position] : marker.positions) positions[input] = position;
  return object{{"lane", marker.partition},
                {"directory", options.directory},
                {"sequence", marker.sequence},
                {"chain", base::Hex(base::AsBytes(marker.chain))},
                {"log_time", marker.log_time ? base::FormatUtc(*marker.log_time) : ""},
                {"catalogue_version", marker.catalogue_version},
                {"positions", std::move(positions)}};
}

}  // namespace

Result<void> TellLaneState(const LaneStateOptions& options,
                           const std::function<void(std::string_view)>& line) {
  MEDVERKA_ASSIGN(const auto store,
                  matcher::OpenRocksDbStore(options.directory,
                                            {.create_if_missing = false, .read_only = true}));
  MEDVERKA_ASSIGN(const auto bytes, store->Get(matcher::Room::kMeta, matcher::kMarkerKey));
  if (!bytes.has_value()) {
    return base::Fail(base::ErrorCode::kNotFound, "{} has no marker: nothing was committed there",
                      options.directory);
  }
  MEDVERKA_ASSIGN(const matcher::Marker marker, matcher::DecodeMarker(*bytes));
  line(base::ToJson(LaneLine(options, marker)));
  Teller teller(*store, options, marker);
  MEDVERKA_TRY(teller.Open());
  return teller.Tell(line);
}

}  // namespace medverka::e2e

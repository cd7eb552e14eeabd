#include "matcher/render.h"

#include <algorithm>

#include "matcher/ledger.h"

namespace medverka::matcher {

namespace json = base::json;
using criteria::CriterionVerdict;
using criteria::StudyVerdict;

namespace {

json::value RenderPolicy(std::optional<criteria::Absence> policy) {
  if (!policy) return nullptr;
  return *policy == criteria::Absence::kNo ? "no" : "unknown";
}

json::value RenderNeeds(const std::string& needs) {
  if (needs.empty()) return nullptr;
  return json::value(json::string(needs));
}

json::object RenderCriterion(const criteria::Program& program, const criteria::Criterion& criterion,
                             const CriterionVerdict& verdict) {
  json::object out;
  out["name"] = criterion.name;
  out["cohort"] = criterion.cohort ? json::value(program.cohorts[*criterion.cohort].name)
                                   : json::value(nullptr);
  out["kind"] = json::string(Name(criterion.kind));
  out["value"] = json::string(Name(verdict.value));
  json::object why;
  why["sv"] = verdict.why.sv;
  why["en"] = verdict.why.en;
  out["why"] = std::move(why);
  out["policy"] = RenderPolicy(verdict.policy);
  json::array evidence;
  for (const std::string& one : verdict.evidence) evidence.emplace_back(one);
  out["evidence"] = std::move(evidence);
  out["needs"] = RenderNeeds(verdict.needs.en);
  out["needs_sv"] = RenderNeeds(verdict.needs.sv);
  out["until"] = RenderTime(verdict.until);
  return out;
}

}  // namespace

json::value RenderTime(std::optional<base::Instant> instant) {
  if (!instant) return nullptr;
  return json::value(json::string(base::FormatUtc(*instant)));
}

json::array RenderCriteria(const criteria::Program& program, const StudyVerdict& verdict) {
  json::array out;
  const std::size_t count = std::min(program.criteria.size(), verdict.criteria.size());
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(RenderCriterion(program, program.criteria[i], verdict.criteria[i]));
  }
  return out;
}

json::array RenderNamedCohorts(const criteria::Program& program, const StudyVerdict& verdict) {
  json::array out;
  for (const std::uint32_t cohort : NamedCohorts(program, verdict)) {
    json::object one;
    one["name"] = program.cohorts[cohort].name;
    one["title"] = program.cohorts[cohort].title;
    out.push_back(std::move(one));
  }
  return out;
}

json::array RenderCohorts(const criteria::Program& program, const StudyVerdict& verdict) {
  json::array out;
  const std::size_t count = std::min(program.cohorts.size(), verdict.cohorts.size());
  for (std::size_t i = 0; i < count; ++i) {
    json::object one;
    one["name"] = program.cohorts[i].name;
    one["title"] = program.cohorts[i].title;
    one["open"] = program.cohorts[i].open;
    one["verdict"] = json::string(Name(verdict.cohorts[i]));
    out.push_back(std::move(one));
  }
  return out;
}

json::object RenderStudy(const criteria::StudyHeader& study) {
  json::object title;
  title["en"] = study.title.en;
  title["sv"] = study.title.sv;
  json::object ids;
  for (const auto& [word, id] : study.ids) {
    if (!ids.contains(word))
      ids[word] = id;  // a register that names the study twice: the first counts
  }
  json::object out;
  out["id"] = study.id;
  out["title"] = std::move(title);
  out["ids"] = std::move(ids);
  return out;
}

json::array RenderSites(const criteria::StudyHeader& study, std::string_view region) {
  std::vector<const criteria::Site*> sites;
  for (const criteria::Site& site : study.sites) sites.push_back(&site);
  if (!region.empty()) {
    std::stable_partition(sites.begin(), sites.end(),
                          [&](const criteria::Site* site) { return site->region == region; });
  }
  json::array out;
  for (const criteria::Site* site : sites) {
    json::object one;
    one["name"] = site->name;
    one["region"] = site->region;
    one["hsa_id"] = site->hsa_id;
    out.push_back(std::move(one));
  }
  return out;
}

json::array RenderAgainst(const criteria::Program& program, const StudyVerdict& verdict) {
  json::array out;
  const std::size_t count = std::min(program.criteria.size(), verdict.criteria.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (verdict.criteria[i].against) out.emplace_back(program.criteria[i].name);
  }
  return out;
}

}  // namespace medverka::matcher

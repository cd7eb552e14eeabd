// Source: product names and substances as in the national register of medicinal products of the
// Swedish Medical Products Agency (Läkemedelsverket), https://www.lakemedelsverket.se, and the
// European Medicines Agency, https://www.ema.europa.eu.
#include "criteria/internal/brand_names.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace medverka::criteria::internal {
namespace {

struct Brand {
  std::string_view name;  // folded
  std::string_view substance;
};

constexpr Brand kBrands[] = {
    {"alvedon", "paracetamol"},     {"brilique", "ticagrelor"},
    {"crestor", "rosuvastatin"},    {"cipramil", "citalopram"},
    {"efient", "prasugrel"},        {"eliquis", "apixaban"},
    {"enbrel", "etanercept"},       {"entresto", "sacubitril and valsartan"},
    {"erleada", "apalutamide"},     {"forxiga", "dapagliflozin"},
    {"fragmin", "dalteparin"},      {"glucophage", "metformin"},
    {"herceptin", "trastuzumab"},   {"humira", "adalimumab"},
    {"imovane", "zopiclone"},       {"innohep", "tinzaparin"},
    {"ipren", "ibuprofen"},         {"januvia", "sitagliptin"},
    {"jardiance", "empagliflozin"}, {"keytruda", "pembrolizumab"},
    {"klexane", "enoxaparin"},      {"lipitor", "atorvastatin"},
    {"lixiana", "edoxaban"},        {"losec", "omeprazole"},
    {"lynparza", "olaparib"},       {"mabthera", "rituximab"},
    {"nexium", "esomeprazole"},     {"opdivo", "nivolumab"},
    {"ozempic", "semaglutide"},     {"panodil", "paracetamol"},
    {"plavix", "clopidogrel"},      {"pradaxa", "dabigatran"},
    {"remicade", "infliximab"},     {"seloken", "metoprolol"},
    {"sobril", "oxazepam"},         {"tagrisso", "osimertinib"},
    {"tradolan", "tramadol"},       {"trombyl", "acetylsalicylic acid"},
    {"voltaren", "diclofenac"},     {"waran", "warfarin"},
    {"wegovy", "semaglutide"},      {"xarelto", "rivaroxaban"},
    {"xtandi", "enzalutamide"},     {"zocord", "simvastatin"},
    {"zoloft", "sertraline"},       {"zytiga", "abiraterone"},
};

}  // namespace

std::string_view SubstanceOf(std::string_view name) {
  std::string word;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    const unsigned char c = i < name.size() ? static_cast<unsigned char>(name[i]) : ' ';
    if (std::isalnum(c) != 0 || c >= 0x80) {
      word += static_cast<char>(std::tolower(c));
      continue;
    }
    const auto* const found = std::find_if(std::begin(kBrands), std::end(kBrands),
                                           [&](const Brand& brand) { return brand.name == word; });
    if (found != std::end(kBrands)) return found->substance;
    word.clear();
  }
  return "";
}

}  // namespace medverka::criteria::internal

#include "matcher/patient/medications.h"

#include "matcher/limits.h"
#include "matcher/patient/codec.h"
#include "ops/base/bytes.h"

namespace medverka::matcher {
namespace {

// Medications decoded at one time. A product register has some 20,000; past that the cache starts
// anew.
constexpr std::size_t kMedicationsCachedMax = 20'000;

std::string UserPrefix(std::string_view id) { return std::string(id) + '\0'; }

}  // namespace

base::Result<const std::vector<criteria::CodeId>*> Medications::Codes(const std::string& id) {
  const auto cached = cache_.find(id);
  if (cached != cache_.end()) return &cached->second;
  MEDVERKA_ASSIGN(const std::optional<std::string> bytes, codes_.Get(id));
  std::vector<criteria::CodeId> codes;
  if (bytes) {
    base::ByteReader in(*bytes);
    codes = ReadCodes(in, vocabulary_);
    if (!in.ok() || !in.at_end()) {
      return base::Fail(base::ErrorCode::kCorruption,
                        "A medication's row in the state cannot be read back.");
    }
  }
  if (cache_.size() >= kMedicationsCachedMax) cache_.clear();
  return &cache_.emplace(id, std::move(codes)).first->second;
}

void Medications::Set(const std::string& id, const std::vector<criteria::CodeId>& codes) {
  base::ByteWriter out;
  WriteCodes(out, codes, vocabulary_);
  codes_.Put(id, out.Take());
  cache_.erase(id);
}

void Medications::Forget(const std::string& id) {
  codes_.Delete(id);
  cache_.erase(id);
}

void Medications::AddUser(std::string_view id, const PersonKey& shelf) {
  users_.Put(UserPrefix(id) + std::string(shelf.view()), {});
}

base::Result<std::vector<PersonKey>> Medications::Users(std::string_view id) const {
  const std::string prefix = UserPrefix(id);
  std::vector<PersonKey> users;
  MEDVERKA_TRY(users_.Scan(prefix, [&](std::string_view key, std::string_view) {
    base::ByteReader in(key.substr(prefix.size()));
    users.push_back(ReadPersonKey(in));
  }));
  return users;
}

void Medications::Write(Batch& batch) {
  codes_.Write(batch);
  users_.Write(batch);
}

}  // namespace medverka::matcher

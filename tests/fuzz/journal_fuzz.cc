// Journal records of any bytes: the reader never crashes, says the same twice, and what it cannot
// read it says so.

#include <cstdint>
#include <memory>
#include <string_view>

#include "matcher/journal/journal.h"
#include "ops/base/check.h"

namespace {

using medverka::matcher::ReadRecord;

// Vocabularies grow with what they meet; a new one now and then keeps the memory of a long run
// flat.
constexpr int kRecordsPerVocabulary = 5'000;

struct Room {
  medverka::criteria::Vocabulary vocabulary;
  medverka::matcher::SubjectHasher hasher{1, "fuzz"};
  medverka::matcher::JournalReader reader{vocabulary, hasher};
};

bool IsBlank(std::string_view bytes) {
  return bytes.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::unique_ptr<Room> room;
  static int records = 0;
  if (records++ % kRecordsPerVocabulary == 0) room = std::make_unique<Room>();

  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadRecord first;
  ReadRecord second;
  room->reader.Read(bytes, first);
  room->reader.Read(bytes, second);
  MEDVERKA_CHECK(first.changes.size() == second.changes.size());
  MEDVERKA_CHECK(first.dead.size() == second.dead.size());
  MEDVERKA_CHECK(first.feedback.size() == second.feedback.size());
  MEDVERKA_CHECK(first.stamp == second.stamp);
  for (std::size_t i = 0; i < first.changes.size(); ++i) {
    MEDVERKA_CHECK(!first.changes[i].id.empty());
    MEDVERKA_CHECK(first.changes[i].id == second.changes[i].id);
    MEDVERKA_CHECK(first.changes[i].version == second.changes[i].version);
    MEDVERKA_CHECK(first.changes[i].resource.facts.size() ==
                   second.changes[i].resource.facts.size());
  }
  for (const auto& dead : first.dead) MEDVERKA_CHECK(!Name(dead.reason).empty());
  if (IsBlank(bytes)) MEDVERKA_CHECK(first.changes.empty() && first.dead.empty());
  return 0;
}

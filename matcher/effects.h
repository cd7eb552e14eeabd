// What a lane has to tell the world: suggestions, dead letters, pieces of patients who go on
// elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/journal/journal.h"

namespace medverka::matcher {

// What came out since the last call of TakeEffects, in order. Not to be shown to anybody before
// Commit.
struct SuggestionEvent {  // a CloudEvent; docs/suggestion.schema.json
  std::string id, source, type, subject, time;
  std::string study;
  std::string_view reason;  // withdrawn: why, of the closed list; else ""
  std::string data;         // JSON
  std::string_view topic;   // of the record that caused it; "": a timer or a catalogue did
  std::uint64_t offset = 0;
  std::uint64_t episode = 0, transitions = 0;  // what the id stands for
};
// Which suggestion of a subject and study a reader was told last.
struct LastSaid {
  std::uint64_t episode = 0, transitions = 0;
  bool open = false;
};
struct DeadLetterEvent {
  std::string_view topic;
  std::uint64_t offset = 0;
  std::uint64_t line = 0;  // files only
  std::int32_t entry = -1;
  DeadLetterReason reason = DeadLetterReason::kSchema;
  std::string_view element;
};
// A piece of a patient who goes on in another lane (docs/decisions), for match.moves.v1.
struct MoveEvent {
  std::uint32_t partition = 0;  // where to
  std::string key;              // surviving subject, hex
  std::string value;            // for Lane::ApplyMove there
};
struct Effects {
  std::vector<SuggestionEvent> suggestions;
  std::vector<DeadLetterEvent> dead_letters;
  std::vector<MoveEvent> moves;
};
// As lines: a structured CloudEvent each; {"offset","line","entry","reason","element"} each.
std::string ToNdjson(const std::vector<SuggestionEvent>& suggestions);
std::string ToNdjson(const std::vector<DeadLetterEvent>& dead_letters);

}  // namespace medverka::matcher

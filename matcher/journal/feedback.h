// A clinician's decision or answer as a CloudEvent (journal.h, Feedback).
#pragma once

#include "matcher/journal/resource_reader.h"

namespace medverka::matcher::journal {

inline constexpr std::string_view kFeedbackType = "se.medverka.feedback.v1";

// `data`: the event's data; `event_id`: its id, for the order of two at the same time.
void ReadFeedback(const Node* data, std::string_view event_id, const Source& source,
                  ResourceReader& resources, ReadRecord& out);

}  // namespace medverka::matcher::journal

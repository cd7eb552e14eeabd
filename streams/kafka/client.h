// What all Kafka clients of this process have in common: properties, and how an error of librdkafka
// is to be taken. librdkafka is named in the .cc files of this folder only.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ops/base/result.h"
#include "streams/measures.h"

namespace medverka::streams {

// librdkafka's names and values ("bootstrap.servers": "localhost:9092"); docs/configuration.md.
using KafkaProperties = std::map<std::string, std::string>;

// What is to be done about an error of a transaction (docs: reliability of the commit).
enum class KafkaFault : std::uint8_t {
  kRetriable,  // the same call again
  kAbortable,  // abort the transaction, rewind, again
  kFatal,      // fenced, or the client is lost: throw the producer and the lane away
};
struct KafkaError {
  KafkaFault fault = KafkaFault::kFatal;
  std::string name;     // "_FENCED": librdkafka's, never a payload
  std::string message;  // a sentence with what to do
};

// A property that librdkafka does not know or does not take: which, why, "did you mean". Also those
// that Medverka sets itself and that must stay (enable.auto.commit, isolation.level,
// transactional.id, ...): refused, with the reason.
base::Result<void> CheckKafkaProperties(const KafkaProperties& properties);

}  // namespace medverka::streams

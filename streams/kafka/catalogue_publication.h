// One transaction on the studies topic, fenced by its id, and what it means when it fails. For the
// .cc files of this folder (and the tests of the mock broker) only.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "ops/base/result.h"
#include "streams/kafka/client.h"
#include "streams/kafka/handles.h"

namespace medverka::streams::internal {

// Why a try did not publish, and what that means for the next.
enum class Setback : std::uint8_t {
  kFenced,   // another publisher has the transactional id now
  kFinal,    // it would fail again
  kUnknown,  // perhaps it is published, perhaps not: to be looked at under a new fence
};
struct Trouble {
  Setback setback = Setback::kFinal;
  base::Error error;
};
using Step = tl::expected<void, Trouble>;

tl::unexpected<Trouble> Finally(base::Error error);

// One thread. Open, Begin, Write*, Commit; then it is thrown away.
class Publication {
 public:
  // Fences whoever had the id (<prefix>-publish), and settles what they left open.
  static tl::expected<std::unique_ptr<Publication>, Trouble> Open(const KafkaProperties& properties,
                                                                  const std::string& topic,
                                                                  const std::string& prefix);
  ~Publication();
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;

  Step Begin();
  // `value` is copied. `what`: for the error.
  Step Write(const std::string& key, const std::string& value, const std::string& what);
  Step Commit();
  // Whether the brokers were asked to end the transaction; without that it is not committed. The
  // library's own errors do not tell.
  bool asked_to_end() const { return end_requests_.load() > 0; }
  // So that readers need not wait until the brokers do it. A handle with a fatal error cannot, and
  // whoever comes next settles it by the fence.
  void Abort();

 private:
  explicit Publication(std::string topic) : topic_(std::move(topic)) {}

  rd_kafka_resp_err_t FatalOf() const;
  Setback SetbackOf(rd_kafka_resp_err_t code) const;
  // The call again while the library says that it may go on.
  Step Repeat(std::string_view what, const std::function<rd_kafka_error_t*()>& call);

  const std::string topic_;
  ClientEvents events_;
  std::atomic<int> end_requests_ = 0;  // counted on the library's threads
  Handle producer_;                    // last, so that its threads end first
};

}  // namespace medverka::streams::internal

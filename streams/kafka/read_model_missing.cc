// Until the read model is there: a process with the role `api` says so and ends.
#include "streams/kafka/read_model.h"

namespace medverka::streams {

base::Result<std::unique_ptr<ReadModel>> ReadModel::Open(ReadModelOptions, Measures&) {
  return base::Fail(base::ErrorCode::kUnavailable,
                    "The role api is not built yet: set `roles: [lanes]`.");
}

}  // namespace medverka::streams

// JSON output: order of members, escapes, layout.
#include "ops/base/json.h"

#include <gtest/gtest.h>

namespace medverka::base {
namespace {

TEST(Json, KeepsMembersInTheirOrder) {
  json::object object;
  object["zeta"] = 1;
  object["alpha"] = nullptr;
  object["text"] = "quote \" and å";
  EXPECT_EQ(ToJson(object), R"({"zeta":1,"alpha":null,"text":"quote \" and å"})");
}

TEST(Json, PrintsForPeople) {
  json::object object;
  object["a"] = json::array{1, "two", json::object{}};
  object["b"] = json::object{{"c", true}};
  object["d"] = json::array{};
  EXPECT_EQ(ToPrettyJson(object),
            "{\n  \"a\": [\n    1,\n    \"two\",\n    {}\n  ],\n  \"b\": {\n    \"c\": true\n  "
            "},\n  \"d\": []\n}\n");
}

}  // namespace
}  // namespace medverka::base

#include "ops/config/values.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

namespace medverka::config {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;

struct Unit {
  std::string_view name;
  std::int64_t times;
};
constexpr std::array<Unit, 5> kSizes = {
    {{"TiB", 1LL << 40}, {"GiB", 1LL << 30}, {"MiB", 1LL << 20}, {"KiB", 1LL << 10}, {"B", 1}}};
constexpr std::array<Unit, 6> kDurations = {{{"d", 86'400'000'000},
                                             {"h", 3'600'000'000},
                                             {"min", 60'000'000},
                                             {"s", 1'000'000},
                                             {"ms", 1'000},
                                             {"us", 1}}};

// A number that is whole, its unit behind it. nullopt would lose what is wrong, so: a Result.
struct Amount {
  std::int64_t number = 0;
  std::string_view unit;
};
enum class Slip { kNone, kNoNumber, kNegative, kTooLarge };
Slip Split(std::string_view text, Amount& amount) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, amount.number);
  if (read.ec == std::errc::result_out_of_range) return Slip::kTooLarge;
  if (read.ec != std::errc()) return Slip::kNoNumber;
  if (amount.number < 0) return Slip::kNegative;
  amount.unit = text.substr(static_cast<std::size_t>(read.ptr - text.data()));
  while (!amount.unit.empty() && amount.unit.front() == ' ') amount.unit.remove_prefix(1);
  return Slip::kNone;
}

Result<std::int64_t> Measured(std::string_view text, std::span<const Unit> units,
                              std::string_view what, std::string_view example,
                              std::string_view bare) {
  Amount amount;
  switch (Split(text, amount)) {
    case Slip::kNoNumber:
      return Fail(ErrorCode::kInvalidArgument, "must be {} such as {}, not \"{}\"", what, example,
                  text);
    case Slip::kNegative:
      return Fail(ErrorCode::kInvalidArgument, "must not be negative, and is {}", text);
    case Slip::kTooLarge:
      return Fail(ErrorCode::kInvalidArgument, "is too large: {}", text);
    case Slip::kNone:
      break;
  }
  if (amount.unit.empty() && amount.number != 0) amount.unit = bare;
  if (amount.unit.empty() && amount.number == 0) return 0;
  std::string names;
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    if (unit->name == amount.unit) {
      if (amount.number > std::numeric_limits<std::int64_t>::max() / unit->times) {
        return Fail(ErrorCode::kInvalidArgument, "is too large: {}", text);
      }
      return amount.number * unit->times;
    }
    names += (names.empty() ? "" : ", ") + std::string(unit->name);
  }
  if (amount.unit.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "must have a unit, as in {}; the units are {}",
                example, names);
  }
  return Fail(ErrorCode::kInvalidArgument,
              "has the unknown unit \"{}\"; the units are {}, as in {}", amount.unit, names,
              example);
}

std::string Shortest(std::int64_t amount, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (amount != 0 && amount % unit.times == 0) {
      return fmt::format("{}{}", amount / unit.times, unit.name);
    }
  }
  return "0";
}

}  // namespace

Result<std::uint64_t> ParseSize(std::string_view text) {
  MEDVERKA_ASSIGN(const std::int64_t bytes, Measured(text, kSizes, "a size", "256MiB", "B"));
  return static_cast<std::uint64_t>(bytes);
}

Result<std::int64_t> ParseDurationUs(std::string_view text) {
  return Measured(text, kDurations, "a duration", "50ms", "");
}

Result<std::int64_t> ParseWhole(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool whole = read.ptr == end && !text.empty();
  if (!whole || read.ec == std::errc::invalid_argument) {
    return Fail(ErrorCode::kInvalidArgument, "must be a whole number, not \"{}\"", text);
  }
  if (read.ec != std::errc() || number < least || number > most) {
    return Fail(ErrorCode::kInvalidArgument, "must be from {} to {}, and is {}", least, most, text);
  }
  return number;
}

Result<double> ParseShare(std::string_view text) {
  constexpr double kLeast = 0.01;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !(number >= kLeast && number <= 1)) {
    return Fail(ErrorCode::kInvalidArgument, "must be a number from 0.01 to 1, not \"{}\"", text);
  }
  return number;
}

Result<bool> ParseTruth(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return Fail(ErrorCode::kInvalidArgument, "must be true or false, not \"{}\"", text);
}

Result<Endpoint> ParseEndpoint(std::string_view text) {
  const auto wrong = [&] {
    return Fail(ErrorCode::kInvalidArgument,
                "must be an address and a port such as 127.0.0.1:8080 or [::1]:8080, not \"{}\"",
                text);
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  Endpoint endpoint;
  endpoint.address = text.substr(0, colon);
  const auto port = ParseWhole(text.substr(colon + 1), 0, 65'535);
  if (!port.has_value()) return wrong();
  endpoint.port = static_cast<std::uint16_t>(*port);
  const bool bracketed = endpoint.address.size() > 2 && endpoint.address.front() == '[' &&
                         endpoint.address.back() == ']';
  if (bracketed) endpoint.address = endpoint.address.substr(1, endpoint.address.size() - 2);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, endpoint.address.c_str(), bytes.data()) != 1) {
    return wrong();
  }
  return endpoint;
}

std::string SizeText(std::uint64_t bytes) {
  return Shortest(static_cast<std::int64_t>(bytes), kSizes);
}

std::string DurationText(std::int64_t us) { return Shortest(us, kDurations); }

std::string EndpointText(const Endpoint& endpoint) {
  const bool six = endpoint.address.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", six ? "[" : "", endpoint.address, six ? "]" : "", endpoint.port);
}

}  // namespace medverka::config

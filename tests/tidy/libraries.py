"""Each third-party library has one home; what several folders need is wrapped in ops/base."""

import re

from tree import CPP_ENDINGS, Problem, Tree, expect

TITLE = "one home per library"

# Start of the header's name, library, homes. Tests stand here where they make inputs or a second opinion with it.
HOMES = [
    ("re2/", "RE2", ["criteria/"]),
    ("simdjson", "simdjson", ["matcher/journal/"]),
    ("rocksdb/", "RocksDB", ["matcher/store/"]),
    ("roaring/", "CRoaring", ["matcher/catalogue/"]),
    ("librdkafka/", "librdkafka", ["streams/kafka/", "tests/streams/kafka/"]),
    ("zstd", "zstd", ["streams/file/", "streams/kafka/packing", "tests/"]),
    ("zlib", "zlib", ["streams/file/", "tests/"]),
    ("boost/beast", "Boost Beast", ["streams/http/"]),
    ("boost/asio", "Boost Asio", ["streams/http/"]),
    ("boost/json", "Boost JSON", ["ops/base/", "tests/"]),
    ("boost/unordered", "Boost containers", [""]),
    ("boost/multiprecision", "Boost Multiprecision", ["criteria/", "ops/base/", "tests/"]),
    ("boost/container", "Boost containers", [""]),
    ("fmt/", "fmt", ["ops/base/"]),
    ("spdlog/", "spdlog", ["ops/base/"]),
    ("tl/", "tl-expected", ["ops/base/"]),
    ("openssl/", "OpenSSL", ["ops/base/"]),
    ("xxhash", "xxHash", ["ops/base/"]),
    ("date/", "date", ["ops/base/", "tests/"]),
    ("prometheus/", "prometheus-cpp", ["ops/telemetry/"]),
    ("yaml-cpp/", "yaml-cpp", ["ops/config/"]),
    ("CLI/", "CLI11", ["ops/app/"]),
    ("gtest/", "GoogleTest", ["tests/"]),
    ("gmock/", "GoogleTest", ["tests/"]),
    ("rapidcheck", "RapidCheck", ["tests/"]),
    ("benchmark/", "Google Benchmark", ["benchmarks/"]),
]

# The language's own and the operating system's.
STANDARD = re.compile(
    r"^[a-z_0-9]+$|^c[a-z]+$|^(sys|netinet|arpa|linux)/\w+\.h$|^sanitizer/\w+\.h$"
    r"|^(unistd|fcntl|signal|poll|termios|time|errno|stdint|stddef|stdio|stdlib|string|pwd|dirent|spawn|malloc"
    r"|pthread|threads|immintrin)\.h$")
INCLUDE = re.compile(r"^\s*#\s*include\s*<([^>]+)>")


def check(tree: Tree):
    problems = []
    for path in tree.paths(*CPP_ENDINGS):
        for number, line in enumerate(tree.lines(path), 1):
            include = INCLUDE.match(line)
            if not include:
                continue
            header = include.group(1)
            row = next((row for row in HOMES if header.startswith(row[0])), None)
            if row is None:
                if not STANDARD.match(header):
                    problems.append(Problem(path, number, f"<{header}> has no home in tests/tidy/libraries.py"))
            elif not path.startswith(tuple(row[2])):
                problems.append(Problem(path, number, f"{row[1]} lives in {', '.join(row[2])}; borrow it from there"))
    return problems


def self_test():
    tree = Tree({
        "criteria/text.cc": "#include <re2/re2.h>\n#include <vector>\n#include <cstdint>\n",
        "matcher/text.cc": "#include <re2/re2.h>\n#include <sys/file.h>\n",
        "ops/base/format.h": "#include <fmt/core.h>\n",
        "streams/log.cc": "#include <spdlog/spdlog.h>\n#include <newlib/thing.h>\n",
        "matcher/set.cc": "#include <boost/unordered/unordered_flat_map.hpp>\n",
    })
    expect(check(tree), "matcher/text.cc:1", "streams/log.cc:1", "streams/log.cc:2")

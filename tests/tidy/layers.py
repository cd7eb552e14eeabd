"""Who may include whom, and what the pure rooms may not reach for.

    ops/base <- criteria <- matcher <- streams <- ops/{config,telemetry,web,app}
"""

import re

from tree import CPP_ENDINGS, Problem, Tree, expect

TITLE = "includes go one way"

# The table: a room, and the rooms whose headers it may name beside its own.
MAY_INCLUDE = {
    "ops/base": [],
    "criteria": ["ops/base"],
    "matcher": ["criteria", "ops/base"],
    "streams": ["matcher", "criteria", "ops/base"],
    "ops/generator": ["criteria", "ops/base"],
    "ops/editor": ["criteria", "ops/base"],
    "ops/config": ["streams", "matcher", "criteria", "ops/base"],
    "ops/telemetry": ["streams", "matcher", "criteria", "ops/base"],
    "ops/web": ["streams", "matcher", "criteria", "ops/base"],
    "ops/app": ["ops/web", "ops/telemetry", "ops/config", "ops/generator", "ops/editor", "streams", "matcher",
                "criteria", "ops/base"],
}
# May reach everything: they are not part of what ships.
FREE = ["tests", "benchmarks"]

# criteria and matcher get bytes, time and chance as arguments. matcher/store is the one room with a disk.
PURE = ["criteria/", "matcher/"]
NOT_PURE = ["matcher/store/"]
IMPURE_HEADERS = {
    "condition_variable", "fstream", "future", "iostream", "mutex", "random",
    "semaphore", "shared_mutex", "stop_token", "thread", "unistd.h", "fcntl.h", "sys/stat.h",
    "time.h", "ctime",
}
# Of <filesystem> only path may be used: that is text, not a disk.
IMPURE_CALLS = re.compile(r"_clock::now\b|\bstd::getenv\b|\bgetenv\(|\bfopen\(|\bstd::rand\b"
                          r"|\bstd::filesystem::(?!path\b)|\bnamespace \w+ = std::filesystem\b")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path: str) -> str:
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "ops" else parts[0]


def check(tree: Tree):
    problems = []
    for path in tree.paths(*CPP_ENDINGS):
        room = room_of(path)
        free = room in FREE
        if not free and room not in MAY_INCLUDE:
            problems.append(Problem(path, 0, f"the folder {room} has no line in tests/tidy/layers.py"))
            continue
        pure = path.startswith(tuple(PURE)) and not path.startswith(tuple(NOT_PURE))
        for number, line in enumerate(tree.lines(path), 1):
            include = INCLUDE.match(line)
            if include and include.group(1) == '"':
                problems += _ours(tree, path, room, free, number, include.group(2))
            elif include and pure and include.group(2) in IMPURE_HEADERS:
                problems.append(Problem(path, number, f"<{include.group(2)}> brings a clock, chance, a lock or a "
                                        "file into a pure room; take what it gives as an argument"))
            elif pure and not line.lstrip().startswith("//") and IMPURE_CALLS.search(line):
                problems.append(Problem(path, number, "criteria and matcher read no clock, environment or file"))
    return problems


def _ours(tree: Tree, path: str, room: str, free: bool, number: int, header: str):
    if not tree.has(header):
        # A test may name what lies beside it, or what the test tree shares, by its bare name.
        if free and "/" not in header and tree.has(path[:path.rfind("/") + 1] + header):
            return []
        return [Problem(path, number, f'"{header}" is no path from the root; third-party headers stand in <>')]
    target = room_of(header)
    if "/internal/" in header and not path.startswith((header.split("/internal/")[0] + "/", "tests/")):
        return [Problem(path, number, f'"{header}" is private to its folder')]
    if free or target == room or target in MAY_INCLUDE[room]:
        return []
    return [Problem(path, number, f"{room} may not include {target} ({header})")]


def self_test():
    tree = Tree({
        "ops/base/text.h": "#include <string>\n",
        "criteria/fact.h": '#include "ops/base/text.h"\n',
        "criteria/bad.cc": '#include "criteria/fact.h"\n#include "matcher/lane.h"\n#include <mutex>\n',
        "criteria/clock.cc": "// std::chrono::system_clock::now()\nauto t = std::chrono::system_clock::now();\n",
        "matcher/lane.h": '#include "criteria/fact.h"\n',
        "matcher/gone.cc": '#include "fact.h"\n',
        "matcher/store/disk.cc": "#include <filesystem>\n",
        "matcher/journal/internal/reader.h": "",
        "matcher/journal/reader.cc": '#include "matcher/journal/internal/reader.h"\n',
        "matcher/peek.cc": '#include "matcher/journal/internal/reader.h"\n',
        "ops/app/main.cc": '#include "matcher/lane.h"\n#include <iostream>\n',
        "ops/base/up.cc": '#include "criteria/fact.h"\n',
        "tests/ops/any_test.cc": '#include "ops/app/main.cc"\n#include "beside.h"\n#include "nowhere.h"\n',
        "tests/ops/beside.h": "",
        "matcher/journal/path.cc": '#include "reader.h"\n#include <filesystem>\nauto p = std::filesystem::path(x);\n'
                                   'auto e = std::filesystem::exists(x);\nusing std::filesystem::path;\n',
        "elsewhere/new.cc": "",
    })
    expect(check(tree), "criteria/bad.cc:2", "criteria/bad.cc:3", "criteria/clock.cc:2", "matcher/gone.cc:1",
           "matcher/peek.cc:1", "ops/base/up.cc:1", "tests/ops/any_test.cc:3",
           "matcher/journal/path.cc:1", "matcher/journal/path.cc:4", "elsewhere/new.cc:0")

"""clang 14 accepts every source file, with the project's warnings as errors. GCC builds what ships; both must agree.

Needs a configured build/release, for its compile_commands.json. Nothing is generated: -fsyntax-only.
"""

import json
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

import cpp_tidy
from tree import ROOT, Problem, Tree

TITLE = "clang 14 compiles it too"

ERROR = re.compile(r"^(/?[^:\n]+):(\d+):\d+: (?:fatal )?error: (.*)$", re.M)


def clang_command(command: str):
    """GCC's command line from the database as clang would take it; a launcher like ccache goes, so does the output."""
    words = shlex.split(command)
    while words and not re.search(r"(g\+\+|c\+\+)(-\d+)?$", words[0]):
        words.pop(0)
    kept, skip = [], False
    for word in words[1:]:
        if skip:
            skip = False
        elif word in ("-o", "-MF", "-MT"):
            skip = True
        elif word not in ("-c", "-MD"):
            kept.append(word)
    return ["clang++-14", "-fsyntax-only", "-Wno-unknown-warning-option", *kept]


def run(entries, jobs: int, root: str):
    def one(entry):
        done = subprocess.run(clang_command(entry["command"]), cwd=entry["directory"], capture_output=True, text=True)
        found = {Problem(os.path.relpath(os.path.join(entry["directory"], match.group(1)), root), int(match.group(2)),
                         match.group(3)) for match in ERROR.finditer(done.stderr)}
        if done.returncode and not found:
            found = {Problem(os.path.relpath(entry["file"], root), 0, done.stderr.strip()[:400])}
        return found

    with ThreadPoolExecutor(jobs) as pool:
        return sorted(set().union(*pool.map(one, entries)))


def check(tree: Tree, jobs: int = 2, everything: bool = False):
    try:
        with open(os.path.join(ROOT, cpp_tidy.DATABASE, "compile_commands.json"), encoding="utf-8") as file:
            entries = json.load(file)
    except FileNotFoundError:
        return [Problem(cpp_tidy.DATABASE, 0, "is not configured; run ./dev build")]
    touched = None if everything else cpp_tidy.changed(tree)
    wanted = set(tree.paths(".cc") if touched is None else touched)
    return run([entry for entry in entries if os.path.relpath(entry["file"], ROOT) in wanted], jobs, ROOT)


def self_test():
    folder = Tree({"good.cc": "int Good(int value) { return value; }\n",
                   "bad.cc": "\nint Bad(int unused) { return 1; }\n"}).folder()
    entries = [{"directory": folder, "file": os.path.join(folder, name),
                "command": f"/usr/bin/ccache /usr/bin/g++ -std=c++20 -Wextra -Werror -o {name}.o -c {name}"}
               for name in ("good.cc", "bad.cc")]
    found = run(entries, 2, folder)
    assert [(p.path, p.line) for p in found] == [("bad.cc", 2)], found
    assert not os.path.exists(os.path.join(folder, "good.cc.o"))

"""clang-tidy with the short list of .clang-tidy: over the files that a change touches, or over all that ships.

Needs a configured build/release, for its compile_commands.json.
"""

import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from tree import ROOT, Problem, Tree, expect

TITLE = "clang-tidy"

DATABASE = "build/release"
WARNING = re.compile(r"^(/?[^:\n]+):(\d+):\d+: (?:warning|error): (.*)$", re.M)
SHIPS = ("ops/", "criteria/", "matcher/", "streams/")


def changed(tree: Tree):
    """Sources that differ from the branch point, with those whose own header does. None: no such point."""
    def git(*words):
        return subprocess.run(["git", "-c", f"safe.directory={ROOT}", *words], cwd=ROOT, capture_output=True, text=True)

    base = next((done.stdout.strip() for name in ("origin/main", "main~1", "HEAD~1")
                 if (done := git("merge-base", "HEAD", name)).returncode == 0), None)
    if base is None:
        return None
    names = set((git("diff", "--name-only", base).stdout + git("ls-files", "--others", "--exclude-standard").stdout).split("\n"))
    return [path for path in tree.paths(".cc") if path in names or path[:-3] + ".h" in names]


def run(paths, jobs: int, folder: str, database: str, seconds: float = float("inf")):
    """(problems, number of files looked at). Stops to start new files when the time is up."""
    end = time.monotonic() + seconds

    def one(path):
        if time.monotonic() > end:
            return None
        done = subprocess.run(
            ["clang-tidy-14", "--quiet", "-p", database, "--extra-arg=-Wno-unknown-warning-option", path],
            cwd=folder, capture_output=True, text=True)
        found = {Problem(os.path.relpath(os.path.join(folder, match.group(1)), folder), int(match.group(2)), match.group(3))
                 for match in WARNING.finditer(done.stdout)}
        if done.returncode and not found:
            found = {Problem(path, 0, (done.stdout + done.stderr).strip()[:400])}
        return found

    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(one, paths))
    looked_at = [found for found in results if found is not None]
    return sorted(set().union(*looked_at)) if looked_at else [], len(looked_at)


def check(tree: Tree, jobs: int = 2, everything: bool = False, seconds: float = float("inf")):
    try:
        with open(os.path.join(ROOT, DATABASE, "compile_commands.json"), encoding="utf-8") as file:
            known = {os.path.relpath(entry["file"], ROOT) for entry in json.load(file)}
    except FileNotFoundError:
        return [Problem(DATABASE, 0, "is not configured; run ./dev build")]
    touched = None if everything else changed(tree)
    if touched is None:
        touched = [path for path in tree.paths(".cc") if path.startswith(SHIPS)]
    paths = [path for path in touched if path in known]
    problems, looked_at = run(paths, jobs, ROOT, os.path.join(ROOT, DATABASE), seconds)
    print(f"    clang-tidy looked at {looked_at} of {len(paths)} files")
    return problems


def self_test():
    with open(os.path.join(ROOT, ".clang-tidy"), encoding="utf-8") as file:
        config = file.read()
    tree = Tree({
        ".clang-tidy": config,
        "good.cc": "int Good(int value_in) { return value_in; }\n",
        "bad.cc": "#include <string>\nenum class E { kA, b };\nint Size(const std::string& s) {\n"
                  "  const std::string t = s;\n  return static_cast<int>(t.size());\n}\n",
    })
    folder = tree.folder()
    database = [{"directory": folder, "file": name, "command": f"g++ -std=c++20 -c {name}"} for name in ("good.cc", "bad.cc")]
    with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(database, file)
    problems, looked_at = run(["good.cc", "bad.cc"], 2, folder, folder)
    assert looked_at == 2
    expect(problems, "bad.cc:2", "bad.cc:4")

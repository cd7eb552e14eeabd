"""clang-format over every C++ file, as .clang-format says."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tree import CPP_ENDINGS, Problem, Tree, expect

TITLE = "clang-format"

PLACE = re.compile(r"^(.*?):(\d+):\d+: error:")


def check(tree: Tree, jobs: int = 2):
    folder = tree.folder()

    def one(path):
        done = subprocess.run(["clang-format-14", "--dry-run", "-Werror", "--ferror-limit=1", path], cwd=folder,
                              capture_output=True, text=True)
        if done.returncode == 0:
            return []
        match = PLACE.match(done.stderr)
        return [Problem(path, int(match.group(2)) if match else 0, "run clang-format-14 -i over it")]

    with ThreadPoolExecutor(jobs) as pool:
        return [problem for found in pool.map(one, tree.paths(*CPP_ENDINGS)) for problem in found]


def self_test():
    tree = Tree({
        ".clang-format": "BasedOnStyle: Google\nColumnLimit: 100\n",
        "good.cc": "int Good() { return 1; }\n",
        "bad.cc": "int Bad() { return 1; }\n\nint   Worse( ){return 1;}\n",
    })
    expect(check(tree), "bad.cc:3")

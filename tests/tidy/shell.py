"""shellcheck over every shell script."""

import os
import re
import subprocess

from tree import Problem, Tree, expect

TITLE = "shellcheck"

SHEBANG = re.compile(r"^#!.*\b(?:ba|da)?sh\b")


def scripts(tree: Tree):
    return [path for path in tree.paths() if path.endswith(".sh") or SHEBANG.match(tree.read(path)[:80])]


def check(tree: Tree):
    paths = scripts(tree)
    if not paths:
        return []
    done = subprocess.run(["shellcheck", "-x", "-f", "gcc", *paths], cwd=tree.folder(), capture_output=True, text=True)
    problems = []
    for line in done.stdout.splitlines():
        path, number, _, text = line.split(":", 3)
        problems.append(Problem(os.path.normpath(path), int(number), text.strip()))
    if done.returncode > 1:
        problems.append(Problem("shellcheck", 0, done.stderr.strip()))
    return problems


def self_test():
    tree = Tree({
        "good": '#!/usr/bin/env bash\necho "$1"\n',
        "bad.sh": "#!/bin/sh\necho $1\n",
        "notes.txt": "echo $1\n",
    })
    expect(check(tree), "bad.sh:2")

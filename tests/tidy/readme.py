#!/usr/bin/env python3
"""The two commands that README.md gives on its first screen.

    readme.py demo|test     prints that command, so that CI runs what the page says and nothing else
"""

import re
import sys

sys.dont_write_bytecode = True

from tree import Tree

FIRST_SCREEN_LINES = 40


def commands(text: str):
    """{"demo": "./dev demo", "test": "./dev test"} from the first fenced block that holds both."""
    fenced, block = False, []
    for line in text.splitlines()[:FIRST_SCREEN_LINES]:
        if line.startswith("```"):
            if fenced:
                found = {word: line for line in block for word in ("demo", "test")
                         if re.search(rf"(^|\s|/){word}\b", line)}
                if {"demo", "test"} <= found.keys():
                    return found
            fenced, block = not fenced, []
        elif fenced:
            block.append(re.sub(r"\s+#.*$", "", line).strip())
    return {}


def self_test():
    page = "# X\n```sh\n./dev demo   # see it\n./dev test\n```\n"
    assert commands(page) == {"demo": "./dev demo", "test": "./dev test"}, commands(page)
    assert commands("# X\n```sh\n./dev demo\n```\n") == {}


def main() -> int:
    found = commands(Tree().read("README.md"))
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted not in ("demo", "test"):
        print(__doc__, file=sys.stderr)
        return 2
    if wanted not in found:
        print(f"readme.py: the first {FIRST_SCREEN_LINES} lines of README.md give no {wanted} command", file=sys.stderr)
        return 1
    print(found[wanted])
    return 0


if __name__ == "__main__":
    sys.exit(main())

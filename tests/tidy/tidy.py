#!/usr/bin/env python3
"""Runs the project's static checks: `./dev check [NAME...]`.

    tidy.py [--jobs N] [--all] [--tidy-seconds S] [NAME...]   the named checks, or all of them
    tidy.py --self-test [NAME...]     every check proves on a small made-up tree that it can fail
    tidy.py --list
"""

import argparse
import importlib
import inspect
import os
import sys
import time

sys.dont_write_bytecode = True

from tree import Tree

# In the order in which they run: quick ones first.
CHECKS = ["layers", "libraries", "limits", "words", "identifiers", "unfinished", "pages", "agreement", "helm", "image", "shell",
          "cpp_format", "cpp_clang", "cpp_tidy"]
SHOWN_MAX = 40  # per check; the rest are counted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CHECKS))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="clang and clang-tidy: all files, not only what changed")
    parser.add_argument("--tidy-seconds", type=float, default=float("inf"), help="clang-tidy: start no file after this")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    unknown = set(options.names) - set(CHECKS)
    if unknown:
        parser.error(f"no check {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    modules = [(name, importlib.import_module(name)) for name in CHECKS if not options.names or name in options.names]
    if options.list:
        for name, module in modules:
            print(f"{name:12} {module.TITLE}")
        return 0
    passed, failed = (self_tests if options.self_test else checks)(modules, options)
    print(f"\n{passed} passed, {failed} failed")
    tally = os.environ.get("MEDVERKA_TALLY")
    if tally:
        with open(tally, "a", encoding="utf-8") as file:
            file.write(f"{passed} {failed}\n")
    return 1 if failed else 0


def checks(modules, options):
    tree, passed, failed = Tree(), 0, 0
    given = {"jobs": options.jobs, "everything": options.all, "seconds": options.tidy_seconds}
    for name, module in modules:
        start = time.monotonic()
        wanted = inspect.signature(module.check).parameters
        problems = sorted(module.check(tree, **{key: value for key, value in given.items() if key in wanted}))
        print(f"{'ok  ' if not problems else 'FAIL'} {name:12} {module.TITLE}  ({time.monotonic() - start:.1f} s)")
        for problem in problems[:SHOWN_MAX]:
            print(f"       {problem}")
        if len(problems) > SHOWN_MAX:
            print(f"       and {len(problems) - SHOWN_MAX} more")
        sys.stdout.flush()
        passed, failed = (passed, failed + 1) if problems else (passed + 1, failed)
    return passed, failed


def self_tests(modules, _options):
    passed = failed = 0
    extra = [] if len(modules) < len(CHECKS) else [("count_tests", importlib.import_module("count_tests"))]
    for name, module in [*modules, *extra]:
        try:
            module.self_test()
            print(f"ok   {name}")
            passed += 1
        except (AssertionError, OSError) as error:
            print(f"FAIL {name}: {error}")
            failed += 1
    return passed, failed


if __name__ == "__main__":
    sys.exit(main())

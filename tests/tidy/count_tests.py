#!/usr/bin/env python3
"""How many single tests the last ctest run was: a GoogleTest program counts its cases, any other counts as one.

    count_tests.py BUILD_FOLDER      prints "N passed, M failed"; appends them to the file that $MEDVERKA_TALLY names
"""

import os
import re
import sys

CASES_PASSED = re.compile(r"^\[  PASSED  \] (\d+) tests?\.", re.M)
CASES_FAILED = re.compile(r"^\[  FAILED  \] (\d+) tests?, listed below", re.M)


def count(log: str):
    passed = failed = 0
    for block in re.split(r"^-{58}$\n(?=\d+/\d+ Testing|$)|^(?=\d+/\d+ Testing: )", log, flags=re.M):
        if "Testing: " not in block:
            continue
        case_passed = sum(int(n) for n in CASES_PASSED.findall(block))
        case_failed = sum(int(n) for n in CASES_FAILED.findall(block))
        whole_passed = re.search(r"^Test Passed\.", block, re.M) is not None
        passed += case_passed if case_passed or not whole_passed else 1
        # A program that crashed lists no failed case: it counts as one.
        failed += case_failed if case_failed or whole_passed else 1
    return passed, failed


def self_test():
    log = ("Start testing: now\n" + "-" * 58 + "\n1/3 Testing: a_test\n1/3 Test: a_test\nOutput:\n"
           "[==========] Running 3 tests\n[  PASSED  ] 3 tests.\n<end of output>\nTest time =   0.01 sec\n" + "-" * 58 +
           "\nTest Passed.\n\"a_test\" end time: now\n" + "-" * 58 + "\n\n"
           "2/3 Testing: tidy\nOutput:\nok\nTest time =   0.01 sec\n" + "-" * 58 + "\nTest Passed.\n\n"
           "3/3 Testing: b_test\nOutput:\n[  PASSED  ] 4 tests.\n[  FAILED  ] 2 tests, listed below:\n" + "-" * 58 +
           "\nTest Failed.\n\n4/4 Testing: c_test\nOutput:\nSegmentation fault\n" + "-" * 58 + "\nTest Failed.\n")
    assert count(log) == (8, 3), count(log)


def main() -> int:
    with open(os.path.join(sys.argv[1], "Testing/Temporary/LastTest.log"), encoding="utf-8", errors="replace") as file:
        passed, failed = count(file.read())
    print(f"\n{passed} passed, {failed} failed")
    tally = os.environ.get("MEDVERKA_TALLY")
    if tally:
        with open(tally, "a", encoding="utf-8") as file:
            file.write(f"{passed} {failed}\n")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())

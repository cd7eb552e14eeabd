"""A TODO carries an issue number; nothing is marked otherwise as to be mended, and no test is switched off."""

import re

from tree import Problem, Tree, expect

TITLE = "TODOs carry an issue number, no test is switched off"

# Put together so that this page does not trip over itself.
MARK = re.compile("TO" + r"DO(?!\(#\d+\))|FIX" + r"ME\b|\bX{3}\b|\bHA" + r"CK\b")
# A test may pass over what a machine lacks, if it says what that is.
SWITCHED_OFF = re.compile("DISAB" + "LED_|GTEST_" + r"SKIP\(\)(?!\s*<<)")
ENDINGS = (".h", ".cc", ".py", ".sh", ".cmake", ".txt", ".study", ".codes", "dev", "run")


def check(tree: Tree):
    problems = []
    for path in tree.paths(*ENDINGS):
        if path == "tests/tidy/unfinished.py":
            continue
        for number, line in enumerate(tree.lines(path), 1):
            if MARK.search(line):
                problems.append(Problem(path, number, "write TO" + "DO(#number), or do it"))
            if SWITCHED_OFF.search(line):
                problems.append(Problem(path, number, "a test that is switched off tests nothing"))
    return problems


def self_test():
    tree = Tree({
        "a.cc": "// TO" + "DO(#12): later\n// TO" + "DO: later\n// TO" + "DO(anna): later\n",
        "b_test.cc": "TEST(A, DISAB" + "LED_B) {}\nGTEST_" + "SKIP();\nGTEST_" + 'SKIP() << "no /dev/full here";\n',
        "c.h": "// HA" + "CK\n// shack, hacking, fixmeup\n",
    })
    expect(check(tree), "a.cc:2", "a.cc:3", "b_test.cc:1", "b_test.cc:2", "c.h:1")

"""Every limit is a named constant with a reason beside it."""

import re

from tree import Problem, Tree, expect

TITLE = "limits have a reason beside them"

LIMIT = re.compile(r"^(?:inline )?constexpr [\w:<> ]+ (k\w*(?:Max|Min|Limit))\b\s*[={]")
CONSTANT = re.compile(r"^(?:inline )?constexpr ")


def check(tree: Tree):
    problems = []
    for path in tree.paths(".h"):
        if path.startswith("tests/"):
            continue
        lines = tree.lines(path)
        for index, line in enumerate(lines):
            match = LIMIT.match(line)
            if match and not _explained(lines, index):
                problems.append(Problem(path, index + 1, f"{match.group(1)}: say why it is this much, and of what"))
    return problems


def _explained(lines, index):
    """A comment in the statement, or above the block of constants that it stands in."""
    statement = lines[index] if ";" in lines[index] else " ".join(lines[index:index + 2])
    if "//" in statement:
        return True
    above = index - 1
    while above >= 0 and CONSTANT.match(lines[above]):
        above -= 1
    return above >= 0 and lines[above].lstrip().startswith("//")


def self_test():
    tree = Tree({
        "criteria/limits.h": "// Depth of a file that people write.\ninline constexpr int kDepthMax = 100;\n"
                             "inline constexpr int kWidthMax = 200;\n\ninline constexpr int kBareMax = 1;\n"
                             "inline constexpr int kOtherMax = 2;  // records\n\n"
                             "inline constexpr int kNotALimitAtAll = 3;\n\n"
                             "inline constexpr long kLongMax =\n    5;  // because\n",
    })
    expect(check(tree), "criteria/limits.h:5")

"""No personal identity number of a living person in the repository.

A Swedish personal identity number is YYYYMMDDNNNC or YYMMDD-NNNC: birth date (coordination numbers: day + 60), serial
NNN, and the Luhn check digit C over the last ten digits. The Tax Agency sets NNN = 980 to 999 aside for tests; a few
other numbers are published as examples.
"""

import datetime
import re

from tree import Problem, Tree, expect

TITLE = "no personal identity numbers but those set aside for tests"

PUBLISHED_EXAMPLES = {"191212121212", "197010632391"}

TWELVE = re.compile(r"(?<![\w.])((?:18|19|20)\d{6})[-+]?(\d{4})(?!\w)")
TEN = re.compile(r"(?<![\w.])(\d{6})[-+](\d{4})(?!\w)")
# Ten bare digits are many things; in data that stands for journals they are looked at all the same.
TEN_BARE = re.compile(r"(?<![\w.])(\d{6})(\d{4})(?!\w)")


def luhn_ok(ten_digits: str) -> bool:
    total = 0
    for index, digit in enumerate(ten_digits):
        doubled = int(digit) * (2 if index % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return total % 10 == 0


def is_person(twelve: str) -> bool:
    year, month, day = int(twelve[:4]), int(twelve[4:6]), int(twelve[6:8])
    try:
        datetime.date(year, month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return luhn_ok(twelve[2:])


def allowed(twelve: str) -> bool:
    return 980 <= int(twelve[8:11]) <= 999 or any(twelve[2:] == known[2:] for known in PUBLISHED_EXAMPLES)


def suspects(line: str, bare: bool):
    """What looks like a number, in twelve digits. The century of ten digits is open: 2000 has every date that 1900 has."""
    for match in TWELVE.finditer(line):
        yield match.group(1) + match.group(2)
    for pattern in (TEN, TEN_BARE) if bare else (TEN,):
        for match in pattern.finditer(line):
            yield "20" + match.group(1) + match.group(2)


def check(tree: Tree):
    problems = []
    for path in tree.paths():
        bare = path.startswith(("tests/data/", "tests/cases/")) or path.endswith((".ndjson", ".study"))
        for number, line in enumerate(tree.lines(path), 1):
            for twelve in suspects(line, bare):
                if is_person(twelve) and not allowed(twelve):
                    problems.append(Problem(path, number, "a personal identity number outside the test ranges "
                                            "(serial 980 to 999)"))
    return problems


def self_test():
    # A number outside the test range is made here, so that none stands in the text.
    def number(date: str, serial: int) -> str:
        return next(n for n in (f"{date}{serial:03}{c}" for c in range(10)) if luhn_ok(n[2:]))

    real, test = number("19850417", 231), number("19850417", 985)
    wrong = real[:-1] + str((int(real[-1]) + 1) % 10)
    coordination = number("19850477", 231)
    tree = Tree({
        "a.md": f"{real}\n{test}\n{wrong}\n191212121212\n{real[2:8]}-{real[8:]}\n{real[2:]}\n",
        "tests/data/b.ndjson": f'{{"value":"{real[2:]}"}}\n{{"value":"{coordination}"}}\n{{"value":"X{real}"}}\n',
    })
    expect(check(tree), "a.md:1", "a.md:5", "tests/data/b.ndjson:1", "tests/data/b.ndjson:2")

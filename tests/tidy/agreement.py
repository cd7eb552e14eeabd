"""Pages agree with the code: diagnostics, commands, verbs, resource types and dead-letter reasons are written up."""

import re

import readme
from tree import Problem, Tree, expect

TITLE = "pages agree with the code"

CODES = "criteria/diagnostic_codes.h"
CODE_PAGES = ("criteria/LANGUAGE.md", "criteria/explain_code.cc", "criteria/internal/explain_pages_text.cc",
              "criteria/internal/explain_pages_terms.cc", "criteria/internal/explain_pages_study.cc")
CODE_CASES = ("tests/cases/diagnostics/", "tests/criteria/")
COMMANDS_UNDER = "ops/app/"
COMMAND_PAGES = ("README.md", "docs/cli.md")
JOURNAL_HEADER = "matcher/journal/journal.h"
JOURNAL_PAGE = "docs/journal.md"

ENUMERATOR = re.compile(r"^\s*X\((k\w+),\s*(\d+)\)")
SUBCOMMAND = re.compile(r'add_subcommand\(\s*"([a-z][a-z-]*)"')
OPTION = re.compile(r'add_(?:option|flag)\(\s*"(?:-\w,)?(--[a-z][a-z-]*)"')
VERB = re.compile(r"^    ([a-z-]+)(?: \|[^)]*)?\)", re.M)
REASON_COMMENT = re.compile(r"^\s*k(\w+),\s*//", re.M)


def check(tree: Tree):
    return [*_codes(tree), *_subcommands(tree), *_readme(tree), *_reasons(tree)]


def _codes(tree: Tree):
    """A code has a page (by its number, or in explain_code.cc by its enumerator), a case, and a number of its own."""
    pages = "\n".join(tree.read(page) for page in CODE_PAGES)
    cases = "\n".join(tree.read(path) for under in CODE_CASES for path in tree.paths(under=under))
    seen = {}
    for line_number, line in enumerate(tree.lines(CODES), 1):
        match = ENUMERATOR.match(line)
        if not match:
            continue
        enumerator, name = match.group(1), f"MV{int(match.group(2)):04}"
        if name in seen:
            yield Problem(CODES, line_number, f"{name} is {seen[name]} already; numbers are never reused")
        seen[name] = enumerator
        if name not in pages and not re.search(rf"\b{enumerator}\b", pages):
            yield Problem(CODES, line_number, f"{name} ({enumerator}) is explained nowhere ({', '.join(CODE_PAGES)})")
        if name not in cases:
            yield Problem(CODES, line_number, f"{name} ({enumerator}) has no case under {' or '.join(CODE_CASES)}")
    if tree.has(CODES) and not seen:
        yield Problem(CODES, 0, "no codes found; tests/tidy/agreement.py does not understand it any more")


def _subcommands(tree: Tree):
    pages = "\n".join(tree.read(page) for page in COMMAND_PAGES)
    for path in tree.paths(".cc", under=COMMANDS_UNDER):
        for match in SUBCOMMAND.finditer(tree.read(path)):
            if not re.search(rf"\b{match.group(1)}\b", pages):
                yield Problem(path, _line(tree, path, match), f"`medverka {match.group(1)}` is in none of "
                              f"{', '.join(COMMAND_PAGES)}")
        for match in OPTION.finditer(tree.read(path)):
            if not re.search(rf"(?<![\w-]){match.group(1)}(?![\w-])", tree.read(COMMAND_PAGES[1])):
                yield Problem(path, _line(tree, path, match), f"{match.group(1)} is not in {COMMAND_PAGES[1]}")


def _line(tree: Tree, path: str, match) -> int:
    return tree.read(path)[:match.start()].count("\n") + 1


def _readme(tree: Tree):
    """The commands on the first screen exist; every `./dev verb` of any page is a verb of ./dev."""
    if not tree.has("README.md"):
        yield Problem("README.md", 0, "is not there")
        return
    if not readme.commands(tree.read("README.md")):
        yield Problem("README.md", 0, "the first screen gives no block with a demo and a test command")
    verbs = set(VERB.findall(tree.read("dev")))
    binary = {m for path in tree.paths(".cc", under=COMMANDS_UNDER) for m in SUBCOMMAND.findall(tree.read(path))}
    for path in tree.paths(".md"):
        for number, line in enumerate(tree.lines(path), 1):
            for verb in re.findall(r"\./dev ([a-z][a-z-]*)", line):
                if verb not in verbs:
                    yield Problem(path, number, f"./dev has no verb '{verb}'")
            for command in re.findall(r"(?:^|`|/)medverka ([a-z][a-z-]+)\b", line):
                if binary and command not in binary:
                    yield Problem(path, number, f"the binary has no command '{command}'")


def _reasons(tree: Tree):
    """The closed list of dead-letter reasons stands in docs/journal.md."""
    header = tree.read(JOURNAL_HEADER)
    start = header.find("enum class DeadLetterReason")
    if start < 0 or not tree.has(JOURNAL_PAGE):
        return
    for name in REASON_COMMENT.findall(header[start:header.find("};", start)]):
        word = re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
        if word not in tree.read(JOURNAL_PAGE):
            yield Problem(JOURNAL_PAGE, 0, f"says nothing of the dead-letter reason {word}")


def self_test():
    readme.self_test()
    good_readme = "# M\n```sh\n./dev demo\n./dev test\n```\n`medverka check`\n"
    dev = "main() {\n  case x in\n    help | -h)\n    demo)\n    test)\n"
    expect(check(Tree({
        "README.md": good_readme, "dev": dev,
        "docs/cli.md": "medverka run\nand ./dev fly\nor `medverka swim`\n",
        "ops/app/main.cc": 'app.add_subcommand("check", "");\napp.add_subcommand(\n    "run", "")->add_option("-o,--out", x);\n'
                           'app.add_subcommand("inspect", "");\n',
        CODES: "#define CODES(X) \\\n  X(kOne, 101) \\\n  X(kTwo, 302) \\\n  X(kThree, 103) \\\n  X(kAgain, 101)\n",
        CODE_CASES[0] + "a.txt": "error MV0101\nerror MV0302\n",
        "criteria/LANGUAGE.md": "| MV0101 | one |\n", "criteria/explain_code.cc": "{DiagnosticCode::kThree, ...}\n",
        JOURNAL_HEADER: "enum class DeadLetterReason : std::uint8_t {\n  kTooDeep,  // deep\n  kSchema,  // x\n};\n",
        JOURNAL_PAGE: "too-deep\n",
    })), f"{CODES}:3", f"{CODES}:4", f"{CODES}:5", "ops/app/main.cc:3", "ops/app/main.cc:4", "docs/cli.md:2", "docs/cli.md:3", f"{JOURNAL_PAGE}:0")
    expect(check(Tree({"README.md": "# M\n", "dev": dev})), "README.md:0")

"""Links in pages lead somewhere, and the files that pages name are there."""

import os
import re

from tree import Problem, Tree, expect

TITLE = "links and file names in pages"

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$")
# `criteria/parser.cc`, `docs/decisions/`, `.ci/run`: code words with a slash that start with one of our folders.
CODE_PATH = re.compile(r"`((?:criteria|matcher|streams|ops|tests|benchmarks|docs|cmake|\.ci)/[\w./*{},-]*)`")
# Comments cite pages: "criteria/LANGUAGE.md section 6", "FORMAT.md". By their base name, which must exist somewhere.
CITED = re.compile(r"(?<![\w/.-])((?:[\w-]+/)*[A-Za-z][\w-]*\.md)\b(?!\.\w)|\b(DESIGN) section")
CITING = (".h", ".cc", ".py", ".txt", ".cmake", ".study", ".codes", ".sh")
# Pages that describe what is to come may name what is not there yet; these must be true today.
NAMES_ARE_TRUE = ("README.md", "ARCHITECTURE.md", "SECURITY.md", "docs/README.md")


def anchor(heading: str) -> str:
    """The name that forges give a heading: lower case, blanks to hyphens, punctuation gone."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def prose(text: str):
    """(number, line) outside fenced blocks."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchors(text: str):
    return {anchor(match.group(1)) for _, line in prose(text) if (match := HEADING.match(line))}


def check(tree: Tree):
    problems = []
    for path in tree.paths(".md"):
        text = tree.read(path)
        for number, line in prose(text):
            for match in LINK.finditer(line):
                target = match.group(1) or match.group(2)
                problems += _link(tree, path, text, number, target)
            if path in NAMES_ARE_TRUE:
                problems += [Problem(path, number, f"`{name}` is not there")
                             for name in CODE_PATH.findall(line) if not _exists(tree, name)]
    known = tree.paths(".md")
    for citing in tree.paths(*CITING):
        if citing.startswith("tests/tidy/"):
            continue
        for number, line in enumerate(tree.lines(citing), 1):
            for page, design in CITED.findall(line):
                if design or not any(path == page or path.endswith("/" + page) for path in known):
                    problems.append(Problem(citing, number, f"cites a page that is not here: {page or design}"))
    return problems


def _link(tree, path, text, number, target):
    if re.match(r"[a-z]+:", target):
        return []
    file, _, fragment = target.partition("#")
    full = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
    if not tree.has(full):
        return [Problem(path, number, f"dead link: {target}")]
    if fragment and full.endswith(".md") and fragment not in anchors(tree.read(full)):
        return [Problem(path, number, f"no such heading: {target}")]
    return []


def _exists(tree, name):
    """`a/b.*` and `a/{b,c}.h` name several; each must match at least one file."""
    brace = re.search(r"\{([^}]*)\}", name)
    if brace:
        return all(_exists(tree, name[:brace.start()] + part + name[brace.end():])
                   for part in brace.group(1).split(","))
    if "*" in name:
        pattern = re.compile("^" + re.escape(name).replace(r"\*", "[^/]*") + "$")
        return any(pattern.match(p) for p in tree.paths())
    return tree.has(name)


def self_test():
    tree = Tree({
        "README.md": "# One\n[a](docs/a.md) [b](docs/b.md)\n[c](#one) [d](#two)\n`criteria/x.cc` `criteria/*.cc`\n"
                     "```\n[e](nowhere.md)\n```\n`criteria/{lexer,gone}.cc`\n",
        "docs/a.md": "## Über `x`: *1*\n[up](../README.md#one) [web](https://example.org) [h](#über-x-1)\n",
        "criteria/lexer.cc": "// README.md, docs/a.md section 2\n// b.md, DESIGN section 4\n// b.md.bak x.mdx DESIGN.\n",
    })
    expect(check(tree), "README.md:2", "README.md:3", "README.md:4", "README.md:8",
           "criteria/lexer.cc:2", "criteria/lexer.cc:2")

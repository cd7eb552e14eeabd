"""The project speaks of itself only: no paths of one machine, no registry hosts, nothing about its making."""

import codecs
import re

from tree import Problem, Tree, expect

TITLE = "no machine paths, registry hosts or talk of the making"

MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|home|root|Users|mnt|media|opt|srv)/[\w.-]+")
REGISTRY = re.compile(
    r"\b(?:(?:deb|security|snapshot|ftp)\.debian\.org|pypi\.org|pythonhosted\.org|registry\.npmjs\.org"
    r"|proxy\.golang\.org|repo1?\.maven\.(?:org|apache\.org)|static\.crates\.io|index\.crates\.io"
    r"|registry-1\.docker\.io|quay\.io|ghcr\.io)\b")

# Turned by thirteen letters, so that this page does not say them itself.
_TURNED_ANY_CASE = [
    r"\oNV (?:ntragf?|nffvfgnagf?|zbqryf?)\o", r"\oynethntr zbqryf?\o", r"\oynathntr zbqryf?\o", r"\opbqvat ntragf?\o",
    r"\ofhontragf?\o", r"\obcranv\o", r"\onaguebcvp\o", r"\opungtcg\o", r"\otvguho pbcvybg\o", r"\ob-nhguberq-ol\o",
    r"\ob?trarengrq ol (?:na? )?(?:NV|zbqry|nffvfgnag)\o", r"\oguvf frffvba\o", r"\ogur oevrs\o",
    r"\ofunerq/(?:QRFVTA|fglyr|ynathntr|pbairagvbaf|eryvnovyvgl|cresbeznapr)\o",
]
_TURNED_EXACT = [r"\oNV\o(?! Npg)", r"\oYYZf?\o", r"\oPynhqr\o", r"\oTCG-?\q?\o", r"\oPRB\o"]


def _turn(patterns):
    # The escapes of a pattern turn too: \o is \b, \q is \d.
    return "|".join(codecs.decode(pattern, "rot13") for pattern in patterns)


MAKING = re.compile(f"(?i:{_turn(_TURNED_ANY_CASE)})|(?:{_turn(_TURNED_EXACT)})")


def check(tree: Tree):
    problems = []
    for path in tree.paths():
        if path == "tests/tidy/words.py":
            continue
        for number, line in enumerate(tree.lines(path), 1):
            for pattern, what in ((MACHINE_PATH, "a path of one machine"), (REGISTRY, "a registry host"),
                                  (MAKING, "how the project came to be does not belong in it")):
                hit = pattern.search(line)
                if hit:
                    problems.append(Problem(path, number, f"{what}: {hit.group(0)!r}"))
    return problems


def self_test():
    say = lambda text: codecs.decode(text, "rot13")
    tree = Tree({
        "a.md": "see /" + "home/anna/notes\nsee ../shared and build/release/ops/app\nhttps://x.org/root/page\n",
        "b.sh": "curl https://pypi" + ".org/simple\n",
        "c.h": f"// made by an {say('NV')} one day\n// hypoglycaemic agents, air, Main, said\n// {say('PRB')}\n",
        "d.cc": f"// {say('Pynhqr')} and {say('ynathntr zbqry')}\n",
    })
    expect(check(tree), "a.md:1", "b.sh:1", "c.h:1", "c.h:3", "d.cc:1")

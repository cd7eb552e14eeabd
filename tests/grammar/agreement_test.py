"""Parser and grammar accept and refuse the same files.

    agreement_test.py PARSE_MANY [--files N] [--seed S] [--show N] [--reference FOLDER]

Random files are made from criteria/language.lark, half of them then spoilt in one to three places;
each is given to lark and to the parser (PARSE_MANY). Every study file and every example of
LANGUAGE.md must be accepted by both. Where the grammar that the language started from is at hand
(--reference FOLDER), the same is done with it; where the two differ in spelling
stands in reference.py and in LANGUAGE.md, section "Spelling".

A file that the parser faults only for what it says (a unit, a date, a thing said twice: "judge") is
not compared, for no grammar can know; at most a third of the files may be such.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

try:
    import lark
except ImportError:
    # Debian's package belongs to Debian's Python, which need not be the first on the path.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    sys.exit("python3-lark is missing (apt-get install python3-lark)")

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import files  # noqa: E402
import reference  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
JUDGED_SHARE_MAX = 0.34


def keywords(parse_many):
    out = subprocess.run([parse_many, "--keywords"], check=True, capture_output=True, text=True)
    return sorted(out.stdout.split(), key=len, reverse=True)


def own_grammar(parse_many):
    text = (ROOT / "criteria/language.lark").read_text()
    return text.replace("KEYWORDS)", "|".join(map(re.escape, keywords(parse_many))) + ")")


def build(text):
    return lark.Lark(text, parser="lalr", lexer="contextual", maybe_placeholders=False)


def accepts(grammar, text):
    try:
        grammar.parse(text)
    except lark.exceptions.LarkError as error:
        return str(error).strip().split("\n")[0]
    return None


def verdicts(parse_many, texts):
    joined = b"\0".join(text.encode() for text in texts)
    out = subprocess.run([parse_many], input=joined, check=True, capture_output=True).stdout
    lines = out.decode().splitlines()
    if len(lines) != len(texts):
        sys.exit(f"{len(texts)} files given, {len(lines)} answers")
    return lines


class Tally:
    def __init__(self, name, show):
        self.name, self.show = name, show
        self.compared = self.judged = self.wrong = self.accepted = 0

    def add(self, text, refused, verdict):
        if verdict.startswith("judge"):
            self.judged += 1
            return
        self.compared += 1
        self.accepted += verdict == "accept"
        if (refused is None) == (verdict == "accept"):
            return
        self.wrong += 1
        if self.wrong <= self.show:
            print(f"---- {self.name}: the grammar says {refused or 'accept'}\n"
                  f"     the parser says {verdict}\n{text}")

    def good(self):
        total = self.compared + self.judged
        print(f"{self.name}: {total} files, {self.accepted} accepted by the parser, {self.judged} judged, "
              f"{self.wrong} wrong")
        if self.judged > total * JUDGED_SHARE_MAX:
            print(f"{self.name}: too many files are not compared")
            return False
        return self.wrong == 0


def compare_random(name, grammar, maker, parse_many, count, show):
    texts = [maker.file(spoil=i % 2 == 1) for i in range(count)]
    tally = Tally(name, show)
    for text, verdict in zip(texts, verdicts(parse_many, texts)):
        tally.add(text, accepts(grammar, text), verdict)
    return tally.good()


def compare_reference(text, given):
    """What the first grammar accepts the parser accepts; where it is freer is counted."""
    first = build(text)
    maker = files.Maker(first, given.seed, reference.POOLS, reference.SAMPLES, reference.NEVER, reference.KINDS)
    texts = [reference.normal(maker.file(spoil=i % 2 == 1)) for i in range(given.files)]
    said = verdicts(given.parse_many, texts)
    accepted = judged = freer = listed = wrong = 0
    for text, verdict in zip(texts, said):
        refused = accepts(first, text)
        accepted += refused is None
        if verdict.startswith("judge"):
            judged += 1
        elif refused and verdict == "accept":
            freer += 1
        elif refused is None and verdict != "accept":
            if reference.stricter(text, verdict):
                listed += 1
                continue
            wrong += 1
            if wrong <= given.show:
                print(f"---- reference grammar: accept\n     the parser says {verdict}\n{text}")
    print(f"reference grammar: {len(texts)} files, {accepted} accepted by it, {judged} judged; the parser is freer "
          f"in {freer}, stricter as listed in {listed}, wrong in {wrong}")
    return wrong == 0 and judged < len(texts) * JUDGED_SHARE_MAX


def written_files():
    for pattern in ("criteria/studies/*.study", "criteria/studies/*.codes", "tests/cases/language/*.study"):
        for path in sorted(ROOT.glob(pattern)):
            yield str(path.relative_to(ROOT)), path.read_text()
    page = (ROOT / "criteria/LANGUAGE.md").read_text()
    for i, block in enumerate(re.findall(r"(?ms)^```study\n(.*?)^```", page)):
        yield f"LANGUAGE.md, block {i + 1}", block


def compare_written(name, grammar, parse_many, normal):
    named = list(written_files())
    said = verdicts(parse_many, [text for _, text in named])
    good = True
    for (path, text), verdict in zip(named, said):
        refused = accepts(grammar, normal(text))
        if refused or verdict != "accept":
            good = False
            print(f"{path}: the {name} says {refused or 'accept'}; the parser says {verdict}")
    print(f"{name}: {len(named)} written files")
    return good


def page_shows_the_rules():
    """LANGUAGE.md, section 10, prints the rules of language.lark as they are."""
    grammar = (ROOT / "criteria/language.lark").read_text()
    rules = grammar[grammar.index("start: "):grammar.index("// ---- words.")].rstrip()
    if f"```text\n{rules}\n```" in (ROOT / "criteria/LANGUAGE.md").read_text():
        return True
    print("criteria/LANGUAGE.md, section 10, does not show the rules of criteria/language.lark")
    return False


def main():
    options = argparse.ArgumentParser()
    options.add_argument("parse_many")
    options.add_argument("--files", type=int, default=10000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", type=int, default=5)
    options.add_argument("--reference", type=pathlib.Path)
    given = options.parse_args()

    good = page_shows_the_rules()
    own = build(own_grammar(given.parse_many))
    maker = files.Maker(own, given.seed, files.POOLS)
    good &= compare_random("language.lark", own, maker, given.parse_many, given.files, given.show)
    good &= compare_written("language.lark", own, given.parse_many, files.bare)

    reference = given.reference / "language.lark" if given.reference else None
    if reference is None or not reference.exists():
        print("skipped: the grammar that the language started from is not here (--reference)")
    else:
        good &= compare_reference(reference.read_text(), given)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

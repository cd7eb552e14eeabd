"""Random study files from a lark grammar, and the ways to spoil them."""

import random
import re

# What a terminal that is a pattern may read. Names are none of the language's words.
POOLS = {
    "USE": ["use"], "STUDY": ["study"], "CODES": ["codes"], "SCALE": ["scale"], "DEFINE": ["define"],
    "EVENT": ["event"], "INCLUDE": ["include", "exclude"], "ASK": ["ask"], "COHORT": ["cohort"],
    "EXAMPLE": ["example"],
    "SYSTEM": ["icd10se", "atc", "loinc", "npu", "snomed"],
    "STRING": ['"stroke"', '"HbA1c"', '"blood pressure"', '"Gravid?"'],
    "DATE": ["2024-03", "2024-03-05", "2024-03-05T09:30"],
    "GA": ["37+0", "41+6"],
    "NUMBER": ["1", "2", "18", "30"],
    "UNIT": ["mmol/L", "g/L", "%", "10*9/L", "mL/min/1.73m2"],
    "CHANGE": ["p.V600E", "c.-32-13T>G"],
    "ID": ["T0001", "PRO-BIO"],
    "NAME": ["old stroke", "weight", "HbA1c"],
    "COHORTNAME": ["arm A", "B"],
    "ANSWERNAME": ["can swallow", "pregnant"],
    "GIVENANSWER": ["can swallow", "pregnant"],
    "CLAIMNAME": ["old stroke", "weight"],
    "TERMNAME": ["op", "base", "diabetes"],
    "GENE": ["BRAF", "HGNC:8975"],
    "CODE": ["I60-I64", "C18.1", "1234-5"],
    "ANYWORD": ["II", "IIIB", "severe"],
    "HEADWORD": ["recruiting", "x"],
    "AT_TIME": ["at"],
    "COPIES": ["amplification", "gain", "homozygous deletion"],
}
# Rules that are no more than one word, which has to be a certain one.
SAMPLES = {
    "year": ["2019", "2021"],
    "scorename": ['"NEWS2"', '"CHA2DS2-VASc"'],
    "registered": ["nct NCT02647099", 'dnr "2015/1404-31"'],
}
RARE = {"<<"}
LINE_WORDS = {"use", "study", "codes", "scale", "define", "event", "include", "exclude", "ask", "cohort", "example"}


def bare(text):
    """Without comments and without blanks at the start of a line, which mean nothing."""
    text = re.sub(r'("[^"\n]*")|#[^\n]*', lambda m: m.group(1) or "", text)
    return re.sub(r"(?m)^[ \t]+", "", text)


class Maker:
    """Derives files from the rules of `grammar`: short ones, each alternative as likely as the next."""

    DEPTH = 16
    TOKENS = 16  # after so many a declaration takes the shortest way to its end

    def __init__(self, grammar, seed, pools, samples=SAMPLES, never=(), kinds=None):
        self.samples, self.never = samples, set(never)
        self.random = random.Random(seed)
        self.pools = pools
        self.texts = {t.name: t.pattern.value for t in grammar.terminals if t.pattern.type == "str"}
        self.rules = {}
        for rule in grammar.rules:
            expansion = list(rule.expansion)
            words = {self.texts.get(s.name, s.name) for s in expansion}
            if not words & self.never:
                self.rules.setdefault(rule.origin.name, []).append(expansion)
        for t in grammar.terminals:
            # "a" | "b" becomes one pattern: its words are the pool.
            if t.name not in self.texts and t.name not in pools:
                words = re.sub(r"\(\?:|\)|\\", "", t.pattern.value).split("|")
                self.pools = {**self.pools, t.name: words}
        self.height = self.heights()
        self.declarations = kinds or self.kinds()
        self.vocabulary = sorted(set(self.texts.values()) - LINE_WORDS - self.never)

    def heights(self):
        height = {}
        changed = True
        while changed:
            changed = False
            for name, expansions in self.rules.items():
                best = min((max((1 + height.get(s.name, 10**6) for s in e if not s.is_term), default=0)
                            for e in expansions), default=10**6)
                if best < height.get(name, 10**6):
                    height[name] = best
                    changed = True
        return height

    def kinds(self):
        return [k for k in ("use", "study", "codes", "scale", "define", "event", "criterion", "ask", "cohort",
                            "example") if k in self.rules]

    def word(self, terminal):
        if terminal in self.texts:
            return self.texts[terminal]
        return self.random.choice(self.pools[terminal])

    def derive(self, name, depth, out):
        if name in self.samples:
            out.append(("", self.random.choice(self.samples[name])))
            return
        expansions = self.rules[name]
        common = [e for e in expansions if not any(self.texts.get(s.name) in RARE for s in e)]
        if common and self.random.random() < 0.9:
            expansions = common
        fitting = [e for e in expansions
                   if max((self.height[s.name] for s in e if not s.is_term), default=-1) < depth]
        if depth <= 0 or not fitting or len(out) > self.TOKENS:
            low = min(max((self.height[s.name] for s in e if not s.is_term), default=-1) for e in expansions)
            fitting = [e for e in expansions
                       if max((self.height[s.name] for s in e if not s.is_term), default=-1) == low]
        for symbol in self.random.choice(fitting):
            if symbol.is_term:
                out.append((symbol.name, self.word(symbol.name)))
            else:
                # Repetitions are helper rules of their own: they cost no depth, but end soon.
                helper = symbol.name.startswith("__")
                self.derive(symbol.name, depth - (0 if helper and self.random.random() < 0.5 else 1), out)

    def file(self, spoil):
        lines = []
        for _ in range(self.random.randint(1, 2)):
            kind = self.random.choice(self.declarations + ["criterion"] * 8 + ["event", "define", "cohort"])
            tokens = []
            self.derive(kind, self.DEPTH, tokens)
            lines.append(tokens)
        if spoil:
            # The study block is spelt by its keys, not by a grammar worth spoiling.
            open_lines = [i for i, tokens in enumerate(lines) if tokens[0][1] not in ("study", "use")]
            for _ in range(self.random.randint(1, 3)):
                if open_lines:
                    self.spoil(lines[self.random.choice(open_lines)])
        return "\n".join(self.spell(tokens) for tokens in lines) + "\n"

    def spell(self, tokens):
        out = ""
        for i, (name, text) in enumerate(tokens):
            if i == 0 or name == "AT_TIME" or text in ("include", "exclude"):
                out += "\n" if out else ""
            elif out:
                out += " "
            out += text
        return out

    def spoil(self, tokens):
        if len(tokens) < 2:
            return
        at = self.random.randrange(1, len(tokens))
        if tokens[at][1] in ("include", "exclude"):
            return
        way = self.random.randrange(5)
        if way == 0:
            del tokens[at]
        elif way == 1:
            tokens.insert(at, tokens[at])
        elif way == 2:
            other = self.random.randrange(1, len(tokens))
            if tokens[other][1] not in ("include", "exclude"):
                tokens[at], tokens[other] = tokens[other], tokens[at]
        else:
            stranger = ("", self.random.choice(self.vocabulary + ["2", "18", "op", '"x"', "2024-03", "mmol/L"]))
            if way == 3:
                tokens.insert(at, stranger)
            else:
                tokens[at] = stranger

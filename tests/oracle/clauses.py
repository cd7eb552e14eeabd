"""The parts of a question: three values, codes, windows of time and tests of a value, each printing itself in the study language."""
import dataclasses
from fractions import Fraction

import moments
import quantities
from moments import ALWAYS

POSITIVE = {"positive", "positiv", "påvisad", "pos"}
NEGATIVE_WORDS = {"negative", "negativ", "ej påvisad", "neg"}
PREFIXED = ("icd10se", "atc", "kva")


def both(values):
    values = list(values)
    return False if False in values else None if None in values else True


def either(values):
    values = list(values)
    return True if True in values else None if None in values else False


def contrary(value):
    return None if value is None else not value


def number(value):
    """A fraction with few decimals, as an author writes it."""
    text = f"{float(value):.6f}".rstrip("0").rstrip(".")
    assert Fraction(text) == value, value
    return text


class Code:
    def __init__(self, system, code, last=None):
        self.system, self.code, self.last = system, code, last

    def text(self):
        return f"{self.system} {self.code}" + (f"-{self.last}" if self.last else "")

    def holds(self, codes):
        low = self.code.replace(".", "") if self.system in PREFIXED else self.code
        high = (self.last or self.code).replace(".", "")
        for system, code in codes:
            if system != self.system:
                continue
            if code == low or system in PREFIXED and low <= code and (code < high or code.startswith(high)):
                return True
        return False


# --- windows ---

@dataclasses.dataclass
class Back:
    """Back from log time: `within last P`, `at least P ago`, `at most P ago`, `between N and M units ago`."""
    shape: str
    amount: int
    unit: str
    other: int = 0

    def text(self):
        amount = f"{self.amount} {self.unit}s"
        return {"within": f"within last {amount}", "least": f"at least {amount} ago", "most": f"at most {amount} ago",
                "between": f"between {self.amount} and {self.other} {self.unit}s ago"}[self.shape]

    def span(self, now):
        if self.unit == "hour":
            ago = now - self.amount * moments.HOUR
            first, last, far = ago, ago, now - self.other * moments.HOUR
        else:
            date = moments.local_date(now)
            day = moments.moved(date, -self.amount, self.unit)
            first, last = moments.day_start(day), moments.day_end(day)
            far = moments.day_start(moments.moved(date, -self.other, self.unit))
        if self.shape in ("within", "most"):
            return first, now
        return (ALWAYS if self.shape == "least" else far), min(last, now)


@dataclasses.dataclass
class Fixed:
    """Between dates: `since`, `after`, `before`, `on or after`, `on or before`, `between D and D`, `from D to D`, `from D to now`."""
    shape: str
    date: str
    other: str = ""

    def text(self):
        return {"between": f"between {self.date} and {self.other}", "from": f"from {self.date} to {self.other}",
                "to now": f"from {self.date} to now"}.get(self.shape, f"{self.shape} {self.date}")

    def span(self, now):
        first, last = moments.read(self.date)
        if self.shape in ("since", "on or after", "to now"):
            return first, now
        if self.shape == "after":
            return last + 1, now
        if self.shape == "before":
            return ALWAYS, min(first - 1, now)
        if self.shape == "on or before":
            return ALWAYS, min(last, now)
        return first, min(moments.read(self.other)[1], now)


@dataclasses.dataclass
class Clause:
    window: object
    side: str = ""

    def text(self):
        return (self.side + " " if self.side else "") + self.window.text()

    def reach(self, now):
        return self.window.span(now)

    def judge(self, fact, now):
        span = self.window.span(now)
        if span[0] > span[1]:
            return False
        if self.side == "starting":
            return moments.within(fact.start, span)
        if self.side == "ending":
            return moments.within(fact.end, span)
        if self.side == "recorded":
            return moments.within(fact.recorded, span)
        return moments.overlaps(fact.start, fact.end, span)


# --- windows from an event ---

LONG_AGO = 70 * 365 * 24 * moments.HOUR  # before 1900 nothing is asked about


@dataclasses.dataclass
class Related:
    """From an event: `within P after / before / of e`, `at least P before / after e`, `before`, `after`, `on or after`, `on or before`,
    `on same day as`. `bound` is the fact the event chose, once it is known which."""
    shape: str
    event: object
    amount: int = 0
    unit: str = "day"
    side: str = ""
    bound: object = None

    def text(self):
        amount = f"{self.amount} {self.unit}s"
        words = {"within after": f"within {amount} after", "within before": f"within {amount} before", "within of": f"within {amount} of",
                 "least before": f"at least {amount} before", "least after": f"at least {amount} after"}.get(self.shape, self.shape)
        return " ".join(part for part in (self.side, words, self.event.name) if part)

    def spans(self, now):
        """The windows from the ends of the event's own time, which may be a range; of one that goes on only the part until now is known."""
        ends = self.bound.start if self.event.lasts else self.bound.end
        return [self.span(max(start, -LONG_AGO), min(end, now)) for start in self.bound.start for end in ends]

    def span(self, start, end):
        first, last = moments.local_date(start), moments.local_date(end)
        before = moments.moved(first, -self.amount, self.unit)
        after = moments.moved(last, self.amount, self.unit)
        return {"within after": (moments.day_start(last), moments.day_end(after)),
                "within before": (moments.day_start(before), moments.day_end(first)),
                "within of": (moments.day_start(before), moments.day_end(after)),
                "least before": (ALWAYS, moments.day_end(before)),
                "least after": (moments.day_start(after), moments.NEVER),
                "before": (ALWAYS, start - 1),
                "after": (end + 1, moments.NEVER),
                "on or after": (moments.day_start(first), moments.NEVER),
                "on or before": (ALWAYS, moments.day_end(last)),
                "on same day as": (moments.day_start(first), moments.day_end(last))}[self.shape]

    def reach(self, now):
        spans = self.spans(now)
        return min(low for low, _ in spans), min(max(high for _, high in spans), now)

    def judge(self, fact, now):
        if all(self.lies(fact, span) for span in self.spans(now)):  # then also from every point between
            return True
        return False if self.lies(fact, self.reach(now)) is False else None

    def lies(self, fact, span):
        if self.side == "starting":
            return moments.within(fact.start, span)
        if self.side == "ending":
            return moments.within(fact.end, span)
        return moments.overlaps(fact.start, fact.end, span)


# --- tests of a value ---

def analyte_of(fact):
    return next((quantities.ANALYTES[code] for _, code in sorted(fact.codes) if code in quantities.ANALYTES), None)


def numeric(fact, operator, limit, unit):
    """The test of one number against `operator limit unit`; None where the value cannot be used."""
    if fact.value is None or fact.value[2] is None:
        return None
    analyte = analyte_of(fact)
    have, want = quantities.plain(fact.value[2]), quantities.plain(unit)
    if analyte == "hba1c" and have == "mmol/mol" and want == "%":
        limit, unit = quantities.hba1c_mmol(limit), "mmol/mol"
    bounds = quantities.bounds_in(fact.value, unit, analyte)
    return None if bounds is None else quantities.compare(bounds, operator, limit)


@dataclasses.dataclass
class Compare:
    operator: str
    limit: Fraction
    unit: str

    def text(self):
        return f"{self.operator} {number(self.limit)} {self.unit}"

    def judge(self, fact, patient):
        return numeric(fact, self.operator, self.limit, self.unit)


@dataclasses.dataclass
class Between:
    low: Fraction
    high: Fraction
    unit: str

    def text(self):
        return f"between {number(self.low)} and {number(self.high)} {self.unit}"

    def judge(self, fact, patient):
        return both([numeric(fact, ">=", self.low, self.unit), numeric(fact, "<=", self.high, self.unit)])


@dataclasses.dataclass
class BySex:
    operator: str
    men: Fraction
    women: Fraction
    unit: str

    def text(self):
        return f"{self.operator} {number(self.men)} {self.unit} in men, {number(self.women)} {self.unit} in women"

    def judge(self, fact, patient):
        men, women = (numeric(fact, self.operator, limit, self.unit) for limit in (self.men, self.women))
        return men if patient.sex == "male" or men == women else women if patient.sex == "female" else None


@dataclasses.dataclass
class Limit:
    """Against the reference limit printed with the result."""
    operator: str
    times: Fraction
    side: str

    def text(self):
        if self.times == 1 and (self.operator, self.side) in ((">", "upper"), ("<", "lower")):
            return ("above" if self.side == "upper" else "below") + f" {self.side} limit"
        return f"{self.operator} {number(self.times)} x {self.side} limit"

    def judge(self, fact, patient):
        limit = fact.limits[self.side == "upper"]
        if limit is None:
            return None
        unit = limit[2] or (fact.value and fact.value[2])
        return numeric(fact, self.operator, limit[0] * self.times, unit) if unit else None


@dataclasses.dataclass
class Words:
    """`in { ... }`, `is "..."`."""
    words: list
    single: bool = False

    def text(self):
        if self.single:
            return f'is "{self.words[0]}"'
        return "in { " + ", ".join(f'"{word}"' for word in self.words) + " }"

    def judge(self, fact, patient):
        return None if fact.words is None else bool(fact.words & {word.casefold() for word in self.words})


@dataclasses.dataclass
class Sign:
    positive: bool

    def text(self):
        return "is positive" if self.positive else "is negative"

    def judge(self, fact, patient):
        words = fact.words or frozenset()
        is_positive = bool(words & POSITIVE) or "POS" in fact.interpretation
        is_negative = bool(words & NEGATIVE_WORDS) or "NEG" in fact.interpretation
        if is_positive == is_negative:
            return None
        return is_positive == self.positive

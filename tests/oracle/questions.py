"""The questions the oracle asks: each prints itself as a line of the study language and answers itself, in the plainest way."""
import dataclasses
import itertools
from decimal import Decimal, localcontext
from fractions import Fraction

import moments
import quantities
from clauses import Back, Between, BySex, Clause, Code, Compare, Fixed, Limit, Related, Sign, Words, analyte_of, both, contrary, either
from moments import ALWAYS, NEVER

CREATININE = (("npu", "NPU04998"), ("loinc", "14682-9"), ("loinc", "2160-0"))
WINDOW_KINDS = ("condition", "medication", "allergy")  # those that last: a window says its side
CLASSES = {"emergency": {"EMER"}, "inpatient": {"IMP", "ACUTE", "NONAC"}, "outpatient": {"AMB"}}

# --- an event ---

@dataclasses.dataclass
class Event:
    """The latest or first fact of a set, by a name of its own."""
    name: str
    selector: str
    kind: str
    codes: list

    @property
    def lasts(self):
        return self.kind in WINDOW_KINDS

    def text(self):
        return f"event {self.name} : {self.selector} {self.kind} {', '.join(code.text() for code in self.codes)}"

    def choices(self, facts):
        """Every fact it may be, and None where there may be none."""
        possible = [fact for fact in facts if fact.kind == self.kind and fact.panel is None and fact.state is not False and
                    any(code.holds(fact.codes) for code in self.codes)]
        sure = [fact for fact in possible if fact.state]
        ranges = {id(fact): tuple(fact.start) for fact in possible}
        first = self.selector == "first"
        chosen = [fact for fact in possible
                  if not any(other is not fact and (surely_before(other, fact, ranges) if first else surely_before(fact, other, ranges))
                             for other in sure)]
        return chosen if sure else chosen + [None]


# --- a query ---

@dataclasses.dataclass
class Query:
    kind: str
    codes: list
    selector: str = ""
    count: int = 0
    panel: list = None
    classes: list = None
    current: bool = False
    lasting: tuple = None  # (number, unit) of `for at least`
    test: object = None
    clauses: list = dataclasses.field(default_factory=list)
    absent: object = "default"  # what not recorded says: False, None or the kind's own
    different: bool = False
    apart: int = 0  # days between the counted

    def text(self):
        selector = self.selector + (f" {self.count}" if self.selector in ("at least", "at most", "exactly") else "")
        name = {"at least": self.kind + "s", "at most": self.kind + "s", "exactly": self.kind + "s"}.get(self.selector, self.kind)
        codes = ", ".join(code.text() for code in self.codes)
        if self.panel:
            name, codes = "component", codes + " of observation " + ", ".join(code.text() for code in self.panel)
        name = "allergies" if name == "allergys" else name
        if self.different:
            selector += " different"
        parts = [selector, name, codes, "class " + ", ".join(self.classes) if self.classes else "",
                 "current" if self.current else "", f"for at least {self.lasting[0]} {self.lasting[1]}s" if self.lasting else "",
                 self.test.text() if self.test else "", f"at least {self.apart} days apart" if self.apart else ""] + \
                [clause.text() for clause in self.clauses]
        text = " ".join(part for part in parts if part)
        return text if self.absent == "default" else f"({text} else {'unknown' if self.absent is None else 'no'})"

    def policy(self, absent):
        if self.absent != "default":
            return self.absent
        if absent != "default":
            return absent
        return None if self.kind == "observation" else False

    def of_set(self, fact):
        if fact.kind != self.kind or (self.panel is None) != (fact.panel is None):
            return False
        if self.panel and not any(code.holds(fact.panel) for code in self.panel):
            return False
        if self.classes and not any(fact.visit_class in CLASSES[one] for one in self.classes):
            return False
        return not self.codes or any(code.holds(fact.codes) for code in self.codes)

    def judge(self, patient, facts, now, absent="default"):
        if self.selector == "no":
            positive = dataclasses.replace(self, selector="any" if self.test else "")
            return contrary(positive.judge(patient, facts, now, absent))
        unbound = next((clause for clause in self.clauses if isinstance(clause, Related) and clause.bound is None), None)
        if unbound:
            return self.judge_from_event(unbound, patient, facts, now, absent)
        facts = [fact for fact in facts if self.of_set(fact)]
        policy = self.policy(absent)
        if self.lasting:
            return self.judge_lasting(facts, now, policy)
        windows = [both(clause.judge(fact, now) for clause in self.clauses) for fact in facts]
        timed = [(fact, self.in_time(fact, now)) for fact in facts]
        if self.selector.endswith("ever"):
            return self.judge_ever(patient, facts, now, policy)
        if all(lies is False for lies in windows):  # `current` is a filter, no window
            return self.nothing(policy)
        members = [(fact, both([fact.state, time])) for fact, time in timed]
        selector = self.selector or ("latest" if self.test else "any")
        if selector in ("at least", "at most", "exactly"):
            return self.judge_count(patient, members)
        if selector == "any":
            return either(both([member, self.passes(fact, patient)]) for fact, member in members)
        possible = [(fact, member) for fact, member in members if member is not False]
        if selector == "every":
            return self.judge_every(patient, possible)
        if selector in ("lowest", "highest", "average of"):
            return self.judge_extreme(patient, possible, selector)
        return self.judge_choice(possible, selector, now, lambda fact: both([fact.state, self.passes(fact, patient)]))

    def judge_from_event(self, clause, patient, facts, now, absent):
        """Settled only if every choice the event leaves open agrees. Without an event the policy of its kind speaks, unless one is stated."""
        answers = set()
        for chosen in clause.event.choices(facts):
            if chosen is None:
                kind = Query(clause.event.kind, []).policy("default")
                answers.add(self.nothing(self.absent if self.absent != "default" else absent if absent != "default" else kind))
                continue
            bound = [dataclasses.replace(one, bound=chosen) if one is clause else one for one in self.clauses]
            answers.add(dataclasses.replace(self, clauses=bound).judge(patient, facts, now, absent))
        return answers.pop() if len(answers) == 1 else None

    def in_time(self, fact, now):
        values = [clause.judge(fact, now) for clause in self.clauses]
        if self.current:
            values.append(moments.overlaps(fact.start, fact.end, (now, now)))
        return both(values)

    def passes(self, fact, patient):
        return self.test.judge(fact, patient) if self.test else None if fact.empty else True

    def nothing(self, policy):
        """Not recorded: the policy speaks. "No" means that there are none, so none are counted."""
        if policy is None or self.selector not in ("at most", "exactly"):
            return policy
        return self.selector == "at most" or self.count == 0

    def judge_count(self, patient, members):
        values = [both([member, self.passes(fact, patient)]) for fact, member in members]
        if self.different or self.apart:
            return self.judge_spread([(fact, value) for (fact, _), value in zip(members, values)])
        settled, undecided = values.count(True), values.count(None)
        least = True if settled >= self.count else False if settled + undecided < self.count else None
        most = True if settled + undecided <= self.count else False if settled > self.count else None
        return {"at least": least, "at most": most, "exactly": both([least, most])}[self.selector]

    def judge_spread(self, values):
        """At least so many, each two of them different, or so many days apart: by the settled alone, or not even with all others."""
        def stand(facts, sure):
            return any(all(self.spread(one, other, sure) for one, other in itertools.combinations(chosen, 2))
                       for chosen in itertools.combinations(facts, self.count))
        if stand([fact for fact, value in values if value], True):
            return True
        return None if stand([fact for fact, value in values if value is not False], False) else False

    def spread(self, one, other, sure):
        if self.different and set(one.codes) & set(other.codes):
            return False
        if not self.apart:
            return True
        days = [[moments.local_date(point) for point in fact.start] for fact in (one, other)]
        gaps = [(days[0][0] - days[1][1]).days, (days[1][0] - days[0][1]).days]  # the least either way
        most = [(days[0][1] - days[1][0]).days, (days[1][1] - days[0][0]).days]
        return max(gaps if sure else most) >= self.apart

    def judge_every(self, patient, possible):
        values = [either([contrary(member), self.passes(fact, patient)]) for fact, member in possible]
        if not possible:
            return False
        if not any(member for _, member in possible):  # never true of nothing
            values.append(None)
        return both(values)

    def judge_extreme(self, patient, possible, selector):
        sure = [fact for fact, member in possible if member]
        maybe = [fact for fact, member in possible if member is None]
        if not possible:
            return False
        answers = []
        for size in range(len(maybe) + 1):
            for more in itertools.combinations(maybe, size):
                chosen = sure + list(more)
                if chosen:
                    answers.append(self.extreme(chosen, selector, patient))
        return agreed(answers, bool(sure))

    def extreme(self, facts, selector, patient):
        """The test of the lowest (or highest) of intervals: an interval whose bounds are the lowest (highest) of the bounds."""
        test = self.test
        if test.unit == "%" and any(fact.value and fact.value[2] == "mmol/mol" for fact in facts):
            test = in_mmol(test)
        unit, bounds = test.unit, []
        for fact in facts:
            found = quantities.bounds_in(fact.value, unit, analyte_of(fact)) if fact.value else None
            bounds.append(found or (None, False, None, False))
        if selector == "average of":
            return judge_bounds(test, mean(bounds), patient)
        sign = 1 if selector == "lowest" else -1
        lows = [(low, low_in) for low, low_in, _, _ in bounds]
        highs = [(high, high_in) for _, _, high, high_in in bounds]
        low, high = (smallest(lows, True), smallest(highs, False)) if sign == 1 else (largest(lows, False), largest(highs, True))
        return judge_bounds(test, (*low, *high), patient)

    def judge_choice(self, possible, selector, now, judge):
        """Every fact that can be the latest (first), given what is sure to be there; settled if all of them agree."""
        if not possible:
            return False
        first = selector.startswith("first")
        spans = [clause.reach(now) for clause in self.clauses] if not selector.endswith("ever") else []
        low = max([span[0] for span in spans], default=ALWAYS)
        high = min([span[1] for span in spans], default=NEVER)
        ranges = {id(fact): (max(fact.start[0], low), min(fact.start[1], high)) for fact, _ in possible}
        answers = []
        for fact, _ in possible:
            beaten = any(member and other is not fact and
                         (surely_before(other, fact, ranges) if first else surely_before(fact, other, ranges))
                         for other, member in possible)
            if not beaten:
                answers.append(judge(fact))
        return agreed(answers, any(member for _, member in possible))

    def judge_ever(self, patient, facts, now, policy):
        if not facts:
            return policy
        possible = [(fact, fact.state) for fact in facts if fact.state is not False]
        return self.judge_choice(possible, self.selector, now,
                                 lambda fact: both([fact.state, self.in_time(fact, now), self.passes(fact, patient)]))

    def judge_lasting(self, facts, now, policy):
        """`for at least P`: the length of an interval up to log time; medications of the set are joined where they touch."""
        if not facts:
            return policy
        sure = [(fact.start[1], min(fact.end[0], now)) for fact in facts if fact.state is True and fact.end[0] >= fact.start[1]]
        maybe = [(fact.start[0], min(fact.end[1], now)) for fact in facts if fact.state is not False]
        if self.kind == "medication":
            sure, maybe = joined(sure), joined(maybe)
        if self.current:
            sure = [one for one in sure if one[1] >= now]
            maybe = [one for one in maybe if one[1] >= now]
            if not maybe and not facts:
                return policy
        if any(self.long_enough(*one) for one in sure):
            return True
        return None if any(self.long_enough(*one) for one in maybe) else False

    def long_enough(self, start, end):
        count, unit = self.lasting
        if unit == "hour":
            return end - start >= count * moments.HOUR
        return moments.moved(moments.local_date(start), count, unit) <= moments.local_date(end)


def smallest(bounds, unbounded_wins):
    """The smallest bound: of lower bounds None is smallest of all; of upper bounds None is larger than any."""
    if unbounded_wins and any(value is None for value, _ in bounds):
        return None, False
    known = [(value, inside) for value, inside in bounds if value is not None]
    if not known:
        return None, False
    value = min(value for value, _ in known)
    insides = [inside for one, inside in known if one == value]
    return value, any(insides) if unbounded_wins else all(insides)


def largest(bounds, unbounded_wins):
    turned = smallest([(None if value is None else -value, inside) for value, inside in bounds], unbounded_wins)
    return (None if turned[0] is None else -turned[0]), turned[1]


def mean(bounds):
    """The average of intervals: without a bound where one of them has none, its end outside where one of theirs is."""
    low = None if any(one[0] is None for one in bounds) else sum(one[0] for one in bounds) / len(bounds)
    high = None if any(one[2] is None for one in bounds) else sum(one[2] for one in bounds) / len(bounds)
    return low, all(one[1] for one in bounds), high, all(one[3] for one in bounds)


def in_mmol(test):
    """A test of HbA1c in percent as one in mmol/mol."""
    changed = {field.name: quantities.hba1c_mmol(getattr(test, field.name)) for field in dataclasses.fields(test)
               if field.name in ("limit", "low", "high", "men", "women")}
    return dataclasses.replace(test, unit="mmol/mol", **changed)


def judge_bounds(test, bounds, patient):
    if isinstance(test, Compare):
        return quantities.compare(bounds, test.operator, test.limit)
    if isinstance(test, Between):
        return both([quantities.compare(bounds, ">=", test.low), quantities.compare(bounds, "<=", test.high)])
    men, women = (quantities.compare(bounds, test.operator, limit) for limit in (test.men, test.women))
    return men if patient.sex == "male" or men == women else women if patient.sex == "female" else None


def agreed(answers, sure):
    """What all possible choices say; where there may be nothing to choose, it cannot be true."""
    if all(answer is False for answer in answers):
        return False
    return True if sure and all(answer is True for answer in answers) else None


def surely_before(one, other, ranges):
    """Whether `one` comes before `other` in every case; equal instants go by issued time, version and name."""
    (low, high), (other_low, other_high) = ranges[id(one)], ranges[id(other)]
    if high < other_low:
        return True
    if low == high == other_low == other_high:
        return (one.issued, one.version, one.resource) < (other.issued, other.version, other.resource)
    return False


def joined(intervals):
    result = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


# --- the person ---

@dataclasses.dataclass
class Age:
    operator: str
    years: int
    unit: str = "year"

    def text(self):
        return f"age {self.operator} {self.years} {self.unit}s"

    def judge(self, patient, facts, now, absent="default"):
        range_ = moments.read(patient.born)
        if range_ is None:
            return None
        ages = [self.passed(moments.local_date(point), moments.local_date(now)) for point in range_]
        compare = {">=": int.__ge__, "<=": int.__le__, ">": int.__gt__, "<": int.__lt__, "=": int.__eq__}[self.operator]
        answers = {compare(age, self.years) for age in range(min(ages), max(ages) + 1)}
        return answers.pop() if len(answers) == 1 else None

    def passed(self, born, today):
        if self.unit in ("day", "week"):
            return (today - born).days // (7 if self.unit == "week" else 1)
        count = (today.year - born.year) * (1 if self.unit == "year" else 12) + (today.month - born.month) * (self.unit == "month")
        return count - (moments.moved(born, count, self.unit) > today)


@dataclasses.dataclass
class Sex:
    sex: str

    def text(self):
        return f"sex is {self.sex}"

    def judge(self, patient, facts, now, absent="default"):
        return None if patient.sex is None else patient.sex == self.sex


class Alive:
    def text(self):
        return "alive"

    def judge(self, patient, facts, now, absent="default"):
        return patient.dead is None or patient.dead[0] > now  # a partial date is clipped at log time, so it has happened


@dataclasses.dataclass
class Egfr:
    """Revised Lund-Malmö of the latest creatinine in the window, with the age at the sample (criteria/analytes.cc)."""
    test: Compare
    clauses: list

    def text(self):
        return " ".join(["egfr by lm-rev", self.test.text()] + [clause.text() for clause in self.clauses])

    def judge(self, patient, facts, now, absent="default"):
        creatinine = Query("observation", [Code(*code) for code in CREATININE], "latest", clauses=self.clauses)
        creatinine.test = EgfrTest(self.test)
        return creatinine.judge(patient, facts, now, None)


@dataclasses.dataclass
class EgfrTest:
    """The test of a score, put to each creatinine."""
    test: Compare

    def judge(self, fact, patient):
        born = moments.read(patient.born)
        bounds = quantities.bounds_in(fact.value, "umol/L", "creatinine") if fact.value else None
        if born is None or bounds is None:
            return None
        ages = {Age("=", 0).passed(moments.local_date(birth), moments.local_date(time)) for birth in born for time in fact.start}
        if min(ages) < 18:
            return None
        answers = set()
        for age, sex in itertools.product(range(min(ages), max(ages) + 1), [patient.sex] if patient.sex else ["male", "female"]):
            low, low_in, high, high_in = bounds  # the more creatinine, the lower the score
            score = [None if value is None else Fraction(lund_malmo(value, age, sex)) for value in (high, low)]
            answers.add(quantities.compare((score[0], high_in, score[1], low_in), self.test.operator, self.test.limit))
        return answers.pop() if len(answers) == 1 else None


def lund_malmo(creatinine, age, sex):
    with localcontext() as context:
        context.prec = 40
        value = Decimal(creatinine.numerator) / Decimal(creatinine.denominator)
        turn, base, slope = (Decimal(150), Decimal("2.50"), Decimal("0.0121")) if sex == "female" else \
                            (Decimal(180), Decimal("2.56"), Decimal("0.00968"))
        x = base + slope * (turn - value) if value < turn else base - Decimal("0.926") * (value / turn).ln()
        return (x - Decimal("0.0158") * age + Decimal("0.438") * Decimal(age).ln()).exp()


# --- logic ---

@dataclasses.dataclass
class Logic:
    """`and`, `or`, `not`, `any of`, `all of`, `none of`, `at least N of` (and at most, exactly), `if`."""
    shape: str
    parts: list
    count: int = 0
    absent: object = "default"

    def text(self):
        texts = [part.text() if isinstance(part, Logic) and part.shape not in ("and", "or", "if", "not") else
                 f"({part.text()})" if isinstance(part, Logic) else part.text() for part in self.parts]
        if self.shape in ("and", "or"):
            text = f" {self.shape} ".join(texts)
        elif self.shape == "not":
            text = f"not ({texts[0]})"
        elif self.shape == "if":
            text = f"if {texts[0]} then {texts[1]}" + (f" otherwise {texts[2]}" if len(texts) == 3 else "")
        else:
            count = f" {self.count}" if self.shape in ("at least", "at most", "exactly") else ""
            text = f"{self.shape}{count} of ({'; '.join(texts)})"
        return text if self.absent == "default" else f"({text} else {'unknown' if self.absent is None else 'no'})"

    def judge(self, patient, facts, now, absent="default"):
        inner = absent if self.absent == "default" else self.absent
        values = [part.judge(patient, facts, now, inner) for part in self.parts]
        settled, undecided = values.count(True), values.count(None)
        least = True if settled >= self.count else False if settled + undecided < self.count else None
        most = True if settled + undecided <= self.count else False if settled > self.count else None
        if self.shape in ("and", "all"):
            return both(values)
        if self.shape in ("or", "any"):
            return either(values)
        if self.shape == "none":
            return contrary(either(values))
        if self.shape == "not":
            return contrary(values[0])
        if self.shape == "if":
            condition, then = values[:2]
            if len(values) == 2:
                return either([contrary(condition), then])
            return values[1] if condition else values[2] if condition is False else then if then == values[2] else None
        return {"at least": least, "at most": most, "exactly": both([least, most])}[self.shape]


@dataclasses.dataclass
class Criterion:
    name: str
    include: bool
    question: object
    asks: bool = False  # `else ask`: unknown is a question to a person

    def text(self):
        tail = f' else ask "Is it so?" sv "Är det så?"' if self.asks else ""
        return f"{'include' if self.include else 'exclude'} {self.name} : {self.question.text()}{tail}"

    def judge(self, patient, facts, now):
        return self.question.judge(patient, facts, now)


def events_of(question):
    for part in getattr(question, "parts", [question]):
        if part is not question:
            yield from events_of(part)
        for clause in getattr(part, "clauses", []):
            if isinstance(clause, Related):
                yield clause.event


@dataclasses.dataclass
class Study:
    name: str
    criteria: list

    def text(self):
        head = f'study {self.name} "a study of the oracle" {{\n  status recruiting\n  sites "Danderyds sjukhus" region 01\n}}\n\n'
        events = {event.name: event.text() for criterion in self.criteria for event in events_of(criterion.question)}
        return head + "".join(f"{text}\n" for text in events.values()) + "\n".join(criterion.text() for criterion in self.criteria) + "\n"

    def verdict(self, patient, values, now):
        """values: name -> truth. The dead match nothing."""
        alive = Alive().judge(patient, [], now)
        wanted = {criterion.name: criterion.include for criterion in self.criteria}
        if alive is False or any(value is not None and value != wanted[name] for name, value in values.items()):
            return "ineligible"
        open_ = {name for name, value in values.items() if value is None}
        if not open_:
            return "eligible"
        asks = {criterion.name for criterion in self.criteria if criterion.asks}
        return "likely" if open_ <= asks else "possible"

"""Questions about real bundles: codes, values and times are taken from the journal itself."""
from fractions import Fraction

import histories
import moments
import quantities
import questions as q

KINDS = ["condition"] * 3 + ["procedure", "medication", "medication", "allergy", "immunization", "visit"] + ["observation"] * 6
SINCE = moments.read("2005-01-01")[0]


def make(random, reader, times):
    facts = [fact for patient in reader.patients.values() for fact in patient.facts]
    by_kind = {}
    for fact in facts:
        if fact.codes:
            by_kind.setdefault(fact.kind, []).append(fact)
    studies = [q.Study(f"S{index + 1:03d}", [q.Criterion(f"c{number + 1}", random.random() < 0.6, ask(random, by_kind))
                                            for number in range(count)])
               for index, count in enumerate([20, 20, 20, 2, 2, 2, 1, 1])]
    return studies, [moment(random, facts) for _ in range(times)]


def moment(random, facts):
    """A time of evaluation: at, or some whole window after, something that the journal says."""
    start = random.choice([fact for fact in facts if fact.start[0] > SINCE]).start[0]
    kind = random.random()
    if kind < 0.2:
        return start
    amount, unit = random.choice([one for one in histories.AMOUNTS if one[1] != "hour"])
    day = moments.moved(moments.local_date(start), amount, unit)
    if kind < 0.5:
        return moments.day_end(day) + random.choice([0, 1])
    return moments.day_start(day) + random.randrange(0, 86400) * 1000


def ask(random, by_kind):
    kind = random.choice([one for one in KINDS if one in by_kind])
    fact = random.choice(by_kind[kind])
    system, code = min(fact.codes)
    made = q.Query(kind, [q.Code(system, code)], count=random.choice([1, 2, 5]))
    if fact.panel:
        made.panel = [q.Code(*min(fact.panel))]
    if kind == "observation" and fact.value and fact.value[2] and quantities.plain(fact.value[2]) in quantities.UNITS:
        limit = Fraction(round(fact.value[0] * 10), 10)
        unit = quantities.plain(fact.value[2])
        made.test = q.Compare(random.choice([">=", "<=", ">", "<"]), limit, "%" if unit == "%" else unit)
        made.selector = random.choice(["", "no", "any", "every", "latest", "first", "lowest", "highest", "at least", "at most", "exactly",
                                       "latest ever", "first ever"])
    elif kind == "observation":
        made.panel, made.selector = None, random.choice(["", "no", "at least", "at most"])
        if fact.panel:
            made.codes = [q.Code(*min(fact.panel))]
    else:
        made.selector = random.choice(["", "no", "any", "at least", "at most", "exactly", "first ever", "latest ever"])
    if kind in q.WINDOW_KINDS and made.selector in ("", "no", "any") and random.random() < 0.4:
        made.current = True
        if random.random() < 0.4:
            made.lasting = (random.choice([1, 6]), "month")
        return made
    if made.selector.endswith("ever") or random.random() < 0.85:
        side = "starting" if made.selector.endswith("ever") else random.choice(["starting", "ending", "ongoing"])
        made.clauses = [q.Clause(histories.window(random, kind), side if kind in q.WINDOW_KINDS else "")]
    return made

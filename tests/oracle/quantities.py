"""Numbers with units, in fractions: the few units that the oracle's questions use, each with its dimension."""
from fractions import Fraction as F

import re

# unit -> (dimension, factor to the dimension's base)
UNITS = {
    "mol/L": ("substance", F(1)), "mmol/L": ("substance", F(1, 10**3)), "umol/L": ("substance", F(1, 10**6)),
    "nmol/L": ("substance", F(1, 10**9)),
    "g/L": ("mass", F(1)), "g/dL": ("mass", F(10)), "mg/dL": ("mass", F(1, 100)), "mg/L": ("mass", F(1, 1000)),
    "ug/L": ("mass", F(1, 10**6)), "ng/mL": ("mass", F(1, 10**6)),
    "mm[Hg]": ("pressure", F(1)), "cm": ("length", F(1)), "m": ("length", F(100)), "mm": ("length", F(1, 10)),
    "[in_i]": ("length", F(254, 100)), "kg": ("weight", F(1)), "g": ("weight", F(1, 1000)),
    "ukat/L": ("catalytic", F(60)), "U/L": ("catalytic", F(1)), "kat/L": ("catalytic", F(60 * 10**6)),
    "mmol/mol": ("ratio", F(1, 1000)), "%": ("ratio", F(1, 100)), "1": ("ratio", F(1)),
    "10*9/L": ("cells", F(10**9)), "10*3/uL": ("cells", F(10**9)), "10*6/L": ("cells", F(10**6)),
    "kg/m2": ("kg/m2", F(1)),
    "mL/min": ("clearance", F(1)), "/min": ("frequency", F(1)),
}
ALIASES = {"mmHg": "mm[Hg]", "10^9/L": "10*9/L", "E9/L": "10*9/L", "mikromol/L": "umol/L", "µmol/L": "umol/L", "μmol/L": "umol/L",
           "µkat/L": "ukat/L", "mikrokat/L": "ukat/L", "slag/min": "/min", "kg/m²": "kg/m2", "mL/min/1,73m2": "mL/min",
           "mL/min/1.73m2": "mL/min"}
ANALYTES = {  # code -> analyte
    "NPU04998": "creatinine", "14682-9": "creatinine", "2160-0": "creatinine",
    "NPU02192": "glucose", "14749-6": "glucose", "2345-7": "glucose",
    "NPU28309": "haemoglobin", "718-7": "haemoglobin",
    "NPU27300": "hba1c", "59261-8": "hba1c", "4548-4": "hba1c",
}
GRAMS_PER_MOLE = {  # criteria/analytes.cc
    "creatinine": 1000 / F(8842, 100) * 10,  # umol/L = mg/dL * 88.42
    "glucose": F(18016, 1000) * 10,          # mg/dL = mmol/L * 18.016
    "haemoglobin": F(16114),                 # g/L = mmol/L * 16.114
}


def plain(unit):
    """The unit without annotations, by its UCUM code."""
    unit = ALIASES.get(unit.strip(), unit.strip())
    unit = re.sub(r"/?\{[^}]*\}", "", unit)
    return ALIASES.get(unit, unit) or "1"


def interval(value, comparator):
    """(low, low included, high, high included), None for no bound."""
    if comparator == "<":
        return None, False, value, False
    if comparator == "<=":
        return None, False, value, True
    if comparator == ">":
        return value, False, None, False
    if comparator == ">=":
        return value, True, None, False
    return value, True, value, True


def converted(value, unit, target, analyte):
    """The number in the target unit, or None where the two do not compare."""
    unit, target = plain(unit), plain(target)
    if unit == target:
        return value
    if unit not in UNITS or target not in UNITS:
        return None
    (have, factor), (want, divisor) = UNITS[unit], UNITS[target]
    if analyte == "hba1c" and have == want == "ratio" and "%" in (unit, target):
        return None  # told apart in compare(): rounded, docs/decisions/0009
    if have == want:
        return value * factor / divisor
    if {have, want} == {"substance", "mass"} and analyte in GRAMS_PER_MOLE:
        mass = GRAMS_PER_MOLE[analyte]
        return value * factor * (mass if have == "substance" else 1 / mass) / divisor
    return None


def hba1c_mmol(percent):
    """Whole mmol/mol of an NGSP percentage, halves up."""
    exact = (percent - F(2152, 1000)) / F(9148, 100000)
    return F((2 * exact.numerator + exact.denominator) // (2 * exact.denominator))


def bounds_in(measured, target, analyte):
    """The measured quantity as an interval in the target unit; None: unusable."""
    value, comparator, unit = measured
    if unit is None:
        return None
    if analyte == "hba1c" and plain(unit) != plain(target) and {plain(unit), plain(target)} <= {"%", "mmol/mol"}:
        if plain(unit) != "%":
            return None
        number = hba1c_mmol(value)
    else:
        number = converted(value, unit, target, analyte)
    return None if number is None else interval(number, comparator)


def compare(bounds, operator, limit):
    """True where the whole interval satisfies `operator limit`, False where none of it does, else None."""
    low, low_in, high, high_in = bounds
    if operator in (">", "<="):
        surely = low is not None and (low > limit or low == limit and not low_in)
        never = high is not None and high <= limit
        answer = True if surely else False if never else None
        return answer if operator == ">" or answer is None else not answer
    if operator in (">=", "<"):
        surely = low is not None and low >= limit
        never = high is not None and (high < limit or high == limit and not high_in)
        answer = True if surely else False if never else None
        return answer if operator == ">=" or answer is None else not answer
    if low is not None and low == high:  # "="
        return low == limit
    at_least, at_most = compare(bounds, ">=", limit), compare(bounds, "<=", limit)
    return False if at_least is False or at_most is False else None


NUMBER = re.compile(r"\s*(<=|>=|<|>)?\s*(-?\d+(?:[.,]\d+)?)\s*(.*)")


def read_words(text):
    """A result in words that holds a number ("<5 mg/L", "12,3 mmol/L")."""
    match = NUMBER.fullmatch(text)
    if not match:
        return None
    comparator, number, unit = match.groups()
    return F(number.replace(",", ".")), comparator, unit.strip() or None


def read_quantity(quantity):
    if not quantity or "value" not in quantity:
        return None
    unit = quantity.get("code") if quantity.get("system") == "http://unitsofmeasure.org" else None
    unit = unit or quantity.get("unit")
    return F(str(quantity["value"])), quantity.get("comparator"), unit

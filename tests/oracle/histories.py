"""Random patients and random questions about them. Times are drawn around the edges of the questions' windows."""
import datetime
from fractions import Fraction as F

import moments
import questions as q

SYSTEM = {"icd10se": "http://hl7.org/fhir/sid/icd-10-se", "snomed": "http://snomed.info/sct", "kva": "urn:oid:1.2.752.116.1.3.2.1.4",
          "atc": "http://www.whocc.no/atc", "npu": "http://npu-terminology.org", "loinc": "http://loinc.org",
          "cvx": "http://hl7.org/fhir/sid/cvx", "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm"}
EDGES = ["2024-02-29T12:00:00+01:00", "2025-02-28T23:59:59+01:00", "2025-03-30T01:59:59+01:00", "2025-03-30T03:00:00+02:00",
         "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00",
         "2026-05-31T23:59:59.999+02:00", "2026-06-01T00:00:00+02:00", "2026-01-01T00:00:00+01:00", "2026-08-31T09:00:00+02:00"]
AMOUNTS = [(1, "day"), (7, "day"), (14, "day"), (30, "day"), (90, "day"), (2, "week"), (1, "month"), (3, "month"), (6, "month"),
           (12, "month"), (1, "year"), (2, "year"), (1, "hour"), (24, "hour"), (48, "hour")]
DATES = ["2024", "2024-02", "2024-02-29", "2025", "2025-06", "2025-10-26", "2026-03-29", "2026-01", "2026-05-31"]
CODES = {
    "condition": [("icd10se", "I63.9"), ("icd10se", "I60"), ("icd10se", "I64.9"), ("icd10se", "I65"), ("icd10se", "E11.9"),
                  ("icd10se", "E110B"), ("icd10se", "E12"), ("snomed", "59621000"), ("icd10se", "C18.1")],
    "procedure": [("kva", "JFB00"), ("kva", "JFB30"), ("kva", "JFC00"), ("snomed", "73761001")],
    "medication": [("atc", "B01AA03"), ("atc", "B01AF02"), ("atc", "C10AA05"), ("atc", "C10AA01"), ("rxnorm", "314076")],
    "allergy": [("snomed", "387458008"), ("snomed", "419199007")],
    "immunization": [("atc", "J07BB02"), ("cvx", "140"), ("atc", "J07BX03")],
    "visit": [("snomed", "50849002"), ("snomed", "185349003")],
}
SETS = {
    "condition": [[q.Code("icd10se", "I60", "I64")], [q.Code("icd10se", "E11")],
                  [q.Code("icd10se", "C18.1"), q.Code("snomed", "59621000")]],
    "procedure": [[q.Code("kva", "JFB")], [q.Code("kva", "JFB00"), q.Code("snomed", "73761001")]],
    "medication": [[q.Code("atc", "B01AA"), q.Code("atc", "B01AF")], [q.Code("atc", "C10AA05")], [q.Code("rxnorm", "314076")]],
    "allergy": [[q.Code("snomed", "387458008")], [q.Code("snomed", "387458008"), q.Code("snomed", "419199007")]],
    "immunization": [[q.Code("atc", "J07BB"), q.Code("cvx", "140")], [q.Code("atc", "J07")]],
    "visit": [[], [q.Code("snomed", "50849002")]],
}
# code, units with plausible values, thresholds
LABS = [
    ("npu", "NPU04998", {"umol/L": [60, "61.9", 62, 89, 90, 150, 151], "mg/dL": ["0.70", "1.0", "1.7", "1.01"], "mmol/L": ["0.09"]},
     [(62, "umol/L"), (90, "umol/L"), (150, "umol/L"), ("0.7", "mg/dL")]),
    ("npu", "NPU27300", {"mmol/mol": [42, 47, 48, 53, 75], "%": ["6.4", "6.5", "7.0"]}, [(48, "mmol/mol"), (53, "mmol/mol"), (7, "%")]),
    ("npu", "NPU28309", {"g/L": [80, 99, 100, 131], "g/dL": ["9.9", "10", "10.0"], "mmol/L": ["6.2", "6.3"]}, [(100, "g/L"), (10, "g/dL")]),
    ("loinc", "2345-7", {"mg/dL": [70, 99, 126], "mmol/L": [4, "5.5", 7]}, [(7, "mmol/L"), (99, "mg/dL"), ("5.5", "mmol/L")]),
    ("npu", "NPU19651", {"ukat/L": ["0.5", "1.1", "2.2"], "U/L": [66, 30, 132]}, [("1.1", "ukat/L"), (66, "U/L")]),
    ("loinc", "8280-0", {"cm": [80, 88, 95, 102, 110], "m": ["0.88", "1.02"]}, [(88, "cm"), (102, "cm")]),
]
WORDS = ("loinc", "94500-6")
WORD_VALUES = ["Påvisad", "Ej påvisad", "POSITIVE", "negativ", "oklar"]
STAGE = ("loinc", "21908-9")
STAGES = ["I", "II", "iii", "III B"]
PRESSURE, SYSTOLIC, DIASTOLIC = ("loinc", "85354-9"), ("loinc", "8480-6"), ("loinc", "8462-4")
CLASSES = {"EMER": "emergency", "IMP": "inpatient", "AMB": "outpatient", "ACUTE": "inpatient"}


def concept(*codes):
    return {"coding": [{"system": SYSTEM[system], "code": code} for system, code in codes]}


def test_number(random, birthday):
    """A personal identity number from the Tax Agency's test ranges (serial 980 to 999) with its check digit."""
    short = f"{birthday:%y%m%d}{random.randrange(980, 1000)}"
    products = [int(digit) * (2 - index % 2) for index, digit in enumerate(short)]
    return f"{birthday:%Y}"[:2] + short + str(-sum(product // 10 + product % 10 for product in products) % 10)


def status_of(part, code):
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{part}", "code": code}]}


class History:
    """Makes the resources of one patient."""

    def __init__(self, random, name, times):
        self.random, self.name, self.times = random, name, times
        self.count = 0
        self.identifier = None
        self.resources = []

    # --- times ---

    def moment(self):
        """An instant: at, just beside or far from an edge of a window counted back from a time of evaluation."""
        random = self.random
        now = random.choice(self.times)
        amount, unit = random.choice(AMOUNTS)
        if unit == "hour":
            base = now - amount * moments.HOUR
            return base + random.choice([0, 0, -1, 1, -1000, 1000])
        day = moments.moved(moments.local_date(now), -amount, unit)
        kind = random.random()
        if kind < 0.25:
            return moments.day_start(day) + random.choice([0, -1, 1, -1000])
        if kind < 0.4:
            return moments.day_end(day) + random.choice([0, 1])
        if kind < 0.6:
            return moments.day_start(day) + random.randrange(-86400, 2 * 86400) * 1000
        if kind < 0.7:
            return now + random.choice([0, 0, 1, -1, 1000, -86400000, 86400000])
        return now - random.randrange(0, 3 * 365 * 86400) * 1000

    def spelled(self, millis, coarse=0.4):
        """The instant as a FHIR dateTime, sometimes only its date, month or year."""
        kind = self.random.random()
        date = moments.local_date(millis)
        if kind < coarse * 0.6:
            return date.isoformat()
        if kind < coarse * 0.8:
            return date.isoformat()[:7]
        if kind < coarse:
            return date.isoformat()[:4]
        return self.exact(millis)

    def exact(self, millis):
        if self.random.random() < 0.5:
            return moments.text_of(millis)
        moment = moments.EPOCH + datetime.timedelta(milliseconds=millis)
        return moment.astimezone(moments.LOCAL).isoformat(timespec="milliseconds")

    def period(self, lasting, open_=0.3):
        start = self.moment()
        if self.random.random() < open_:
            return {"start": self.spelled(start, 0.3)}
        end = max(start, self.moment()) if self.random.random() < 0.5 else start + self.random.randrange(0, lasting)
        if self.random.random() < 0.3:
            return {"start": moments.local_date(start).isoformat(), "end": moments.local_date(end).isoformat()}
        return {"start": self.exact(start), "end": self.exact(end)}

    # --- resources ---

    def add(self, type_, **members):
        self.count += 1
        person = {"identifier": self.identifier} if self.identifier and self.random.random() < 0.5 else {"reference": f"Patient/{self.name}"}
        resource = {"resourceType": type_, "id": f"{self.name}-{self.count}",
                    "patient" if type_ in ("AllergyIntolerance", "Immunization") else "subject": person}
        resource.update({key: value for key, value in members.items() if value is not None})
        if "meta" not in resource and self.random.random() < 0.2:
            resource["meta"] = {"versionId": "1"}
        self.resources.append(resource)
        if self.random.random() < 0.08:
            self.correct(resource)
        return resource

    def correct(self, resource):
        """A later version: entered in error, or the same with another time or value; the older one may come after it."""
        newer = dict(resource, meta={"versionId": "2"})
        resource["meta"] = {"versionId": "1"}
        if resource["resourceType"] in ("Condition", "AllergyIntolerance"):
            newer["verificationStatus"] = status_of("condition-ver-status", "entered-in-error")
            newer.pop("clinicalStatus", None)
        elif resource["resourceType"] == "Observation" and self.random.random() < 0.6 and "valueQuantity" in resource:
            newer["status"] = "corrected"
            newer["valueQuantity"] = dict(resource["valueQuantity"], value=resource["valueQuantity"]["value"] + 1)
        else:
            newer["status"] = "entered-in-error"
        self.resources.append(newer)
        if self.random.random() < 0.3:  # and taken away
            url = f"{resource['resourceType']}/{resource['id']}"
            self.resources.append({"resourceType": "Bundle", "type": "history", "entry": [
                {"request": {"method": "DELETE", "url": url}, "response": {"status": "204", "etag": 'W/"3"', "lastModified": "2026-11-01T12:00:00Z"}}]})

    def patient(self):
        """The person, in every fifth history with a personal identity number that some resources refer to."""
        random = self.random
        now = random.choice(self.times)
        years = random.choice([17, 18, 40, 65, 80])
        birthday = moments.moved(moments.local_date(now), -years, "year") + datetime.timedelta(days=random.choice([-1, 0, 1, 200]))
        if random.random() < 0.1:
            birthday = datetime.date(2004, 2, 29)
        born = random.choice([birthday.isoformat()] * 6 + [birthday.isoformat()[:7], birthday.isoformat()[:4], None])
        dead = {}
        if random.random() < 0.06:
            dead = {"deceasedDateTime": self.spelled(self.moment())} if random.random() < 0.8 else {"deceasedBoolean": True}
        sex = random.choice(["male", "female", "male", "female", "unknown", None])
        resource = {"resourceType": "Patient", "id": self.name, "birthDate": born, "gender": sex, **dead}
        if random.random() < 0.2:
            self.identifier = {"system": "http://electronichealth.se/identifier/personnummer", "value": test_number(random, birthday)}
            resource["identifier"] = [self.identifier]
        self.resources.append({key: value for key, value in resource.items() if value is not None})

    def condition(self):
        random = self.random
        code = concept(random.choice(CODES["condition"]))
        onset = self.moment()
        recorded = onset + random.randrange(0, 40 * 86400) * 1000
        verification = random.choice(["confirmed"] * 6 + ["provisional", "differential", "refuted", None])
        shape = random.random()
        members = {"code": code, "recordedDate": self.exact(recorded), "onsetDateTime": self.spelled(onset),
                   "verificationStatus": verification and status_of("condition-ver-status", verification),
                   "clinicalStatus": status_of("condition-clinical", "active"),
                   "category": [status_of("condition-category", "problem-list-item")]}
        if shape < 0.25:
            members["clinicalStatus"] = status_of("condition-clinical", random.choice(["resolved", "inactive", "remission"]))
            members["abatementDateTime"] = self.exact(max(recorded, self.moment()))
        elif shape < 0.4:
            members["clinicalStatus"] = status_of("condition-clinical", random.choice(["resolved", "inactive"]))
            members["meta"] = {"versionId": "1", "lastUpdated": self.exact(recorded + random.randrange(0, 400 * 86400) * 1000)}
        elif shape < 0.65:
            visit = self.visit(onset)
            del members["onsetDateTime"]
            members["category"] = [status_of("condition-category", "encounter-diagnosis")]
            members["encounter"] = {"reference": f"Encounter/{visit['id']}"}
        elif shape < 0.72:
            del members["onsetDateTime"]
            members["category"] = [status_of("condition-category", "encounter-diagnosis")]
        if verification == "refuted":
            members.pop("clinicalStatus")
        self.add("Condition", **members)

    def visit(self, start=None):
        random = self.random
        class_ = random.choice(list(CLASSES))
        code = concept(random.choice(CODES["visit"]))
        start = self.moment() if start is None else start
        status, period = "finished", {"start": self.exact(start), "end": self.exact(start + random.randrange(0, 96 * 3600) * 1000)}
        kind = random.random()
        if kind < 0.1:
            status, period, class_ = "in-progress", {"start": self.exact(start)}, "IMP"
        elif kind < 0.15:
            status = "cancelled"
        return self.add("Encounter", status=status, type=[code], period=period,
                        **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": class_}})

    def procedure(self):
        random = self.random
        status = random.choice(["completed"] * 8 + ["not-done", "unknown", "preparation"])
        time = {"performedDateTime": self.spelled(self.moment())} if random.random() < 0.6 else {"performedPeriod": self.period(5 * 86400000, 0)}
        self.add("Procedure", status=status, code=concept(random.choice(CODES["procedure"])), **time)

    def immunization(self):
        status = self.random.choice(["completed"] * 6 + ["not-done"])
        self.add("Immunization", status=status, vaccineCode=concept(self.random.choice(CODES["immunization"])),
                 occurrenceDateTime=self.spelled(self.moment()))

    def allergy(self):
        random = self.random
        recorded = self.moment()
        verification = random.choice(["confirmed"] * 4 + ["unconfirmed", "refuted"])
        clinical = random.choice(["active"] * 4 + ["resolved", "inactive"])
        meta = None
        if clinical != "active":
            meta = {"versionId": "1", "lastUpdated": self.exact(recorded + random.randrange(0, 300 * 86400) * 1000)}
        self.add("AllergyIntolerance", code=concept(random.choice(CODES["allergy"])), recordedDate=self.exact(recorded), meta=meta,
                 verificationStatus=status_of("allergyintolerance-verification", verification),
                 clinicalStatus=None if verification == "refuted" else status_of("allergyintolerance-clinical", clinical))

    def medication(self):
        random = self.random
        code = concept(random.choice(CODES["medication"]))
        kind = random.random()
        start = self.moment()
        if kind < 0.5:
            self.order(code, start)
        elif kind < 0.7:
            status = random.choice(["active"] * 4 + ["completed", "on-hold", "stopped", "not-taken"])
            period = self.period(300 * 86400000, 0.4 if status == "active" else 0)
            asserted = period["end"] if status == "stopped" else period["start"] if status == "not-taken" else None
            self.add("MedicationStatement", status=status, medicationCodeableConcept=code, effectivePeriod=period, dateAsserted=asserted)
        elif kind < 0.85:
            supply = {"value": random.choice([10, 30, 90]), "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}
            self.add("MedicationDispense", status=random.choice(["completed"] * 5 + ["declined"]), medicationCodeableConcept=code,
                     whenHandedOver=self.exact(start), daysSupply=supply if random.random() < 0.7 else None)
        else:
            time = {"effectiveDateTime": self.spelled(start, 0.2)} if random.random() < 0.6 else {"effectivePeriod": self.period(5 * 86400000, 0)}
            self.add("MedicationAdministration", status=random.choice(["completed"] * 5 + ["not-done"]), medicationCodeableConcept=code, **time)

    def order(self, code, start):
        random = self.random
        status = random.choice(["active"] * 4 + ["stopped", "stopped", "completed", "on-hold", "cancelled", "draft"])
        intent = random.choice(["order"] * 6 + ["plan"])
        members = {"status": status, "intent": intent, "authoredOn": self.spelled(start, 0.3), "medicationCodeableConcept": code}
        if status in ("stopped", "completed"):
            members["meta"] = {"versionId": "1", "lastUpdated": self.exact(start + random.randrange(0, 500 * 86400) * 1000)}
        elif random.random() < 0.4:
            end = start + random.randrange(1, 400 * 86400) * 1000
            members["authoredOn"] = self.exact(start)
            members["dosageInstruction"] = [{"timing": {"repeat": {"boundsPeriod": {
                "start": self.exact(start), "end": random.choice([self.exact(end), moments.local_date(end).isoformat()])}}}}]
        if random.random() < 0.2:
            members.pop("medicationCodeableConcept")
            members["contained"] = [{"resourceType": "Medication", "id": "m", "code": code}]
            members["medicationReference"] = {"reference": "#m"}
        self.add("MedicationRequest", **members)

    def lab(self):
        random = self.random
        system, code, units, limits = random.choice(LABS)
        unit = random.choice(list(units))
        value = random.choice(units[unit])
        quantity = {"value": float(value), "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        kind = random.random()
        if kind < 0.12:
            quantity["comparator"] = random.choice(["<", "<=", ">", ">="])
        elif kind < 0.15:
            quantity = {"value": float(value), "unit": "arb"}
        elif kind < 0.18:
            quantity = None
        members = {"valueQuantity": quantity}
        if kind > 0.9 and quantity:
            members = {"valueString": random.choice(["", "<", ">"]) + str(value).replace(".", ",") + " " + unit}
        if quantity is None:
            members["dataAbsentReason"] = status_of("data-absent-reason", "unknown")
        if random.random() < 0.3:
            limit, limit_unit = random.choice(limits)
            members["referenceRange"] = [{"low": {"value": float(limit) / 2, "code": limit_unit, "unit": limit_unit, "system": "http://unitsofmeasure.org"},
                                          "high": {"value": float(limit), "code": limit_unit, "unit": limit_unit, "system": "http://unitsofmeasure.org"}}]
        self.observed((system, code), **members)

    def observed(self, code, **members):
        random = self.random
        time = self.moment()
        status = random.choice(["final"] * 9 + ["preliminary", "registered", "amended"])
        issued = self.exact(time + random.randrange(0, 86400) * 1000) if random.random() < 0.4 else None
        when = {"effectiveDateTime": self.spelled(time, 0.3)}
        if random.random() < 0.06:
            when = {"effectivePeriod": {"start": self.exact(time - 7200000), "end": self.exact(time)}}
        self.add("Observation", status=status, code=concept(code), issued=issued, **when, **members)
        if random.random() < 0.1 and "valueQuantity" in members and members["valueQuantity"]:  # another at the same instant
            other = dict(members["valueQuantity"], value=members["valueQuantity"]["value"] * 2)
            self.add("Observation", status="final", code=concept(code), issued=issued, **when, **dict(members, valueQuantity=other))

    def others(self):
        random = self.random
        kind = random.random()
        if kind < 0.4:
            parts = [{"code": concept(code), "valueQuantity": {"value": random.choice(values), "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}}
                     for code, values in ((SYSTOLIC, [120, 139, 140, 180]), (DIASTOLIC, [80, 90, 110]))]
            if random.random() < 0.1:
                del parts[0]["valueQuantity"]
                parts[0]["dataAbsentReason"] = status_of("data-absent-reason", "unknown")
            self.observed(PRESSURE, component=parts)
        elif kind < 0.7:
            word = random.choice(WORD_VALUES)
            members = {"valueString": word} if random.random() < 0.5 else {"valueCodeableConcept": {"text": word}}
            if word == "oklar" and random.random() < 0.5:
                members["interpretation"] = [status_of("v3-ObservationInterpretation", random.choice(["POS", "NEG"]))]
            self.observed(WORDS, **members)
        else:
            word = random.choice(STAGES)
            self.observed(STAGE, **({"valueString": word} if random.random() < 0.5 else {"valueCodeableConcept": {"text": word}}))


def make_patient(random, name, times):
    history = History(random, name, times)
    history.patient()
    for make, most in ((history.condition, 4), (history.visit, 2), (history.procedure, 3), (history.immunization, 2), (history.allergy, 1),
                       (history.medication, 4), (history.lab, 6), (history.others, 3)):
        for _ in range(random.randrange(0, most + 1)):
            make()
    return history.resources


# --- questions ---

def window(random, kind):
    back = [(amount, unit) for amount, unit in AMOUNTS]
    amount, unit = random.choice(back)
    shape = random.choice(["within"] * 5 + ["least", "between", "most", "since", "before", "after", "from", "to now", "on or before", "on or after",
                                            "between dates"])
    if shape in ("within", "least", "most"):
        return q.Back(shape, amount, unit)
    if shape == "between":
        less = random.choice([1, 2, 7])
        return q.Back("between", less, unit, less + random.choice([1, 10]))
    dates = sorted(random.sample(["2024", "2025-06", "2025-10-26", "2026-03-29"], 2))
    if shape == "between dates":
        return q.Fixed("from" if kind == "observation" else "between", *dates)
    return q.Fixed(shape, *dates) if shape == "from" else q.Fixed(shape, random.choice(DATES))


def clause(random, kind):
    side = random.choice(["starting", "ending", "ongoing", "recorded"][: 3 if kind == "medication" else 4]) if kind in q.WINDOW_KINDS else ""
    return q.Clause(window(random, kind), side)


def test_of(random, codes_limits):
    limit, unit = random.choice(codes_limits)
    limit = F(str(limit))
    kind = random.random()
    operator = random.choice([">=", "<=", ">", "<", "="] if kind < 0.3 else [">=", "<=", ">", "<"])
    if kind < 0.7:
        return q.Compare(operator, limit, unit)
    if kind < 0.85:
        return q.Between(limit, limit + random.choice([0, 1, 10]), unit)
    return q.BySex(operator, limit, limit * F(9, 10), unit)


def observation(random):
    kind = random.random()
    if kind < 0.1:
        system, code = STAGE
        test = random.choice([q.Words(["II", "III"]), q.Words(["III B"], True), q.Words(["i"], True)])
        query = q.Query("observation", [q.Code(system, code)], test=test)
    elif kind < 0.2:
        query = q.Query("observation", [q.Code(*WORDS)], test=q.Sign(random.random() < 0.6))
    elif kind < 0.3:
        code, limits = random.choice([(SYSTOLIC, [(140, "mmHg"), (180, "mmHg")]), (DIASTOLIC, [(90, "mmHg")])])
        query = q.Query("observation", [q.Code(*code)], panel=[q.Code(*PRESSURE)], test=test_of(random, limits))
    else:
        system, code, _, limits = random.choice(LABS)
        query = q.Query("observation", [q.Code(system, code)], test=test_of(random, limits))
        if random.random() < 0.15:
            query.test = q.Limit(random.choice([">", ">=", "<", "<="]), F(random.choice(["1", "1.5", "2"])), random.choice(["upper", "lower"]))
    measured = isinstance(query.test, (q.Compare, q.Between))
    query.selector = random.choice(["", "no", "any", "every", "latest", "latest", "first", "at least", "at most", "exactly", "latest ever", "first ever"]
                                   + (["lowest", "highest"] * 2 if measured else []))
    if query.selector in ("no", "at least", "at most", "exactly", "") and random.random() < 0.2:
        query.test = None
        query.panel, query.codes = None, query.codes if not query.panel else query.panel
    return query


def whole_query(random):
    """What counts from events, spread counts, averages."""
    shape = random.random()
    if shape < 0.2:
        system, code, _, limits = random.choice(LABS)
        made = q.Query("observation", [q.Code(system, code)], "average of", test=test_of(random, limits), clauses=[clause(random, "observation")])
        return made if isinstance(made.test, (q.Compare, q.Between)) else whole_query(random)
    if shape < 0.5:
        kind = random.choice(["observation", "medication", "condition", "procedure"])
        if kind == "observation":
            system, code, _, limits = random.choice(LABS)
            made = q.Query(kind, [q.Code(system, code)], test=test_of(random, limits) if random.random() < 0.7 else None)
            made.apart = random.choice([1, 7, 30])
        else:
            made = q.Query(kind, random.choice(SETS[kind]))
            made.different = random.random() < 0.6
            made.apart = 0 if made.different else random.choice([1, 7, 30])
        made.selector, made.count = "at least", random.choice([2, 2, 3])
        made.clauses = [clause(random, kind)]
        if kind in q.WINDOW_KINDS:
            made.clauses[0].side = "starting"
        return made
    kind, number = random.choice([("procedure", 0), ("condition", 1), ("immunization", 2)])
    first = random.random() < 0.4
    event = q.Event(f"e{number}{int(first)}", "first" if first else "latest", kind, SETS[kind][0])
    asked = random.choice([one for one in ("observation", "medication", "condition", "procedure", "visit") if one != kind])
    made = observation(random) if asked == "observation" else q.Query(asked, random.choice(SETS[asked]))
    if made.selector.endswith("ever") or asked != "observation":
        made.selector = random.choice(["", "no", "any", "at least"])
    made.count = random.choice([1, 2])
    if asked == "visit" and not made.codes:
        made.classes = ["inpatient"]
    shape = random.choice(["within after", "within before", "within of", "least before", "least after", "before", "after", "on or after",
                           "on or before", "on same day as"])
    amount, unit = random.choice([(1, "day"), (7, "day"), (4, "week"), (3, "month"), (1, "year")])
    made.clauses = [q.Related(shape, event, amount, unit, "starting" if asked in q.WINDOW_KINDS else "")]
    if random.random() < 0.2:
        made.absent = random.choice([None, False])
    return made


def query(random):
    kind = random.choice(["condition"] * 3 + ["procedure", "medication", "medication", "allergy", "immunization", "visit"] + ["observation"] * 6)
    if kind == "observation":
        made = observation(random)
    else:
        made = q.Query(kind, random.choice(SETS[kind]))
        made.selector = random.choice(["", "", "no", "any", "at least", "at most", "exactly", "first ever", "latest ever"])
        if kind == "visit" and (not made.codes or random.random() < 0.5):
            made.classes = random.sample(["emergency", "inpatient", "outpatient"], random.choice([1, 2]))
    made.count = random.choice([1, 1, 2, 3])
    if kind in q.WINDOW_KINDS and not made.selector.endswith("ever"):
        shape = random.random()
        if shape < 0.25:
            made.current = True
            return made
        if shape < 0.4 and made.selector in ("", "no", "any"):
            made.lasting, made.current = (random.choice([30, 90]), "day") if shape < 0.3 else (random.choice([1, 6, 12]), "month"), random.random() < 0.5
            return made
    if made.selector.endswith("ever"):
        made.clauses = [clause(random, kind)]
        if kind in q.WINDOW_KINDS:
            made.clauses[0].side = "starting"
    elif random.random() < 0.85:
        made.clauses = [clause(random, kind)]
    if random.random() < 0.25:
        made.absent = random.choice([None, False])
    return made


WHOLE = False  # the whole language, not only its core


def term(random):
    if WHOLE and random.random() < 0.5:
        return whole_query(random)
    kind = random.random()
    if kind < 0.86:
        return query(random)
    if kind < 0.91:
        return q.Age(random.choice([">=", "<=", ">", "<"]), random.choice([17, 18, 40, 65, 80]), random.choice(["year"] * 3 + ["month"]))
    if kind < 0.94:
        return q.Sex(random.choice(["male", "female"]))
    if kind < 0.95:
        return q.Alive()
    clauses = [q.Clause(q.Back("within", *random.choice([(90, "day"), (12, "month"), (2, "year")])))]
    return q.Egfr(q.Compare(random.choice([">=", "<"]), F(random.choice([30, 45, 60, 90])), "mL/min/1.73m2"), clauses)


def question(random):
    if random.random() < 0.75:
        return term(random)
    shape = random.choice(["and", "or", "not", "any", "all", "none", "at least", "at most", "exactly", "if", "if"])
    parts = [term(random) for _ in range({"not": 1, "at least": 3, "at most": 3, "exactly": 3}.get(shape, random.choice([2, 3])))]
    made = q.Logic(shape, parts, random.choice([1, 2]))
    open_ = any(isinstance(part, q.Query) and part.absent == "default" for part in parts)  # a query that the `else` speaks for
    if random.random() < 0.2 and open_ and not any(isinstance(part, q.Egfr) for part in parts) and shape != "if":
        made.absent = random.choice([None, False])
    return made


def make_studies(random, wide, narrow):
    """`wide` studies of twenty criteria for their truths, `narrow` ones of one to three for their verdicts."""
    studies = []
    for index in range(wide + narrow):
        many = 20 if index < wide else random.choice([1, 1, 2, 3])
        criteria = []
        for number in range(many):
            asks = random.random() < 0.1 and index >= wide
            asked = query(random) if asks else question(random)
            criteria.append(q.Criterion(f"c{number + 1}", random.random() < 0.6, asked, asks))
        studies.append(q.Study(f"O{index + 1:04d}", criteria))
    return studies


def make_times(random, count):
    edges = [moments.read(one)[0] for one in random.sample(EDGES, count // 2)]
    start, stop = moments.read("2025-01-01")[0], moments.read("2026-10-01")[0]
    return edges + [random.randrange(start, stop, 1000) for _ in range(count - len(edges))]

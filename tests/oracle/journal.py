"""FHIR R4 to facts, as docs/fact-times.md and docs/journal.md say it, for the resource types the questions ask about."""
import dataclasses
import gzip
import json
from fractions import Fraction

import moments
import quantities
from moments import NEVER

SYSTEMS = {
    "http://snomed.info/sct": "snomed", "http://loinc.org": "loinc", "http://npu-terminology.org": "npu",
    "http://www.whocc.no/atc": "atc", "http://hl7.org/fhir/sid/icd-10-se": "icd10se",
    "urn:oid:1.2.752.116.1.3.2.1.4": "kva", "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://hl7.org/fhir/sid/cvx": "cvx",
}
LISTED = {"Patient", "Encounter", "Condition", "Observation", "Procedure", "MedicationRequest", "MedicationStatement",
          "MedicationAdministration", "MedicationDispense", "AllergyIntolerance", "Immunization"}
HOLDS, UNVERIFIED, NEGATIVE = True, None, False
CONDITION_STATUS = {"provisional": UNVERIFIED, "differential": UNVERIFIED, "unconfirmed": UNVERIFIED, "refuted": NEGATIVE}
STATUS = {  # missing here: no fact
    "Observation": {"final": HOLDS, "amended": HOLDS, "corrected": HOLDS, "preliminary": UNVERIFIED, "unknown": UNVERIFIED},
    "Procedure": {"completed": HOLDS, "in-progress": HOLDS, "stopped": HOLDS, "on-hold": UNVERIFIED, "unknown": UNVERIFIED,
                  "not-done": NEGATIVE},
    "MedicationRequest": {"active": HOLDS, "on-hold": UNVERIFIED, "unknown": UNVERIFIED, "completed": HOLDS, "stopped": HOLDS},
    "MedicationStatement": {"active": HOLDS, "completed": HOLDS, "stopped": HOLDS, "on-hold": UNVERIFIED, "unknown": UNVERIFIED,
                            "not-taken": NEGATIVE},
    "MedicationAdministration": {"completed": HOLDS, "in-progress": HOLDS, "stopped": HOLDS, "on-hold": UNVERIFIED,
                                 "unknown": UNVERIFIED, "not-done": NEGATIVE},
    "MedicationDispense": {"completed": HOLDS, "preparation": UNVERIFIED, "in-progress": UNVERIFIED, "on-hold": UNVERIFIED,
                           "unknown": UNVERIFIED},
    "Immunization": {"completed": HOLDS, "not-done": NEGATIVE},
    "Encounter": {"arrived": HOLDS, "triaged": HOLDS, "in-progress": HOLDS, "onleave": HOLDS, "finished": HOLDS,
                  "unknown": UNVERIFIED},
}
ACTIVE_INTENTS = {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
SUPPLY_DAYS = {"d": 1, "wk": 7}


@dataclasses.dataclass
class Fact:
    """One thing the journal says. `start` and `end` are ranges of instants; an end of NEVER goes on."""
    kind: str
    resource: str
    codes: frozenset
    state: object
    start: tuple
    end: tuple
    recorded: tuple = None
    version: int = 0
    issued: int = 0
    value: tuple = None        # (number, comparator, unit)
    words: frozenset = None    # a result in words, folded
    limits: tuple = (None, None)
    interpretation: frozenset = frozenset()
    panel: frozenset = None    # codes of the observation a component belongs to
    visit_class: str = None
    statement: bool = False    # a statement about a medication, not an order
    moment: tuple = None       # when it was said, for newer against older
    empty: bool = False        # an observation without any value: recorded but unusable, whatever is asked of it
    over: bool = False         # stopped


@dataclasses.dataclass
class Patient:
    name: str
    born: str = None
    sex: str = None
    dead: tuple = None  # range of the death; (ALWAYS, ALWAYS) when only the fact is known
    facts: list = dataclasses.field(default_factory=list)


def lines_of(path):
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line, parse_float=Fraction)


def codings(concept, resolve=True):
    found = set()
    for coding in (concept or {}).get("coding", []):
        system = SYSTEMS.get(coding.get("system"))
        code = coding.get("code", "")
        if system and code:
            found.add((system, code.replace(".", "").upper() if system in ("icd10se", "atc", "kva") else code))
    return frozenset(found)


def first_code(concept):
    return ((concept or {}).get("coding") or [{}])[0].get("code")


def latest_versions(records):
    """Resource name -> resource, the newest version of each; references of Bundles resolved by fullUrl."""
    held, urls, gone = {}, {}, {}
    for record in records:
        entries = record.get("entry", []) if record.get("resourceType") == "Bundle" else [{"resource": record}]
        for entry in entries:
            resource = entry.get("resource")
            if resource is None:
                if entry.get("request", {}).get("method") == "DELETE":
                    gone[entry["request"]["url"]] = True
                continue
            name = resource["resourceType"] + "/" + resource["id"]
            if entry.get("fullUrl"):
                urls[entry["fullUrl"]] = name
            version = int(resource.get("meta", {}).get("versionId", "0"))
            if name not in held or version >= held[name][0]:
                held[name] = (version, resource)
    alive = {name: resource for name, (_, resource) in held.items() if name not in gone}
    return alive, urls


class Reader:
    def __init__(self, records):
        self.resources, self.urls = latest_versions(records)
        self.patients = {}
        self.logical = {}
        for name, resource in self.resources.items():
            if resource["resourceType"] == "Patient":
                self.patients[name] = self.patient(name, resource)
                for identifier in resource.get("identifier", []):
                    self.logical[(identifier.get("system"), identifier.get("value"))] = name
        for name, resource in sorted(self.resources.items()):
            read = getattr(self, "read_" + resource["resourceType"], None)
            if read is None:
                continue
            subject = self.patients.get(self.subject(resource))
            if subject is not None:
                subject.facts += [fact for fact in read(name, resource) if fact is not None]

    @staticmethod
    def patient(name, resource):
        dead = moments.read(resource.get("deceasedDateTime"))
        if dead is None and resource.get("deceasedBoolean") is True:
            dead = (moments.ALWAYS, moments.ALWAYS)
        sex, born = resource.get("gender"), resource.get("birthDate")
        for identifier in resource.get("identifier", []):  # what is recorded wins over the number
            if identifier["system"].endswith("/personnummer"):
                number = identifier["value"]
                sex = sex if sex in ("male", "female") else "male" if int(number[10]) % 2 else "female"
                born = born or f"{number[:4]}-{number[4:6]}-{number[6:8]}"
        return Patient(name, born, sex if sex in ("male", "female") else None, dead)

    def target(self, reference):
        text = (reference or {}).get("reference", "")
        return self.urls.get(text, text)

    def subject(self, resource):
        reference = resource.get("subject") or resource.get("patient") or {}
        identifier = reference.get("identifier")
        if identifier and not reference.get("reference"):
            return self.logical.get((identifier.get("system"), identifier.get("value")))
        return self.target(reference)

    @staticmethod
    def base(kind, name, resource, codes, state, start, end, recorded):
        updated = moments.read(resource.get("meta", {}).get("lastUpdated"))
        recorded = recorded or updated
        if start is None or state == "none":
            return None
        for said in (recorded, updated):  # a partial date is clipped at the time of recording
            if said is not None and start[0] <= said[1] < start[1]:
                start = (start[0], said[1])
        return Fact(kind, name, codes, state, start, end, recorded, int(resource.get("meta", {}).get("versionId", "0")))

    # --- what lasts ---

    def read_Condition(self, name, resource):
        verification = first_code(resource.get("verificationStatus"))
        clinical = first_code(resource.get("clinicalStatus"))
        if verification == "entered-in-error":
            return []
        state = CONDITION_STATUS.get(verification, HOLDS)
        recorded = moments.read(resource.get("recordedDate"))
        onset = moments.read(resource.get("onsetDateTime") or resource.get("onsetPeriod", {}).get("start"))
        abated = moments.read(resource.get("abatementDateTime") or resource.get("onsetPeriod", {}).get("end"))
        category = {first_code(one) for one in resource.get("category", [])}
        visit = self.resources.get(self.target(resource.get("encounter")))
        at_visit = "encounter-diagnosis" in category or visit is not None and "problem-list-item" not in category
        start = onset or recorded
        if at_visit and abated is None:
            period = self.visit_period(visit) if visit and visit.get("status") in STATUS["Encounter"] else None
            if period:
                start, end = period[0], (period[1][0], NEVER)
            else:
                start = recorded or onset
                end = (start[0], NEVER)
        elif abated is not None:
            end = abated
        elif clinical in ("resolved", "inactive", "remission"):
            updated = moments.read(resource.get("meta", {}).get("lastUpdated")) or recorded
            end = (start[0], updated[1] if updated else NEVER)
        else:
            end = (NEVER, NEVER)
        fact = self.base("condition", name, resource, codings(resource.get("code")), state, start, end, recorded)
        if fact:
            fact.moment = recorded or start
        return [fact]

    def read_AllergyIntolerance(self, name, resource):
        verification = first_code(resource.get("verificationStatus"))
        clinical = first_code(resource.get("clinicalStatus"))
        if verification == "entered-in-error":
            return []
        recorded = moments.read(resource.get("recordedDate"))
        start = moments.read(resource.get("onsetDateTime")) or recorded
        end = (NEVER, NEVER)
        if clinical in ("resolved", "inactive"):
            updated = moments.read(resource.get("meta", {}).get("lastUpdated")) or recorded
            end = (start[0], updated[1] if updated else NEVER)
        state = CONDITION_STATUS.get(verification, HOLDS)
        fact = self.base("allergy", name, resource, codings(resource.get("code")), state, start, end, recorded)
        if fact:
            fact.moment = recorded or start
        return [fact]

    def medication_codes(self, resource):
        if "medicationReference" in resource:
            reference = resource["medicationReference"].get("reference", "")
            if reference.startswith("#"):
                for contained in resource.get("contained", []):
                    if "#" + contained.get("id", "") == reference:
                        return codings(contained.get("code"))
                return frozenset()
            return codings(self.resources.get(self.target(resource["medicationReference"]), {}).get("code"))
        return codings(resource.get("medicationCodeableConcept"))

    @staticmethod
    def open_end(start, resource, over):
        """The end of a medication that states none: open for 12 months, or somewhere in a life of at most 12 months."""
        year_on = [moments.day_end(moments.moved(moments.local_date(point), 12, "month")) for point in start]
        if not over:
            return year_on[0], NEVER
        updated = moments.read(resource.get("meta", {}).get("lastUpdated"))
        last = year_on[1] if updated is None else min(year_on[1], updated[1])
        return start[0], max(last, start[0])

    def read_MedicationRequest(self, name, resource):
        state = STATUS["MedicationRequest"].get(resource.get("status"), "none")
        if state is HOLDS and resource.get("intent") not in ACTIVE_INTENTS:
            state = UNVERIFIED
        if state != "none" and resource.get("doNotPerform") is True:
            state = NEGATIVE
        authored = moments.read(resource.get("authoredOn"))
        bounds = {}
        for dosage in resource.get("dosageInstruction", []):
            bounds = dosage.get("timing", {}).get("repeat", {}).get("boundsPeriod", bounds)
        dispense = resource.get("dispenseRequest", {})
        validity = dispense.get("validityPeriod", {})
        start = moments.read(bounds.get("start")) or moments.read(validity.get("start")) or authored
        if start is None:
            return []
        stated = moments.read(bounds.get("end")) or moments.read(validity.get("end"))
        over = resource["status"] in ("stopped", "completed")
        end = self.supplied_end(start, dispense.get("expectedSupplyDuration")) if stated is None else stated
        end = end or self.open_end(start, resource, over)
        fact = self.base("medication", name, resource, self.medication_codes(resource), state, start, end, authored)
        if fact:
            fact.moment = authored or start
        return [fact]

    @staticmethod
    def supplied_end(start, duration):
        quantity = quantities.read_quantity(duration)
        if quantity is None:
            return None
        days = int(quantity[0]) * SUPPLY_DAYS.get(duration.get("code", "d"), 1)
        return tuple(moments.days_on(point, days) for point in start)  # the same time of day, so many days on

    def read_MedicationStatement(self, name, resource):
        state = STATUS["MedicationStatement"].get(resource.get("status"), "none")
        asserted = moments.read(resource.get("dateAsserted"))
        period = resource.get("effectivePeriod", {})
        start = moments.read(period.get("start") or resource.get("effectiveDateTime")) or asserted
        if start is None:
            return []
        stated = moments.read(period.get("end"))
        over = resource["status"] in ("stopped", "completed")
        end = stated if stated else self.open_end(start, resource, over)
        fact = self.base("medication", name, resource, self.medication_codes(resource), state, start, end, asserted)
        if fact:
            fact.statement, fact.moment, fact.over = True, asserted or start, resource["status"] == "stopped"
        return [fact]

    def read_MedicationAdministration(self, name, resource):
        state = STATUS["MedicationAdministration"].get(resource.get("status"), "none")
        start, end = self.span(resource.get("effectiveDateTime"), resource.get("effectivePeriod"))
        if "effectiveDateTime" in resource:  # no document says how long a dose lasts: unknown, at most 12 months
            end = start[0], moments.day_end(moments.moved(moments.local_date(start[1]), 12, "month"))
        return [self.base("medication", name, resource, self.medication_codes(resource), state, start, end, None)]

    def read_MedicationDispense(self, name, resource):
        state = STATUS["MedicationDispense"].get(resource.get("status"), "none")
        start = moments.read(resource.get("whenHandedOver") or resource.get("whenPrepared"))
        if start is None:
            return []
        end = self.supplied_end(start, resource.get("daysSupply"))
        end = end or (moments.day_end(moments.local_date(start[0])), NEVER)
        return [self.base("medication", name, resource, self.medication_codes(resource), state, start, end, None)]

    # --- what is short ---

    @staticmethod
    def span(point, period, still=False):
        """The ranges of the start and the end of something short."""
        if point:
            range_ = moments.read(point)
            return range_, range_
        start = moments.read((period or {}).get("start"))
        end = moments.read((period or {}).get("end"))
        if start is None:
            return end, end
        return start, end or ((NEVER, NEVER) if still else start)

    def visit_period(self, visit):
        start, end = self.span(None, visit.get("period"), visit.get("status") != "finished")
        return (start, end) if start else None

    def read_Encounter(self, name, resource):
        state = STATUS["Encounter"].get(resource.get("status"), "none")
        period = self.visit_period(resource)
        if period is None:
            return []
        codes = frozenset().union(*[codings(one) for one in resource.get("type", [])])
        fact = self.base("visit", name, resource, codes, state, *period, None)
        if fact:
            fact.visit_class = resource.get("class", {}).get("code")
        return [fact]

    def read_Procedure(self, name, resource):
        state = STATUS["Procedure"].get(resource.get("status"), "none")
        start, end = self.span(resource.get("performedDateTime"), resource.get("performedPeriod"),
                               resource.get("status") == "in-progress")
        fact = self.base("procedure", name, resource, codings(resource.get("code")), state, start, end, None)
        if fact:
            fact.moment = fact.start
        return [fact]

    def read_Immunization(self, name, resource):
        state = STATUS["Immunization"].get(resource.get("status"), "none")
        start = moments.read(resource.get("occurrenceDateTime"))
        return [self.base("immunization", name, resource, codings(resource.get("vaccineCode")), state, start, start, None)]

    def read_Observation(self, name, resource):
        state = STATUS["Observation"].get(resource.get("status"), "none")
        issued = moments.read(resource.get("issued"))
        period = resource.get("effectivePeriod", {})
        time = moments.read(resource.get("effectiveDateTime") or period.get("end")) or issued
        codes = codings(resource.get("code"))
        facts = []
        for part in [resource] + resource.get("component", []):
            fact = self.base("observation", name, resource, codings(part.get("code")), state, time, time, issued)
            if fact is None:
                return []
            fact.issued = issued[0] if issued else 0
            fact.end = fact.start
            fact.panel = codes if part is not resource else None
            self.add_value(fact, part)
            facts.append(fact)
        return facts

    @staticmethod
    def add_value(fact, part):
        fact.value = quantities.read_quantity(part.get("valueQuantity"))
        words = set()
        concept = part.get("valueCodeableConcept")
        if concept:
            words |= {coding[key] for coding in concept.get("coding", []) for key in ("display", "code") if key in coding}
            words |= {concept["text"]} if "text" in concept else set()
        if "valueString" in part:
            fact.value = quantities.read_words(part["valueString"])
            words |= {part["valueString"]}
        if "valueInteger" in part:
            fact.value = Fraction(part["valueInteger"]), None, "1"
        fact.words = frozenset(word.strip().casefold() for word in words) or None
        fact.interpretation = frozenset(first_code(one) for one in part.get("interpretation", []))
        fact.empty = fact.value is None and fact.words is None and not part.get("component")
        for limit in part.get("referenceRange", [])[:1]:
            fact.limits = quantities.read_quantity(limit.get("low")), quantities.read_quantity(limit.get("high"))


def facts_at(patient, now):
    """What the journal says of the patient at log time: nothing dated later, starts clipped at it, ends after it not known yet;
    a newer refutation takes back what was said before of the same code; a newer statement that a medication was stopped or is not
    taken ends an older order of it."""
    facts = []
    for fact in patient.facts:
        if fact.start[0] > now:
            continue
        start = fact.start[0], min(fact.start[1], now)
        end = tuple(NEVER if point > now else point for point in fact.end)
        if fact.kind in ("observation", "immunization"):
            end = start
        facts.append(dataclasses.replace(fact, start=start, end=end))
    said = [(fact, fact.moment) for fact in facts if fact.moment]
    for fact, moment in said:
        if fact.state is NEGATIVE and fact.kind in ("condition", "allergy"):
            for other, before in said:
                if other.kind == fact.kind and other.codes & fact.codes and before[1] < moment[0]:
                    other.state = NEGATIVE
        if fact.statement and (fact.over or fact.state is NEGATIVE):
            last = moment[1] if fact.state is NEGATIVE else min(fact.end[1], moment[1])
            for other, before in said:
                if other.kind == "medication" and not other.statement and other.codes & fact.codes and before[1] < moment[0]:
                    other.end = (min(other.end[0], last), min(other.end[1], last))
    return facts

"""The grammar that the language started from, and where this project spells otherwise.

Each entry here is one of LANGUAGE.md, section "Spelling".
"""

import re

# Words that are kept for later: the parser reads them and says "not yet".
NEVER = {
    "planned", "sick", "journal", "next", "outside", "unchanged", "reported", "done", "municipality",
    "study",  # the study block: its lines are held to their keys
    "example",  # the lines of examples are the project's own
}
KINDS = ["use", "codes", "scale", "define", "event", "criterion", "ask", "cohort"]
POOLS = {
    "KIND": ["condition", "procedures", "medication", "immunization", "devices", "allergies", "family history"],
    "OBS": ["observation", "observations"], "VISIT": ["visit", "visits"],
    "VARIANT": ["variant", "variants", "missense variant", "splice variants"],
    "CNV": ["amplification", "gain", "loss", "deletion", "homozygous deletion", "copy number change"],
    "ORIGIN": ["germline", "somatic"], "SIGNIF": ["pathogenic", "likely pathogenic"],
    "SOURCE": ["prescribed", "dispensed", "given"],
    "FIELD": ["value", "site", "side", "severity", "reaction", "daily dose", "dose", "route", "method", "discharge",
              "outcome", "allele fraction"],
    "SCORE": ["bmi", "creatinine clearance", 'score "NEWS2"'], "FORMULA": ["cockcroft-gault"],
    "SYSTEM": ["icd10se", "icd10", "atc", "kva", "loinc", "npu", "snomed", "hgnc"],
    "LANG": ["sv", "en"], "BASE": ["first", "lowest", "highest", "latest"],
    "TU": ["days", "week", "months", "years"],
    "CMP": [">=", "<=", ">", "<", "="],
    "DATE": ["2024-03", "2024-03-05"], "GA": ["37+0", "41+6"], "NUMBER": ["2", "3"],
    "UNIT": ["mmol/L", "g/L", "%"], "STRING": ['"stroke"', '"HbA1c"', '"blood pressure"'],
    "PROTEIN": ["p.V600E", "c.76A>T"], "GENE": ["BRAF", "ERBB2"], "CODE": ["I60-I64", "C18.1"],
    "LABEL": ["II", "IIIB"], "WORD": ["op", "base", "diabetes"], "HWORD": ["x"],
    "GRADE": ["likely"], "TRUTH": ["true"], "HKEY": ["phase"],
}
# A bare code goes on with the system before the comma: it begins no list.
SAMPLES = {
    "item": ['"stroke"', "icd10se I60-I64", "snomed << 363406005", "npu NPU28309"],
    "code": ["C18.1", "I60-I64"],
    "score": ["egfr by lm-rev >= 30 mL/min/1.73m2 within last 90 days", "bmi < 35 kg/m2",
              "egfr by reported or ckd-epi-2021 between 30 and 60 mL/min/1.73m2"],
}


def normal(text):
    """A file of the first grammar in this project's spelling."""
    # text matches ... in report: reports are the only texts.
    text = re.sub(r'(text matches "[^"]*" in) \w+', r"\1 report", text)
    # The classes of visits and the regions are closed lists.
    text = re.sub(r"\bclass \w+(?: , \w+)*", "class emergency", text)
    text = re.sub(r"(resident in region) \S+(?: , \S+)*", r"\1 01", text)
    # The name of a definition or event is one word, or stands in quotes.
    text = re.sub(r"(?m)^(define|event) ([^\":\n]* [^\":\n]*?) :", r'\1 "\2" :', text)
    return re.sub(r"(?m)^(define|event) (\d\S*) :", r'\1 "\2" :', text)


# What the first grammar takes and this one does not, by what the parser says.
STRICTER = [
    # `now` is the end of `from ... to now`, and goes with `age at`.
    (r"\b(since|before|after|from|on or before|on or after|and) now\b", r"now"),
    # Limits printed with a result are of one sex already.
    (r"limit in (men|women)|in (men|women) , \S+ x (upper|lower) limit|limit",
     r"\"in\" cannot stand here|here \"in\" should stand|not \"in\""),
    # Words of examples are no units.
    (r"\b(born|female|male|dead|without|benign|stopped|completed|updated|preliminary|uncertain)\b",
     r"means nothing here|cannot stand here"),
    # No keyword is the name of a definition or an event, nor a word that a fact has.
    (r"", r"an event should stand|cannot begin a term|here \"(visit|of)\" should stand|what it is to be"),
]


def stricter(text, verdict):
    return any(re.search(pattern, text) and re.search(said, verdict) for pattern, said in STRICTER)


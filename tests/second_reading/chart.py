"""The scenario, put in order once: times in UTC, records by kind, doses, courses.

What does not depend on the moment that is graded is worked out here: which
records were made under sedation (A1), what a reading is worth (D4), what is a
symptom (D2). What depends on the moment is in domains.py.
"""

from collections import namedtuple
from datetime import UTC, datetime, timedelta

LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)

# Table A and table B of the rules.
SEDATIVES = {
    "propofol",
    "midazolam",
    "dexmedetomidine",
    "ketamine",
    "lorazepam",
    "diazepam",
    "pentobarbital",
    "thiopental",
}
BLOCKERS = {"rocuronium", "vecuronium", "cisatracurium", "atracurium", "succinylcholine"}

# grading.md section 2: what each ICE item can give.
ICE_ITEMS = {
    "ice-orientation-year": 1,
    "ice-orientation-month": 1,
    "ice-orientation-city": 1,
    "ice-orientation-hospital": 1,
    "ice-naming": 3,
    "ice-following-commands": 1,
    "ice-writing": 1,
    "ice-attention": 1,
}
ICE_CODES = {"ice-total": 10, **ICE_ITEMS}
GCS_CODES = ("gcs-eye", "gcs-verbal", "gcs-motor", "gcs-total")
DOMAIN_CODES = {
    *ICE_CODES,
    "capd-total",
    "ice-not-performed",
    "capd-not-performed",
    "consciousness",
    "rass",
    "avpu",
    *GCS_CODES,
    "seizure",
    "motor-finding",
    "raised-icp-sign",
    "neuroimaging",
}

D2_SYMPTOMS = {
    "confusion",
    "aphasia",
    "global-aphasia",
    "dysgraphia",
    "word-finding-difficulty",
    "agitation",
    "hallucination",
    "somnolence",
}

# D4, scale by scale: value -> (lo, hi).
WORDING = {
    "alert": (0, 0),
    "awakens-spontaneously": (1, 1),
    "awakens-to-voice": (2, 2),
    "awakens-to-touch": (3, 3),
    "unarousable": (4, 4),
}
AVPU = {"A": (0, 0), "C": (0, 1), "V": (2, 2), "P": (3, 4), "U": (4, 4)}
RASS = {-1: (1, 2), -2: (2, 2), -3: (2, 3), -4: (3, 4), -5: (4, 4)}

Drug = namedtuple("Drug", "name start end infusion systemic")
Course = namedtuple("Course", "start last day_only_dates engager doses all_doses")
Dose = namedtuple("Dose", "time kind product date_only")


class Chart:
    """Everything of one patient, sorted by time; lists hold (time, value) unless said."""

    def __init__(self, scenario):
        self.now = scenario["now"].astimezone(UTC)
        self.zone = scenario.get("zone") or UTC
        self.birth = scenario.get("birth")
        self.ambulatory = bool(scenario.get("ambulatory"))
        self.drugs_checked = scenario.get("drugs_checked", True)
        self.other_scales = scenario.get("other_scales", True)
        self.window = DAY if self.ambulatory else 12 * HOUR  # T6
        self.dose_records = [
            Dose(self.dose_time(d), d["class"], d.get("product"), bool(d.get("date_only")))
            for d in scenario.get("doses") or ()
        ]
        self.infusion_dates = [
            (i["recorded"].astimezone(UTC), self.dose_time(i), bool(i.get("date_only")))
            for i in scenario.get("infusion_dates") or ()
        ]
        self.courses = {}
        self.read_drugs(scenario)
        self.read_records(scenario.get("records") or ())

    # Drugs -----------------------------------------------------------------

    def read_drugs(self, scenario):
        self.drugs, self.sedated_times, self.blocked_times = [], [], []
        if not self.drugs_checked:
            return  # not looked up: nothing is known
        for d in scenario.get("drugs") or ():
            end = d.get("end")
            drug = Drug(
                d["drug"],
                d["start"].astimezone(UTC),
                end.astimezone(UTC) if end else None,
                bool(d.get("infusion")),
                d.get("systemic", True),
            )
            self.drugs.append(drug)
            # A1: from the start until one hour after the end, that hour not included.
            until = drug.end + HOUR if drug.end else None
            if drug.name in SEDATIVES and drug.infusion:
                self.sedated_times.append((drug.start, until))
            elif drug.name in BLOCKERS:
                self.blocked_times.append((drug.start, until))
                self.sedated_times.append((drug.start, until))

    def sedated(self, time):
        return within(self.sedated_times, time)

    def blocked(self, time):
        return within(self.blocked_times, time)

    def single_sedative_before(self, time):
        """A2: a single dose of table A up to 2 h before this reading."""
        return any(d.name in SEDATIVES and not d.infusion and time - 2 * HOUR <= d.start <= time for d in self.drugs)

    # Records ---------------------------------------------------------------

    def read_records(self, records):
        self.by_code = by_code = {}
        for r in records:
            if r.get("value") is not None:
                by_code.setdefault(r["code"], []).append((r["time"].astimezone(UTC), r["value"], r))
        for rows in by_code.values():
            rows.sort(key=first)
        self.read_scores()
        self.read_consciousness()
        self.read_symptoms()

    def rows(self, code):
        return self.by_code.get(code, ())

    def usable(self, code):
        """A1: what was recorded under sedation is not used for anything."""
        rows = self.by_code.get(code, ())
        if self.sedated_times:
            return [r for r in rows if not self.sedated(r[0])]
        return rows

    def read_scores(self):
        self.ice = [(t, code, value) for code in ICE_CODES if code in self.by_code for t, value, _ in self.usable(code)]
        self.ice.sort(key=first)
        self.capd = self.usable("capd-total")
        self.not_performed = {"ice": self.usable("ice-not-performed"), "capd": self.usable("capd-not-performed")}

    def read_consciousness(self):
        """D4: each reading as (time, lo, hi)."""
        found = [(t, *WORDING[v]) for t, v, _ in self.usable("consciousness") if v in WORDING]
        for rows in self.not_performed.values():  # D1
            found += [(t, 4, 4) for t, v, _ in rows if v == "unarousable"]
        self.gcs_sums = []
        for time, gcs in self.glasgow().items():
            worth = gcs_range(gcs)
            if worth and self.other_scales:
                found.append((time, *worth))
            known = gcs_sum(gcs)
            if known is not None:
                self.gcs_sums.append((time, known))
        if self.other_scales:
            found += [(t, *AVPU[v]) for t, v, _ in self.usable("avpu") if v in AVPU]
            found += [(t, *(RASS[v] if v < 0 else (0, 0))) for t, v, _ in self.usable("rass")]
        found.sort(key=first)
        self.gcs_sums.sort(key=first)
        self.readings = found

    def glasgow(self):
        """Items of one time form one GCS; of two values of one item the lower."""
        at = {}
        for code in GCS_CODES:
            for time, value, _ in self.usable(code):
                items = at.setdefault(time, {})
                items[code] = min(value, items.get(code, value))
        return at

    def read_symptoms(self):
        """D2. A symptom by words counts under sedation too (A1), a reading does not."""
        self.symptoms = [t for t, v, _ in self.rows("neuro-symptom") if v in D2_SYMPTOMS]
        self.symptoms += [t for t, v, _ in self.usable("rass") if v >= 2]
        self.symptoms += [t for t, v, _ in self.usable("avpu") if v == "C"]
        self.verbal = [t for t, v, _ in self.usable("gcs-verbal") if v <= 4]
        # T7: a bad value, for when its instrument turns out to be the wrong one.
        self.bad = {
            "ice": [t for t, code, v in self.ice if v < ICE_CODES[code]],
            "capd": [t for t, v, _ in self.capd if v >= 9],
        }

    # Doses -----------------------------------------------------------------

    def dose_time(self, dose):
        """T2: a date without time is 00:00 of that day in the ward's zone."""
        time = dose["time"]
        if dose.get("date_only"):
            time = time.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return time.astimezone(UTC)

    def course(self, moment):
        """T3, T4: the course as the doses recorded by then make it, or None."""
        doses = [d for d in self.dose_records if d.time <= moment]
        dates = [i for i in self.infusion_dates if i[0] <= moment and i[1] <= moment]
        if not doses and not dates:
            return None
        key = (len(doses), len(dates))
        if key not in self.courses:
            self.courses[key] = make_course(doses, dates, self.zone)
        return self.courses[key]

    def local_date(self, time):
        return time.astimezone(self.zone).date()

    def day(self, course, moment):
        """T4: calendar days since the last dose."""
        return (self.local_date(moment) - self.local_date(course.last)).days


def first(row):
    return row[0]


def within(intervals, time):
    return any(begin <= time and (end is None or time < end) for begin, end in intervals)


def gcs_range(gcs):
    """The two GCS rows of the table in D4."""
    eye, verbal, motor = gcs.get("gcs-eye"), gcs.get("gcs-verbal"), gcs.get("gcs-motor")
    if eye is None:
        total = gcs.get("gcs-total")
        if total is None:
            return None
        if total == 15:
            return (0, 0)
        if total >= 9:
            return (0, 4)
        return (1, 4) if total >= 4 else (4, 4)
    if eye <= 2:
        return (4, 4) if (eye, verbal, motor) == (1, 1, 1) else (3, 4)
    if verbal is None or motor != 6:  # V or M missing, or M below 6
        return (0, 4) if eye == 4 else (2, 4)
    if eye == 3:
        return (2, 2)
    return (0, 0) if verbal == 5 else (0, 1)


def gcs_sum(gcs):
    items = [gcs.get(c) for c in GCS_CODES[:3]]
    if None not in items:
        return sum(items)
    return gcs.get("gcs-total")


def make_course(doses, infusion_dates, zone):
    merged = merge_doses(with_infusion_date(doses, infusion_dates))
    chain = [merged[-1]]
    for dose in reversed(merged[:-1]):
        if chain[-1].time - dose.time > 28 * DAY:
            break
        chain.append(dose)
    return Course(
        start=chain[-1].time,
        last=chain[0].time,
        day_only_dates={d.time.astimezone(zone).date() for d in chain if d.date_only},
        engager=any(d.kind == "T-cell engager" for d in chain),
        doses=chain,
        all_doses=merged,
    )


def with_infusion_date(doses, infusion_dates):
    """T3: the newest cart-infusion-date replaces cell doses within 7 days of it."""
    if not infusion_dates:
        return doses
    _, time, date_only = max(infusion_dates)
    replaced = [d for d in doses if d.kind in ("CAR-T", "TCR-T") and abs(d.time - time) <= 7 * DAY]
    named = [d for d in replaced if d.product] or replaced
    source = max(named, key=first) if named else Dose(time, "CAR-T", None, False)
    return [d for d in doses if d not in replaced] + [Dose(time, source.kind, source.product, date_only)]


def merge_doses(records):
    """T3: records of one product within 24 h of the first of them are one dose."""
    groups = []
    for record in sorted(records, key=lambda d: (d.time, d.product is None, d.product or "")):
        group = home_of(record, groups)
        if group is None:
            groups.append([record])
        else:
            group.append(record)
    doses = []
    for group in groups:
        timed = [r for r in group if not r.date_only]
        chosen = timed[0] if timed else group[0]
        doses.append(Dose(chosen.time, group[0].kind, product_of(group), not timed))
    return sorted(doses, key=first)


def home_of(record, groups):
    """The group this record belongs to; one of the same product before one without."""
    open_groups = [g for g in groups if g[0].kind == record.kind and record.time - g[0].time <= DAY]
    for group in open_groups:
        if product_of(group) == record.product:
            return group
    for group in open_groups:
        if record.product is None or product_of(group) is None:
            return group
    return None


def product_of(group):
    return next((r.product for r in group if r.product), None)

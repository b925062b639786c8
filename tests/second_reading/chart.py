"""The scenario, prepared once: times in UTC, records by kind, doses, courses.

This module does what does not depend on the moment that is graded: which records
were made under sedation (A1), what is a symptom (D2). The ranges of readings of
arousal are in arousal.py, doses and courses in therapy.py, unreadable drugs in
unread.py, and everything that depends on the moment in domains.py.
"""

from collections import namedtuple
from datetime import UTC, datetime, timedelta

from .arousal import GCS_CODES, gcs_sum, glasgow, readings
from .therapy import Dose, Unread, first, make_course, standing
from .unread import unread_drug

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

# grading.md section 2: the points of each ICE item.
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

Drug = namedtuple("Drug", "name start end infusion systemic mg intrathecal")


class Chart:
    """All data of one patient, sorted by time; lists contain (time, value) unless stated."""

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
        self.unread_therapy = [
            Unread(u["class"], u.get("product"), in_utc(u.get("from")), in_utc(u.get("until")))
            for u in scenario.get("unread_therapy") or ()
        ]
        self.unread_findings = [
            (u["code"], in_utc(u.get("from")), in_utc(u.get("until"))) for u in scenario.get("unread_findings") or ()
        ]
        self.search_failed = bool(scenario.get("search_failed"))
        self.courses = {}
        self.read_drugs(scenario)
        self.read_records(scenario.get("records") or ())

    # Drugs -----------------------------------------------------------------

    def read_drugs(self, scenario):
        self.drugs, self.unread_drugs, self.sedated_times, self.blocked_times = [], [], [], []
        if not self.drugs_checked:
            return  # not looked up: nothing is known
        self.unread_drugs = [unread_drug(u) for u in scenario.get("unread_drugs") or ()]
        for d in scenario.get("drugs") or ():
            start, end = in_utc(d["start"]), in_utc(d.get("end"))
            drug = Drug(
                d["drug"],
                start or LONG_AGO,
                end,
                bool(d.get("infusion")),
                d.get("systemic", True),
                d.get("mg"),
                bool(d.get("intrathecal")),
            )
            self.drugs.append(drug)
            self.read_sedation(drug, start or self.now)  # T8: with an unreadable start it sedates only from now on

    def read_sedation(self, drug, start):
        """A1: from the start to one hour after the end, that moment excluded."""
        until = drug.end + HOUR if drug.end else None
        if drug.name in BLOCKERS:
            self.blocked_times.append((start, until))
        if drug.name in BLOCKERS or (drug.name in SEDATIVES and drug.infusion):
            self.sedated_times.append((start, until))

    def sedated(self, time):
        return within(self.sedated_times, time)

    def blocked(self, time):
        return within(self.blocked_times, time)

    def single_sedative_before(self, time):
        """A2: whether there was a single dose of table A up to 2 h before this reading."""
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
        self.gcs = glasgow(self)
        self.gcs_sums = sorted((t, known) for t, gcs in self.gcs.items() if (known := gcs_sum(gcs)) is not None)
        self.readings = {speech: readings(self, speech=speech) for speech in (True, False)}
        self.read_symptoms()

    def rows(self, code):
        return self.by_code.get(code, ())

    def usable(self, code):
        """A1: the records that were not made under sedation; the others are not used at all."""
        rows = self.by_code.get(code, ())
        if self.sedated_times:
            return [r for r in rows if not self.sedated(r[0])]
        return rows

    def read_scores(self):
        self.ice = [(t, code, value) for code in ICE_CODES if code in self.by_code for t, value, _ in self.usable(code)]
        self.ice.sort(key=first)
        self.capd = self.usable("capd-total")
        self.not_performed = {"ice": self.usable("ice-not-performed"), "capd": self.usable("capd-not-performed")}

    def read_symptoms(self):
        """D2: under sedation, a symptom recorded as such counts too (A1), a reading does not."""
        self.symptoms = [t for t, v, _ in self.rows("neuro-symptom") if v in D2_SYMPTOMS]
        self.symptoms += [t for t, v, _ in self.usable("rass") if v >= 2]
        self.confused_by_avpu = [t for t, v, _ in self.usable("avpu") if v == "C"]
        self.verbal = [(t, self.gcs[t].get("gcs-eye")) for t, v, _ in self.usable("gcs-verbal") if v <= 4]
        # T7: bad values, used if the instrument turns out to be the wrong one.
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
        """T3, T4: the course according to the doses recorded by then, or None."""
        doses = [d for d in self.dose_records if d.time <= moment]
        dates = [i for i in self.infusion_dates if i[0] <= moment and i[1] <= moment]
        if not doses and not dates:
            return None
        key = (len(doses), len(dates))
        if key not in self.courses:
            self.courses[key] = make_course(doses, dates, self.zone)
        return self.courses[key]

    def standing_therapy(self, moment):
        """T8: the unreadable records of a therapy by then."""
        unread = [u for u in self.unread_therapy if u.end is None or u.end <= moment]
        dates = [i for i in self.infusion_dates if i[0] <= moment and i[1] <= moment]
        return standing(unread, [d for d in self.dose_records if d.time <= moment], dates)

    def local_date(self, time):
        return time.astimezone(self.zone).date()

    def is_child(self, time):
        """E4: whether the patient is under 18 for every possible birth date."""
        today = self.local_date(time)
        return bool(self.birth) and all(completed_years(born, today) < 18 for born in self.birth)

    def is_adult(self, time):
        """Whether the patient is 18 or older for every possible birth date."""
        today = self.local_date(time)
        return bool(self.birth) and all(completed_years(born, today) >= 18 for born in self.birth)

    def day(self, course, moment):
        """T4: the calendar days since the last dose."""
        return (self.local_date(moment) - self.local_date(course.last)).days


def in_utc(time):
    return time.astimezone(UTC) if time else None


def completed_years(birth, today):
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def within(intervals, time):
    return any(begin <= time and (end is None or time < end) for begin, end in intervals)

"""Consciousness: the range that a reading of each scale gives, and which readings count (D4)."""

from .therapy import first

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
GCS_CODES = ("gcs-eye", "gcs-verbal", "gcs-motor", "gcs-total")


def readings(chart, *, speech):
    """Each reading as (time, lo, hi). Without a common language a verbal response is not used (D4)."""
    found = [(t, *WORDING[v]) for t, v, _ in chart.usable("consciousness") if v in WORDING]
    for rows in chart.not_performed.values():  # D1
        found += [(t, 4, 4) for t, v, _ in rows if v == "unarousable"]
    if chart.other_scales:
        found += [(t, *worth) for t, gcs in chart.gcs.items() if (worth := gcs_range(gcs, speech))]
        avpu = AVPU if speech else AVPU | {"C": (0, 4)}
        found += [(t, *avpu[v]) for t, v, _ in chart.usable("avpu") if v in avpu]
        found += [(t, *(RASS[v] if v < 0 else (0, 0))) for t, v, _ in chart.usable("rass")]
    return sorted(found, key=first)


def glasgow(chart):
    """The GCS formed by the items of one time; of two values of one item the lower counts."""
    at = {}
    for code in GCS_CODES:
        for time, value, _ in chart.usable(code):
            items = at.setdefault(time, {})
            items[code] = min(value, items.get(code, value))
    return at


def gcs_range(gcs, speech):
    """The range of a GCS by its two rows in the table of D4."""
    eye, verbal, motor = gcs.get("gcs-eye"), gcs.get("gcs-verbal"), gcs.get("gcs-motor")
    if eye in (3, 4) and not speech:
        verbal = None
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


def arousal_checks(chart):
    """G5: the times of all readings of arousal on any scale, also under A1; of a GCS with its eye response or sum."""
    rows = [r for code in ("consciousness", "rass", "avpu", "gcs-eye", "gcs-total") for r in chart.rows(code)]
    rows += [r for name in ("ice", "capd") for r in chart.rows(f"{name}-not-performed") if r[1] == "unarousable"]
    return rows

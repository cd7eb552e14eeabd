"""Time as the study language means it (criteria/LANGUAGE.md section 5): instants in milliseconds, dates as ranges of instants."""
import datetime
import re
import zoneinfo

LOCAL = zoneinfo.ZoneInfo("Europe/Stockholm")
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
NEVER = 10**18  # later than any instant: "has not ended", "no end is known"
ALWAYS = -(10**18)
HOUR = 3_600_000


def instant(moment):
    """Milliseconds of an aware datetime."""
    return (moment - EPOCH) // datetime.timedelta(milliseconds=1)


def local_date(millis):
    return (EPOCH + datetime.timedelta(milliseconds=millis)).astimezone(LOCAL).date()


def day_start(date):
    return instant(datetime.datetime(date.year, date.month, date.day, tzinfo=LOCAL))


def day_end(date):
    return day_start(date + datetime.timedelta(days=1)) - 1


def month_length(year, month):
    later = datetime.date(year + month // 12, month % 12 + 1, 1)
    return (later - datetime.timedelta(days=1)).day


def moved(date, number, unit):
    """The date so many days, weeks, months or years on; months and years clamp to the month's end."""
    if unit in ("day", "week"):
        return date + datetime.timedelta(days=number * (7 if unit == "week" else 1))
    months = date.year * 12 + date.month - 1 + number * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return datetime.date(year, month, min(date.day, month_length(year, month)))


def days_on(millis, days):
    """The same local time of day so many days on."""
    moment = (EPOCH + datetime.timedelta(milliseconds=millis)).astimezone(LOCAL) + datetime.timedelta(days=days)
    return instant(moment)


def text_of(millis):
    """RFC 3339 with milliseconds, in UTC."""
    moment = EPOCH + datetime.timedelta(milliseconds=millis)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{millis % 1000:03d}Z"


def read(text):
    """A FHIR dateTime, date or instant as (first instant, last instant), or None."""
    if not text:
        return None
    if re.fullmatch(r"\d{4}", text):
        year = int(text)
        return day_start(datetime.date(year, 1, 1)), day_end(datetime.date(year, 12, 31))
    if re.fullmatch(r"\d{4}-\d\d", text):
        year, month = map(int, text.split("-"))
        return day_start(datetime.date(year, month, 1)), day_end(datetime.date(year, month, month_length(year, month)))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        date = datetime.date.fromisoformat(text)
        return day_start(date), day_end(date)
    moment = instant(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")))
    return moment, moment


def within(range_, window):
    """Whether a point somewhere in the range lies in the window: True, False or None (unknown). Both ends of both are included."""
    if range_ is None:
        return None
    if range_[0] >= window[0] and range_[1] <= window[1]:
        return True
    if range_[0] > window[1] or range_[1] < window[0]:
        return False
    return None


def overlaps(start, end, window):
    """Whether the interval from a point in `start` to a point in `end` shares an instant with the window."""
    if start[1] <= window[1] and end[0] >= window[0]:
        return True
    if start[0] > window[1] or end[1] < window[0]:
        return False
    return None

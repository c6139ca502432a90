"""The State Council's yearly notice (国务院办公厅关于…年部分节假日安排的通知), read as it is published.

«二、春节：1月28日（农历除夕、周二）至2月4日（周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。»
Everything that stands in a numbered item must be understood, or nothing is taken: a day left out would be wrong
without a word.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from accounts.calendar import statutory
from audit.errors import Refused

LONGEST = 16  # days at once
WEEKDAYS = "一二三四五六日"
TITLE = re.compile(r"关于(\d{4})年(?:部分)?节假日安排")
ITEM = re.compile(r"(?:^|\n|。)\s*[一二三四五六七八九十]+、\s*([^：:，。\n]{2,20})[：:]")
DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日((?:\([^()]*\))?)"
SPAN = re.compile(rf"{DAY}(?:(?:至|到|-|—+|~|～){DAY})?")
SAID = re.compile(r"放假调休|调休放假|放假|补休|调休|休息|上班")
TOTAL = re.compile(r"共(?:放假)?(\d{1,2})天")
# Said beside the days, and no day by itself.
BESIDE = re.compile(r"与周末连休|不调休|放?假?\d{1,2}天|[、,;和及\s]")
ADVICE = ("鼓励", "请", "各地区", "各单位")
CLOSING = re.compile(r"节假日期间|\n国务院办公厅")
LIKE_PRINT = str.maketrans("（），；０１２３４５６７８９．", "(),;0123456789.")


@dataclass
class Arrangement:
    """What a notice says of a year: whether the house works, and the holiday's name, by day."""

    year: int
    days: dict[date, tuple[bool, str]] = field(default_factory=dict)

    @property
    def off(self) -> list[date]:
        return sorted(day for day, (works, _) in self.days.items() if not works)

    @property
    def made_up(self) -> list[date]:
        return sorted(day for day, (works, _) in self.days.items() if works)

    def words(self) -> list[str]:
        """A line for each holiday, to be looked over."""
        lines: dict[str, list[str]] = {}
        for day, (works, name) in sorted(self.days.items()):
            lines.setdefault(name, []).append(f"{day:%m-%d}（周{WEEKDAYS[day.weekday()]}）{'上班' if works else '休'}")
        return [f"{name}：{'、'.join(days)}" for name, days in lines.items()]


def read(year: int, text: str) -> Arrangement:
    """The days of a notice. Raises Refused, in words and beside `notice`, for what cannot be read or cannot be so."""
    text = re.sub(r"[ \t\u3000\xa0]", "", text.translate(LIKE_PRINT)).replace("\r", "")
    titled = TITLE.search(text)
    if titled and int(titled[1]) != year:
        raise unread(f"这是 {titled[1]} 年的通知，现在录入的是 {year} 年")
    items = list(ITEM.finditer(text))
    if not items:
        raise unread("没有找到「一、元旦：…」这样的逐项安排，请粘贴通知全文")
    found = Arrangement(year)
    closing = CLOSING.search(text, items[-1].end())
    ends = [*(item.start() for item in items[1:]), closing.start() if closing else len(text)]
    for item, end in zip(items, ends, strict=True):
        read_item(found, item[1], text[item.end() : end].strip())
    must_be_whole(found)
    return found


def read_item(found: Arrangement, name: str, text: str) -> None:
    sentences = [part.strip() for part in re.split(r"[。\n]", text)]
    dated = [each for each in sentences if re.search(r"\d", each) and not each.startswith(ADVICE)]
    if not dated:
        raise unread(f"「{name}」后面没有日期")
    for sentence in dated:
        read_sentence(found, name, sentence)


def read_sentence(found: Arrangement, name: str, sentence: str) -> None:
    """«1月1日至3日放假调休,共3天» or «1月4日(周日)上班»: days, and what is said of those before it."""
    rest, pending, count = sentence, [], 0
    while rest:
        if total := TOTAL.match(rest):
            if int(total[1]) != count:
                raise unread(f"「{name}」写明共 {total[1]} 天，读出的是 {count} 天：{sentence}")
            rest = rest[total.end() :]
        elif span := SPAN.match(rest):
            pending += days_of(found.year, name, span)
            rest = rest[span.end() :]
        elif said := SAID.match(rest):
            count += keep(found, name, pending, said[0] == "上班")
            pending, rest = [], rest[said.end() :]
        elif beside := BESIDE.match(rest):
            rest = rest[beside.end() :]
        else:
            raise unread(f"「{name}」读不懂：{rest[:30]}")
    if pending:
        raise unread(f"「{name}」没有写明放假还是上班：{sentence[:40]}")


def keep(found: Arrangement, name: str, days: list[date], works: bool) -> int:
    """Take `days`; how many of them are off."""
    for day in days:
        if day in found.days and found.days[day][0] != works:
            raise unread(f"{day} 又是放假又是上班")
        found.days.setdefault(day, (works, name))
    return 0 if works else len(days)


def days_of(year: int, name: str, span: re.Match[str]) -> list[date]:
    first = one_day(year, name, span.groups()[:4])
    if span[7] is None:
        return [first]
    own_year, month, day, weekday = span.groups()[4:]
    last = one_day(year, name, (own_year, month or str(first.month), day, weekday), after=first)
    if not first <= last <= first + timedelta(days=LONGEST - 1):
        raise unread(f"「{name}」的起止日期不对：{span[0]}")
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def one_day(year: int, name: str, given: tuple[str | None, ...], after: date | None = None) -> date:
    own_year, month, day, beside = given
    if month is None:
        raise unread(f"「{name}」的日期没有写月份：{day}日")
    # New Year's days off may begin in the old year, which early notices take for granted.
    guessed = after.year if after else year - (int(month) == 12 and "元旦" in name)
    if after and not own_year and int(month) < after.month:
        guessed += 1
    try:
        found = date(int(own_year) if own_year else guessed, int(month), int(day or 0))
    except ValueError as error:
        raise unread(f"「{name}」没有这一天：{month}月{day}日") from error
    if abs(found.year - year) > 1:
        raise unread(f"「{name}」的年份不对：{found}")
    weekday = re.search(r"(?:周|星期)([一二三四五六日天])", beside or "")
    if weekday and WEEKDAYS.index(weekday[1].replace("天", "日")) != found.weekday():
        raise unread(f"{found} 是周{WEEKDAYS[found.weekday()]}，通知里写的是周{weekday[1]}，请核对年份与日期")
    return found


def must_be_whole(found: Arrangement) -> None:
    """A notice cut off in the pasting lacks one of the holidays, or a day, that the law gives."""
    named = "".join(found.days[day][1] for day in found.off)
    missing = [
        f"{name} {day:%m-%d}"
        for day, holiday in sorted(statutory(found.year).items())
        for name in holiday.split("; ")
        if "（" not in name and (day not in found.off if day.weekday() < 5 else name not in named)
    ]
    if missing:
        raise unread(f"通知里没有读到法定假日：{'、'.join(missing)}，请粘贴通知全文")


def unread(why: str) -> Refused:
    return Refused(f"通知没有录入：{why}。", field="notice")

"""Who works there: one log-in for each role, named after it, and some colleagues."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.calendar_actions import change_holiday
from accounts.models import User
from accounts.roles import ROLES
from documents.models import Letterhead

# (log-in, name, roles beside the one it is named after, its supervisor)
STAFF = (
    ("admin", "陈默", (), ""),
    ("marketing_director", "顾明远", (), ""),
    ("supervisor", "陆建国", (), "marketing_director"),
    ("supervisor2", "范雪琴", (), "marketing_director"),
    ("sales", "沈小曼", (), "supervisor"),
    ("sales2", "钱伟东", (), "supervisor"),
    ("sales3", "朱婷婷", (), "supervisor"),
    ("sales4", "徐海峰", (), "supervisor2"),
    ("sales5", "秦月", (), "supervisor2"),
    ("sales6", "马骏", (), "supervisor2"),
    ("cs_supervisor", "吴秀兰", (), "marketing_director"),
    ("cs_supervisor2", "姚静", ("customer_service",), "marketing_director"),
    ("customer_service", "周敏", (), "cs_supervisor"),
    ("customer_service2", "俞佳", (), "cs_supervisor"),
    ("customer_service3", "金莉莉", (), "cs_supervisor"),
    ("technical", "潘志强", (), ""),
    ("technical2", "戴维民", (), "technical"),
    ("production", "严国梁", (), ""),
    ("production2", "孙大勇", (), "production"),
    ("quality", "何晓燕", (), ""),
    ("quality2", "陶军", (), "quality"),
    ("finance", "许丽华", (), ""),
    ("finance2", "蒋文静", (), "finance"),
    ("legal", "傅正", (), ""),
    ("warehouse", "丁阿根", (), ""),
    ("warehouse2", "殷虎", (), "warehouse"),
    ("logistics", "邵平", (), ""),
)

LETTERHEAD = {
    "name": "苏州砚桥纸品科技有限公司",
    "name_en": "Suzhou Yanqiao Paper Converting Co., Ltd.",
    "address": "江苏省苏州市相城区漕湖示范路 66 号",
    "phone": "0512-5550 0166",
    "fax": "0512-5550 0168",
    "email": "orders@example.com",
    "website": "www.example.com",
    "tax_number": "91320500DEMO00166X",
    "bank": "江南示范银行苏州相城支行",
    "account": "3205 0000 0166 0000 1234",
}


@dataclass
class People:
    """Users by log-in; `of` gives those of a role, the one named after it first."""

    by_name: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, username: str) -> User:
        return self.by_name[username]

    def of(self, role: str) -> list[User]:
        return [user for name, user in self.by_name.items() if name.rstrip("0123456789") == role]


def hire(password: str, joined: datetime) -> People:
    """The cast. One hash serves all: the password is one, and hashing is meant to be slow."""
    people, known = People(), make_password(password)
    groups = {group.name: group for group in Group.objects.filter(name__in=ROLES)}
    for username, name, also, above in STAFF:
        role = username.rstrip("0123456789")
        user, _ = User.objects.update_or_create(
            username=username,
            defaults={
                "name": name,
                "password": known,
                # The one that the start prints, for everybody who tries the house out.
                "must_change_password": False,
                "email": f"{username}@example.com",
                "supervisor": people[above] if above else None,
                "is_production_head": username == "production",
                "is_staff": role == "admin",
                "date_joined": joined,
            },
        )
        user.groups.set([groups[role], *(groups[code] for code in also)])
        people.by_name[username] = user
    return people


def set_up_house(people: People, today: date, at: datetime) -> None:
    """Letterhead, and the house's own calendar over the published one."""
    Letterhead.objects.update_or_create(pk=1, defaults=LETTERHEAD)
    for name, day, works in own_days_of(today):
        change_holiday(None, by=people["admin"], at=at, day=day, is_working=works, name=name)


def own_days_of(today: date) -> list[tuple[str, date, bool]]:
    """A stock-taking and a power cut in the past, a stock-taking to come, a Saturday worked for a rush of orders."""
    monday = today - timedelta(days=today.weekday())
    return [
        ("年中盘点停工", monday - timedelta(days=7 * 19 - 4), False),
        ("线路检修停电", monday - timedelta(days=7 * 6 - 2), False),
        ("旺季加班", monday - timedelta(days=7 * 4 - 5), True),
        ("年度盘点停工", monday + timedelta(days=7 * 5 + 3), False),
    ]

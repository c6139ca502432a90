"""How the files of heads and the database's own list of seals stand to each other, and what of them counts (ADR 15)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from audit import heads
from audit.heads import Anew, Block, Head
from audit.models import Seal


@dataclass
class Standing:
    """`files` are those that can be believed, `listed` what the database says of them, `anew` which seal began again
    after an earlier one, `faults` what is wrong."""

    files: dict[int, Head] = field(default_factory=dict)
    listed: dict[int, Seal] = field(default_factory=dict)
    anew: list[tuple[int, Anew]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def last(self) -> Head | None:
        return self.files[max(self.files)] if self.files else None

    @property
    def newest(self) -> int:
        """The highest number that is known of, 0 where nothing was ever sealed."""
        return max([*self.files, *self.listed, *heads.numbers(), 0])

    @property
    def unlisted(self) -> list[Head]:
        """What the database does not know of: it is older than these, its list was cut, or a seal was interrupted."""
        newest = max(self.listed, default=0)
        return [head for number, head in self.files.items() if number > newest and not self.is_void(number)]

    def is_void(self, number: int, table: str = "") -> bool:
        """Whether this seal, or what it has of one table, was sealed anew later."""
        return any(
            anew.after < number < later and (not anew.tables or table in anew.tables) for later, anew in self.anew
        )

    def blocks(self, since: int = 0) -> Iterator[tuple[Head, Block]]:
        """What counts, of the seals from number `since` on, oldest first."""
        for number, head in self.files.items():
            if number >= since:
                yield from ((head, block) for block in head.blocks() if not self.is_void(number, block.table))

    def tops(self) -> dict[str, int]:
        """Up to which id each table is sealed."""
        found: dict[str, int] = {}
        for _, block in self.blocks():
            found[block.table] = max(block.to, found.get(block.table, block.to))
        return found


def look() -> Standing:
    """Read every file and compare it with the one before and with the database's list."""
    found = Standing(listed={seal.number: seal for seal in Seal.objects.order_by("number")})
    broken: dict[int, str] = {}
    for number in range(1, found.newest + 1):
        try:
            head = heads.read(number)
        except heads.Broken as error:
            broken[number] = str(error)
        else:
            found.files[number] = head
            if head.anew:
                found.anew.append((number, head.anew))
    found.faults = [words for number, words in broken.items() if not found.is_void(number)]
    for number, head in found.files.items():
        if not found.is_void(number):
            found.faults += faults_of(found, number, head)
    return found


def faults_of(found: Standing, number: int, head: Head) -> Iterator[str]:
    before = found.files.get(number - 1)
    if before and before.head != head.previous:
        yield f"封存文件 {head.path.name} 不是接着 {before.path.name} 写的，其中之一被换过"
    seal = found.listed.get(number)
    if seal and seal.head != head.head:
        yield f"第 {number} 号封存：文件的头与库中登记的不同，其中之一被换过"
    if seal is None and number < max(found.listed, default=0):
        yield f"第 {number} 号封存在库中的登记不见了"

"""The kernel's rows: what a start, a purchase, card data and a whole world cost."""

from dataclasses import dataclass

from tests.bench import kernel, start, tlv, world


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    beside: str = ""
    ratio: float | None = None
    goal: str = ""


def rows() -> list[Row]:
    found = []
    mine, bare = start.measure("import jinka.kernel"), start.measure("pass")
    found.append(
        Row("import jinka.kernel", mine.ms, "ms", f"python -c pass: {bare.ms:.0f} ms", mine.ms / bare.ms, "150 ms")
    )
    found.append(
        Row("its memory", mine.mb, "MB", f"python -c pass: {bare.mb:.0f} MB", mine.mb / bare.mb, "60 MB")
    )
    for name, taken in kernel.measure().items():
        found.append(Row(name, taken, "us", goal="1000 us, then 335 us"))
    found.append(Row("TLV: 18 card blobs, 108 nodes", tlv.measure(), "us", goal="10 us"))
    found.append(Row("whole world: card, terminal, issuer", world.measure(), "/s", goal="500 /s"))
    return found


def show(found: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Jinka, medians")
    for name, side in (("what", "left"), ("", "right"), ("unit", "left"), ("beside", "left"), ("ratio", "right"), ("goal", "left")):
        table.add_column(name, justify=side)
    for row in found:
        table.add_row(row.name, f"{row.value:.1f}", row.unit, row.beside, f"{row.ratio:.1f}" if row.ratio else "", row.goal)
    Console().print(table)

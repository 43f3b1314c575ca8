"""`jinka conformance report`: the page, the table and the file for a CI of a run that was kept."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def report(
    out: Annotated[Path, typer.Argument(help="The folder of a run.")],
    page: Annotated[
        Path | None, typer.Option("--html", help="Write the page here; OUT/report.html without any option.")
    ] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="Write the matrix for a spreadsheet.")] = None,
    xml: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML.")] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="The language the page opens in: en or zh.")] = None,
) -> int:
    """Draw the report of a run. 测试报告"""
    from jinka.conformance.record import RecordError, load_run
    from jinka.conformance.report import csv, html, junit
    from jinka.kernel.faces.language import language

    try:
        run = load_run(out)
    except RecordError as fault:
        print(f"jinka: {fault}", file=sys.stderr)
        return 2
    folder = out if out.is_dir() else out.parent
    if page is None and table is None and xml is None:
        page = folder / "report.html"
    if table is not None:
        table.write_text(csv.table(run), "utf-8")
    if xml is not None:
        xml.write_text(junit.junit(run), "utf-8")
    if page is not None:
        page.write_text(html.page(run, folder, language(lang)), "utf-8")
    for path in (page, table, xml):
        if path is not None:
            print(path)
    return 0

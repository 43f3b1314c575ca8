"""What a person sees, through a real terminal and a real browser."""

import html
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jinka.kernel.cli import main
from jinka.kernel.steps import decide

from tests.support.peers import require_peer

CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update"]  # fmt: skip


@pytest.mark.peer
def test_the_page_in_a_browser(tmp_path):
    """The script of the page runs, every row is there, and the bytes can be pointed at."""
    require_peer("/usr/bin/chromium", "chromium shows the page")
    page = tmp_path / "story.html"
    assert main(["pay", "12.50", "--html", str(page)]) == 0
    probe = page.read_text().replace(
        "</body>",
        """<script>
        document.getElementById('all').click(); document.getElementById('language').click();
        const part = document.querySelector('.part[data-s]'); part.onmouseenter();
        document.title = [document.documentElement.lang, document.querySelectorAll('.row.open[open]').length,
                          document.querySelectorAll('i.hot').length].join(' ');
        </script></body>""",
    )
    page.write_text(probe)
    seen = subprocess.run(
        ["/usr/bin/chromium", *CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    language, opened, hot = seen.split("<title>")[1].split("</title>")[0].split()
    assert language == "zh"
    assert int(opened) > 12
    assert int(hot) >= 1


@pytest.mark.peer
def test_the_shell_in_a_terminal(tmp_path):
    """Prompt, colours and completion on a pty; the PIN typed does not come back with the arrow key."""
    require_peer(shutil.which("tmux") or "/usr/bin/tmux", "tmux is the terminal")
    socket = str(tmp_path / "tmux")

    def tmux(*arguments: str) -> str:
        return subprocess.run(["tmux", "-S", socket, *arguments], capture_output=True, text=True, check=True).stdout

    def see(words: str, patience: float = 20.0) -> str:
        until = time.monotonic() + patience
        while time.monotonic() < until:
            screen = tmux("capture-pane", "-p")
            if words in screen:
                return screen
        pytest.fail(f"{words!r} did not appear:\n{screen}")

    def type_line(text: str) -> None:
        tmux("send-keys", "-l", text)
        tmux("send-keys", "Enter")

    tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "50",
         f"{sys.executable} -m jinka.kernel.cli shell --lang en")  # fmt: skip
    try:
        see("jinka>")
        type_line("insert unionpay-quasi-credit")
        see("3B 65")
        type_line("pay 100")
        see("begin Now")
        type_line("run")
        see("APPROVED")
        tmux("send-keys", "Up")
        see("jinka> run")
        tmux("send-keys", "C-c")
        type_line("quit")
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], capture_output=True, check=False)


@pytest.mark.peer
def test_card_and_reader_as_two_programs(pcscd, tmp_path):
    """`jinka card` in one process, `jinka pay --reader` in another, pcscd and vpcd in between."""
    from jinka.kernel.transports.pcsc import PcscReader

    reader = pcscd.readers[1]
    PcscReader(reader).wait_for_removal(5.0)
    with subprocess.Popen(
        [sys.executable, "-m", "jinka.kernel.cli", "card", "ecash", "--port", str(pcscd.ports[1]), "--lang", "en"],
        stdout=subprocess.PIPE, text=True,
    ) as card:  # fmt: skip
        try:
            PcscReader(reader).wait_for_card(5.0)
            paid = subprocess.run(
                [sys.executable, "-m", "jinka.kernel.cli", "pay", "12.50", "--reader", reader, "--lang", "en"],
                capture_output=True, text=True, timeout=60,
            )  # fmt: skip
        finally:
            card.terminate()
            said = card.stdout.read()
    assert paid.returncode == 0, paid.stderr
    assert "APPROVED" in paid.stdout
    assert "GENERATE AC" in said or card.returncode != 0
    assert Path(reader).name


@pytest.mark.peer
@pytest.mark.parametrize(("width", "beside"), [(1366, True), (420, False)], ids=["laptop", "phone"])
def test_the_conformance_report_in_a_browser(tmp_path, monkeypatch, width, beside):
    """A wrong kernel's report: filters, languages, a case beside the list or in its place, its lanes with their bytes."""
    require_peer("/usr/bin/chromium", "chromium shows the report")
    run = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(decide, "denied", lambda tx: False)
        assert main(["conformance", "run", "-s", "TAA-00", "-s", "SDA-00", "--out", str(run)]) == 1
    assert main(["conformance", "report", str(run)]) == 0
    page = run / "report.html"
    whole = json.loads((run / "run.json").read_text())
    failed = [case["code"] for case in whole["cases"] if case["results"]["kernel"]["mark"] == "fail"]
    assert failed
    page.write_text(
        page.read_text().replace(
            "</body>",
            """<script>
            const seen = {}, shown = () => [...document.querySelectorAll('tr.case')].filter(row => !row.hidden).map(row => row.id);
            seen.all = shown().length;
            document.querySelector('.chip[data-value=fail]').click(); seen.failed = shown();
            document.querySelector('#clear').click(); seen.cleared = shown().length;
            seen.word = document.querySelector('th span[lang=zh]');
            seen.hiddenInEnglish = getComputedStyle(seen.word).display; document.querySelector('#language').click();
            seen.shownInChinese = getComputedStyle(seen.word).display; seen.language = document.documentElement.lang; delete seen.word;
            location.hash = seen.failed[0];
            (async () => {
              for (let n = 0; n < 200 && !document.querySelector('#pane .flow .row'); n++) await new Promise(requestAnimationFrame);
              document.querySelector('#bytes')?.click();
              seen.rows = document.querySelectorAll('#pane .row').length; seen.bytes = document.querySelectorAll('#pane .bytes i').length;
              seen.bits = document.querySelectorAll('#pane .bits b').length; seen.clauses = document.querySelector('#pane .about').textContent;
              seen.list = document.querySelector('#list').getBoundingClientRect().width > 0 && getComputedStyle(document.querySelector('#list')).display !== 'none';
              seen.over = document.documentElement.scrollWidth - innerWidth;
              document.title = JSON.stringify(seen);
            })();
            </script></body>""",
        )
    )
    dom = subprocess.run(
        ["/usr/bin/chromium", *CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},900",
         "--virtual-time-budget=20000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    seen = json.loads(html.unescape(dom.split("<title>")[1].split("</title>")[0]))
    assert (seen["all"], seen["failed"], seen["cleared"]) == (len(whole["cases"]), failed, len(whole["cases"]))
    assert (seen["hiddenInEnglish"], seen["language"]) == ("none", "zh")
    assert seen["shownInChinese"] != "none"
    assert seen["rows"] > 8
    assert seen["bytes"] > 300
    assert seen["bits"] >= 40 + 16
    assert "emv-b3/10.7" in seen["clauses"]
    assert seen["list"] is beside
    assert seen["over"] <= 0, "nothing sticks out to the right"


@pytest.mark.peer
def test_the_conformance_report_on_paper(tmp_path):
    """Printed, every case is there in black on white, without what only a screen can use."""
    require_peer("/usr/bin/chromium", "chromium prints the report")
    run = tmp_path / "run"
    assert main(["conformance", "run", "-s", "TAA-00", "--out", str(run)]) == 0
    assert main(["conformance", "report", str(run)]) == 0
    paper = tmp_path / "report.pdf"
    subprocess.run(
        ["/usr/bin/chromium", *CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={paper}",
         (run / "report.html").as_uri()],
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    require_peer(shutil.which("pdftotext") or "/usr/bin/pdftotext", "apt-get install poppler-utils")
    words = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
    for case in json.loads((run / "run.json").read_text())["cases"]:
        assert case["code"] in words
    assert "open all" not in words

"""The example of the README runs as it stands there, on a real reader stack."""

import runpy
import shutil
from pathlib import Path

import pytest
from jinka.kernel.load import TERMINALS
from jinka.kernel.transports.pcsc import PcscReader
from jinka.simulator.card import Card
from jinka.simulator.personality import load_personality
from jinka.simulator.readers.vpcd import VpcdClient
from jinka.simulator.world import CA_KEYS

from tests.support.pcscd import Pcscd

HERE = Path(__file__).parent
EXAMPLE = HERE / "embed.py"


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_the_example(page):
    assert EXAMPLE.read_text() in (HERE.parent.parent / page).read_text()


@pytest.mark.peer
def test_the_example_runs(pcscd: Pcscd, tmp_path, monkeypatch, capsys):
    shutil.copy(TERMINALS / "pos.toml", tmp_path / "terminal.toml")
    shutil.copy(CA_KEYS, tmp_path / "capk.toml")
    monkeypatch.chdir(tmp_path)
    PcscReader(pcscd.readers[0]).wait_for_removal(5.0)
    with VpcdClient(Card(load_personality("ecash"), seed=1), port=pcscd.ports[0]):
        runpy.run_path(str(EXAMPLE))
    assert capsys.readouterr().out == "approved Y1 0000000000\n"

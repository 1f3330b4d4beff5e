"""From a stranger's files to every format: nothing in them is obeyed by what shows a report.

`test_reports_injection.py` holds each format to it, whatever a report says;
here the findings are those the rules make of hostile names and texts.
"""

import json
import re
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import category
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from test_reports_injection import _HOSTILE
from tldr_lint.arguments import Arguments
from tldr_lint.command import check
from tldr_lint.reports import FORMATS

PIECES = st.one_of(_HOSTILE, st.text(max_size=3))
NAMES = st.lists(PIECES, min_size=1, max_size=4).map(
    # As long as every file system takes, and with what Python's own codec cannot write left out.
    lambda pieces: re.sub("[/\0\ud800-\udc7f\udd00-\udfff]", "_", "".join(pieces))[:40]
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
TEMPLATE = "# <TITLE>\n\n## Summary\n\n| Model | Year |\n|---|---|\n|  |  |\n\n## Notes\n"


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@st.composite
def workspaces(draw: st.DrawFn) -> dict[str, str]:
    """Files whose names and texts are a stranger's, with something wrong for many rules."""
    files = {"README.md": "# R\n", "notes/TEMPLATE.md": TEMPLATE, "notes/bigtable.md": "# B\n\n"}
    rows = "| Model | Year |\n|---|---|\n"
    for number in range(draw(st.integers(1, 2))):
        name, text, cell = draw(NAMES), draw(TEXTS), draw(TEXTS).replace("\n", " ")
        # A control character is all that is said of a file; most have none.
        if draw(st.integers(0, 3)):
            text, cell = (CONTROLS.sub("", each) for each in (text, cell))
        files[f"notes/{number}{name}.md"] = (
            f"# {cell}\n{text}\n\n### {cell}\n\n## Summary\n\n| Model | Year |\n|---|---|\n"
            f"| {cell} | {cell} |\n| a |\n\n[{cell}](gone {cell}) [x][{cell}] ![{cell}](<{text}>)\n"
            f"<!-- tldr-lint-disable {cell} -->\n\nTODO {text}\n"
        )
        rows += f"| {cell} | y{cell} |\n| {cell}\n"
        files["README.md"] += f"- [{cell}](<notes/{number}{name}.md>)\n- [b](<../{text}>)\n"
    files["notes/bigtable.md"] += rows
    return files


UNSEEN = {"Cc", "Cs", "Zl", "Zp"}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=workspaces())
def test_no_format_obeys_what_stands_in_a_workspace(files: dict[str, str]) -> None:
    """A pull request would speak to the terminal, the runner, a page or a report's reader."""
    with TemporaryDirectory() as folder:
        root, out = Path(folder, "root"), Path(folder, "out")
        out.mkdir()
        for name, text in files.items():
            write(root, name, text)
        with chdir(root):
            code = check(
                Arguments(
                    no_cache=True,
                    jobs="1",
                    output_format=tuple(f"{name}={out / name}" for name in FORMATS),
                )
            )
        shown = {name: (out / name).read_bytes().decode() for name in FORMATS}

    assert code == 1
    found = json.loads(shown["json"])
    assert found
    for name, text in shown.items():
        kept = text
        if name == "markdown":
            kept = re.sub(r"\r+\n", "\n", kept)
        unseen = {char for char in kept if category(char) in UNSEEN} - {"\n"}
        assert unseen - ({"\t"} if name in {"github", "markdown"} else set()) == set(), name
        assert re.search(r"##\w*\[", text) is None, name
        for line in re.split(r"[\n\r]", text):
            if line.lstrip().startswith("::"):
                assert name == "github"
                assert re.match(r"::(?:error|warning|notice) title=tldr-lint", line)

    for name in ("gitlab", "rdjson", "sarif"):
        json.loads(shown[name])
    assert [json.loads(line) for line in shown["json-lines"].split("\n")[:-1]] == found
    assert len(found) == len(list(ET.fromstring(shown["junit"]).iter("testcase")))
    page = LexborHTMLParser(shown["html"])
    assert len(page.css("script")) == 1
    assert [tag for tag in page.css("*") if any(n.startswith("on") for n in tag.attributes)] == []
    table = [line for line in shown["markdown"].split("\n") if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {5}
    assert "<script" not in shown["markdown"].partition("<details>")[0]

"""Each machine format: what it says, in its own units, held against its schema."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from report_samples import at, finding, insertion, report
from tldr_lint.records import replace
from tldr_lint.reports import FORMATS, catalogue, render, statistics
from tldr_lint.reports.github import LIMIT
from tldr_lint.reports.model import Report
from tldr_lint.reports.serial import dump
from tldr_lint.reports.units import units
from tldr_lint.rule import Applicability, Fix, Note, Severity
from tldr_lint.text import Edit, Place, Source, Span

SCHEMAS = Path(__file__).parent / "schemas"

# Before `here` stand six code points, seven UTF-16 code units, twelve bytes.
NOTE = Source("notes/bért.md", "# T\r\né漢👩ab here\r\n")
BIG = Source("notes/bigtable.md", "| here |\n")


def _sample() -> Report:
    """Two findings: one with a fix and a related place, one that only informs."""
    said, _ = at(NOTE, "here")
    _, start = at(NOTE, "ab")
    fix = Fix("say it", (Edit(start, "AB"), Edit(at(NOTE, "here")[1], "there")))
    return report(
        [
            finding(NOTE, "here", message="`here` | says %0A 'x'", fix=fix),
            finding(BIG, "here", severity=Severity.INFO, related=(Note(said, "the note"),)),
        ],
        NOTE,
        BIG,
    )


def _json_schema(name: str) -> Callable[[str], None]:
    rules = json.loads((SCHEMAS / name).read_text("utf-8"))
    validator = jsonschema.validators.validator_for(rules)
    validator.check_schema(rules)
    return lambda text: validator(rules).validate(json.loads(text))


def _xml_schema(name: str) -> Callable[[str], None]:
    schema = etree.XMLSchema(etree.parse(SCHEMAS / name))
    return lambda text: schema.assertValid(etree.fromstring(text.encode()))


SCHEMA_OF = {
    "sarif": _json_schema("sarif-2.1.0.json"),
    "rdjson": _json_schema("rdjson.json"),
    "gitlab": _json_schema("gitlab-code-quality.json"),
    "junit": _xml_schema("junit-10.xsd"),
}


@pytest.mark.parametrize("name", SCHEMA_OF)
@pytest.mark.parametrize("empty", [True, False])
def test_a_format_with_a_schema_keeps_to_it(name: str, empty: bool) -> None:
    SCHEMA_OF[name](render(name, report([]) if empty else _sample()))


def test_json_is_an_array_as_ruff_prints_it() -> None:
    found = json.loads(render("json", replace(_sample(), cwd="/repo/notes")))

    assert found[0] == {
        "code": "TL202",
        "name": "table-row-length",
        "severity": "error",
        "message": "`here` | says %0A 'x'",
        "filename": "bért.md",
        "location": {"row": 2, "column": 7},
        "end_location": {"row": 2, "column": 11},
        "fix": {
            "applicability": "safe",
            "message": "say it",
            "edits": [
                {
                    "content": "AB",
                    "filename": "bért.md",
                    "location": {"row": 2, "column": 4},
                    "end_location": {"row": 2, "column": 6},
                },
                {
                    "content": "there",
                    "filename": "bért.md",
                    "location": {"row": 2, "column": 7},
                    "end_location": {"row": 2, "column": 11},
                },
            ],
        },
        "related": [],
        "url": "https://tldr-lint.example/rules/TL202-table-row-length.md",
    }
    assert None is found[1]["fix"]
    assert found[1]["related"] == [
        {
            "message": "the note",
            "filename": "bért.md",
            "location": {"row": 2, "column": 7},
            "end_location": {"row": 2, "column": 11},
        }
    ]
    assert json.loads(render("json", report([]))) == []


def test_json_lines_holds_the_same_objects_one_a_line() -> None:
    lines = render("json-lines", _sample()).splitlines()

    assert json.loads(render("json", _sample())) == [json.loads(line) for line in lines]
    assert render("json-lines", report([])) == ""


def test_a_fix_that_creates_a_file_fills_it_from_its_first_position() -> None:
    fix = Fix("write the table", (), creates=(("notes/bigtable.md", "| a |\n"),))
    found = json.loads(render("json", report([finding(NOTE, "here", fix=fix)], NOTE)))

    assert found[0]["fix"]["edits"] == [
        {
            "content": "| a |\n",
            "filename": "notes/bigtable.md",
            "location": {"row": 1, "column": 1},
            "end_location": {"row": 1, "column": 1},
        }
    ]


def test_facts_for_machines_are_carried_beside_the_message() -> None:
    found = replace(finding(NOTE, "here"), data=(("status", 404), ("final", "https://x")))
    run = report([found], NOTE)

    assert (
        {"status": 404, "final": "https://x"}
        == json.loads(render("json", run))[0]["data"]
        == json.loads(render("sarif", run))["runs"][0]["results"][0]["properties"]
    )


def test_a_byte_order_mark_is_no_column() -> None:
    source = Source("notes/a.md", "\ufeffhere")
    found = json.loads(render("json", report([finding(source, "here")], source)))[0]
    region = json.loads(render("rdjson", report([finding(source, "here")], source)))

    assert found["location"] == {"row": 1, "column": 1}
    assert region["diagnostics"][0]["location"]["range"]["start"] == {"line": 1, "column": 1}


def test_rdjson_counts_bytes_and_merges_a_fix_into_one_suggestion() -> None:
    found = json.loads(render("rdjson", _sample()))["diagnostics"][0]

    assert found["location"]["range"]["start"] == {"line": 2, "column": 13}
    assert found["suggestions"] == [
        {
            "range": {"start": {"line": 2, "column": 10}, "end": {"line": 2, "column": 17}},
            "text": "AB there",
        }
    ]


def test_rdjson_makes_no_suggestion_of_half_a_fix() -> None:
    fix = Fix("both", (Edit(NOTE.place(0, 1), ""), Edit(BIG.place(0, 1), "")))
    found = json.loads(render("rdjson", report([finding(NOTE, "here", fix=fix)], NOTE, BIG)))

    assert "suggestions" not in found["diagnostics"][0]


def test_sarif_counts_utf_16_units_and_says_so() -> None:
    run = json.loads(render("sarif", _sample()))["runs"][0]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]

    assert run["columnKind"] == "utf16CodeUnits"
    assert region == {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 12}


def test_sarif_carries_catalogue_related_places_fixes_and_fingerprints() -> None:
    run = json.loads(render("sarif", _sample()))["runs"][0]
    rule = run["tool"]["driver"]["rules"][0]
    first, second = run["results"]

    assert rule["helpUri"] == "https://tldr-lint.example/rules/TL202-table-row-length.md"
    assert "fewer or more cells" in rule["help"]["markdown"]
    assert first["ruleIndex"] == 0
    assert first["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "notes/b%C3%A9rt.md",
        "uriBaseId": "%SRCROOT%",
    }
    assert len(first["fixes"][0]["artifactChanges"][0]["replacements"]) == 2
    assert second["relatedLocations"][0]["message"]["text"] == "the note."
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_a_message_of_sarif_holds_no_link_and_no_argument_of_its_own() -> None:
    found = finding(NOTE, "here", message="[x](1) and {0}")
    text = json.loads(render("sarif", report([found], NOTE)))["runs"][0]["results"][0]["message"]

    assert text == {"text": r"\[x\](1) and {{0}}."}


def test_fingerprints_survive_lines_that_move_and_tell_twins_apart() -> None:
    moved = Source(NOTE.path, "\r\n\r\n" + NOTE.text)
    once = report([finding(NOTE, "here")] * 2, NOTE)
    later = report([finding(moved, "here")] * 2, moved)
    prints = [
        [issue["fingerprint"] for issue in json.loads(render("gitlab", run))]
        for run in (once, later)
    ]

    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 2


def test_paths_of_machines_start_at_the_repository() -> None:
    run = replace(_sample(), above="papers/nlp", cwd="/repo/notes")

    assert json.loads(render("gitlab", run))[0]["location"]["path"] == "papers/nlp/notes/bért.md"
    assert "file=papers/nlp/notes/bért.md," in render("github", run)
    assert 'uri": "papers/nlp/notes/b%C3%A9rt.md' in render("sarif", run)


def test_github_annotations_carry_place_title_and_escapes() -> None:
    assert (
        render("github", _sample())
        == "::error title=tldr-lint (TL202 table-row-length),file=notes/bért.md,line=2,col=7,"
        "endLine=2,endColumn=11::notes/bért.md:2:7: TL202 `here` | says %250A 'x'\n"
        "::notice title=tldr-lint (TL202 table-row-length),file=notes/bigtable.md,line=1,col=3,"
        "endLine=1,endColumn=7::notes/bigtable.md:1:3: TL202 the row has 2 cells, its header 3\n"
    )


def test_github_gets_changed_files_first_and_hears_how_many_it_will_not_show() -> None:
    run = report([finding(BIG, "here")] * LIMIT + [finding(NOTE, "here")] * 3, NOTE, BIG)
    lines = render("github", replace(run, changed=frozenset({NOTE.path}))).splitlines()

    assert all("file=notes/bért.md" in line for line in lines[:3])
    assert lines[9] == "::error title=tldr-lint::4 more errors: see the log of this step"
    assert len(lines) == 14


def test_github_says_nothing_of_more_where_all_are_shown() -> None:
    assert len(render("github", report([finding(BIG, "here")] * LIMIT, BIG)).splitlines()) == LIMIT


def test_junit_fails_what_fails_a_run_and_passes_what_informs() -> None:
    root = etree.fromstring(render("junit", _sample()).encode())

    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert (
        root.findtext(".//failure")
        == "notes/bért.md:2:7: error[TL202] table-row-length: `here` | says %0A 'x'"
    )
    assert len(root.findall(".//system-out")) == 1


def test_markdown_counts_lists_and_shows_the_fix_as_a_diff() -> None:
    shown = render("markdown", replace(_sample(), patch="--- a/x\n+++ b/x\n-```\n+ok\n"))

    assert "2 findings in 2 files, 1 fixable with --fix." in shown
    assert "<code>here</code> &#124; says %0A &#39;x&#39; |" in shown
    assert "````diff\n--- a/x\n+++ b/x\n-```\n+ok\n````" in shown


def test_a_markdown_report_fits_a_job_summary() -> None:
    source = Source("notes/a.md", "x" * 1000)
    many = [finding(source, "x", message="`m" * 200) for _ in range(5_000)]
    shown = render("markdown", replace(report(many, source), patch="+x\n" * 1_000_000))

    assert len(shown.encode()) < 1024 * 1024
    assert "4800 more are in the log." in shown
    assert "too long to be shown" in shown


def test_statistics_count_the_most_frequent_first() -> None:
    fix = insertion(BIG, "here", "!", kind=Applicability.UNSAFE)
    run = report(
        [
            finding(NOTE, "here", code="TL301", name="broken-link"),
            finding(BIG, "here", fix=fix),
            finding(NOTE, "here"),
        ],
        NOTE,
        BIG,
    )

    assert (
        statistics.text(run)
        == """\
2  TL202  [-]  table-row-length
1  TL301  [ ]  broken-link
3 findings in 2 files, 1 fixable with --fix --unsafe-fixes
"""
    )
    assert json.loads(statistics.json(run)) == [
        {"code": "TL202", "name": "table-row-length", "count": 2, "fixable": 1},
        {"code": "TL301", "name": "broken-link", "count": 1, "fixable": 0},
    ]


def test_the_catalogue_lists_rules_for_people_and_machines() -> None:
    run = report([])

    assert (
        catalogue.text(run)
        == "TL202  table-row-length  error  safe  A row has fewer or more cells than its header.\n"
    )
    assert json.loads(catalogue.json(run)) == [
        {
            "code": "TL202",
            "name": "table-row-length",
            "severity": "error",
            "fixes": ["safe"],
            "summary": "A row has fewer or more cells than its header.",
            "url": "https://tldr-lint.example/rules/TL202-table-row-length.md",
        }
    ]


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown output format `xml`"):
        render("xml", report([]))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_with_a_newline(name: str) -> None:
    assert render(name, _sample()).endswith("\n")


def test_a_path_that_is_no_utf_8_keeps_its_bytes_in_a_uri() -> None:
    source = Source("notes/\udcff.md", "here")
    result = json.loads(render("sarif", report([finding(source, "here")], source)))
    place = result["runs"][0]["results"][0]["locations"][0]["physicalLocation"]

    assert place["artifactLocation"]["uri"] == "notes/%FF.md"
    assert unquote(place["artifactLocation"]["uri"]) == "notes/\ufffd.md"


def test_an_edit_beyond_a_known_text_still_has_a_place() -> None:
    fix = Fix("x", (Edit(Place("gone.md", Span(5, 9)), ""),))
    found = json.loads(render("json", report([finding(NOTE, "here", fix=fix)], NOTE)))

    assert found[0]["fix"]["edits"][0]["location"] == {"row": 1, "column": 1}


@given(line=st.text(max_size=5_000), data=st.data())
def test_columns_of_a_long_line_are_those_of_the_whole_line_encoded(
    line: str, data: st.DataObject
) -> None:
    """A finding far along a line of many bytes a character would point elsewhere."""
    line *= 1_500 // max(len(line), 1) + 1
    count = data.draw(st.integers(0, len(line)))
    for encoding in ("utf-8", "utf-16-le"):
        whole = len(line[:count].encode(encoding, "surrogatepass"))
        assert units(line, count, encoding) == whole


def test_fingerprints_in_one_long_line_differ() -> None:
    """Of a line too long to be hashed whole each time two findings would be taken for one."""
    source = Source("a.md", "é" * 20_000 + "x" * 20_000)
    run = report([finding(source, "x", message="m"), finding(source, "x", message="m")], source)

    assert len({each["fingerprint"] for each in json.loads(render("gitlab", run))}) == 2


@pytest.mark.parametrize("name", ["json", "gitlab", "rdjson", "sarif"])
def test_arrays_are_written_as_the_standard_library_would(name: str) -> None:
    """A report put together piece by piece would be laid out otherwise from run to run."""
    for run in (report([]), _sample()):
        text = render(name, run)
        assert dump(json.loads(text)) + "\n" == text

"""The rules on links to the web, beyond what their pages show."""

from collections.abc import Mapping

import pytest

from memory_repository import MemoryRepository
from tldr_lint.answers import Answer, History, Hop, Page, Verdict, web_target
from tldr_lint.checks.web_papers import same_title
from tldr_lint.checks.web_uses import questions
from tldr_lint.rule import Severity

DAY = 86_400.0


def repository(text: str, *answers: Answer, **more: str) -> MemoryRepository:
    files: Mapping[str, str] = {"README.md": text, **more}
    return MemoryRepository(files, {answer.url: answer for answer in answers})


def moved(url: str, *hops: tuple[int, str], final: str = "") -> Answer:
    page = web_target(url).page
    found = tuple(Hop(status, target) for status, target in hops)
    return Answer(page, status=200, hops=found, final=final or found[-1].target.partition("#")[0])


def fixed(text: str, *answers: Answer) -> str:
    return repository(text, *answers).repaired()[0].files["README.md"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a](https://old.net/x)", "[a](https://new.net/x)"),
        ("[a](https://old.net/x#part)", "[a](https://new.net/x#part)"),
        ("[a](<https://old.net/x>)", "[a](<https://new.net/x>)"),
        ('[a](https://old.net/x "title")', '[a](https://new.net/x "title")'),
        ("<https://old.net/x>", "<https://new.net/x>"),
        ("https://old.net/x, and so on", "https://new.net/x, and so on"),
        ('<a href="https://old.net/x">a</a>', '<a href="https://new.net/x">a</a>'),
        ("![a](https://old.net/x)", "![a](https://new.net/x)"),
        ("[a][b]\n\n[b]: https://old.net/x", "[a][b]\n\n[b]: https://new.net/x"),
        ("| a |\n| - |\n| [a](https://old.net/x) |", "| a |\n| - |\n| [a](https://new.net/x) |"),
    ],
)
def test_a_moved_link_is_rewritten_however_it_is_written(before: str, after: str) -> None:
    """One way to write a link is not repaired, or loses what stands around its target."""
    text = f"# Title\n\n{before}\n"

    assert f"# Title\n\n{after}\n" == fixed(
        text, moved("https://old.net/x", (301, "https://new.net/x"))
    )


@pytest.mark.parametrize(
    ("target", "written"),
    [
        ("https://new.net/a_(b)", "https://new.net/a_(b)"),
        ("https://new.net/a)b", "https://new.net/a%29b"),
        ("https://new.net/a|b", "https://new.net/a%7Cb"),
        ("https://new.net/?a=1&copy;=2", "https://new.net/?a=1&amp;copy;=2"),
        ("https://new.net/?a=1&b=2", "https://new.net/?a=1&b=2"),
    ],
)
def test_a_new_address_is_written_so_that_it_stays_one(target: str, written: str) -> None:
    """A parenthesis, pipe or entity in the new address breaks the link or its table."""
    text = "| a |\n| - |\n| [a](https://old.net/x) |\n"

    after = fixed(text, moved("https://old.net/x", (301, target)))

    assert f"| a |\n| - |\n| [a]({written}) |\n" == after


@pytest.mark.parametrize(
    "hops",
    [
        ((302, "https://new.net/x"),),
        ((307, "https://new.net/x"), (301, "https://new.net/y")),
        ((301, "https://old.net/login?next=x"),),
        ((301, "https://accounts.old.net/"),),
        ((302, "https://sso.old.net/x"),),
        ((301, "https://new.net/x"), (302, "https://new.net/signin")),
        ((301, "http://old.net/x"),),
    ],
)
def test_no_address_is_offered_that_is_not_the_page_s(hops: tuple[tuple[int, str], ...]) -> None:
    """A fix leads to a log-in page, to plain `http:`, or to where the page is only today."""
    text = "# Title\n\n[a](https://old.net/x)\n"

    assert text == fixed(text, moved("https://old.net/x", *hops))


@pytest.mark.parametrize("page", ["https://old.net/x", "https://old.net/to", "https://old.net/p1"])
@pytest.mark.parametrize("front", ["https://old.net/en/", "https://old.net/", "https://b.net/"])
def test_a_front_page_is_reported_and_never_written(page: str, front: str) -> None:
    """A page that is gone is "repaired" into the site's front page."""
    text = f"# Title\n\n[a]({page})\n"
    answer = moved(page, (301, front))

    assert ["TL503"] == [d.code for d in repository(text, answer).diagnostics()]
    assert text == fixed(text, answer)


@pytest.mark.parametrize("front", ["https://old.net/index.html", "https://old.net/en/"])
def test_a_front_page_may_move_to_another(front: str) -> None:
    """A link to a front page is not repaired."""
    text = f"# Title\n\n[a]({front})\n"

    after = fixed(text, moved(front, (301, "https://new.net/")))

    assert "# Title\n\n[a](https://new.net/)\n" == after


def test_only_the_leading_permanent_hops_are_written() -> None:
    """A fix follows a temporary redirect."""
    text = "# Title\n\n[a](https://old.net/x#part)\n"
    answer = moved(
        "https://old.net/x",
        (301, "https://b.net/x"),
        (308, "https://c.net/x"),
        (302, "https://d.net/x"),
        (301, "https://e.net/x"),
    )

    assert "# Title\n\n[a](https://c.net/x#part)\n" == fixed(text, answer)


def test_a_redirect_that_only_spells_differently_is_no_move() -> None:
    """A server that percent-encodes its `Location` makes a finding of each link."""
    text = "# Title\n\n[a](https://old.net/ü)\n"

    answer = moved("https://old.net/ü", (301, "https://old.net/%c3%bc"))

    assert () == repository(text, answer).diagnostics()


def test_an_arxiv_pdf_only_gains_an_s() -> None:
    """The page that stood in for a PDF is written in its place."""
    text = "# Title\n\n[a](http://arxiv.org/pdf/1706.03762.pdf)\n"
    answer = moved("http://arxiv.org/abs/1706.03762", (301, "https://arxiv.org/abs/1706.03762"))

    assert "# Title\n\n[a](https://arxiv.org/pdf/1706.03762.pdf)\n" == fixed(text, answer)


@pytest.mark.parametrize(
    ("history", "severity"),
    [
        (History(failing_since=96 * DAY, failed_runs=3), Severity.WARNING),
        (History(failing_since=96 * DAY, failed_runs=2), Severity.INFO),
        (History(failing_since=98 * DAY, failed_runs=9), Severity.INFO),
        (History(failing_since=96 * DAY, failed_runs=3, host_alive=80 * DAY), Severity.INFO),
        (History(failing_since=96 * DAY, failed_runs=3, host_alive=60 * DAY), Severity.WARNING),
    ],
)
def test_a_link_out_of_reach_becomes_a_warning_in_time(
    history: History, severity: Severity
) -> None:
    """One bad day of a host fails a pull request, or a lost host is never more than a note."""
    answer = Answer(
        "https://a.net/", Verdict.UNREACHABLE, "why", asked_at=100 * DAY, history=history
    )

    found = repository("# Title\n\n<https://a.net/>\n", answer).diagnostics()

    assert [("TL502", severity)] == [(each.code, each.severity) for each in found]


def test_a_finding_carries_status_address_and_time() -> None:
    """JSON lacks what the network said."""
    answer = Answer("https://a.net/", Verdict.DEAD, "404", 404, "https://b.net/", elapsed=0.5)

    (found,) = repository("# Title\n\n<https://a.net/>\n", answer).diagnostics()

    assert (("status", 404), ("final_url", "https://b.net/"), ("time", 0.5)) == found.data


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Attention is all you need", "Attention Is All You Need"),
        ("BERT", "BERT: Pre-training of Deep Bidirectional Transformers"),
        ("Pre training of deep transformers", "Pre-Training of Deep Transformers."),
        ("Résumé of a Method", "Resume of a method"),
        ("Attention Is All You Need (v5)", "Attention Is All You Need"),
        ("[1706.03762] Attention Is All You Need", "Attention Is All You Need"),
        ("Attention Is All You Need", "Attention Is All You Need | OpenReview"),
        ("Attention Is All You Need", "Attention Is All You Need - ACL Anthology"),
        ("Attentoin Is All You Need", "Attention Is All You Need"),
        ("Exploring the Limits of Transfer", "Exploring the Limits of Transfer with a Text Model"),
        ("GPT-3: Language Models are Few-Shot Learners", "Language Models are Few-Shot Learners"),
    ],
)
def test_titles_that_a_person_takes_for_one_are_one(one: str, other: str) -> None:
    """Letter case, punctuation, a sub-title or a version makes another paper."""
    assert same_title(one, other)
    assert same_title(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Attention Is All You Need", "BERT: Pre-training of Deep Bidirectional Transformers"),
        ("Language Models are Few-Shot Learners", "Deep Residual Learning for Image Recognition"),
        ("RoBERTa: A Robustly Optimized BERT", "ALBERT: A Lite BERT for Self-supervised Learning"),
    ],
)
def test_titles_of_two_papers_are_two(one: str, other: str) -> None:
    """Another paper's link passes."""
    assert not same_title(one, other)


PAGE = Page(title="BERT: Pre-training of Deep Transformers", cited=True, years=frozenset({2018}))


@pytest.mark.parametrize(
    ("text", "page", "codes"),
    [
        ("[Attention Is All You Need](https://arxiv.org/abs/1810.04805)", PAGE, ["TL506"]),
        ("[arXiv 1706.03762](https://arxiv.org/abs/1810.04805)", PAGE, ["TL506"]),
        ("[arXiv 1810.04805](https://arxiv.org/abs/1810.04805)", PAGE, []),
        ("[an earlier paper on attention](https://arxiv.org/abs/1810.04805)", PAGE, []),
        ("[paper](https://arxiv.org/abs/1810.04805)", PAGE, []),
        ("<https://arxiv.org/abs/1810.04805>", PAGE, []),
        ("[Vaswani et al., 2017](https://arxiv.org/abs/1810.04805)", PAGE, []),
    ],
)
def test_prose_is_held_against_a_paper_only_where_it_is_a_title(
    text: str, page: Page, codes: list[str]
) -> None:
    """A description of a paper is taken for a wrong title, or a wrong title for a description."""
    answer = Answer("https://arxiv.org/abs/1810.04805", page=page)

    found = repository(f"# Title\n\nSee {text}.\n", answer).diagnostics()

    assert codes == [each.code for each in found]


@pytest.mark.parametrize(
    ("year", "codes"),
    [(2016, ["TL506"]), (2017, ["TL506"]), (2018, []), (2019, []), (2020, ["TL506"])],
)
def test_a_preprint_s_year_is_its_first_or_the_next(year: int, codes: list[str]) -> None:
    """A paper that was published in the year after its preprint is reported."""
    text = (
        "| Paper | Year |\n| - | - |\n"
        f"| [BERT: Pre-training](https://arxiv.org/abs/1810.04805) | {year} |\n"
    )
    answer = Answer("https://arxiv.org/abs/1810.04805", page=PAGE)

    assert codes == [each.code for each in repository(text, answer).diagnostics()]


def test_an_ordinary_page_is_no_paper() -> None:
    """The title of a blog is held against the name of a paper."""
    text = "| Paper | Year |\n| - | - |\n| [Some Long Paper Title](https://blog.net/x) | 2018 |\n"
    answer = Answer("https://blog.net/x", page=Page(title="My blog", years=frozenset({2001})))

    assert () == repository(text, answer).diagnostics()


def asked(text: str, contract: str = "") -> list[str]:
    made = MemoryRepository({"README.md": text, "tldr-lint.toml": contract})
    return [question.url for question in questions(made.workspace(made.documents()))]


def test_each_page_is_asked_for_once() -> None:
    """Links in code or comments are asked for, or a page for each link to it."""
    text = """# Title

[a](https://b.net/#x) <https://a.net> https://b.net/ ![i](https://c.net/i.png)
`https://code.net/` <img src="https://d.net/i.png"> [m](mailto:a@b.net) [r](notes/x.md)

<!-- https://comment.net/ -->

```
https://fence.net/
```
"""

    assert [
        "https://a.net/",
        "https://b.net/",
        "https://c.net/i.png",
        "https://d.net/i.png",
    ] == sorted(asked(text))


def test_what_the_contract_excludes_is_not_asked_for() -> None:
    """`exclude` is not heeded."""
    text = "# Title\n\n<https://a.net/private/x> <https://a.net/public>\n"

    assert ["https://a.net/public"] == asked(
        text, 'links = { exclude = ["https://a.net/private/*"] }\n'
    )


def test_hosts_of_examples_are_not_asked_for() -> None:
    """Documentation's `example.com` is reported as dead."""
    assert [] == asked("# Title\n\n<https://example.com/x> <https://www.example.org/y>\n")
    assert ["https://notexample.com/"] == asked("# Title\n\n<https://notexample.com/>\n")


def test_links_to_the_own_repository_are_not_asked_for() -> None:
    """A link that is checked as a relative one is asked for as well."""
    text = "# Title\n\n<https://github.com/o/n/blob/main/README.md> <https://github.com/o/m>\n"

    assert ["https://github.com/o/m"] == asked(text, 'repository = "https://github.com/o/n"\n')

"""Style and behaviour of the HTML report, written into it: the page asks nobody for anything."""

from __future__ import annotations

STYLE = """\
:root {
  color-scheme: light dark;
  --page: light-dark(#fff, #101418);
  --soft: light-dark(#f4f6f8, #1b2027);
  --line: light-dark(#d8dee4, #363c44);
  --text: light-dark(#1c2128, #dfe4ea);
  --mild: light-dark(#57606a, #98a3ae);
  --link: light-dark(#0b5cad, #7fbcff);
  --error: light-dark(#b42318, #ff8a80);
  --warning: light-dark(#8a5a00, #ffca5f);
  --good: light-dark(#1a7f37, #69d58c);
  --gone: light-dark(#ffd9d5, #66231d);
  --new: light-dark(#cdf3d7, #17502b);
  --mark: light-dark(#fff1c2, #5a4708);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 90rem; padding: 1.5rem;
  background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
a { color: var(--link); }
header { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: baseline; }
header p { margin: 0; color: var(--mild); flex: 1; }
.controls {
  position: sticky; top: 0; z-index: 3; padding: .7rem 0;
  display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center;
  background: var(--page); border-bottom: 1px solid var(--line);
}
.controls input[type=search] {
  flex: 1; min-width: 14rem; padding: .4rem .6rem; font: inherit; color: inherit;
  background: var(--soft); border: 1px solid var(--line); border-radius: .4rem;
}
button {
  font: inherit; color: inherit; background: none; cursor: pointer;
  border: 1px solid var(--line); border-radius: .4rem; padding: .25rem .7rem;
}
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td {
  text-align: left; vertical-align: top; padding: .35rem .7rem;
  border-bottom: 1px solid var(--line);
}
thead th { background: var(--soft); white-space: nowrap; }
thead button { border: 0; padding: 0; font-weight: 600; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 400; white-space: nowrap; }
.matrix td, .matrix thead th + th { text-align: center; }
.matrix td a { display: block; border-radius: .3rem; font-weight: 600; text-decoration: none; }
.error { color: var(--error); }
.warning { color: var(--warning); }
.info { color: var(--link); }
.good { color: var(--good); }
.mild { color: var(--mild); }
.place { white-space: nowrap; }
pre {
  margin: .4rem 0 0; padding: .5rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere;
  background: var(--soft); border-radius: .4rem; font: .82rem/1.45 ui-monospace, monospace;
}
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
del, ins, mark { text-decoration: none; border-radius: .2rem; color: inherit; }
del { background: var(--gone); }
ins { background: var(--new); }
mark { background: var(--mark); }
article {
  border: 1px solid var(--line); border-radius: .5rem; padding: .7rem 1rem; margin: 0 0 1rem;
}
article h3 { font-size: 1rem; margin: 0 0 .6rem; font-weight: 600; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: .8rem; }
.sides p { margin: 0 0 .2rem; font-size: .82rem; color: var(--mild); }
.sides div div {
  background: var(--soft); border-radius: .4rem; padding: .5rem .7rem; overflow-wrap: anywhere;
}
:target { outline: 3px solid var(--link); outline-offset: -3px; }
tr { scroll-margin-top: 5rem; }
[hidden] { display: none !important; }
"""

SCRIPT = """\
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const search = document.getElementById("search");
const kinds = all("input[name=severity]");
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const shown = new Set(kinds.filter((kind) => kind.checked).map((kind) => kind.value));
  let hits = 0;
  for (const row of all("[data-severity], .matrix tbody tr, #links tr")) {
    const text = row.textContent.toLowerCase();
    const kind = row.dataset.severity;
    row.hidden = (kind && !shown.has(kind)) || !words.every((word) => text.includes(word));
    hits += row.matches("#findings tr") && !row.hidden;
  }
  document.getElementById("hits").textContent = `${hits} shown`;
}
search.addEventListener("input", filter);
for (const kind of kinds) kind.addEventListener("change", filter);
function sort(button) {
  const head = button.closest("th");
  const body = button.closest("table").tBodies[0];
  const at = head.cellIndex;
  const down = head.getAttribute("aria-sort") === "ascending";
  const key = (row) => row.cells[at].dataset.key ?? row.cells[at].textContent.trim();
  const compare = (a, b) => key(a).localeCompare(key(b), undefined, { numeric: true });
  const rows = [...body.rows].sort(compare);
  for (const other of all("th[aria-sort]", head.parentElement)) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  body.append(...(down ? rows.reverse() : rows));
}
for (const button of all("thead button")) button.addEventListener("click", () => sort(button));
document.getElementById("theme").addEventListener("click", () => {
  const style = document.documentElement.style;
  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  style.colorScheme = (style.colorScheme || preferred) === "dark" ? "light" : "dark";
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && document.activeElement === search) {
    search.value = "";
    filter();
  }
});
addEventListener("hashchange", () => {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!row || !row.hidden) return;
  search.value = "";
  for (const kind of kinds) kind.checked = true;
  filter();
  row.scrollIntoView();
});
"""

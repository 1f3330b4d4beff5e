"""A real editor, headless, with the set-up that `docs/editors.md` gives for it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from test_hook import NOTES

PROJECT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent

# What a person would do: open a note, wait, look, fix, rename; everything seen
# is written down as JSON.
SCRIPT = """
local seen = {}
local function wait(happened)
  assert(vim.wait(60000, happened, 50), "nothing happened")
end
vim.cmd.edit("notes/gpt.md")
local buffer = vim.api.nvim_get_current_buf()
wait(function() return #vim.diagnostic.get(buffer) == 2 end)
for _, each in ipairs(vim.diagnostic.get(buffer)) do
  table.insert(seen, { code = each.code, line = each.lnum, column = each.col })
end
local client = vim.lsp.get_clients({ bufnr = buffer })[1]
vim.api.nvim_win_set_cursor(0, { 7, 1 })
vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.isPreferred end })
local row
wait(function()
  row = vim.api.nvim_buf_get_lines(buffer, 6, 7, true)[1]
  return row ~= "| GPT |"
end)
vim.cmd("silent wall")
vim.api.nvim_win_set_cursor(0, { 1, 2 })
vim.lsp.buf.rename("gpt-1")
wait(function() return vim.fn.filereadable("notes/gpt-1.md") == 1 end)
vim.cmd("silent wall")
local readme = vim.fn.readfile("README.md")
vim.fn.writefile({ vim.json.encode({ seen = seen, row = row, readme = readme,
  encoding = client.offset_encoding }) }, "out.json")
vim.cmd("qall!")
"""


def test_neovim_shows_fixes_and_renames(tmp_path: Path) -> None:
    set_up = re.search(
        r"## Neovim\n.*?```lua\n(.*?)```",
        (PROJECT / "docs/editors.md").read_text("utf-8"),
        re.DOTALL,
    )
    assert set_up is not None
    root = tmp_path / "notes of mine"
    broken = NOTES["notes/gpt.md"].replace("| GPT | 2018 |", "| GPT |") + "\né [x](gone.md)\n"
    for path, text in (NOTES | {"notes/gpt.md": broken}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    (tmp_path / "init.lua").write_text(set_up[1])
    (tmp_path / "script.lua").write_text(SCRIPT)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
        "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}",
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    subprocess.run(["git", "init", "-q"], cwd=root, env=environment, check=True)

    done = subprocess.run(
        [
            TOOLS / "nvim",
            "--headless",
            "-u",
            str(tmp_path / "init.lua"),
            "-c",
            f"luafile {tmp_path / 'script.lua'}",
            "-c",
            "cquit",
        ],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    out = json.loads((root / "out.json").read_text("utf-8"))
    assert out["seen"] == [
        {"code": "TL202", "line": 6, "column": 0},
        # Neovim counts bytes: `é [x](`.
        {"code": "TL301", "line": 8, "column": 7},
    ]
    assert out["row"] == "| GPT |  |"
    assert "| [GPT](notes/gpt-1.md) | 2018 |" in out["readme"]

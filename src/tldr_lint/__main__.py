"""`python -m tldr_lint`, the same as `tldr-lint`."""

from tldr_lint.cli import main

if __name__ == "__main__":
    main(prog_name="tldr-lint")

"""A coverage-guided fuzzer and what it starts from."""

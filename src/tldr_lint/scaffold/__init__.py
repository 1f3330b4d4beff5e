"""`init`, `config` and `new`: contracts for unknown repositories, new items in their places."""

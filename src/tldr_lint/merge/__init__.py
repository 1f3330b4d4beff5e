"""The merge driver: roll-ups and indexes merged row by row and cell by cell."""

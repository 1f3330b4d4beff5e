"""The contract: its values, reading one, errors that point, and whether it fits."""

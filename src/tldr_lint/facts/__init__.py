"""Where an item's fields stand, in each of the ways people write them."""

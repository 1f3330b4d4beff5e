"""Items beside roll-up and index: what differs, what was demanded, who moved."""

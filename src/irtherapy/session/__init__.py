"""The safety core: one pure state machine, its guards, and the fold that replays it. Standard library only."""

"""Machine hours by day: how many there are, how work is laid into them, and the plan that stands."""

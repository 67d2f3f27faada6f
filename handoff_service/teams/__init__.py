"""Teams: named groups of agents with skills and a lead."""

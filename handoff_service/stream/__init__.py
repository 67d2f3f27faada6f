"""The stream: numbered events for the desks of agents and supervisors."""

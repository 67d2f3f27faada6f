"""Personal things taken out of texts, so that an answer given to one customer can be suggested for another.

Pure. Rather a word too many than a name too few: what is taken out becomes a placeholder that the agent
fills in, such as 「[姓名]」 or "[name]".
"""

from handoff_service.assist.scrubbing.scrub import placeholders, scrub

__all__ = ["placeholders", "scrub"]

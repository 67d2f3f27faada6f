"""When the desk is open: the calendar that supervisors keep, with its holidays and working days in lieu."""

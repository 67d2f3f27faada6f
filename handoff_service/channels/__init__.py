"""What each channel can do, so that agents are told before they run into it."""

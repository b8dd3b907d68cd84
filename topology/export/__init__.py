"""A stack in the words of other systems. Pure: what files hold comes in as a value."""

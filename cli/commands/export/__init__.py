"""Write the stack in the words of another system."""

COMMANDS = ("kubernetes",)

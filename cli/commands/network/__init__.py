"""Look at networks, make and remove them by hand, and put services on them."""

COMMANDS = ("ls", "info", "exists", "create", "destroy", "report", "connect", "disconnect", "rebuild")

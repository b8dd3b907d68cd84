"""How to get from what runs to what the stack says: observe, compare, plan, execute."""

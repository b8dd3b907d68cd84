"""`topo watch`: what happens comes in as messages, one thread acts on them."""

"""The engines a plan can be carried out on."""

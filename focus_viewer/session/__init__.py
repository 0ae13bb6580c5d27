"""The state of the explorer, who may change it, and the work that it asks for. No Qt here."""

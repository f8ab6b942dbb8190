"""sdrun."""

"""Words every layer shares. Imports nothing of the house."""

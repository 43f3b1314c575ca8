"""Faces: a transaction as a story for people, as text, as a web page and as JSON. Nothing here decides anything."""

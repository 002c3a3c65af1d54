"""What comes in from other engines and what leaves: importers, each in a folder of its own. Importers publish no events."""

from palaver.transfer.models.importing import Import, ImportedThing, OldAddress

__all__ = ["Import", "ImportedThing", "OldAddress"]

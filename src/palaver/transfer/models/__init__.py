from palaver.transfer.models.importing import Import, ImportedThing, LostReference, OldAddress

__all__ = ["Import", "ImportedThing", "LostReference", "OldAddress"]

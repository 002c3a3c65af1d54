from palaver.record.models.entry import Entry, Head, Payload

__all__ = ["Entry", "Head", "Payload"]

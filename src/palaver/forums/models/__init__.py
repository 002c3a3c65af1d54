from palaver.forums.models.attachment import Attachment, AttachmentUse
from palaver.forums.models.block import Block
from palaver.forums.models.category import Category
from palaver.forums.models.correction import Correction
from palaver.forums.models.draft import Draft
from palaver.forums.models.forum import Admission, Forum
from palaver.forums.models.host_volunteer import HostVolunteer
from palaver.forums.models.lock import Lock
from palaver.forums.models.lock_question import LockQuestion
from palaver.forums.models.mention import Mention, Quotation
from palaver.forums.models.office import Office
from palaver.forums.models.pin import Pin
from palaver.forums.models.poll import Poll
from palaver.forums.models.post import Post, PostBody
from palaver.forums.models.recommendation import Recommendation
from palaver.forums.models.removal import Hold, Removal
from palaver.forums.models.slow_mode import SlowMode
from palaver.forums.models.source_text import SourceText
from palaver.forums.models.stub import PostStub, ThreadStub
from palaver.forums.models.subscription import Subscription
from palaver.forums.models.thread import Thread
from palaver.forums.models.thread_event import ThreadEvent
from palaver.forums.models.withdrawal import Withdrawal

__all__ = [
    "Admission",
    "Attachment",
    "AttachmentUse",
    "Block",
    "Category",
    "Correction",
    "Draft",
    "Forum",
    "Hold",
    "HostVolunteer",
    "Lock",
    "LockQuestion",
    "Mention",
    "Office",
    "Pin",
    "Poll",
    "Post",
    "PostBody",
    "PostStub",
    "Quotation",
    "Recommendation",
    "Removal",
    "SlowMode",
    "SourceText",
    "Subscription",
    "Thread",
    "ThreadEvent",
    "ThreadStub",
    "Withdrawal",
]

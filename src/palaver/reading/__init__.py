"""What a member has read: forum marks, thread positions, highlight. Moved only by the member; never backwards."""

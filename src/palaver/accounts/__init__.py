"""Members, their sessions and suspensions: who somebody is here, not what they may say."""

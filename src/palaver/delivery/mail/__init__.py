"""Mail: written as rows in the verb's transaction, sent by the jobs process, shown to operators while it cannot be.

It is not a mail server and keeps no lists. Nothing here opens a socket inside a request.

Words: a *mail* is one letter to one mailbox; the *carrier* is the SMTP server that `PALAVER_MAIL_URL` names; a mail
*may have gone twice* when its process ended between the carrier's acceptance and our noting it.
"""

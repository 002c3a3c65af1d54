"""Pages of judging: alerts, the summons, the juror's paper, cases, and what a member may say of serving."""

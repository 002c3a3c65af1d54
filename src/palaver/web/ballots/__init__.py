"""Pages of ballots: what is voted on, the paper, the receipt, the result with its proof. Threads show their poll by the same parts."""

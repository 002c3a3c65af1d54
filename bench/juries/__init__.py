"""What juries get wrong, what they miss and how long they take, simulated with the votes of real annotators.

`fitting` learns annotators and items from half of the votes; `panels` draws juries of them under the charter's rules, with
and without members who have agreed how to vote; `community` says who is here when. `bin/bench-juries` runs it all.
"""

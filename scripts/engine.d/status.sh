# What runs, where, and how much disk it holds.
status() { fail "not yet" "wait"; }

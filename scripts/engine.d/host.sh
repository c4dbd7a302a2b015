# The Docker that is there already, if it is good enough.

engine_choice() { echo private; }
host_down() { :; }

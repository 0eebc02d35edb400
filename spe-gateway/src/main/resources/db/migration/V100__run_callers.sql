-- Run statements say no values of parameters any more, so nobody is kept from reading them.
drop table run_caller;

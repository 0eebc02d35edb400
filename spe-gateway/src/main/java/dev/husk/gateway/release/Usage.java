package dev.husk.gateway.release;

/** How often a function has run under a contract: in all, and today (UTC). */
record Usage(long runs, long today) {}

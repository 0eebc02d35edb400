package dev.husk.gateway.contract;

/** Fired, within the transaction, when a contract stops being active: what was released under it must end. */
public record ContractStopped(String name, String reason) {}

package dev.husk.gateway;

import jakarta.enterprise.context.RequestScoped;
import java.util.List;

/**
 * What a request turned out to be about, noted on the way by those who know, for the line that operators get. Nothing
 * is decided by it.
 */
@RequestScoped
public class Subject {
    private String verdict = "";
    private String sandbox = "";
    private String contract = "";
    private String function = "";
    private String activation = "";
    private List<String> codes = List.of();

    /** @param verdict {@code trusted}, {@code simulated} or {@code rejected} */
    public void verdict(String verdict) {
        this.verdict = verdict;
    }

    public void sandbox(String sandbox, String activation) {
        this.sandbox = sandbox;
        this.activation = activation;
    }

    public void request(String contract, String function, String activation) {
        this.contract = contract;
        this.function = function;
        this.activation = activation;
    }

    /** Notes the codes of the reasons, or the refusal's own where it lists none. */
    public void refused(RequestRefused refused) {
        codes = refused.reasons().isEmpty()
                ? List.of(refused.code())
                : refused.reasons().stream()
                        .map(RequestRefused.Reason::code)
                        .distinct()
                        .toList();
    }

    public String verdict() {
        return verdict;
    }

    public String sandbox() {
        return sandbox;
    }

    public String contract() {
        return contract;
    }

    public String function() {
        return function;
    }

    public String activation() {
        return activation;
    }

    public List<String> codes() {
        return codes;
    }
}

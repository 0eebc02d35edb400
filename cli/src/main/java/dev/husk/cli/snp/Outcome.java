package dev.husk.cli.snp;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/** What became of one report. */
public sealed interface Outcome {

    /** One line for other programs: {@code verdict}, and what explains it. */
    JsonObject json();

    /** @param everything false where the signature chain alone was judged */
    record Trusted(boolean everything, boolean simulated, boolean revocationJudged) implements Outcome {
        @Override
        public JsonObject json() {
            var json = verdict("trusted");
            json.addProperty("judged", everything ? "everything" : "signature chain only");
            if (everything) {
                json.addProperty("simulated", simulated);
                json.addProperty("revocation", revocationJudged ? "judged" : "not judged");
            }
            return json;
        }
    }

    /**
     * @param code a stable name of {@link dev.husk.snp.Reason.Code} or {@link dev.husk.snp.azure.AzureReason.Code}
     */
    record Finding(String code, String detail) {}

    record Rejected(boolean everything, List<Finding> reasons) implements Outcome {
        public Rejected {
            reasons = List.copyOf(reasons);
        }

        @Override
        public JsonObject json() {
            var json = verdict("rejected");
            json.addProperty("judged", everything ? "everything" : "signature chain only");
            var codes = new JsonArray();
            var all = new JsonArray();
            for (var reason : reasons) {
                codes.add(reason.code());
                var one = new JsonObject();
                one.addProperty("code", reason.code());
                one.addProperty("detail", reason.detail());
                all.add(one);
            }
            json.add("codes", codes);
            json.add("reasons", all);
            return json;
        }
    }

    /** No report. */
    record Malformed(int offset, String detail) implements Outcome {
        @Override
        public JsonObject json() {
            var json = verdict("malformed");
            json.addProperty("offset", offset);
            json.addProperty("detail", detail);
            return json;
        }
    }

    /** JSON evidence that is none. */
    record MalformedEvidence(String member, String detail) implements Outcome {
        @Override
        public JsonObject json() {
            var json = verdict("malformed");
            json.addProperty("member", member);
            json.addProperty("detail", detail);
            return json;
        }
    }

    /** Nothing was judged. */
    record Unusable(String detail) implements Outcome {
        @Override
        public JsonObject json() {
            var json = verdict("unusable");
            json.addProperty("detail", detail);
            return json;
        }
    }

    private static JsonObject verdict(String word) {
        var json = new JsonObject();
        json.addProperty("verdict", word);
        return json;
    }
}

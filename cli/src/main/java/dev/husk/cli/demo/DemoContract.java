package dev.husk.cli.demo;

import java.util.Map;

/** The contract of the demo, as its parties would write it. */
final class DemoContract {
    static final String NAME = "tumour-risk";
    static final String DATASETS = "anna-2025,berta-2025";

    private DemoContract() {}

    /**
     * The contract in YAML.
     *
     * @param keys the parties' public keys, by name
     * @param code digests of the archives, by function
     * @param measurement launch measurement of the sandboxes, hex
     */
    static String yaml(Map<String, String> keys, Map<String, String> code, String measurement) {
        return """
                # Two hospitals train a model that neither could read the data of; a lab owns the algorithm.
                husk: 1
                name: tumour-risk
                version: 1

                parties:
                  - {name: hospital-a, key: "%s"}
                  - {name: hospital-b, key: "%s"}
                  - {name: algo-lab, key: "%s"}

                witnesses: none

                datasets:
                  - {name: anna-2025, owner: hospital-a, store: "s3://husk/anna-2025"}
                  - {name: berta-2025, owner: hospital-b, store: "s3://husk/berta-2025"}

                platforms:
                  - name: laptop
                    tee: simulated
                    binding: sandbox
                    products: any
                    measurements: ["%s"]
                    hostData: ["0000000000000000000000000000000000000000000000000000000000000000"]
                    minimumTcb: any
                    policy: {debug: false, migrationAgent: false, smt: any, singleSocket: any, ciphertextHiding: any}
                    chips: any
                    vmpl: ["0"]
                    platformInfo: any
                    idKeys: any
                    authorKeys: any
                    providers: none

                functions:
                  - {name: train, owner: algo-lab, entry: dev.husk.train.TrainAction, platform: laptop,
                     code: "%s"}
                  - {name: infer, owner: algo-lab, entry: dev.husk.infer.InferAction, platform: laptop,
                     code: "%s"}
                  # The lab's "model card": the contract lets it read the model and nothing else.
                  - {name: peek, owner: algo-lab, entry: dev.husk.peek.PeekAction, platform: laptop,
                     code: "%s"}

                results:
                  - name: risk-model
                    readers: {parties: [], functions: [infer, peek]}
                    store: "s3://husk/risk-model"

                grants:
                  - function: train
                    reads: [anna-2025, berta-2025]
                    writes: [risk-model]
                    parameters:
                      datasets: {type: string, values: ["anna-2025,berta-2025"]}
                      epochs: {type: integer, min: 1, max: 200}
                    callers: [algo-lab]
                    limits: {runs: 10, perDay: 10, until: "2030-12-31T00:00:00Z"}
                  - function: infer
                    reads: [risk-model]
                    writes: []
                    parameters:
                      rows: {type: string, values: any}
                    callers: [hospital-a, hospital-b]
                    limits: {runs: any, perDay: 1000, until: "2030-12-31T00:00:00Z"}
                  - function: peek
                    reads: [risk-model]
                    writes: []
                    parameters:
                      dataset: {type: string, values: any}
                    callers: [algo-lab]
                    limits: {runs: 10, perDay: 10, until: "2030-12-31T00:00:00Z"}
                """.formatted(
                        keys.get("hospital-a"),
                        keys.get("hospital-b"),
                        keys.get("algo-lab"),
                        measurement,
                        code.get("train"),
                        code.get("infer"),
                        code.get("peek"));
    }
}

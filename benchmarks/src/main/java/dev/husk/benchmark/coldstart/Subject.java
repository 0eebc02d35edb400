package dev.husk.benchmark.coldstart;

/** What is started, in the words of the printout. */
enum Subject {
    STOCK("a", "stock Java runtime", Program.STOCK, Options.STOCK),
    TUNED("a'", "the same with our JVM options and an archive", Program.STOCK, Options.OURS),
    PLAIN("b", "ours, not attested", Program.PLAIN, Options.OURS),
    ATTESTED("c", "ours, attested, with release and run statement", Program.ATTESTED, Options.OURS),
    PYTORCH("d1", "infer with a PyTorch model, attested", Program.ENGINES, Options.OURS),
    ONNX("d2", "infer with an ONNX model, attested", Program.ENGINES, Options.OURS);

    /** Programs, each with a class path of its own. */
    enum Program {
        STOCK,
        PLAIN,
        ATTESTED,
        ENGINES
    }

    /** What the JVM is told. */
    enum Options {
        STOCK,
        OURS
    }

    final String letter;
    final String title;
    final Program program;
    final Options options;

    Subject(String letter, String title, Program program, Options options) {
        this.letter = letter;
        this.title = title;
        this.program = program;
        this.options = options;
    }

    /** Whether a gateway stands behind it. */
    boolean attested() {
        return program == Program.ATTESTED || program == Program.ENGINES;
    }
}

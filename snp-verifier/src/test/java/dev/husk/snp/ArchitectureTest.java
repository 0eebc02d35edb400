package dev.husk.snp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.husk.snp", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule theVerifierReadsNoFileAndNoNetwork = noClasses()
            .that()
            .resideInAPackage("dev.husk.snp")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file", "java.net..", "java.nio.channels")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.File");

    @ArchTest
    static final ArchRule theVerifierKnowsNobody = noClasses()
            .that()
            .resideInAPackage("dev.husk.snp..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.husk.protocol..", "dev.husk.store..", "dev.husk.cli..");
}

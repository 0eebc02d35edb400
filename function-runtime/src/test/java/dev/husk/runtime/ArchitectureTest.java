package dev.husk.runtime;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = {"dev.husk.runtime", "dev.husk.function"},
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule functionsSeeAnApiThatKnowsNothingElseOfHusk = noClasses()
            .that()
            .resideInAPackage("dev.husk.function")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.husk.runtime..", "dev.husk.protocol..", "dev.husk.store..", "dev.husk.snp..");

    @ArchTest
    static final ArchRule theServerKnowsItsPartsAndTheyDoNotKnowTheServer = noClasses()
            .that()
            .resideInAnyPackage("dev.husk.runtime.attest", "dev.husk.runtime.data", "dev.husk.runtime.load")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.husk.runtime");

    @ArchTest
    static final ArchRule theRuntimeKnowsProtocolVerifierAndStore = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("dev.husk..")
                    .and(not(resideInAnyPackage(
                            "dev.husk.runtime..",
                            "dev.husk.function..",
                            "dev.husk.protocol..",
                            "dev.husk.snp",
                            "dev.husk.snp.guest..",
                            "dev.husk.store.."))));

    @ArchTest
    static final ArchRule noTwoPackagesKnowEachOther =
            slices().matching("dev.husk.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule whatLoadsCodeHoldsNoKeys = noClasses()
            .that()
            .resideInAPackage("dev.husk.runtime.load")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.husk.store..", "dev.husk.runtime.attest..", "dev.husk.runtime.data..");
}

package dev.husk.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.husk.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyUpAndDemoKnowTheLocalPlatform = noClasses()
            .that()
            .haveNameNotMatching("dev\\.husk\\.cli\\.(UpCommand|DemoCommand|LocalHusk)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.husk.local..");

    @ArchTest
    static final ArchRule theCommandLineKnowsNeitherSimulatorNorRuntime = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("dev.husk..")
                    .and(not(resideInAnyPackage(
                            "dev.husk.cli..",
                            "dev.husk.protocol..",
                            "dev.husk.snp",
                            "dev.husk.snp.guest..",
                            "dev.husk.snp.kds..",
                            "dev.husk.snp.azure..",
                            "dev.husk.snp.measure..",
                            "dev.husk.store..",
                            "dev.husk.kata..",
                            "dev.husk.local.."))));

    @ArchTest
    static final ArchRule noTwoPackagesKnowEachOther =
            slices().matching("dev.husk.(**)").should().beFreeOfCycles();
}

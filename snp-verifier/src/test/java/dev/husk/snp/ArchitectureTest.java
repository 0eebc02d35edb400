package dev.husk.snp;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

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
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.husk..").and(not(resideInAnyPackage("dev.husk.snp", "dev.husk.snp.guest"))));

    @ArchTest
    static final ArchRule noTwoPackagesKnowEachOther =
            slices().matching("dev.husk.(**)").should().beFreeOfCycles();
}

package dev.husk.snp;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.husk.snp", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String VERIFIER = "dev.husk.snp";

    @ArchTest
    static final ArchRule theVerifierReadsNoFileAndNoNetwork = noClasses()
            .that()
            .resideInAnyPackage(VERIFIER, "dev.husk.snp.azure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.net..", "java.nio.channels..", "javax.net..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\.(File|RandomAccess).*")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.lang\\.(Process.*|Runtime)");

    @ArchTest
    static final ArchRule theVerifierKnowsNoneOfThePackagesUnderIt = noClasses()
            .that()
            .resideInAPackage(VERIFIER)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.husk..").and(not(resideInAPackage(VERIFIER))));

    /** What goes through it can crash the process. */
    @ArchTest
    static final ArchRule nativeCodeIsCalledByTheGuestSideAlone = noClasses()
            .that()
            .resideOutsideOfPackage("dev.husk.snp.guest..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.sun.jna..", "java.lang.foreign..");

    @ArchTest
    static final ArchRule nothingPublicShowsThatItIsJna = noMethods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .should()
            .haveRawReturnType(resideInAPackage("com.sun.jna.."))
            .orShould()
            .haveRawParameterTypes(anyElementThat(resideInAPackage("com.sun.jna..")));

    @ArchTest
    static final ArchRule onlyCollateralAndGuestTalkToANetwork = noClasses()
            .that()
            .resideOutsideOfPackages("dev.husk.snp.kds..", "dev.husk.snp.guest..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "javax.net..", "java.nio.channels..");

    @ArchTest
    static final ArchRule theVerifierKnowsNobody = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("dev.husk..").and(not(resideInAPackage("dev.husk.snp.."))));

    @ArchTest
    static final ArchRule thePackagesUnderTheVerifierDoNotKnowEachOther =
            slices().matching("dev.husk.snp.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule noTwoPackagesKnowEachOther =
            slices().matching("dev.husk.(**)").should().beFreeOfCycles();
}

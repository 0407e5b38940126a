package io.twinport.perf;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.junit.jupiter.api.Test;

/** Which package may know which. {@code perf} sees all modules, so it is tested here. */
final class ArchitectureTest {
    private static final String[] BINDINGS = {"io.twinport.dpdk..", "io.twinport.posix.."};
    private static final String[] LIBRARIES = {"io.twinport.dpdk..", "io.twinport.posix..", "io.twinport.dataplane.."};

    private static final String[] GENERATED = {"io.twinport.dpdk.v22_11..", "io.twinport.dpdk.v24_11.."};

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // In the reactor the tests of other modules come as folders or as jars.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.twinport");

    @Test
    void shouldDependOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("native-bindings")
                .definedBy(BINDINGS)
                .layer("dataplane")
                .definedBy("io.twinport.dataplane..")
                .layer("control")
                .definedBy("io.twinport.control..")
                .layer("perf")
                .definedBy("io.twinport.perf..")
                // Built after perf, so here only if somebody below it knew it.
                .optionalLayer("hw-tests")
                .definedBy("io.twinport.hw..")
                .whereLayer("perf")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("hw-tests")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("perf", "hw-tests")
                .whereLayer("dataplane")
                .mayOnlyBeAccessedByLayers("control", "perf", "hw-tests")
                .check(CLASSES);
    }

    @Test
    void shouldKeepGeneratedBindingsInTheirModule() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.twinport.dpdk..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(GENERATED)
                .check(CLASSES);
    }

    @Test
    void shouldKeepTheMappedFileFreeOfWhatUsesIt() {
        noClasses()
                .that()
                .resideInAPackage("io.twinport.dataplane.cnc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.twinport.dataplane",
                        "io.twinport.dataplane.failover..",
                        "io.twinport.dataplane.handler..",
                        "io.twinport.dataplane.ring..")
                .check(CLASSES);
    }

    @Test
    void shouldKeepThePollLoopFreeOfWhatRunsInIt() {
        noClasses()
                .that()
                .resideInAPackage("io.twinport.dataplane")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.twinport.dataplane.failover..",
                        "io.twinport.dataplane.handler..",
                        "io.twinport.dataplane.ring..")
                .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesOfPackagesInTheDataplane() {
        slices().matching("io.twinport.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES.that(resideInAPackage("io.twinport.dataplane..")));
    }

    @Test
    void shouldNotPrintOrLogByJavaUtilLoggingInLibraries() {
        JavaClasses libraries = CLASSES.that(resideInAnyPackage(LIBRARIES).and(resideOutsideOfPackages(GENERATED)));
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(libraries);
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(libraries);
    }
}

package io.twinport.perf;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which package may know which, and what runs where. {@code perf} sees all modules, so it is tested here. Packages say in
 * their {@code package-info.java} which thread runs them and which others they use.
 */
final class ArchitectureTest {
    private static final String[] LIBRARIES = {"io.twinport.dpdk..", "io.twinport.posix..", "io.twinport.dataplane.."};

    private static final String[] GENERATED = {"io.twinport.dpdk.v22_11..", "io.twinport.dpdk.v24_11.."};

    /** From the ground up: each uses those before it only. */
    private static final List<Set<String>> MODULES =
            List.of(Set.of("dpdk", "posix"), Set.of("dataplane"), Set.of("control"), Set.of("perf", "hw"));

    private static final Set<String> THREADS =
            Set.of("poll", "conductor", "control", "none", "any", "poll and reader", "poll and control");

    /** What control threads call in the packages of poll loops: to make an object, to fill a line that no loop uses, to wait. */
    private static final Pattern OF_CONTROL = Pattern.compile(
            "<init>|<clinit>|allocate|create|addQueue|of|ofQueues|proxy|write|writeVirtio|await|byName");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // In the reactor the tests of other modules come as folders or as jars.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.twinport");

    private static final List<SourceFile> SOURCES = SourceFile.all();

    /** What a README shows is for users of the library, whether twinport itself needs it or not. */
    private static final String README_CODE = Pattern.compile("(?s)```java\n(.*?)```")
            .matcher(SourceFile.text(Path.of("..", "dataplane", "README.md")))
            .results()
            .map(sample -> sample.group(1))
            .collect(Collectors.joining());

    private static final Rooms ROOMS = new Rooms(SOURCES);

    @Test
    void shouldUseOnlyModulesBelow() {
        assertEquals(List.of(), upwards(ROOMS));
    }

    private static List<String> upwards(Rooms rooms) {
        return rooms.packages().stream()
                .flatMap(name -> rooms.usesOfAllModules(name).stream()
                        .filter(used -> level(used) > level(name)
                                || level(used) == level(name)
                                        && !Rooms.module(used).equals(Rooms.module(name)))
                        .map(used -> name + " > " + used))
                .toList();
    }

    private static int level(String name) {
        String module = name.split("\\.")[2];
        return MODULES.indexOf(MODULES.stream()
                .filter(level -> level.contains(module))
                .findFirst()
                .orElseThrow());
    }

    @Test
    void shouldHaveNoCycleOfPackages() {
        assertEquals(List.of(), ROOMS.cycles());
    }

    /** What the class files do not tell: a constant that {@code javac} has inlined. */
    @Test
    void shouldFindCyclesThatOnlyImportsShow() {
        Rooms planted = new Rooms(Stream.concat(
                        SOURCES.stream(),
                        Stream.of(SourceFile.of(
                                "Planted.java",
                                "package io.twinport.dataplane.line;\n\n"
                                        + "import static io.twinport.dataplane.device.EthSide.LIMIT;\n")))
                .toList());
        assertTrue(
                planted.cycles()
                        .contains(
                                "io.twinport.dataplane.line > io.twinport.dataplane.device > io.twinport.dataplane.line"),
                () -> planted.cycles().toString());
    }

    @Test
    void shouldFindImportsUpTheTree() {
        assertEquals(
                List.of("io.twinport.posix > io.twinport.control.cli"),
                upwards(new Rooms(List.of(SourceFile.of(
                        "Planted.java", "package io.twinport.posix;\nimport io.twinport.control.cli.Main;\n")))));
    }

    @Test
    void shouldSayWhichThreadRunsAPackageAndWhatItUses() {
        for (String name : ROOMS.packages()) {
            String thread = ROOMS.thread(name).orElse("nothing");
            assertTrue(THREADS.contains(thread), name + ": its package-info.java says of its thread: " + thread);
            assertEquals(ROOMS.uses(name), ROOMS.usesBySaying(name), name + ": what it uses, and what it says");
        }
    }

    /** Records and enums are settings, which control threads make. */
    @Test
    void shouldAllocateNothingInPollLoops() {
        Set<String> found = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            boolean isSetting = each.isRecord() || each.isEnum();
            if (!isSetting
                    && isOfSources(each)
                    && ROOMS.thread(each.getPackageName())
                            .filter("poll"::equals)
                            .isPresent()) {
                each.getCodeUnits().stream()
                        .filter(unit -> !OF_CONTROL.matcher(unit.getName()).matches())
                        .filter(ArchitectureTest::allocates)
                        .forEach(unit -> found.add(unit.getFullName()));
            }
        }
        assertEquals(Set.of(), found);
    }

    private static boolean isOfSources(JavaClass each) {
        String outermost = each.getSimpleName();
        for (JavaClass outer = each; outer.getEnclosingClass().isPresent(); ) {
            outer = outer.getEnclosingClass().orElseThrow();
            outermost = outer.getSimpleName();
        }
        String file = outermost + ".java";
        return SOURCES.stream()
                .anyMatch(source ->
                        source.name().equals(file) && source.packageName().equals(each.getPackageName()));
    }

    private static boolean allocates(JavaCodeUnit unit) {
        return !unit.getConstructorCallsFromSelf().isEmpty()
                || unit.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getName().equals("valueOf"));
    }

    /** Whatever is not named in another source file is used by tests at most. */
    @Test
    void shouldHaveNoClassThatOnlyTestsUse() {
        List<String> unused = new ArrayList<>();
        for (SourceFile file : SOURCES) {
            String name = file.name().replace(".java", "");
            Pattern word = Pattern.compile("\\b" + name + "\\b");
            boolean isUsed = name.equals("package-info")
                    || file.text().contains("public static void main(")
                    || SOURCES.stream()
                            .anyMatch(other ->
                                    other != file && word.matcher(other.text()).find());
            if (!isUsed) {
                unused.add(file.packageName() + "." + name);
            }
        }
        assertEquals(List.of(), unused);
    }

    /** What no main code uses has its place in the tests. */
    @Test
    void shouldHaveNoMemberThatOnlyTestsUse() {
        UnusedMembers unused = new UnusedMembers(SOURCES, README_CODE + SourceFile.ofHardwareTests());
        assertEquals(List.of(), unused.constants());
        assertEquals(Set.of(), unused.codeUnits(CLASSES.that(resideOutsideOfPackages(GENERATED))));
    }

    @Test
    void shouldFindMembersThatNobodyUses() {
        UnusedMembers unused = new UnusedMembers(
                List.of(SourceFile.of(
                        "Planted.java",
                        "package io.twinport.posix;\nclass Planted {\n    static final int USED = 1;\n"
                                + "    static final int NOT = USED; // NOT is said here\n}\n")),
                "new Planted(1)");
        assertEquals(List.of("io.twinport.posix.Planted.NOT"), unused.constants());
        assertEquals(
                Set.of(Planted.class.getName() + ".unused(int)"),
                unused.codeUnits(new ClassFileImporter().importClasses(Planted.class)));
    }

    /** One overload is used, the other is not. */
    static final class Planted {
        Planted(int number) {
            unused();
            number++;
        }

        void unused() {}

        int unused(int number) {
            return number == 0 ? 0 : unused(number - 1);
        }

        @Override
        public String toString() {
            return "planted";
        }
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
    void shouldNotPrintOrLogByJavaUtilLoggingInLibraries() {
        JavaClasses libraries = CLASSES.that(resideInAnyPackage(LIBRARIES).and(resideOutsideOfPackages(GENERATED)));
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(libraries);
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(libraries);
    }
}

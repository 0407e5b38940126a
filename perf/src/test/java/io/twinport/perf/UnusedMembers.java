package io.twinport.perf;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What main code declares and no main code uses: tests do at most. Methods and constructors are looked up in the compiled
 * classes, which know one overload from the other; constants in the sources, because {@code javac} inlines them. What is private
 * is the compiler's to find.
 */
final class UnusedMembers {
    private static final Set<JavaModifier> MADE_BY_THE_COMPILER = Set.of(JavaModifier.SYNTHETIC, JavaModifier.BRIDGE);
    private static final Set<String> OF_EACH_ENUM = Set.of("values", "valueOf");
    private static final Pattern CONSTANT = Pattern.compile(
            "(?m)^ +(?:public |protected )?static final (?:@Nullable )?[\\w.<>, \\[\\]?]+? (\\w+)\\s*=");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum) (\\w+)");

    /** Packages of code that JMH writes, and calls. */
    private static final String OF_JMH = ".jmh_generated";

    private final List<SourceFile> sources;
    private final String called;

    /**
     * @param sources of main code
     * @param called text that calls main code too: samples of READMEs, modules of tests
     */
    UnusedMembers(List<SourceFile> sources, String called) {
        this.sources = sources;
        this.called = called;
    }

    /** Methods and constructors of the classes, each with its class and its parameters. */
    Set<String> codeUnits(JavaClasses classes) {
        return classes.stream()
                .filter(each -> !each.getPackageName().endsWith(OF_JMH))
                .flatMap(each -> Stream.concat(each.getMethods().stream(), each.getConstructors().stream()))
                .filter(unit -> !isUsed(unit) && !isCalledUnseen(unit))
                .map(JavaMember::getFullName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isUsed(JavaCodeUnit unit) {
        return unit.getAccessesToSelf().stream().map(JavaAccess::getOrigin).anyMatch(origin -> !origin.equals(unit));
    }

    /** By the compiler, by reflection, by a library through a type of its own, or by what is no main code. */
    private boolean isCalledUnseen(JavaCodeUnit unit) {
        boolean isPrivate = unit.getModifiers().contains(JavaModifier.PRIVATE);
        boolean isMadeByTheCompiler = unit.getModifiers().stream().anyMatch(MADE_BY_THE_COMPILER::contains)
                || unit.getOwner().isEnum() && OF_EACH_ENUM.contains(unit.getName());
        return isPrivate
                || isMadeByTheCompiler
                || !unit.getAnnotations().isEmpty()
                || unit instanceof JavaMethod method && (isOfRecord(method) || overrides(method))
                || unit instanceof JavaConstructor && unit.getParameters().isEmpty()
                || unit.getName().equals("main")
                || isNamed(unit);
    }

    private static boolean isOfRecord(JavaMethod method) {
        return method.getOwner().isRecord()
                && method.getParameters().isEmpty()
                && method.getOwner().tryGetField(method.getName()).isPresent();
    }

    private static boolean overrides(JavaMethod method) {
        JavaClass owner = method.getOwner();
        return Stream.concat(owner.getAllRawSuperclasses().stream(), owner.getAllRawInterfaces().stream())
                .flatMap(type -> type.getMethods().stream())
                .anyMatch(above -> above.getName().equals(method.getName())
                        && above.getParameters().size()
                                == method.getParameters().size());
    }

    /** As a string, for a method handle, or where main code is called from outside. */
    private boolean isNamed(JavaCodeUnit unit) {
        String name = unit instanceof JavaConstructor ? "new " + unit.getOwner().getSimpleName() : unit.getName();
        return Pattern.compile("\\b" + name + "\\(").matcher(called).find()
                || sources.stream().anyMatch(file -> file.text().contains('"' + name + '"'));
    }

    /** Constants, each with the class whose file has it. */
    List<String> constants() {
        List<String> found = new ArrayList<>();
        for (SourceFile file : sources) {
            String code = file.code();
            String types =
                    TYPE.matcher(code).results().map(type -> type.group(1)).collect(Collectors.joining("|"));
            for (MatchResult constant : CONSTANT.matcher(code).results().toList()) {
                String name = constant.group(1);
                Pattern use = Pattern.compile("\\b(?:" + types + ")\\.(?:" + name + "\\b|\\*;)");
                boolean isUsedHere = Pattern.compile("\\b" + name + "\\b")
                                .matcher(code)
                                .results()
                                .count()
                        > 1;
                if (!isUsedHere
                        && !use.matcher(called).find()
                        && sources.stream()
                                .noneMatch(other -> other != file
                                        && use.matcher(other.code()).find())) {
                    found.add(file.packageName() + "." + file.name().replace(".java", "") + "." + name);
                }
            }
        }
        return found;
    }
}

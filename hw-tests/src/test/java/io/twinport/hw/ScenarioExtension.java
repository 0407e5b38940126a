package io.twinport.hw;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Makes a test's {@link Scenario}, and takes it apart after the test, with what tells why it failed. A test during which QEMU
 * itself has crashed says nothing about twinport, and is run once more.
 */
final class ScenarioExtension implements BeforeEachCallback, ParameterResolver, InvocationInterceptor {
    /** Set by {@code ./twinport hwtest}, where it is an error that there is no QEMU. */
    static final boolean REQUIRED = Boolean.getBoolean("twinport.hw.required");

    /** Before the parameter is made: JUnit takes an assumption that fails there for an error. */
    @Override
    public void beforeEach(ExtensionContext context) {
        lab();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scenario.class;
    }

    @Override
    public Scenario resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return newScenario(context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
            throws Throwable {
        if (call.getArguments().isEmpty()) {
            invocation.proceed(); // without a guest
            return;
        }
        Scenario scenario = (Scenario) call.getArguments().getFirst();
        try {
            run(scenario, invocation::proceed);
        } catch (Throwable e) {
            if (!scenario.hasQemuCrashed()) {
                throw e;
            }
            scenario.step("once more, since QEMU has crashed: " + e.getMessage());
            Scenario again = newScenario(context);
            run(again, () -> invoke(call.getExecutable(), context.getRequiredTestInstance(), again));
        }
    }

    private interface Body {
        void run() throws Throwable;
    }

    private static void run(Scenario scenario, Body body) throws Throwable {
        try (scenario) {
            body.run();
            scenario.step("passed");
        } catch (TestAbortedException e) {
            scenario.step("skipped: " + e.getMessage());
            throw e;
        } catch (Throwable e) {
            scenario.step("FAILED: its logs are in " + scenario.folder());
            throw e;
        }
    }

    private static void invoke(Method test, Object instance, Scenario scenario) throws Throwable {
        test.setAccessible(true);
        try {
            test.invoke(instance, scenario);
        } catch (InvocationTargetException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    private static Scenario newScenario(ExtensionContext context) {
        Class<?> type = context.getRequiredTestClass();
        Path folder = Path.of(
                        "target",
                        "hw",
                        type.getSimpleName(),
                        context.getRequiredTestMethod().getName())
                .toAbsolutePath();
        String name =
                Objects.requireNonNull(type.getAnnotation(HwScenario.class)).value();
        return new Scenario(name, lab(), folder);
    }

    private static Lab lab() {
        try {
            return Lab.open();
        } catch (LabException e) {
            if (REQUIRED) {
                throw e;
            }
            return Assumptions.abort("there is no QEMU guest here: " + e.getMessage());
        }
    }
}

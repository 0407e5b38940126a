package io.twinport.hw;

import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Makes a test's {@link Scenario}, and takes it apart after the test, with what tells why it failed. */
final class ScenarioExtension implements ParameterResolver, AfterTestExecutionCallback {
    private static final Namespace NAMESPACE = Namespace.create(ScenarioExtension.class);

    /** Set by {@code ./twinport hwtest}, where it is an error that there is no QEMU. */
    private static final boolean REQUIRED = Boolean.getBoolean("twinport.hw.required");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scenario.class;
    }

    @Override
    public Scenario resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = context.getRequiredTestClass();
        Path folder = Path.of(
                        "target",
                        "hw",
                        type.getSimpleName(),
                        context.getRequiredTestMethod().getName())
                .toAbsolutePath();
        String name =
                Objects.requireNonNull(type.getAnnotation(HwScenario.class)).value();
        Scenario scenario = new Scenario(name, lab(), folder);
        context.getStore(NAMESPACE).put(Scenario.class, scenario);
        return scenario;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Scenario scenario = context.getStore(NAMESPACE).remove(Scenario.class, Scenario.class);
        if (scenario == null) {
            return;
        }
        boolean failed = context.getExecutionException().isPresent();
        if (failed) {
            scenario.keepEvidence();
        }
        scenario.close();
        scenario.step(failed ? "FAILED: its logs are in " + scenario.folder() : "passed");
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

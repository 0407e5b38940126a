package io.twinport.dpdk.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/** Has the C compiler compare numbers of ours with the kernel's headers. */
public final class KernelHeaders {
    private KernelHeaders() {}

    /**
     * Fails, with the compiler's words, unless each expression has its value.
     *
     * @param headers for instance {@code linux/vfio.h}
     * @param expressions of C's, and the values that they are to have
     */
    public static void check(Path folder, List<String> headers, Map<String, ? extends Number> expressions)
            throws IOException, InterruptedException {
        StringBuilder c = new StringBuilder("#include <stddef.h>\n");
        headers.forEach(header -> c.append("#include <").append(header).append(">\n"));
        expressions.forEach(
                (expression, value) -> c.append("_Static_assert((unsigned long)(%s) == %sul, \"%s is not %s\");\n"
                        .formatted(expression, Long.toUnsignedString(value.longValue()), expression, value)));
        Path source = Files.writeString(folder.resolve("kernel.c"), c);
        ChildJvm.Result result = ChildJvm.run(List.of("gcc", "-fsyntax-only", source.toString()));
        Assertions.assertEquals(0, result.exitCode(), result::toString);
    }
}

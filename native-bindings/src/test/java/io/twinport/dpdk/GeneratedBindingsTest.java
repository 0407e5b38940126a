package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Functions are called by the bindings of 22.11 whatever the release, which is right only as long as each of them has
 * the same type in both.
 */
class GeneratedBindingsTest {
    private static final String SUFFIX = "$descriptor";

    @Test
    void shouldHaveSameFunctionTypesInBothReleases() throws Exception {
        // The bindings resolve a function's symbol together with its type.
        DpdkLibraries.load();
        Map<String, String> of2211 = functions(io.twinport.dpdk.v22_11.Dpdk.class);
        Map<String, String> of2411 = functions(io.twinport.dpdk.v24_11.Dpdk.class);
        assertEquals(of2211, of2411);
        assertTrue(of2211.size() >= 30, of2211::toString);
    }

    private static Map<String, String> functions(Class<?> bindings) throws ReflectiveOperationException {
        Map<String, String> functions = new TreeMap<>();
        for (Method method : bindings.getMethods()) {
            if (method.getName().endsWith(SUFFIX)) {
                String name = method.getName().substring(0, method.getName().length() - SUFFIX.length());
                functions.put(name, erased((FunctionDescriptor) method.invoke(null)));
            }
        }
        return functions;
    }

    /** What the call depends on: a pointer is a pointer, whatever it points to. */
    private static String erased(FunctionDescriptor type) {
        List<MemoryLayout> arguments = type.argumentLayouts().stream()
                .map(GeneratedBindingsTest::erased)
                .toList();
        return arguments + " -> " + type.returnLayout().map(GeneratedBindingsTest::erased);
    }

    private static MemoryLayout erased(MemoryLayout layout) {
        return layout instanceof AddressLayout ? ValueLayout.ADDRESS : layout.withoutName();
    }
}

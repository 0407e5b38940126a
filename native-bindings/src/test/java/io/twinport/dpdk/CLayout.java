package io.twinport.dpdk;

import io.twinport.dpdk.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the C compiler says of offsets, sizes and constants: writes a program that prints them, compiles and runs it. */
final class CLayout {
    /** The bitfields, which jextract drops: as a C program sets them, printed as the word that Java reads or writes. */
    private static final String BITFIELDS = """
                { struct rte_eth_link link = {0}; link.link_status = 1;
                  uint64_t word; memcpy(&word, &link, sizeof word); print("bits link_status", word); }
                { struct rte_eth_link link = {0}; link.link_speed = RTE_ETH_SPEED_NUM_UNKNOWN;
                  uint64_t word; memcpy(&word, &link, sizeof word); print("bits link_speed", word); }
                { struct rte_eth_link link = {0}; link.link_duplex = RTE_ETH_LINK_FULL_DUPLEX;
                  uint64_t word; memcpy(&word, &link, sizeof word); print("bits link_duplex", word); }
                { struct rte_eth_intr_conf conf = {0}; conf.lsc = 1;
                  uint32_t word; memcpy(&word, &conf, sizeof word); print("bits lsc", word); }
                { struct rte_eth_intr_conf conf = {0}; conf.rmv = 1;
                  uint32_t word; memcpy(&word, &conf, sizeof word); print("bits rmv", word); }
            """;

    private CLayout() {}

    /**
     * Asks the compiler.
     *
     * @param keys as {@link Abi#used} has them
     * @param flags by which the compiler finds DPDK's headers
     * @return the value of each key, and {@code bits link_status}, {@code bits lsc}, {@code sizeof rte_eth_link} and
     *     {@code sizeof rte_eth_intr_conf}
     */
    static Map<String, Long> ask(Collection<String> keys, List<String> flags, Path folder)
            throws IOException, InterruptedException {
        Path source = folder.resolve("layout.c");
        Path program = folder.resolve("layout");
        Files.writeString(source, program(keys));
        List<String> compile = new ArrayList<>(List.of("gcc", "-O0", "-w", "-o", program.toString()));
        compile.addAll(flags);
        compile.add(source.toString());
        run(compile);
        Map<String, Long> values = new TreeMap<>();
        for (String line : run(List.of(program.toString()))) {
            int equals = line.indexOf('=');
            values.put(line.substring(0, equals), Long.valueOf(line.substring(equals + 1)));
        }
        return values;
    }

    private static String program(Collection<String> keys) {
        StringBuilder c = new StringBuilder("""
                #include <rte_config.h>
                #include <stddef.h>
                #include <stdint.h>
                #include <stdio.h>
                #include <string.h>
                #include <rte_ethdev.h>
                #include <rte_mbuf.h>
                #include <rte_mempool.h>
                static void print(const char *key, long long value) { printf("%s=%lld\\n", key, value); }
                int main(void) {
                """);
        for (String key : keys) {
            c.append("    print(\"%s\", %s);\n".formatted(key, expression(key)));
        }
        return c.append(BITFIELDS)
                .append("    print(\"sizeof rte_eth_link\", sizeof(struct rte_eth_link));\n")
                .append("    print(\"sizeof rte_eth_intr_conf\", sizeof(struct rte_eth_intr_conf));\n}\n")
                .toString();
    }

    private static String expression(String key) {
        String[] words = key.split(" ", 3);
        return switch (words[0]) {
            case "offsetof" -> "offsetof(struct %s, %s)".formatted(words[1], words[2]);
            case "sizeof" -> "sizeof(struct %s)".formatted(words[1]);
            case "constant" -> words[1];
            default -> throw new IllegalArgumentException(key);
        };
    }

    private static List<String> run(List<String> command) throws IOException, InterruptedException {
        ChildJvm.Result result = ChildJvm.run(command);
        if (result.exitCode() != 0) {
            throw new AssertionError(command + ": " + result);
        }
        return result.lines();
    }
}

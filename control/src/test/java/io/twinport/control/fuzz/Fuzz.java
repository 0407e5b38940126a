package io.twinport.control.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Jazzer calls: the reader that {@code -Dtwinport.fuzz.target} names, with inputs made by what code they have reached. */
public final class Fuzz {
    private static final FuzzTarget TARGET = named(System.getProperty("twinport.fuzz.target", ""));

    private Fuzz() {}

    private static FuzzTarget named(String name) {
        try {
            return FuzzTargets.make(name);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        try {
            TARGET.read(input);
        } catch (Exception e) {
            if (!FuzzTargets.isForUsers(e)) {
                throw e;
            }
        }
    }

    /** Writes what to begin with into a folder. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        List<byte[]> seeds = TARGET.seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(folder.resolve("seed-" + i), seeds.get(i));
        }
        TARGET.close();
    }
}

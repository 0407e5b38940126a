package io.twinport.dpdk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds libdpdk, recognises its release by {@code rte_version()} and loads it, or refuses it by name.
 *
 * <p>Looked at, in this order: the folder in the system property {@code twinport.dpdk.dir}, the folders in
 * {@code LD_LIBRARY_PATH}, and the usual library folders. The first folder that holds a {@code librte_eal.so.N} is used.
 */
public final class DpdkLibraries {
    /** System property: a folder that holds {@code librte_eal.so.N}. */
    public static final String DIRECTORY_PROPERTY = "twinport.dpdk.dir";

    private static final List<String> USUAL = List.of(
            "/usr/local/lib/x86_64-linux-gnu",
            "/usr/local/lib64",
            "/usr/local/lib",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib64",
            "/usr/lib");

    /** In an order in which each needs only those before it, so that a folder unknown to ld.so works too. */
    private static final List<String> NEEDED =
            List.of("log", "kvargs", "telemetry", "eal", "ring", "mempool", "mbuf", "net", "meter", "ethdev");

    /** As Java calls x86-64. The bindings have its cache line, 64 bytes; DPDK's structures are others where a line has 128. */
    private static final String ARCHITECTURE = "amd64";

    private static final Pattern EAL = Pattern.compile("librte_eal\\.so\\.(\\d+)");

    private DpdkLibraries() {}

    /** A {@code librte_eal.so.N} that was found. */
    private record Found(Path directory, int abiVersion) {
        Path library(String name) {
            return directory.resolve("librte_" + name + ".so." + abiVersion);
        }
    }

    /**
     * Loads the libraries; a second call does nothing.
     *
     * @return the folder of the drivers that belong to them, empty where EAL's built-in default is right
     * @throws DpdkException if there is no libdpdk, or none of a release that is known, or the machine is none that is known
     */
    public static synchronized Optional<Path> load() {
        checkArchitecture(System.getProperty("os.arch"));
        List<Path> directories = directories();
        Found found = directories.stream()
                .flatMap(DpdkLibraries::ealsIn)
                .findFirst()
                .orElseThrow(() -> new DpdkException("DPDK is not installed: there is no librte_eal.so in "
                        + directories.stream().map(Path::toString).collect(Collectors.joining(", "))
                        + ". Install it with './twinport setup' (Debian: apt-get install dpdk-dev libdpdk-dev), or name"
                        + " its folder with -D" + DIRECTORY_PROPERTY + "=DIR."));
        String version = versionOf(found);
        Release release = Release.of(version)
                .orElseThrow(() -> new DpdkException(version + " (" + found.library("eal")
                        + ") is not a release that twinport knows. It knows " + Release.titles()
                        + ": install one of these, or name the folder of one with -D" + DIRECTORY_PROPERTY + "=DIR."));
        NEEDED.stream().map(found::library).filter(Files::exists).forEach(library -> System.load(library.toString()));
        Abi.choose(release);
        Path drivers = found.directory().resolve("dpdk").resolve("pmds-" + found.abiVersion() + ".0");
        boolean unusual = !USUAL.contains(found.directory().toString());
        return unusual && Files.isDirectory(drivers) ? Optional.of(drivers) : Optional.empty();
    }

    /** Elsewhere offsets would be wrong without a word: an allocator would take its pointers from padding. */
    static void checkArchitecture(String architecture) {
        if (!architecture.equals(ARCHITECTURE)) {
            throw new DpdkException("twinport does not run on " + architecture
                    + ": it knows the layout of DPDK's structures" + " on x86-64 only");
        }
    }

    private static List<Path> directories() {
        List<String> names = new ArrayList<>();
        Optional.ofNullable(System.getProperty(DIRECTORY_PROPERTY)).ifPresent(names::add);
        Optional.ofNullable(System.getenv("LD_LIBRARY_PATH")).ifPresent(path -> names.addAll(List.of(path.split(":"))));
        names.addAll(USUAL);
        return names.stream().filter(name -> !name.isEmpty()).map(Path::of).toList();
    }

    /** The EAL libraries of a folder, those of a known release first. */
    private static Stream<Found> ealsIn(Path directory) {
        List<Found> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "librte_eal.so.*")) {
            for (Path file : files) {
                Matcher name = EAL.matcher(file.getFileName().toString());
                if (name.matches()) {
                    all.add(new Found(directory, Integer.parseInt(name.group(1))));
                }
            }
        } catch (IOException e) {
            return Stream.empty(); // a folder that cannot be read holds no library that could be loaded
        }
        List<Integer> known =
                Stream.of(Release.values()).map(Release::abiVersion).toList();
        return all.stream()
                .sorted((a, b) -> Boolean.compare(known.contains(b.abiVersion()), known.contains(a.abiVersion())));
    }

    /** Asks the library itself: {@code rte_version} depends on no layout, so any release can be asked. */
    private static String versionOf(Found found) {
        NEEDED.stream()
                .limit(NEEDED.indexOf("eal"))
                .map(found::library)
                .filter(Files::exists)
                .forEach(library -> System.load(library.toString()));
        Path eal = found.library("eal");
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(eal, Arena.global());
            MemorySegment version = (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(symbols.findOrThrow("rte_version"), FunctionDescriptor.of(ValueLayout.ADDRESS))
                    .invoke();
            return version.reinterpret(64).getString(0);
        } catch (Throwable e) {
            throw new DpdkException(eal + " cannot be loaded: " + e.getMessage(), e);
        }
    }
}
